#include "registry/layout.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/id.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *path_blob(const Registry *registry, const char *digest) {
  const char *hex = digest_hex(digest);
  return g_strdup_printf("%s/blobs/sha256/%.2s/%s", registry->dir, hex, hex);
}

char *path_uploads(const Registry *registry, const char *id, const char *name) {
  return g_strconcat(registry->dir, "/uploads/", id, name != NULL ? "/" : NULL, name, NULL);
}

char *path_repository(const Registry *registry, const char *repository) {
  return g_strconcat(registry->dir, "/repositories/", repository, NULL);
}

/* The folders of a repository begin with "_", which no component of a name does: "a/b" and what "a" holds never meet. */
static char *path_in(const Registry *registry, const char *repository, const char *folder, const char *name) {
  return g_strconcat(registry->dir, "/repositories/", repository, "/", folder, name != NULL ? "/" : NULL, name, NULL);
}

char *path_in_blobs(const Registry *registry, const char *repository, const char *digest) {
  return path_in(registry, repository, "_blobs", digest_hex(digest));
}

char *path_in_manifests(const Registry *registry, const char *repository, const char *digest) {
  return path_in(registry, repository, "_manifests", digest_hex(digest));
}

char *path_in_tags(const Registry *registry, const char *repository, const char *tag) {
  return path_in(registry, repository, "_tags", tag);
}

char *path_in_referrers(const Registry *registry, const char *repository, const char *subject, const char *digest) {
  g_autofree char *folder = g_strconcat("_referrers/", digest_hex(subject), NULL);
  return path_in(registry, repository, folder, digest != NULL ? digest_hex(digest) : NULL);
}

bool layout_fail(GError **error, int code, const char *what) {
  if (code == ENOENT)
    return error_set(error, DROVER_ERROR_IO, "%s: its folder was taken away", what);
  return error_set_errno(error, code == EFBIG ? ENOSPC : code, "%s", what);
}

bool layout_make_folder(const char *path, GError **error) {
  if (mkdir(path, 0755) == 0) {
    g_autofree char *parent = g_path_get_dirname(path);
    return fs_sync_dir(parent, error);
  }
  if (errno == EEXIST)
    return true;
  if (errno != ENOENT)
    return layout_fail(error, errno, path);
  g_autofree char *parent = g_path_get_dirname(path);
  return layout_make_folder(parent, error) && layout_make_folder(path, error);
}

static bool sync_parent(const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  return fs_sync_dir(folder, error);
}

static bool make_parent(const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  return layout_make_folder(folder, error);
}

bool layout_move(const char *finished, const char *path, GError **error) {
  if (!make_parent(path, error))
    return false;
  if (rename(finished, path) < 0)
    return layout_fail(error, errno, path);
  return sync_parent(path, error);
}

static bool link_new(const char *finished, const char *path, bool *made, GError **error) {
  if (!make_parent(path, error))
    return false;
  if (link(finished, path) == 0)
    *made = true;
  else if (errno == EEXIST)
    *made = false;
  else
    return layout_fail(error, errno, path);
  return sync_parent(path, error); /* also for the loser: what it will report as there must stay there */
}

int layout_write_all(int fd, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t put = write(fd, bytes, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return errno;
    bytes += put;
    size -= (size_t)put;
  }
  return 0;
}

static bool write_aside(const char *path, const void *bytes, size_t size, GError **error) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0)
    return layout_fail(error, errno, path);
  int code = layout_write_all(fd, bytes, size);
  if (code == 0 && fsync(fd) < 0)
    code = errno;
  if (close(fd) < 0 && code == 0)
    code = errno;
  return code == 0 || layout_fail(error, code, path);
}

bool layout_write(const Registry *registry, const char *path, const void *bytes, size_t size, LayoutMode mode, bool *made, GError **error) {
  g_autofree char *id = id_new();
  g_autofree char *aside = path_uploads(registry, id, NULL);
  bool done_by_us = true;
  bool done =
    write_aside(aside, bytes, size, error) && (mode == LAYOUT_REPLACE ? layout_move(aside, path, error) : link_new(aside, path, &done_by_us, error));
  unlink(aside); /* gone already after a move */
  if (done && made != NULL)
    *made = done_by_us;
  return done;
}

static int compare_names(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *layout_list(const char *folder, bool (*accept)(const char *name), const char *after, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  DIR *dir = opendir(folder);
  if (dir == NULL && errno != ENOENT) {
    layout_fail(error, errno, folder);
    return NULL;
  }
  for (struct dirent *entry; dir != NULL && (errno = 0, entry = readdir(dir)) != NULL;)
    if (accept(entry->d_name) && (after == NULL || strcmp(entry->d_name, after) > 0))
      g_ptr_array_add(names, g_strdup(entry->d_name));
  int code = dir != NULL ? errno : 0;
  if (dir != NULL)
    closedir(dir);
  if (code != 0) {
    layout_fail(error, code, folder);
    return NULL;
  }
  g_ptr_array_sort(names, compare_names);
  return g_steal_pointer(&names);
}
