#include "cli/stored.h"

#include "cli/support.h"

Results *stored_open(const Invocation *invocation, GError **error) {
  g_autofree char *dir = support_data_dir(invocation, "results", error);
  return dir != NULL ? results_open(dir, NULL, error) : NULL;
}

void stored_text_cell(Table *table, Colour colour, const json_t *row, const char *name) {
  table_cell(table, colour, "%s", json_string_value(json_object_get(row, name)));
}

void stored_size_cell(Table *table, const json_t *row) {
  g_autofree char *size = g_format_size((guint64)json_integer_value(json_object_get(row, "bytes")));
  table_cell(table, COLOUR_NONE, "%s", size);
}
