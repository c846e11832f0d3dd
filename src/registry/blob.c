#include "registry/blob.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "registry/grammar.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int content_open(const Registry *registry, const char *digest, int64_t *size_bytes, GError **error) {
  g_autofree char *path = path_blob(registry, digest);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (fd >= 0 && fstat(fd, &facts) == 0) {
    *size_bytes = facts.st_size;
    return fd;
  }
  int code = errno;
  if (fd >= 0)
    close(fd);
  if (code == ENOENT)
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s is not in the store", digest);
  else
    layout_fail(error, code, path);
  return -1;
}

int64_t content_size(const Registry *registry, const char *digest) {
  g_autofree char *path = path_blob(registry, digest);
  struct stat facts;
  return stat(path, &facts) == 0 ? facts.st_size : -1;
}

static bool is_linked(const Registry *registry, const char *repository, const char *digest) {
  g_autofree char *path = path_in_blobs(registry, repository, digest);
  return access(path, F_OK) == 0;
}

int blob_open(const Registry *registry, const char *repository, const char *digest, int64_t *size_bytes, GError **error) {
  if (is_linked(registry, repository, digest))
    return content_open(registry, digest, size_bytes, error);
  error_set(error, DROVER_ERROR_NOT_FOUND, "repository %s does not hold blob %s", repository, digest);
  return -1;
}

int64_t blob_size(const Registry *registry, const char *repository, const char *digest) {
  return is_linked(registry, repository, digest) ? content_size(registry, digest) : -1;
}

bool blob_link(const Registry *registry, const char *repository, const char *digest, GError **error) {
  g_autofree char *path = path_in_blobs(registry, repository, digest);
  return layout_write(registry, path, "", 0, LAYOUT_KEEP, NULL, error);
}

bool repository_exists(const Registry *registry, const char *repository) {
  static const char *const folders[] = {"_manifests", "_blobs"};
  g_autofree char *root = path_repository(registry, repository);
  for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *path = g_build_filename(root, folders[i], NULL);
    if (access(path, F_OK) == 0)
      return true;
  }
  return false;
}

char *tag_read(const Registry *registry, const char *repository, const char *tag, GError **error) {
  g_autofree char *path = path_in_tags(registry, repository, tag);
  g_autoptr(GError) why = NULL;
  g_autofree char *digest = fs_read(path, DIGEST_TEXT_SIZE, NULL, &why);
  if (error_is(why, DROVER_ERROR_NOT_FOUND)) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "repository %s has no tag %s", repository, tag);
    return NULL;
  }
  if (digest == NULL) {
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
  }
  if (!digest_is_valid(digest)) {
    error_set(error, DROVER_ERROR_CORRUPT, "%s: holds no digest", path);
    return NULL;
  }
  return g_steal_pointer(&digest);
}

static bool refuse_move(const char *repository, const char *tag, const char *digest, const char *there, GError **error) {
  if (strcmp(there, digest) == 0)
    return true;
  return error_set(error, DROVER_ERROR_CONFLICT, "tag %s of %s exists and points to %s: a tag that exists never moves, push under a new tag", tag,
                   repository, there);
}

bool tag_is_free_for(const Registry *registry, const char *repository, const char *tag, const char *digest, GError **error) {
  g_autoptr(GError) why = NULL;
  g_autofree char *there = tag_read(registry, repository, tag, &why);
  if (there != NULL)
    return refuse_move(repository, tag, digest, there, error);
  if (error_is(why, DROVER_ERROR_NOT_FOUND))
    return true;
  g_propagate_error(error, g_steal_pointer(&why));
  return false;
}

bool tag_make(const Registry *registry, const char *repository, const char *tag, const char *digest, GError **error) {
  g_autofree char *path = path_in_tags(registry, repository, tag);
  bool made = false;
  if (!layout_write(registry, path, digest, strlen(digest), LAYOUT_KEEP, &made, error))
    return false;
  if (made)
    return true;
  g_autofree char *there = tag_read(registry, repository, tag, error);
  return there != NULL && refuse_move(repository, tag, digest, there, error);
}
