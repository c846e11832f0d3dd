#include "results/intake_internal.h"

#include "base/error.h"
#include "results/block_list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SENT_MAX (2 * BLOCKS_MAX) /* blocks, those counted that were sent again */
#define FLUSH_EVERY_BYTES ((int64_t)8 << 20)

/* ---- life ------------------------------------------------------------------------------------------------------------- */

static IntakeTarget copy_target(const IntakeTarget *target) {
  return (IntakeTarget){.kind = target->kind,
                        .repository = g_strdup(target->repository),
                        .run = g_strdup(target->run),
                        .job = g_strdup(target->job),
                        .scope = g_strdup(target->scope),
                        .name = g_strdup(target->name),
                        .version = g_strdup(target->version),
                        .type = g_strdup(target->type),
                        .expires_us = target->expires_us};
}

static void clear_target(IntakeTarget *target) {
  char **texts[] = {&target->repository, &target->run, &target->job, &target->scope, &target->name, &target->version, &target->type};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(*texts[i]);
}

int intake_make_file(const char *dir, char **path, GError **error) {
  g_autofree char *made = g_build_filename(dir, "upload-XXXXXX", NULL);
  int fd = g_mkstemp_full(made, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    error_set_errno(error, errno, "%s: no file can be made in it", dir);
  else
    *path = g_steal_pointer(&made);
  return fd;
}

Intake *intake_new(const char *dir, int64_t id, const IntakeTarget *target, int64_t max_bytes, GError **error) {
  char *path = NULL;
  int fd = intake_make_file(dir, &path, error);
  if (fd < 0)
    return NULL;
  Intake *upload = g_new0(Intake, 1);
  g_atomic_ref_count_init(&upload->references);
  upload->id = id;
  upload->target = copy_target(target);
  upload->max_bytes = max_bytes;
  upload->tail_bytes = -1;
  upload->path = path;
  upload->fd = fd;
  upload->blocks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  upload->slots = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  upload->places = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
  upload->used_us = g_get_monotonic_time();
  upload->stream = digest_stream_new();
  g_mutex_init(&upload->mutex);
  g_mutex_init(&upload->hash_mutex);
  return upload;
}

Intake *intake_ref(Intake *upload) {
  g_atomic_ref_count_inc(&upload->references);
  return upload;
}

void intake_unref(Intake *upload) {
  if (!g_atomic_ref_count_dec(&upload->references))
    return;
  if (upload->path != NULL)
    unlink(upload->path);
  close(upload->fd);
  digest_stream_free(upload->stream);
  g_hash_table_unref(upload->blocks);
  g_hash_table_unref(upload->places);
  g_hash_table_unref(upload->slots);
  g_mutex_clear(&upload->mutex);
  g_mutex_clear(&upload->hash_mutex);
  clear_target(&upload->target);
  g_free(upload->path);
  g_free(upload);
}

int64_t intake_id(const Intake *upload) {
  return upload->id;
}

const IntakeTarget *intake_target(const Intake *upload) {
  return &upload->target;
}

int64_t intake_used_us(Intake *upload) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->mutex);
  return upload->writers > 0 ? g_get_monotonic_time() : upload->used_us;
}

/* ---- hashing behind the blocks ---------------------------------------------------------------------------------------- */

/* The bytes at `offset` are written: when the hash has come so far, it takes them from memory. */
static void hash_piece(Intake *upload, int64_t offset, const char *bytes, size_t size) {
  if (!g_mutex_trylock(&upload->hash_mutex))
    return;
  if (upload->hashed_bytes == offset) {
    digest_stream_update(upload->stream, bytes, size);
    upload->hashed_bytes += (int64_t)size;
  }
  g_mutex_unlock(&upload->hash_mutex);
}

/* Where the block ends that begins at `offset`; `offset` itself when none is there. */
static int64_t end_of_block(Intake *upload, int64_t offset) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->mutex);
  const Extent *extent = g_hash_table_lookup(upload->places, &offset);
  return extent != NULL ? offset + extent->size_bytes : offset;
}

static bool hash_until(Intake *upload, int64_t end) {
  bool good = intake_hash_file(upload->fd, upload->hashed_bytes, end, upload->stream, NULL);
  upload->hashed_bytes = good ? end : -1;
  return good;
}

/* `block` is whole: brings the hash to its end, and on through those that follow it. */
static void hash_behind(Intake *upload, const Extent *block) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->hash_mutex);
  int64_t next = block->offset + block->size_bytes;
  if (upload->hashed_bytes < block->offset || upload->hashed_bytes > next)
    return;
  while (hash_until(upload, next)) {
    next = end_of_block(upload, upload->hashed_bytes);
    if (next == upload->hashed_bytes)
      return;
  }
}

