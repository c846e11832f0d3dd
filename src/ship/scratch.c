#include "ship/line.h"

#include "base/digest.h"
#include "base/id.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOME_DIGITS 12

struct Scratch {
  char *path;
  char *lock_path;
  FileLock *lock;
  char *parent;
  char home[HOME_DIGITS + 1];
};

/* Removes the folders whose owner is gone: their lock is free. */
static void clean_dead(const char *parent) {
  g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    if (g_str_has_suffix(name, ".lock"))
      continue;
    g_autofree char *path = g_build_filename(parent, name, NULL);
    g_autofree char *lock_path = g_strconcat(path, ".lock", NULL);
    g_autoptr(FileLock) lock = file_lock_try(lock_path, "cleaning", NULL);
    if (lock == NULL)
      continue;
    fs_remove_tree(path, NULL);
    unlink(lock_path);
  }
}

Scratch *scratch_open(const char *data_dir, GError **error) {
  g_autofree char *parent = g_build_filename(data_dir, "tmp", NULL);
  if (!fs_make_dirs(parent, 0700, error))
    return NULL;
  clean_dead(parent);
  g_autofree char *id = id_new();
  g_autofree char *path = g_build_filename(parent, id, NULL);
  g_autofree char *lock_path = g_strconcat(path, ".lock", NULL);
  FileLock *lock = file_lock_try(lock_path, "a drover at work", error); /* before the folder, so that it never looks dead */
  if (lock == NULL)
    return NULL;
  if (!fs_make_dirs(path, 0700, error)) {
    unlink(lock_path);
    file_lock_free(lock);
    return NULL;
  }
  Scratch *scratch = g_new(Scratch, 1);
  *scratch = (Scratch){.path = g_steal_pointer(&path), .lock_path = g_steal_pointer(&lock_path), .lock = lock, .parent = g_steal_pointer(&parent)};
  g_autofree char *resolved = realpath(data_dir, NULL);
  Digest digest = digest_bytes(resolved != NULL ? resolved : data_dir, strlen(resolved != NULL ? resolved : data_dir));
  g_strlcpy(scratch->home, digest_hex(digest.text), sizeof scratch->home);
  return scratch;
}

const char *scratch_path(const Scratch *scratch) {
  return scratch->path;
}

char *scratch_owner_prefix(const Scratch *scratch) {
  return g_strconcat(scratch->home, "-", NULL);
}

char *scratch_owner(const Scratch *scratch) {
  g_autofree char *id = g_path_get_basename(scratch->path);
  return g_strconcat(scratch->home, "-", id, NULL);
}

bool scratch_owner_is_alive(const char *owner, void *data) {
  const Scratch *scratch = data;
  g_autofree char *path = g_strdup_printf("%s/%s.lock", scratch->parent, owner + HOME_DIGITS + 1);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    return false;
  g_autoptr(FileLock) lock = file_lock_try(path, "looking", NULL);
  return lock == NULL;
}

void scratch_close(Scratch *scratch) {
  fs_remove_tree(scratch->path, NULL);
  unlink(scratch->lock_path);
  file_lock_free(scratch->lock);
  g_free(scratch->path);
  g_free(scratch->lock_path);
  g_free(scratch->parent);
  g_free(scratch);
}
