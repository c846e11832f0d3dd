#include "store/database.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>

/* What SQLite's primary or extended result means for the caller; the first row that fits counts. */
static const struct {
  int code;
  DroverError error;
  const char *says;
} results[] = {
  {SQLITE_CONSTRAINT_TRIGGER, DROVER_ERROR_REFUSED, ""},
  {SQLITE_CONSTRAINT_FOREIGNKEY, DROVER_ERROR_NOT_FOUND, "it refers to a record that does not exist: "},
  {SQLITE_CONSTRAINT_UNIQUE, DROVER_ERROR_CONFLICT, "it exists already: "},
  {SQLITE_CONSTRAINT_PRIMARYKEY, DROVER_ERROR_CONFLICT, "it exists already: "},
  {SQLITE_CONSTRAINT, DROVER_ERROR_INPUT, "the schema refuses it: "},
  {SQLITE_BUSY, DROVER_ERROR_UNAVAILABLE, "another drover is writing and did not end in time: "},
  {SQLITE_LOCKED, DROVER_ERROR_UNAVAILABLE, ""},
  {SQLITE_FULL, DROVER_ERROR_NO_SPACE, ""},
  {SQLITE_TOOBIG, DROVER_ERROR_INPUT, ""},
  {SQLITE_NOTADB, DROVER_ERROR_CORRUPT, "not a database of drover: "},
  {SQLITE_CORRUPT, DROVER_ERROR_CORRUPT, "damaged: "},
  {SQLITE_IOERR, DROVER_ERROR_IO, ""},
  {SQLITE_READONLY, DROVER_ERROR_IO, "it cannot be written: "},
  {SQLITE_CANTOPEN, DROVER_ERROR_IO, "it cannot be opened: "},
  {SQLITE_PERM, DROVER_ERROR_IO, ""},
  {SQLITE_AUTH, DROVER_ERROR_IO, ""},
};

bool database_fail(const char *path, int code, const char *message, GError **error) {
  /* SQLite tells a full disk as one only where write(2) met it, not where its shared memory or a new file could not grow */
  bool vague = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  g_autofree char *folder = g_path_get_dirname(path);
  if (vague && fs_is_nearly_full(folder))
    return error_set(error, DROVER_ERROR_NO_SPACE, "%s: no space left on its disk: %s", path, message);
  for (size_t i = 0; i < G_N_ELEMENTS(results); i++)
    if (results[i].code == code || results[i].code == (code & 0xff))
      return error_set(error, results[i].error, "%s: %s%s", path, results[i].says, message);
  return error_set(error, DROVER_ERROR_INTERNAL, "%s: %s (SQLite result %d)", path, message, code);
}

bool store_fail(Store *store, GError **error) {
  return database_fail(store->path, sqlite3_extended_errcode(store->db), sqlite3_errmsg(store->db), error);
}

static bool bind_value(Store *store, Statement *statement, int index, const Value *value, GError **error) {
  int code = SQLITE_OK;
  if (value->is_integer)
    code = sqlite3_bind_int64(statement, index, value->integer);
  else if (value->text != NULL && !g_utf8_validate(value->text, -1, NULL))
    return error_set(error, DROVER_ERROR_INPUT, "%s: a text that is not UTF-8 cannot be stored", store->path);
  else if (value->text != NULL)
    code = sqlite3_bind_text64(statement, index, value->text, strlen(value->text), SQLITE_STATIC, SQLITE_UTF8);
  return code == SQLITE_OK || store_fail(store, error);
}

Statement *statement_new(Store *store, const char *sql, const Value *values, size_t count, GError **error) {
  sqlite3_stmt *prepared = NULL;
  if (sqlite3_prepare_v2(store->db, sql, -1, &prepared, NULL) != SQLITE_OK) {
    store_fail(store, error);
    return NULL;
  }
  g_autoptr(Statement) statement = prepared;
  for (size_t i = 0; i < count; i++)
    if (!bind_value(store, statement, (int)i + 1, &values[i], error))
      return NULL;
  return g_steal_pointer(&statement);
}

bool statement_step(Store *store, Statement *statement, bool *got, GError **error) {
  int code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return store_fail(store, error);
  *got = code == SQLITE_ROW;
  return true;
}

bool store_execute(Store *store, const char *sql, const Value *values, size_t count, int *changes, GError **error) {
  g_autoptr(Statement) statement = statement_new(store, sql, values, count, error);
  bool got = true;
  while (got)
    if (statement == NULL || !statement_step(store, statement, &got, error))
      return false;
  if (changes != NULL)
    *changes = sqlite3_changes(store->db);
  return true;
}

bool store_query_integer(Store *store, const char *sql, const Value *values, size_t count, int64_t missing, int64_t *result, GError **error) {
  g_autoptr(Statement) statement = statement_new(store, sql, values, count, error);
  bool got = false;
  if (statement == NULL || !statement_step(store, statement, &got, error))
    return false;
  *result = got ? sqlite3_column_int64(statement, 0) : missing;
  return true;
}

bool transaction_begin(Transaction *transaction, Store *store, GError **error) {
  g_mutex_lock(&store->mutex);
  if (!store_execute(store, "BEGIN IMMEDIATE", NULL, 0, NULL, error)) {
    g_mutex_unlock(&store->mutex);
    return false;
  }
  transaction->store = store;
  return true;
}

bool transaction_commit(Transaction *transaction, GError **error) {
  if (!store_execute(transaction->store, "COMMIT", NULL, 0, NULL, error))
    return false;
  g_mutex_unlock(&transaction->store->mutex);
  transaction->store = NULL;
  return true;
}

void transaction_clear(Transaction *transaction) {
  Store *store = transaction->store;
  if (store == NULL)
    return;
  /* after some errors SQLite has rolled back by itself */
  if (sqlite3_get_autocommit(store->db) == 0)
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
  transaction->store = NULL;
  g_mutex_unlock(&store->mutex);
}
