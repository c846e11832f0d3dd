/* Rows as structs: one const table of columns a struct drives SELECT, INSERT and free. Private to store/. */
#pragma once

#include "store/database.h"

#include <stddef.h>

typedef enum { COLUMN_TEXT, COLUMN_INTEGER, COLUMN_UNSIGNED, COLUMN_JSON } ColumnKind;

typedef struct {
  const char *name;
  ColumnKind kind;
  size_t offset; /* of a char *, int64_t, unsigned or json_t * */
} Column;

typedef struct {
  const char *table;
  const char *one; /* what one is called in messages: "release" */
  size_t size;     /* of the struct */
  const Column *columns;
  size_t count;
  GDestroyNotify free; /* row_free() with this type */
} RowType;

/* Every row that `where` ("WHERE ... ORDER BY ...") finds; free function set. */
GPtrArray *rows_select(Store *store, const RowType *type, const char *where, const Value *values, size_t count,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first row, or NULL: without an error when there is none. `failed` (may be NULL) says which NULL it is. */
void *row_find(Store *store, const RowType *type, const char *where, const Value *values, size_t count, bool *failed,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The row with `id`; NOT_FOUND names it. */
void *row_get(Store *store, const RowType *type, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool row_insert(Store *store, const RowType *type, const void *row, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One row as a struct; transfer full. The statement's columns are the type's, in order. */
void *row_read(Store *store, const RowType *type, Statement *statement, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void row_free(const RowType *type, void *row);

/* The above under the store's mutex, for functions that only read. */
GPtrArray *rows_select_locked(Store *store, const RowType *type, const char *where, const Value *values, size_t count,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void *row_find_locked(Store *store, const RowType *type, const char *where, const Value *values, size_t count,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void *row_get_locked(Store *store, const RowType *type, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
