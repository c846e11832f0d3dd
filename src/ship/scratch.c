#include "ship/line.h"

#include "base/id.h"

#include <unistd.h>

struct Scratch {
  char *path;
  char *lock_path;
  FileLock *lock;
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
  *scratch = (Scratch){.path = g_steal_pointer(&path), .lock_path = g_steal_pointer(&lock_path), .lock = lock};
  return scratch;
}

const char *scratch_path(const Scratch *scratch) {
  return scratch->path;
}

void scratch_close(Scratch *scratch) {
  fs_remove_tree(scratch->path, NULL);
  unlink(scratch->lock_path);
  file_lock_free(scratch->lock);
  g_free(scratch->path);
  g_free(scratch->lock_path);
  g_free(scratch);
}
