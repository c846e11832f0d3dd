/* The SQLite connection behind a Store: locking, transactions, statements and errors. Private to store/ and results/.
 *
 * results/ keeps its own small database through the same calls.
 *
 * A function that writes opens a Transaction, does its statements and commits; leaving the scope without a commit rolls
 * everything back. A function that only reads says HOLD() or uses the _locked calls of rows.h.
 * Both hold the store's mutex, so neither nests.
 */
#pragma once

#include "store/store.h"

#include <sqlite3.h>

typedef sqlite3_stmt Statement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Statement, sqlite3_finalize)

struct Store {
  sqlite3 *db;
  char *path;
  GMutex mutex;
};

/* Holds the store's mutex to the end of the scope. */
#define HOLD(store) g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&(store)->mutex)

typedef struct {
  Store *store; /* NULL: not begun */
} Transaction;

/* BEGIN IMMEDIATE; waits at most 10 s for other writers, then UNAVAILABLE. */
bool transaction_begin(Transaction *transaction, Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool transaction_commit(Transaction *transaction, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void transaction_clear(Transaction *transaction); /* rolls back what was not committed */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Transaction, transaction_clear)

/* A value for a "?"; TEXT(NULL) is SQL's NULL. Texts are borrowed until the statement is finalised. */
typedef struct {
  const char *text;
  int64_t integer;
  bool is_integer;
} Value;
#define TEXT(value) ((Value){.text = (value)})
#define INTEGER(value) ((Value){.integer = (int64_t)(value), .is_integer = true})
#define VALUES(...) ((const Value[]){__VA_ARGS__}), G_N_ELEMENTS(((const Value[]){__VA_ARGS__}))

/* A prepared statement with its values bound; INPUT when a text is not UTF-8. */
Statement *statement_new(Store *store, const char *sql, const Value *values, size_t count, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The next row: `*got` false at the end. */
bool statement_step(Store *store, Statement *statement, bool *got, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives no rows; `changes` (may be NULL) gets the number of rows changed. */
bool store_execute(Store *store, const char *sql, const Value *values, size_t count, int *changes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first column of the first row, or `missing` when there is no row. */
bool store_query_integer(Store *store, const char *sql, const Value *values, size_t count, int64_t missing, int64_t *result,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets `error` from the connection's last failure; always returns false. */
bool store_fail(Store *store, GError **error);

/* Sets `error` from SQLite's extended result `code`; always returns false. */
bool database_fail(const char *path, int code, const char *message, GError **error);

/* Opens or makes the database at `store->path`, with drover's settings: WAL, foreign keys, full synchronisation. */
bool database_open(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Applies the migrations that are missing. */
bool store_migrate(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Canonical JSON: sorted keys, no spaces; transfer full (free()). NULL when `value` is NULL. */
char *json_canonical(const json_t *value);

/* Appends to the journal inside a transaction. `data` NULL means that a text in it was not UTF-8: INPUT. Transfer none. */
bool journal_write(Store *store, int64_t at_us, const char *actor, const char *kind, const char *subject, json_t *data,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
