#include "registry/upload.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/id.h"
#include "registry/blob.h"
#include "registry/grammar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_US G_TIME_SPAN_DAY
#define SWEEP_EVERY_US G_TIME_SPAN_HOUR
#define STREAMS_MAX 256
#define READ_BYTES ((size_t)1 << 18)

struct Upload {
  Registry *registry;
  char *repository;
  char *id;
  char *data; /* path */
  int fd;     /* of the data, locked */
  int64_t size_bytes;
  DigestStream *stream; /* over all bytes so far; NULL: the file must be read again at the end */
  bool ended;
};

/* ---- running digests between the requests of one session -------------------------------------------------------------- */

/* Clients send POST, PATCH, PUT: without this each blob would be read again at the PUT. A digest is believed only for as many
 * bytes as it has seen: when another process has added to the session, it is dropped. */
typedef struct {
  DigestStream *stream;
  int64_t size_bytes;
} KeptStream;

static void kept_stream_free(void *data) {
  KeptStream *kept = data;
  if (kept->stream != NULL)
    digest_stream_free(kept->stream);
  g_free(kept);
}

static void drop_any_stream(GHashTable *streams) {
  GHashTableIter iter;
  g_hash_table_iter_init(&iter, streams);
  if (g_hash_table_iter_next(&iter, NULL, NULL))
    g_hash_table_iter_remove(&iter);
}

static void keep_stream(Upload *upload) {
  Registry *registry = upload->registry;
  KeptStream *kept = g_new(KeptStream, 1);
  *kept = (KeptStream){.stream = g_steal_pointer(&upload->stream), .size_bytes = upload->size_bytes};
  pthread_mutex_lock(&registry->lock);
  if (registry->streams == NULL)
    registry->streams = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_stream_free);
  if (g_hash_table_size(registry->streams) >= STREAMS_MAX)
    drop_any_stream(registry->streams);
  g_hash_table_replace(registry->streams, g_strdup(upload->id), kept);
  pthread_mutex_unlock(&registry->lock);
}

/* NULL when there is none that has seen exactly these bytes. */
static DigestStream *take_stream(Registry *registry, const char *id, int64_t size_bytes) {
  DigestStream *stream = size_bytes == 0 ? digest_stream_new() : NULL;
  pthread_mutex_lock(&registry->lock);
  KeptStream *kept = registry->streams != NULL ? g_hash_table_lookup(registry->streams, id) : NULL;
  if (kept != NULL && stream == NULL && kept->size_bytes == size_bytes)
    stream = g_steal_pointer(&kept->stream);
  if (kept != NULL)
    g_hash_table_remove(registry->streams, id);
  pthread_mutex_unlock(&registry->lock);
  return stream;
}

/* ---- sessions --------------------------------------------------------------------------------------------------------- */

static bool not_found(const char *id, GError **error) {
  return error_set(error, DROVER_ERROR_NOT_FOUND, "there is no upload %.40s in this repository: it has ended, or never began",
                   grammar_is_upload_id(id) ? id : "of that form");
}

static bool belongs_to(const Registry *registry, const char *repository, const char *id) {
  g_autofree char *path = path_uploads(registry, id, "repository");
  g_autofree char *owner = fs_read(path, 256, NULL, NULL);
  return owner != NULL && strcmp(owner, repository) == 0;
}

