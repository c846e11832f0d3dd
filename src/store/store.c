#include "base/error.h"
#include "base/fs.h"
#include "store/database.h"
#include "store/schema_resource.h"

#include <string.h>

#define BUSY_TIMEOUT_MS 10000
#define APPLICATION_ID 0x64727672
#define SCHEMA_PATH "/drover/store/schema/"

/* Row n brings the schema from version n to version n + 1. Rows are only ever added. */
static const char *const migrations[] = {
  "001-spine.sql",
};

static const char settings[] = "PRAGMA foreign_keys = ON;"
                               "PRAGMA recursive_triggers = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA synchronous = FULL;";

static bool run_script(Store *store, const char *sql, GError **error) {
  return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(store, error);
}

/* Switching to WAL needs the database alone for a moment, and SQLite does not call its busy handler there. */
static bool switch_to_wal(Store *store, GError **error) {
  for (int64_t end_us = g_get_monotonic_time() + BUSY_TIMEOUT_MS * 1000;;) {
    int code = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    if (code == SQLITE_OK)
      return true;
    if ((code & 0xff) != SQLITE_BUSY || g_get_monotonic_time() > end_us)
      return store_fail(store, error);
    g_usleep(5000);
  }
}

/* The version of the schema, 0 for an empty database. */
static bool read_version(Store *store, int64_t *version, GError **error) {
  int64_t application = 0, tables = 0;
  if (!store_query_integer(store, "PRAGMA application_id", NULL, 0, 0, &application, error) ||
      !store_query_integer(store, "SELECT count(*) FROM sqlite_schema", NULL, 0, 0, &tables, error))
    return false;
  if (application == 0 && tables == 0) {
    *version = 0;
    return true;
  }
  if (application != APPLICATION_ID)
    return error_set(error, DROVER_ERROR_CORRUPT, "%s: is a database of another program", store->path);
  return store_query_integer(store, "SELECT max(version) FROM schema_version", NULL, 0, 0, version, error);
}

static bool apply(Store *store, int64_t version, GError **error) {
  const char *name = migrations[version];
  g_autofree char *path = g_strconcat(SCHEMA_PATH, name, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(store_schema_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes == NULL)
    return error_set(error, DROVER_ERROR_INTERNAL, "the schema %s is not part of this drover", name);
  gsize size = 0;
  const char *text = g_bytes_get_data(bytes, &size);
  g_autofree char *sql = g_strndup(text, size);
  return run_script(store,
                    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_us INTEGER NOT NULL) STRICT",
                    error) &&
         run_script(store, sql, error) &&
         store_execute(store, "INSERT INTO schema_version (version, name, applied_us) VALUES (?, ?, ?)",
                       VALUES(INTEGER(version + 1), TEXT(name), INTEGER(g_get_real_time())), NULL, error);
}

bool store_migrate(Store *store, GError **error) {
  for (;;) {
    g_auto(Transaction) transaction = {0};
    int64_t version = 0;
    if (!transaction_begin(&transaction, store, error) || !read_version(store, &version, error))
      return false;
    if (version > (int64_t)G_N_ELEMENTS(migrations))
      return error_set(error, DROVER_ERROR_CORRUPT,
                       "%s: was written by a newer drover (schema %" G_GINT64_FORMAT ", this one knows %zu): install that one", store->path, version,
                       G_N_ELEMENTS(migrations));
    if (version == (int64_t)G_N_ELEMENTS(migrations))
      return true;
    if (!apply(store, version, error) || !transaction_commit(&transaction, error)) {
      g_prefix_error(error, "schema %s: ", migrations[version]);
      return false;
    }
  }
}

bool database_open(Store *store, GError **error) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
  int code = sqlite3_open_v2(store->path, &store->db, flags, NULL);
  if (code != SQLITE_OK)
    return database_fail(store->path, store->db != NULL ? sqlite3_extended_errcode(store->db) : code, sqlite3_errstr(code), error);
  sqlite3_extended_result_codes(store->db, 1);
  sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
  sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return run_script(store, settings, error) && switch_to_wal(store, error);
}

Store *store_open(const char *data_dir, GError **error) {
  if (!fs_make_dirs(data_dir, 0755, error))
    return NULL;
  g_autoptr(Store) store = g_new0(Store, 1);
  g_mutex_init(&store->mutex);
  g_autofree char *absolute = g_canonicalize_filename(data_dir, NULL);
  store->path = g_build_filename(absolute, "drover.db", NULL);
  return database_open(store, error) && store_migrate(store, error) ? g_steal_pointer(&store) : NULL;
}

void store_close(Store *store) {
  sqlite3_close(store->db);
  g_mutex_clear(&store->mutex);
  g_free(store->path);
  g_free(store);
}
