#include "cli/table.h"

#include <string.h>

#define US ((int64_t)1000000)

static void test_aligns(void) {
  static const char *const headings[] = {"NAME", "N", "WHAT", NULL};
  g_autoptr(Table) table = table_new(headings);
  const char *const names[] = {"a", "größer", "日本", "e\xcc\x81"}; /* the last is one column: a letter and a combining accent */
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    table_cell(table, COLOUR_NONE, "%s", names[i]);
    table_cell(table, COLOUR_NONE, "%zu", i * 5);
    table_cell(table, COLOUR_NONE, "%s", i == 2 ? "" : "x");
  }
  g_autofree char *text = table_render(table, false);
  g_assert_cmpstr(text, ==,
                  "NAME    N   WHAT\n"
                  "a       0   x\n"
                  "größer  5   x\n"
                  "日本    10\n"
                  "e\xcc\x81       15  x\n");
  g_assert_cmpuint(table_rows(table), ==, 4);
}

static void test_colours_do_not_move_columns(void) {
  static const char *const headings[] = {"", "", NULL};
  g_autoptr(Table) table = table_new(headings);
  table_cell(table, COLOUR_GOOD, "a");
  table_cell(table, COLOUR_BAD, "b");
  table_cell(table, COLOUR_NONE, "long");
  table_cell(table, COLOUR_BAD, "%s", "");
  g_autofree char *plain = table_render(table, false), *coloured = table_render(table, true);
  g_assert_cmpstr(plain, ==, "a     b\nlong\n");
  g_assert_cmpstr(coloured, ==, "\033[32ma\033[0m     \033[1;31mb\033[0m\nlong\n");
}

static void test_a_table_without_rows(void) {
  static const char *const headings[] = {"A", "B", NULL}, *const silent[] = {"", NULL};
  g_autoptr(Table) headed = table_new(headings), empty = table_new(silent);
  g_autofree char *text = table_render(headed, false), *nothing = table_render(empty, false);
  g_assert_cmpstr(text, ==, "A  B\n");
  g_assert_cmpstr(nothing, ==, "");
}

typedef struct {
  const char *claim;
  const char *text;
  bool lines;
  const char *harmless;
} HarmlessCase;

static const HarmlessCase harmless[] = {
  {"text stays", "größer 日本", false, "größer 日本"},
  {"an escape sequence loses its escape", "a\033[2Jb", false, "a\xef\xbf\xbd[2Jb"},
  {"an escape in its one-character form too",
   "a\xc2\x9b"
   "2Jb",
   false,
   "a\xef\xbf\xbd"
   "2Jb"},
  {"a carriage return cannot hide what stands before it", "good\rbad", true,
   "good\xef\xbf\xbd"
   "bad"},
  {"text cannot be turned around",
   "a\xe2\x80\xae"
   "b",
   false,
   "a\xef\xbf\xbd"
   "b"},
  {"bytes that are no text are replaced", "a\xff", false, "a\xef\xbf\xbd"},
  {"lines stay where they are wanted", "a\n\tb", true, "a\n\tb"},
  {"and are one line where they are not", "a\n\tb", false, "a  b"},
};

static void test_harmless(gconstpointer data) {
  const HarmlessCase *row = data;
  g_autofree char *text = text_harmless(row->text, row->lines);
  g_assert_cmpstr(text, ==, row->harmless);
}

static void test_error(void) {
  g_autofree char *plain = error_render("a: 1\nb: 2\n", false), *coloured = error_render("a", true);
  g_assert_cmpstr(plain, ==, "error: a: 1\n       b: 2\n");
  g_assert_cmpstr(coloured, ==, "\033[1;31merror: \033[0ma\n");
}

typedef struct {
  const char *claim;
  int64_t age_s;
  const char *text;
} AgeCase;

static const AgeCase ages[] = {
  {"a moment", 2, "just now"},          {"the future", -50, "just now"}, {"seconds", 59, "59 s ago"},           {"a minute", 60, "1 min ago"},
  {"minutes", 119 * 60, "119 min ago"}, {"hours", 2 * 3600, "2 h ago"},  {"many hours", 47 * 3600, "47 h ago"}, {"days", 48 * 3600, "2 days ago"},
};

static void test_age(gconstpointer data) {
  const AgeCase *row = data;
  g_autofree char *text = text_age(1000000 * US, (1000000 + row->age_s) * US);
  g_assert_cmpstr(text, ==, row->text);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cli/table/columns are aligned by the width on a terminal", test_aligns);
  g_test_add_func("/cli/table/colours do not move columns", test_colours_do_not_move_columns);
  g_test_add_func("/cli/table/without rows only headings are left", test_a_table_without_rows);
  g_test_add_func("/cli/error/further lines are aligned under the first", test_error);
  for (size_t i = 0; i < G_N_ELEMENTS(harmless); i++) {
    g_autofree char *path = g_strdup_printf("/cli/harmless/%s", harmless[i].claim);
    g_test_add_data_func(path, &harmless[i], test_harmless);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(ages); i++) {
    g_autofree char *path = g_strdup_printf("/cli/age/%s", ages[i].claim);
    g_test_add_data_func(path, &ages[i], test_age);
  }
  return g_test_run();
}
