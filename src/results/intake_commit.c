#include "results/intake_internal.h"

#include "base/error.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)1 << 18)

bool intake_hash_file(int fd, int64_t from, int64_t to, DigestStream *stream, GError **error) {
  g_autofree char *buffer = g_malloc(PIECE_BYTES);
  while (from < to) {
    ssize_t got = pread(fd, buffer, MIN(PIECE_BYTES, (size_t)(to - from)), from);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return error_set_errno(error, got < 0 ? errno : EIO, "an upload cannot be read back");
    digest_stream_update(stream, buffer, (size_t)got);
    from += got;
  }
  return true;
}

static bool copy_extent(int from, const Extent *extent, int to, int64_t offset, GError **error) {
  loff_t source = extent->offset, target = offset;
  for (int64_t left = extent->size_bytes; left > 0;) {
    ssize_t done = copy_file_range(from, &source, to, &target, (size_t)left, 0);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return error_set_errno(error, done < 0 ? errno : EIO, "an upload's blocks cannot be put in order");
    left -= done;
  }
  return true;
}

/* The blocks in their order, in a file of their own that takes the old one's place. */
static bool put_in_order(Intake *upload, const char *const *ids, const Extent *extents, size_t count, GError **error) {
  g_autofree char *folder = g_path_get_dirname(upload->path);
  g_autofree char *path = NULL;
  g_autoptr(GHashTable) blocks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  int fd = intake_make_file(folder, &path, error);
  int64_t end = 0;
  bool good = fd >= 0;
  for (size_t i = 0; good && i < count; end += extents[i++].size_bytes) {
    Extent *moved = g_new(Extent, 1);
    *moved = (Extent){.offset = end, .size_bytes = extents[i].size_bytes};
    g_hash_table_replace(blocks, g_strdup(ids[i]), moved);
    good = copy_extent(upload->fd, &extents[i], fd, end, error);
  }
  if (!good) {
    if (fd >= 0) {
      unlink(path);
      close(fd);
    }
    return false;
  }
  unlink(upload->path);
  close(upload->fd);
  upload->fd = fd;
  upload->hashed_bytes = -1;
  upload->end_bytes = end;
  g_free(upload->path);
  upload->path = g_steal_pointer(&path);
  g_hash_table_unref(upload->blocks);
  upload->blocks = g_steal_pointer(&blocks);
  g_hash_table_remove_all(upload->places);
  g_hash_table_remove_all(upload->slots);
  upload->tail_bytes = end;
  return true;
}

/* The digest of the file's first bytes: the running one when it has come exactly so far. */
static bool take_digest(Intake *upload, int64_t size_bytes, GError **error) {
  bool is_there = upload->hashed_bytes == size_bytes;
  g_autoptr(DigestStream) stream = is_there ? g_steal_pointer(&upload->stream) : digest_stream_new();
  if (is_there) {
    upload->stream = digest_stream_new();
    upload->hashed_bytes = -1;
  } else if (!intake_hash_file(upload->fd, 0, size_bytes, stream, error)) {
    return false;
  }
  upload->digest = digest_stream_end(g_steal_pointer(&stream));
  return true;
}

static bool commit(Intake *upload, const char *const *ids, const Extent *extents, size_t count, GError **error) {
  int64_t end = 0;
  bool lies_in_order = true;
  for (size_t i = 0; i < count; end += extents[i++].size_bytes) {
    lies_in_order = lies_in_order && extents[i].offset == end;
    if (extents[i].size_bytes > upload->max_bytes - end)
      return error_set(error, DROVER_ERROR_REFUSED, "an upload has at most %" G_GINT64_FORMAT " bytes", upload->max_bytes);
  }
  if (!lies_in_order && !put_in_order(upload, ids, extents, count, error))
    return false;
  if (ftruncate(upload->fd, end) < 0)
    return error_set_errno(error, errno, "an upload cannot be cut to its size");
  if (!take_digest(upload, end, error))
    return false;
  if (fsync(upload->fd) < 0)
    return error_set_errno(error, errno, "an upload cannot be flushed to the disk");
  upload->end_bytes = upload->size_bytes = end;
  upload->used_us = g_get_monotonic_time();
  upload->committed = true;
  return true;
}

static bool may_end(const Intake *upload, GError **error) {
  if (upload->sealed || upload->writers > 0)
    return error_set(error, DROVER_ERROR_CONFLICT, "the upload is %s", upload->sealed ? "being stored" : "not complete: a block is still coming in");
  return true;
}

bool intake_commit_list(Intake *upload, const char *const *ids, size_t count, GError **error) {
  g_autofree Extent *extents = g_new(Extent, count + 1);
  g_autoptr(GMutexLocker) hashing G_GNUC_UNUSED = g_mutex_locker_new(&upload->hash_mutex);
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->mutex);
  if (!may_end(upload, error))
    return false;
  for (size_t i = 0; i < count; i++) {
    const Extent *extent = g_hash_table_lookup(upload->blocks, ids[i]);
    if (extent == NULL)
      return error_set(error, DROVER_ERROR_INPUT, "the list names block %s, which was not sent", ids[i]);
    extents[i] = *extent;
  }
  return commit(upload, ids, extents, count, error);
}

static int compare_places(gconstpointer a, gconstpointer b) {
  const Extent *first = a, *second = b;
  return first->offset < second->offset ? -1 : first->offset > second->offset;
}

bool intake_commit_places(Intake *upload, int64_t size_bytes, GError **error) {
  g_autoptr(GArray) extents = g_array_new(FALSE, FALSE, sizeof(Extent));
  g_autoptr(GMutexLocker) hashing G_GNUC_UNUSED = g_mutex_locker_new(&upload->hash_mutex);
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->mutex);
  if (!may_end(upload, error))
    return false;
  GHashTableIter iter;
  gpointer value = NULL;
  g_hash_table_iter_init(&iter, upload->blocks);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    g_array_append_vals(extents, value, 1);
  g_array_sort(extents, compare_places);
  int64_t end = 0;
  for (guint i = 0; i < extents->len; i++) {
    const Extent *extent = &g_array_index(extents, Extent, i);
    if (extent->offset != end)
      break;
    end += extent->size_bytes;
  }
  if (end != size_bytes)
    return error_set(error, DROVER_ERROR_INPUT, "%" G_GINT64_FORMAT " bytes came without a gap, not %" G_GINT64_FORMAT, end, size_bytes);
  Extent whole = {.offset = 0, .size_bytes = size_bytes};
  return commit(upload, NULL, &whole, 1, error);
}

bool intake_seal(Intake *upload, Digest *digest, int64_t *size_bytes, GError **error) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->mutex);
  if (!may_end(upload, error))
    return false;
  if (!upload->committed)
    return error_set(error, DROVER_ERROR_INPUT, "nothing was uploaded, or its list of blocks did not come");
  upload->sealed = true;
  *digest = upload->digest;
  *size_bytes = upload->size_bytes;
  return true;
}

bool intake_move(Intake *upload, const char *path, GError **error) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->mutex);
  g_autofree char *folder = g_path_get_dirname(path);
  if (fchmod(upload->fd, 0400) < 0 || rename(upload->path, path) < 0)
    return error_set_errno(error, errno, "%s: cannot be made", path);
  g_clear_pointer(&upload->path, g_free);
  return fs_sync_dir(folder, error);
}