/* Whether `fd` is still what `path` names: its session may have ended between opening and locking. */
static bool is_still(int fd, const char *path) {
  struct stat opened;
  struct stat named;
  return fstat(fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

static Upload *upload_take(Registry *registry, const char *repository, const char *id, int flags, GError **error) {
  g_autofree char *data = path_uploads(registry, id, "data");
  int fd = open(data, O_RDWR | O_APPEND | O_CLOEXEC | flags, 0644);
  if (fd < 0) {
    if (errno == ENOENT)
      not_found(id, error);
    else
      layout_fail(error, errno, data);
    return NULL;
  }
  struct stat facts;
  bool held = flock(fd, LOCK_EX | LOCK_NB) < 0;
  if (held || !is_still(fd, data) || fstat(fd, &facts) < 0) {
    close(fd);
    if (held)
      error_set(error, DROVER_ERROR_CONFLICT, "another request is writing to upload %s: wait until it has ended", id);
    else
      not_found(id, error);
    return NULL;
  }
  Upload *upload = g_new(Upload, 1);
  *upload = (Upload){.registry = registry,
                     .repository = g_strdup(repository),
                     .id = g_strdup(id),
                     .data = g_steal_pointer(&data),
                     .fd = fd,
                     .size_bytes = facts.st_size};
  upload->stream = take_stream(registry, id, upload->size_bytes);
  return upload;
}

/* Leaves of crashed clients go away while the server runs, too. */
static void sweep_sometimes(Registry *registry) {
  int64_t now_us = g_get_real_time();
  pthread_mutex_lock(&registry->lock);
  bool due = now_us - registry->swept_us > SWEEP_EVERY_US;
  if (due)
    registry->swept_us = now_us;
  pthread_mutex_unlock(&registry->lock);
  if (due)
    upload_sweep(registry, now_us);
}

Upload *upload_begin(Registry *registry, const char *repository, GError **error) {
  sweep_sometimes(registry);
  g_autofree char *id = id_new();
  g_autofree char *folder = path_uploads(registry, id, NULL);
  g_autofree char *owner = path_uploads(registry, id, "repository");
  Upload *upload = NULL;
  if (mkdir(folder, 0755) < 0)
    layout_fail(error, errno, folder);
  else if (g_file_set_contents_full(owner, repository, -1, G_FILE_SET_CONTENTS_NONE, 0644,
                                    error)) /* not flushed: a session need not outlive the machine */
    upload = upload_take(registry, repository, id, O_CREAT | O_EXCL, error);
  if (upload == NULL)
    fs_remove_tree(folder, NULL);
  return upload;
}

Upload *upload_resume(Registry *registry, const char *repository, const char *id, GError **error) {
  if (grammar_is_upload_id(id) && belongs_to(registry, repository, id))
    return upload_take(registry, repository, id, 0, error);
  not_found(id, error);
  return NULL;
}

bool upload_look(const Registry *registry, const char *repository, const char *id, int64_t *size_bytes, GError **error) {
  if (!grammar_is_upload_id(id) || !belongs_to(registry, repository, id))
    return not_found(id, error);
  g_autofree char *data = path_uploads(registry, id, "data");
  struct stat facts;
  if (stat(data, &facts) < 0)
    return not_found(id, error);
  *size_bytes = facts.st_size;
  return true;
}

void upload_free(Upload *upload) {
  if (!upload->ended && upload->stream != NULL && upload->size_bytes > 0)
    keep_stream(upload);
  if (upload->stream != NULL)
    digest_stream_free(upload->stream);
  flock(upload->fd, LOCK_UN); /* closing would not do while a child that was just forked still has the descriptor */
  close(upload->fd);
  g_free(upload->repository);
  g_free(upload->id);
  g_free(upload->data);
  g_free(upload);
}

const char *upload_id(const Upload *upload) {
  return upload->id;
}

int64_t upload_size(const Upload *upload) {
  return upload->size_bytes;
}

bool upload_append(Upload *upload, const void *bytes, size_t size, GError **error) {
  int code = layout_write_all(upload->fd, bytes, size);
  if (code != 0)
    return layout_fail(error, code, upload->data);
  upload->size_bytes += (int64_t)size;
  atomic_fetch_add(&upload->registry->upload_bytes, (int64_t)size);
  if (upload->stream != NULL)
    digest_stream_update(upload->stream, bytes, size);
  return true;
}

bool upload_rewind(Upload *upload, int64_t size_bytes, GError **error) {
  if (ftruncate(upload->fd, size_bytes) < 0)
    return layout_fail(error, errno, upload->data);
  upload->size_bytes = size_bytes;
  g_clear_pointer(&upload->stream, digest_stream_free);
  return true;
}

static bool digest_file(int fd, Digest *digest, GError **error) {
  g_autoptr(DigestStream) stream = digest_stream_new();
  g_autofree char *buffer = g_malloc(READ_BYTES);
  for (off_t at = 0;;) {
    ssize_t got = pread(fd, buffer, READ_BYTES, at);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return layout_fail(error, errno, "an upload cannot be read back");
    if (got == 0)
      break;
    digest_stream_update(stream, buffer, (size_t)got);
    at += got;
  }
  *digest = digest_stream_end(g_steal_pointer(&stream));
  return true;
}

static bool verify(Upload *upload, const char *wanted, GError **error) {
  Digest digest;
  if (upload->stream != NULL)
    digest = digest_stream_end(g_steal_pointer(&upload->stream));
  else if (!digest_file(upload->fd, &digest, error))
    return false;
  return strcmp(digest.text, wanted) == 0 || error_set(error, DROVER_ERROR_INPUT, "the %" G_GINT64_FORMAT " bytes received have digest %s, not %s",
                                                       upload->size_bytes, digest.text, wanted);
}

static bool publish(Upload *upload, const char *digest, GError **error) {
  g_autofree char *path = path_blob(upload->registry, digest);
  if (fsync(upload->fd) < 0 || fchmod(upload->fd, 0444) < 0)
    return layout_fail(error, errno, upload->data);
  /* A rename, not a link: there is no moment in which both the session and the store name the bytes, so nothing can be
   * appended to a blob. When the blob is there already, it is replaced by the same bytes, which heals one that has rotted. */
  return layout_move(upload->data, path, error) && blob_link(upload->registry, upload->repository, digest, error);
}

bool upload_commit(Upload *upload, const char *digest, GError **error) {
  bool done = verify(upload, digest, error) && publish(upload, digest, error);
  atomic_fetch_add(done ? &upload->registry->uploads : &upload->registry->uploads_refused, 1);
  upload_cancel(upload);
  return done;
}

void upload_cancel(Upload *upload) {
  if (upload->ended)
    return;
  g_autofree char *folder = path_uploads(upload->registry, upload->id, NULL);
  fs_remove_tree(folder, NULL);
  upload->ended = true;
}

/* ---- what crashes left ------------------------------------------------------------------------------------------------ */

static int64_t changed_us(const struct stat *facts) {
  return (int64_t)facts->st_mtim.tv_sec * G_USEC_PER_SEC + facts->st_mtim.tv_nsec / 1000;
}

static void sweep_session(const char *folder, int64_t before_us) {
  g_autofree char *data = g_build_filename(folder, "data", NULL);
  struct stat facts;
  int fd = open(data, O_RDWR | O_CLOEXEC);
  bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
  if (!held && (fd < 0 || (fstat(fd, &facts) == 0 && changed_us(&facts) < before_us)))
    fs_remove_tree(folder, NULL);
  if (fd >= 0) {
    flock(fd, LOCK_UN);
    close(fd);
  }
}

void upload_sweep(const Registry *registry, int64_t now_us) {
  g_autofree char *uploads = g_build_filename(registry->dir, "uploads", NULL);
  g_autoptr(GPtrArray) names = layout_list(uploads, grammar_is_upload_id, NULL, NULL);
  for (guint i = 0; names != NULL && i < names->len; i++) {
    g_autofree char *path = g_build_filename(uploads, g_ptr_array_index(names, i), NULL);
    struct stat facts;
    if (lstat(path, &facts) < 0 || changed_us(&facts) >= now_us - KEPT_US)
      continue;
    if (S_ISDIR(facts.st_mode))
      sweep_session(path, now_us - KEPT_US);
    else
      unlink(path);
  }
}
