/* What is stored: rows in SQLite that name blobs by their digest. Whoever writes the same bytes shares the blob, and a blob that no row
 * names is removed. Rows and blobs change under SQLite's write lock, so several processes agree. Private to results/; thread-safe.
 *
 *   results.db        the rows
 *   blobs/<digest>    the bytes
 *   uploads/          what comes in
 */
#pragma once

#include "results/intake.h"
#include "store/database.h"

typedef struct {
  int64_t id;
  char *repository, *scope, *key, *version, *digest;
  int64_t size_bytes, created_us, used_us;
} Cache;
void cache_free(Cache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cache, cache_free)

typedef struct {
  int64_t id;
  char *repository, *run, *job, *name, *type, *digest;
  int64_t size_bytes, created_us, expires_us;
} Artifact;
void artifact_free(Artifact *artifact);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Artifact, artifact_free)

typedef struct Index Index;

Index *index_open(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void index_close(Index *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Index, index_close)

const char *index_uploads_dir(const Index *index);

/* A blob's descriptor, size and time of writing; -1 and NOT_FOUND when it is not there. */
int index_open_blob(const Index *index, const char *digest, int64_t *size_bytes, int64_t *written_s, GError **error);

/* Makes a sealed upload what it was meant to become, in one step; CONFLICT when there is one of that name. */
bool index_store(Index *index, Intake *upload, const Digest *digest, int64_t size_bytes, int64_t now_us, int64_t *id,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes blobs that no row names and uploads whose process is gone. */
bool index_sweep(Index *index, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs "DELETE ... RETURNING digest" and removes the blobs that are not named any more. `count` may be NULL. */
bool index_delete(Index *index, const char *sql, const Value *values, size_t value_count, guint *count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The cache that a key of one scope leads to: the one with this key, or, when `is_prefix`, the newest whose key begins so. NULL without an
 * error when there is none. */
Cache *cache_find(Index *index, const char *repository, const char *scope, const char *key, const char *version, bool is_prefix, GError **error);
/* It was read now. */
bool cache_touch(Index *index, const Cache *cache, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The newest first; `repository` NULL: all; `scope` NULL: all. GPtrArray of Cache. */
GPtrArray *cache_list(Index *index, const char *repository, const char *scope, const char *key_prefix, GError **error);
bool cache_delete(Index *index, const char *repository, const char *key_prefix, guint *count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those that were not read since `before_us`, and of each repository the least recently used beyond `max_bytes`. */
bool cache_evict(Index *index, int64_t before_us, int64_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL without an error when there is none, or its time is over. */
Artifact *artifact_find(Index *index, const char *run, const char *name, int64_t now_us, GError **error);
/* The newest first, without those whose time is over; `run` and `name` NULL: all; `id` 0: all. GPtrArray of Artifact. */
GPtrArray *artifact_list(Index *index, const char *run, const char *name, int64_t id, int64_t now_us, GError **error);
bool artifact_delete(Index *index, const char *run, const char *name, guint *count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool artifact_evict(Index *index, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
