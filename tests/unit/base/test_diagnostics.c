#include "base/diagnostics.h"
#include "base/error.h"

#include <string.h>

static void test_nothing_is_no_error(void) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(GError) error = NULL;
  g_assert_true(diagnostics_to_error(diagnostics, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(diagnostics_count(diagnostics), ==, 0);
}

static void test_sorted_by_place(void) {
  static const Location places[] = {{"b", 1, 1}, {"a", 10, 1}, {"a", 2, 3}, {"a", 2, 1}, {"a", 0, 0}};
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
    diagnostics_add(diagnostics, places[i], "number %zu", i);
  diagnostics_sort(diagnostics);
  g_autoptr(GError) error = NULL;
  g_assert_false(diagnostics_to_error(diagnostics, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_cmpstr(error->message, ==, "a: number 4\na:2:1: number 3\na:2:3: number 2\na:10:1: number 1\nb:1:1: number 0");
}

static void test_owns_what_it_was_given(void) {
  char file[] = "file", text[] = "text";
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  diagnostics_add(diagnostics, (Location){file, 1, 2}, "%s", text);
  memset(file, 'x', 4), memset(text, 'x', 4);
  g_assert_cmpstr(diagnostics_at(diagnostics, 0)->file, ==, "file");
  g_assert_cmpstr(diagnostics_at(diagnostics, 0)->message, ==, "text");
}

static void test_a_long_list_is_cut(void) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  for (unsigned i = 1; i <= 23; i++)
    diagnostics_add(diagnostics, (Location){"f", i, 1}, "x");
  g_autoptr(GError) error = NULL;
  g_assert_false(diagnostics_to_error(diagnostics, &error));
  g_assert_true(g_str_has_suffix(error->message, "f:20:1: x\nand 3 more"));
}

static void test_nobody_listens(void) {
  diagnostics_add(NULL, (Location){"f", 1, 1}, "%d", 1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/diagnostics/nothing-is-no-error", test_nothing_is_no_error);
  g_test_add_func("/base/diagnostics/sorted-by-place", test_sorted_by_place);
  g_test_add_func("/base/diagnostics/owns-what-it-was-given", test_owns_what_it_was_given);
  g_test_add_func("/base/diagnostics/a-long-list-is-cut", test_a_long_list_is_cut);
  g_test_add_func("/base/diagnostics/nobody-listens", test_nobody_listens);
  return g_test_run();
}
