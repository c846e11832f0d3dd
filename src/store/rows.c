#include "store/rows.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static void *field(const void *row, const Column *column) {
  return (char *)row + column->offset;
}

static char *column_list(const RowType *type) {
  g_autoptr(GString) list = g_string_new(NULL);
  for (size_t i = 0; i < type->count; i++)
    g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", type->columns[i].name);
  return g_string_free(g_steal_pointer(&list), FALSE);
}

void row_free(const RowType *type, void *row) {
  if (row == NULL)
    return;
  for (size_t i = 0; i < type->count; i++) {
    void *at = field(row, &type->columns[i]);
    if (type->columns[i].kind == COLUMN_TEXT)
      g_free(*(char **)at);
    else if (type->columns[i].kind == COLUMN_JSON)
      json_decref(*(json_t **)at);
  }
  g_free(row);
}

static bool read_json(Store *store, const RowType *type, const Column *column, const char *text, json_t **value, GError **error) {
  json_error_t details;
  if (text == NULL)
    return true;
  *value = json_loads(text, JSON_ALLOW_NUL | JSON_DECODE_ANY, &details);
  return *value != NULL || error_set(error, DROVER_ERROR_CORRUPT, "%s: %s.%s is not JSON: %s", store->path, type->table, column->name, details.text);
}

void *row_read(Store *store, const RowType *type, Statement *statement, GError **error) {
  void *row = g_malloc0(type->size);
  for (size_t i = 0; i < type->count; i++) {
    const Column *column = &type->columns[i];
    void *at = field(row, column);
    const char *text = column->kind == COLUMN_TEXT || column->kind == COLUMN_JSON ? (const char *)sqlite3_column_text(statement, (int)i) : NULL;
    if (column->kind == COLUMN_TEXT)
      *(char **)at = g_strdup(text);
    else if (column->kind == COLUMN_INTEGER)
      *(int64_t *)at = sqlite3_column_int64(statement, (int)i);
    else if (column->kind == COLUMN_UNSIGNED)
      *(unsigned *)at = (unsigned)sqlite3_column_int64(statement, (int)i);
    else if (!read_json(store, type, column, text, at, error)) {
      row_free(type, row);
      return NULL;
    }
  }
  return row;
}

static Statement *select_rows(Store *store, const RowType *type, const char *where, const Value *values, size_t count, GError **error) {
  g_autofree char *list = column_list(type);
  g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s %s", list, type->table, where);
  return statement_new(store, sql, values, count, error);
}

static bool take_all(Store *store, const RowType *type, Statement *statement, GPtrArray *rows, GError **error) {
  for (;;) {
    bool got = false;
    if (!statement_step(store, statement, &got, error))
      return false;
    if (!got)
      return true;
    void *row = row_read(store, type, statement, error);
    if (row == NULL)
      return false;
    g_ptr_array_add(rows, row);
  }
}

GPtrArray *rows_select(Store *store, const RowType *type, const char *where, const Value *values, size_t count, GError **error) {
  g_autoptr(Statement) statement = select_rows(store, type, where, values, count, error);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(type->free);
  if (statement == NULL || !take_all(store, type, statement, rows, error))
    return NULL;
  return g_steal_pointer(&rows);
}

void *row_find(Store *store, const RowType *type, const char *where, const Value *values, size_t count, bool *failed, GError **error) {
  g_autoptr(Statement) statement = select_rows(store, type, where, values, count, error);
  bool got = false, good = statement != NULL && statement_step(store, statement, &got, error);
  void *row = good && got ? row_read(store, type, statement, error) : NULL;
  if (failed != NULL)
    *failed = !good || (got && row == NULL);
  return row;
}

void *row_get(Store *store, const RowType *type, const char *id, GError **error) {
  bool failed = false;
  void *row = row_find(store, type, "WHERE id = ?", VALUES(TEXT(id)), &failed, error);
  if (row == NULL && !failed)
    error_set(error, DROVER_ERROR_NOT_FOUND, "there is no %s \"%s\"", type->one, id);
  return row;
}

char *json_canonical(const json_t *value) {
  return value != NULL ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;
}

static Value column_value(const Column *column, const void *row, GPtrArray *texts) {
  const void *at = field(row, column);
  if (column->kind == COLUMN_TEXT)
    return TEXT(*(char *const *)at);
  if (column->kind == COLUMN_INTEGER)
    return INTEGER(*(const int64_t *)at);
  if (column->kind == COLUMN_UNSIGNED)
    return INTEGER(*(const unsigned *)at);
  char *text = json_canonical(*(json_t *const *)at);
  g_ptr_array_add(texts, text);
  return TEXT(text);
}

bool row_insert(Store *store, const RowType *type, const void *row, GError **error) {
  g_autofree char *list = column_list(type);
  g_autofree Value *values = g_new0(Value, type->count);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(free);
  g_autoptr(GString) marks = g_string_new(NULL);
  for (size_t i = 0; i < type->count; i++) {
    values[i] = column_value(&type->columns[i], row, texts);
    g_string_append(marks, i > 0 ? ", ?" : "?");
  }
  g_autofree char *sql = g_strdup_printf("INSERT INTO %s (%s) VALUES (%s)", type->table, list, marks->str);
  return store_execute(store, sql, values, type->count, NULL, error);
}

GPtrArray *rows_select_locked(Store *store, const RowType *type, const char *where, const Value *values, size_t count, GError **error) {
  HOLD(store);
  return rows_select(store, type, where, values, count, error);
}

void *row_find_locked(Store *store, const RowType *type, const char *where, const Value *values, size_t count, GError **error) {
  HOLD(store);
  return row_find(store, type, where, values, count, NULL, error);
}

void *row_get_locked(Store *store, const RowType *type, const char *id, GError **error) {
  HOLD(store);
  return row_get(store, type, id, error);
}