static void forget_hash(Intake *upload) {
  g_mutex_lock(&upload->hash_mutex);
  upload->hashed_bytes = -1;
  g_mutex_unlock(&upload->hash_mutex);
}

/* ---- blocks ----------------------------------------------------------------------------------------------------------- */

static bool may_begin(const Intake *upload, int64_t offset, int64_t size_bytes, GError **error) {
  if (upload->sealed)
    return error_set(error, DROVER_ERROR_CONFLICT, "the upload is being stored: nothing can be added to it");
  if (g_hash_table_size(upload->blocks) >= BLOCKS_MAX || upload->sent >= SENT_MAX)
    return error_set(error, DROVER_ERROR_REFUSED, "an upload has at most %d blocks", BLOCKS_MAX);
  /* blocks that are sent again take room a second time, so an appending upload may grow to twice its size */
  int64_t room = offset < 0 ? 2 * upload->max_bytes - upload->end_bytes : upload->max_bytes - offset;
  if (size_bytes < 0 || size_bytes > upload->max_bytes || size_bytes > room)
    return error_set(error, DROVER_ERROR_REFUSED, "an upload has at most %" G_GINT64_FORMAT " bytes", upload->max_bytes);
  return true;
}

bool intake_begin_block(Intake *upload, const char *id, int64_t offset, int64_t size_bytes, IntakeBlock *block, GError **error) {
  bool is_fresh = true;
  {
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->mutex);
    if (!may_begin(upload, offset, size_bytes, error))
      return false;
    *block = (IntakeBlock){.id = g_strdup(id), .size_bytes = size_bytes};
    block->offset = intake_place(upload, id, offset, size_bytes, &is_fresh);
    upload->end_bytes = MAX(upload->end_bytes, block->offset + size_bytes);
    upload->committed = false;
    upload->writers++;
    upload->sent++;
  }
  if (!is_fresh)
    forget_hash(upload);
  return true;
}

static int write_at(int fd, const char *bytes, size_t size, int64_t offset) {
  while (size > 0) {
    ssize_t put = pwrite(fd, bytes, size, offset);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return errno == EFBIG ? ENOSPC : errno;
    bytes += put;
    size -= (size_t)put;
    offset += put;
  }
  return 0;
}

bool intake_write(Intake *upload, IntakeBlock *block, const char *bytes, size_t size, GError **error) {
  if ((int64_t)size > block->size_bytes - block->got_bytes)
    return error_set(error, DROVER_ERROR_INPUT, "more bytes came than were promised: %" G_GINT64_FORMAT, block->size_bytes);
  int64_t offset = block->offset + block->got_bytes;
  int code = write_at(upload->fd, bytes, size, offset);
  if (code != 0)
    return error_set_errno(error, code, "an upload cannot be written");
  block->got_bytes += (int64_t)size;
  hash_piece(upload, offset, bytes, size);
  /* begins to write out now what the commit will have to wait for */
  if (offset / FLUSH_EVERY_BYTES != (offset + (int64_t)size) / FLUSH_EVERY_BYTES)
    (void)sync_file_range(upload->fd, MAX(block->offset, offset - FLUSH_EVERY_BYTES), 0, SYNC_FILE_RANGE_WRITE);
  return true;
}

static void end_writer(Intake *upload, IntakeBlock *block, bool is_whole) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&upload->mutex);
  upload->writers--;
  upload->used_us = g_get_monotonic_time();
  if (!is_whole)
    g_hash_table_remove(upload->slots, &block->offset); /* sent again, it may lie there */
  if (is_whole) {
    const Extent extent = {.offset = block->offset, .size_bytes = block->size_bytes};
    Extent *place = g_memdup2(&extent, sizeof extent);
    g_hash_table_replace(upload->blocks, g_steal_pointer(&block->id), g_memdup2(&extent, sizeof extent));
    g_hash_table_replace(upload->places, &place->offset, place);
  }
  g_clear_pointer(&block->id, g_free);
}

bool intake_end_block(Intake *upload, IntakeBlock *block, GError **error) {
  if (block->got_bytes != block->size_bytes)
    return error_set(error, DROVER_ERROR_INPUT, "%" G_GINT64_FORMAT " bytes came of %" G_GINT64_FORMAT, block->got_bytes, block->size_bytes);
  const Extent extent = {.offset = block->offset, .size_bytes = block->size_bytes};
  end_writer(upload, block, true);
  hash_behind(upload, &extent);
  return true;
}

void intake_drop_block(Intake *upload, IntakeBlock *block) {
  if (block->id == NULL)
    return;
  forget_hash(upload); /* it may have seen the block's first bytes */
  end_writer(upload, block, false);
}
