#include "cli/table.h"

#include "base/log.h"

#include <string.h>

#define GAP 2

typedef struct {
  char *text;
  Colour colour;
} Cell;

struct Table {
  const char *const *headings;
  guint columns;
  GArray *cells; /* Cell, row by row */
};

static const char *const escapes[] = {
  [COLOUR_NONE] = "",         [COLOUR_GOOD] = "\033[32m",  [COLOUR_BAD] = "\033[1;31m", [COLOUR_WARNING] = "\033[33m",
  [COLOUR_FAINT] = "\033[2m", [COLOUR_STRONG] = "\033[1m",
};

static void cell_clear(void *data) {
  g_free(((Cell *)data)->text);
}

Table *table_new(const char *const *headings) {
  Table *table = g_new0(Table, 1);
  table->headings = headings;
  table->columns = g_strv_length((char **)headings);
  table->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
  g_array_set_clear_func(table->cells, cell_clear);
  return table;
}

void table_free(Table *table) {
  g_array_unref(table->cells);
  g_free(table);
}

void table_cell(Table *table, Colour colour, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *raw = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  Cell cell = {.text = text_harmless(raw, false), .colour = colour};
  g_array_append_val(table->cells, cell);
}

guint table_rows(const Table *table) {
  return table->cells->len / table->columns;
}

static size_t column_width(const Table *table, guint column, bool headed) {
  size_t width = headed ? text_width(table->headings[column]) : 0;
  for (guint row = 0; row < table_rows(table); row++)
    width = MAX(width, text_width(g_array_index(table->cells, Cell, row * table->columns + column).text));
  return width;
}

/* A cell, and blanks up to the next column unless it is the last. */
static void put_cell(GString *text, const char *words, Colour colour, bool coloured, size_t width, bool last) {
  bool paints = coloured && colour != COLOUR_NONE && *words != '\0';
  g_string_append_printf(text, "%s%s%s", paints ? escapes[colour] : "", words, paints ? "\033[0m" : "");
  if (!last)
    g_string_append_printf(text, "%*s", (int)(width - text_width(words) + GAP), "");
}

static void end_row(GString *text) {
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate(text, text->len - 1);
  g_string_append_c(text, '\n');
}

char *table_render(const Table *table, bool colour) {
  GString *text = g_string_new(NULL);
  g_autofree size_t *widths = g_new0(size_t, table->columns);
  bool headed = false;
  for (guint column = 0; column < table->columns; column++)
    headed |= *table->headings[column] != '\0';
  for (guint column = 0; column < table->columns; column++)
    widths[column] = column_width(table, column, headed);
  for (guint column = 0; headed && column < table->columns; column++)
    put_cell(text, table->headings[column], COLOUR_STRONG, colour, widths[column], column + 1 == table->columns);
  if (headed)
    end_row(text);
  for (guint row = 0; row < table_rows(table); row++) {
    for (guint column = 0; column < table->columns; column++) {
      const Cell *cell = &g_array_index(table->cells, Cell, row * table->columns + column);
      put_cell(text, cell->text, cell->colour, colour, widths[column], column + 1 == table->columns);
    }
    end_row(text);
  }
  return g_string_free(text, FALSE);
}

void table_print(const Table *table, FILE *stream) {
  g_autofree char *text = table_render(table, log_fd_has_colour(fileno(stream)));
  fputs(text, stream);
}

char *error_render(const char *message, bool colour) {
  static const char word[] = "error: ";
  g_autofree char *harmless = text_harmless(message, true);
  g_strchomp(harmless);
  g_auto(GStrv) lines = g_strsplit(harmless, "\n", -1);
  g_autofree char *gap = g_strdup_printf("\n%*s", (int)strlen(word), "");
  g_autofree char *body = g_strjoinv(gap, lines);
  return g_strdup_printf("%s%s%s%s\n", colour ? escapes[COLOUR_BAD] : "", word, colour ? "\033[0m" : "", body);
}

char *text_age(int64_t then_us, int64_t now_us) {
  static const struct {
    int64_t from_s, unit_s;
    const char *unit;
  } rows[] = {{2 * 24 * 3600, 24 * 3600, "days"}, {2 * 3600, 3600, "h"}, {60, 60, "min"}, {5, 1, "s"}};
  int64_t age_s = (now_us - then_us) / G_USEC_PER_SEC;
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (age_s >= rows[i].from_s)
      return g_strdup_printf("%" G_GINT64_FORMAT " %s ago", age_s / rows[i].unit_s, rows[i].unit);
  return g_strdup("just now");
}
