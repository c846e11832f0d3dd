#include "results/index_internal.h"

#include "base/error.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA_VERSION 1
#define ABANDONED_US G_TIME_SPAN_DAY

static const char schema[] = "CREATE TABLE caches (id INTEGER PRIMARY KEY AUTOINCREMENT, repository TEXT NOT NULL, scope TEXT NOT NULL,"
                             " key TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL, size_bytes INTEGER NOT NULL,"
                             " created_us INTEGER NOT NULL, used_us INTEGER NOT NULL, UNIQUE (repository, scope, version, key)) STRICT;"
                             "CREATE INDEX caches_by_digest ON caches (digest);"
                             "CREATE TABLE artifacts (id INTEGER PRIMARY KEY AUTOINCREMENT, repository TEXT NOT NULL, run TEXT NOT NULL,"
                             " job TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, digest TEXT NOT NULL, size_bytes INTEGER NOT NULL,"
                             " created_us INTEGER NOT NULL, expires_us INTEGER NOT NULL, UNIQUE (run, name)) STRICT;"
                             "CREATE INDEX artifacts_by_digest ON artifacts (digest);"
                             "PRAGMA user_version = 1;";

/* ---- life ------------------------------------------------------------------------------------------------------------- */

static bool make_tables(Store *store, GError **error) {
  g_auto(Transaction) transaction = {0};
  int64_t version = 0;
  if (!transaction_begin(&transaction, store, error) || !store_query_integer(store, "PRAGMA user_version", NULL, 0, 0, &version, error))
    return false;
  if (version == SCHEMA_VERSION)
    return true;
  if (version != 0)
    return error_set(error, DROVER_ERROR_CORRUPT, "%s: was written by a newer drover: install that one", store->path);
  if (sqlite3_exec(store->db, schema, NULL, NULL, NULL) != SQLITE_OK)
    return store_fail(store, error);
  return transaction_commit(&transaction, error);
}

Index *index_open(const char *dir, GError **error) {
  g_autoptr(Index) index = g_new0(Index, 1);
  g_mutex_init(&index->store.mutex);
  index->store.path = g_build_filename(dir, "results.db", NULL);
  index->blobs_dir = g_build_filename(dir, "blobs", NULL);
  index->uploads_dir = g_build_filename(dir, "uploads", NULL);
  if (!fs_make_dirs(index->blobs_dir, 0700, error) || !fs_make_dirs(index->uploads_dir, 0700, error) || !database_open(&index->store, error) ||
      !make_tables(&index->store, error))
    return NULL;
  return g_steal_pointer(&index);
}

void index_close(Index *index) {
  sqlite3_close(index->store.db);
  g_mutex_clear(&index->store.mutex);
  g_free(index->store.path);
  g_free(index->blobs_dir);
  g_free(index->uploads_dir);
  g_free(index);
}

const char *index_uploads_dir(const Index *index) {
  return index->uploads_dir;
}

/* ---- blobs ------------------------------------------------------------------------------------------------------------ */

static char *blob_path(const Index *index, const char *digest) {
  return g_build_filename(index->blobs_dir, digest_hex(digest), NULL);
}

int index_open_blob(const Index *index, const char *digest, int64_t *size_bytes, int64_t *written_s, GError **error) {
  g_autofree char *path = blob_path(index, digest);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (fd < 0) {
    error_set_errno(error, errno, "the content %s", digest);
    return -1;
  }
  if (fstat(fd, &facts) < 0) {
    error_set_errno(error, errno, "the content %s", digest);
    close(fd);
    return -1;
  }
  *size_bytes = facts.st_size;
  *written_s = facts.st_mtim.tv_sec;
  return fd;
}

/* Inside a transaction. */
static bool drop_unnamed(Index *index, const char *digest, GError **error) {
  int64_t named = 0;
  if (!store_query_integer(&index->store,
                           "SELECT EXISTS (SELECT 1 FROM caches WHERE digest = ?1) OR EXISTS (SELECT 1 FROM artifacts WHERE digest = ?1)",
                           VALUES(TEXT(digest)), 0, &named, error))
    return false;
  g_autofree char *path = blob_path(index, digest);
  if (named != 0 || unlink(path) == 0 || errno == ENOENT)
    return true;
  return error_set_errno(error, errno, "%s: cannot be removed", path);
}

