#include "base/diagnostics.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 20

struct Diagnostics {
  GPtrArray *rows;
};

static void diagnostic_free(gpointer data) {
  Diagnostic *row = data;
  g_free(row->file);
  g_free(row->message);
  g_free(row->meant);
  g_free(row);
}

Diagnostics *diagnostics_new(void) {
  Diagnostics *diagnostics = g_new(Diagnostics, 1);
  diagnostics->rows = g_ptr_array_new_with_free_func(diagnostic_free);
  return diagnostics;
}

void diagnostics_free(Diagnostics *diagnostics) {
  g_ptr_array_unref(diagnostics->rows);
  g_free(diagnostics);
}

G_GNUC_PRINTF(4, 0)
static void add(Diagnostics *diagnostics, Location location, const char *rule, const char *format, va_list arguments) {
  if (diagnostics == NULL)
    return;
  Diagnostic *row = g_new(Diagnostic, 1);
  *row = (Diagnostic){
    .file = g_strdup(location.file),
    .line = location.line,
    .column = location.column,
    .rule = rule,
    .message = g_strdup_vprintf(format, arguments),
  };
  g_ptr_array_add(diagnostics->rows, row);
}

void diagnostics_add(Diagnostics *diagnostics, Location location, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add(diagnostics, location, NULL, format, arguments);
  va_end(arguments);
}

void diagnostics_add_rule(Diagnostics *diagnostics, Location location, const char *rule, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add(diagnostics, location, rule, format, arguments);
  va_end(arguments);
}

void diagnostics_add_error(Diagnostics *diagnostics, const char *file, const char *rule, const GError *error) {
  Location location = {.file = file};
  const char *message = error->message;
  size_t length = strlen(file);
  int used = 0;
  if (strncmp(message, file, length) == 0 && sscanf(message + length, ":%u:%u: %n", &location.line, &location.column, &used) == 2)
    message += length + (size_t)used;
  diagnostics_add_rule(diagnostics, location, rule, "%s", message);
}

void diagnostics_suggest(Diagnostics *diagnostics, const char *meant) {
  Diagnostic *last = g_ptr_array_index(diagnostics->rows, diagnostics->rows->len - 1);
  char *asked = g_strdup_printf("%s, did you mean \"%s\"?", last->message, meant);
  g_free(last->message);
  last->message = asked;
  g_free(last->meant);
  last->meant = g_strdup(meant);
}

void diagnostics_add_copy(Diagnostics *diagnostics, const char *file, const Diagnostic *finding) {
  Diagnostic *row = g_new(Diagnostic, 1);
  *row = *finding;
  row->file = g_strdup(file);
  row->message = g_strdup(finding->message);
  row->meant = g_strdup(finding->meant);
  g_ptr_array_add(diagnostics->rows, row);
}

guint diagnostics_count(const Diagnostics *diagnostics) {
  return diagnostics->rows->len;
}

const Diagnostic *diagnostics_at(const Diagnostics *diagnostics, guint index) {
  return g_ptr_array_index(diagnostics->rows, index);
}

static int compare(gconstpointer a, gconstpointer b) {
  const Diagnostic *left = *(Diagnostic *const *)a, *right = *(Diagnostic *const *)b;
  int order = g_strcmp0(left->file, right->file);
  if (order == 0)
    order = (left->line > right->line) - (left->line < right->line);
  if (order == 0)
    order = (left->column > right->column) - (left->column < right->column);
  return order;
}

void diagnostics_sort(Diagnostics *diagnostics) {
  g_ptr_array_sort(diagnostics->rows, compare);
}

bool diagnostics_to_error(const Diagnostics *diagnostics, GError **error) {
  if (diagnostics->rows->len == 0)
    return true;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < MIN(diagnostics->rows->len, SHOWN_MAX); i++) {
    const Diagnostic *row = diagnostics_at(diagnostics, i);
    g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", row->file);
    if (row->line > 0)
      g_string_append_printf(text, ":%u:%u", row->line, row->column);
    g_string_append_printf(text, ": %s", row->message);
  }
  if (diagnostics->rows->len > SHOWN_MAX)
    g_string_append_printf(text, "\nand %u more", diagnostics->rows->len - SHOWN_MAX);
  return error_set(error, DROVER_ERROR_INPUT, "%s", text->str);
}