static bool delete_rows(Index *index, const char *sql, const Value *values, size_t value_count, GPtrArray *digests, GError **error) {
  g_auto(Transaction) transaction = {0};
  if (!transaction_begin(&transaction, &index->store, error))
    return false;
  {
    g_autoptr(Statement) statement = statement_new(&index->store, sql, values, value_count, error);
    for (bool got = true; got;) {
      if (statement == NULL || !statement_step(&index->store, statement, &got, error))
        return false;
      if (got)
        g_ptr_array_add(digests, g_strdup((const char *)sqlite3_column_text(statement, 0)));
    }
  }
  return transaction_commit(&transaction, error);
}

/* The blobs go after the rows are gone for good: a crash between leaves a blob without a name, never a name without its blob. */
bool index_delete(Index *index, const char *sql, const Value *values, size_t value_count, guint *count, GError **error) {
  g_autoptr(GPtrArray) digests = g_ptr_array_new_with_free_func(g_free);
  if (!delete_rows(index, sql, values, value_count, digests, error))
    return false;
  if (count != NULL)
    *count = digests->len;
  if (digests->len == 0)
    return true;
  g_auto(Transaction) transaction = {0};
  if (!transaction_begin(&transaction, &index->store, error))
    return false;
  for (guint i = 0; i < digests->len; i++)
    if (!drop_unnamed(index, g_ptr_array_index(digests, i), error))
      return false;
  return transaction_commit(&transaction, error);
}

static bool sweep_blobs(Index *index, GError **error) {
  g_auto(Transaction) transaction = {0};
  g_autoptr(GDir) blobs = g_dir_open(index->blobs_dir, 0, error);
  if (blobs == NULL || !transaction_begin(&transaction, &index->store, error))
    return false;
  for (const char *name = NULL; (name = g_dir_read_name(blobs)) != NULL;) {
    g_autofree char *digest = g_strconcat("sha256:", name, NULL);
    if (digest_is_valid(digest) && !drop_unnamed(index, digest, error))
      return false;
  }
  return transaction_commit(&transaction, error);
}

bool index_sweep(Index *index, int64_t now_us, GError **error) {
  g_autoptr(GDir) uploads = g_dir_open(index->uploads_dir, 0, error);
  if (uploads == NULL)
    return false;
  for (const char *name = NULL; (name = g_dir_read_name(uploads)) != NULL;) {
    g_autofree char *path = g_build_filename(index->uploads_dir, name, NULL);
    struct stat facts;
    if (lstat(path, &facts) == 0 && (int64_t)facts.st_mtim.tv_sec * G_USEC_PER_SEC < now_us - ABANDONED_US)
      unlink(path);
  }
  return sweep_blobs(index, error);
}

/* ---- storing ---------------------------------------------------------------------------------------------------------- */

static bool insert(Store *store, const IntakeTarget *target, const Digest *digest, int64_t size_bytes, int64_t now_us, GError **error) {
  if (target->kind == INTAKE_CACHE)
    return store_execute(
      store, "INSERT INTO caches (repository, scope, key, version, digest, size_bytes, created_us, used_us) VALUES (?, ?, ?, ?, ?, ?, ?7, ?7)",
      VALUES(TEXT(target->repository), TEXT(target->scope), TEXT(target->name), TEXT(target->version), TEXT(digest->text), INTEGER(size_bytes),
             INTEGER(now_us)),
      NULL, error);
  return store_execute(
    store, "INSERT INTO artifacts (repository, run, job, name, type, digest, size_bytes, created_us, expires_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    VALUES(TEXT(target->repository), TEXT(target->run), TEXT(target->job), TEXT(target->name), TEXT(target->type), TEXT(digest->text),
           INTEGER(size_bytes), INTEGER(now_us), INTEGER(target->expires_us)),
    NULL, error);
}

bool index_store(Index *index, Intake *upload, const Digest *digest, int64_t size_bytes, int64_t now_us, int64_t *id, GError **error) {
  g_auto(Transaction) transaction = {0};
  const IntakeTarget *target = intake_target(upload);
  g_autofree char *path = blob_path(index, digest->text);
  return transaction_begin(&transaction, &index->store, error) && insert(&index->store, target, digest, size_bytes, now_us, error) &&
         store_query_integer(&index->store, "SELECT last_insert_rowid()", NULL, 0, 0, id, error) && intake_move(upload, path, error) &&
         transaction_commit(&transaction, error);
}
