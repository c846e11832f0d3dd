/* Fixes as fixes of edits: which are applied together, and what they make of a text. */
#include "lint/edit/edit.h"

#include <string.h>

#define TEXT "0123456789"

typedef struct {
  size_t start, end;
  const char *text; /* NULL: no edit */
} Row;

static const struct {
  const char *claim;
  Row fixes[4][2]; /* each fix's edits */
  const char *after;
  guint applied;
} cases[] = {
  {"nothing", {{{0}}}, TEXT, 0},
  {"one-edit", {{{2, 4, "x"}}}, "01x456789", 1},
  {"an-insertion", {{{4, 4, "x"}}}, "0123x456789", 1},
  {"at-both-ends", {{{0, 0, "x"}, {10, 10, "y"}}}, "x" TEXT "y", 1},
  {"a-fix-of-two-edits-in-any-order", {{{6, 7, "y"}, {2, 4, "x"}}}, "01x45y789", 1},
  {"side-by-side", {{{2, 4, "x"}}, {{4, 6, "y"}}}, "01xy6789", 2},
  {"an-insertion-before-and-behind-an-edit", {{{2, 4, "x"}}, {{4, 4, "b"}}, {{2, 2, "a"}}}, "01axb456789", 3},
  {"overlapping-the-first-in-the-file-wins", {{{3, 6, "y"}}, {{2, 4, "x"}}}, "01x456789", 1},
  {"an-insertion-inside-an-edit", {{{3, 3, "y"}}, {{2, 4, "x"}}}, "01x456789", 1},
  {"two-insertions-at-one-place", {{{3, 3, "y"}}, {{3, 3, "x"}}}, "012x3456789", 1},
  {"equal-fixes-are-one", {{{3, 4, "x"}}, {{3, 4, "x"}}}, "012x456789", 1},
  {"all-edits-of-a-fix-or-none", {{{0, 1, "a"}}, {{0, 1, "b"}, {8, 9, "c"}}, {{8, 9, "d"}}}, "a1234567d9", 2},
  {"outside-the-text", {{{9, 11, "x"}}}, TEXT, 0},
};

static GPtrArray *make_fixes(size_t row) {
  GPtrArray *fixes = g_ptr_array_new_with_free_func((GDestroyNotify)fix_free);
  for (size_t n = 0; n < G_N_ELEMENTS(cases[row].fixes); n++) {
    const Row *edits = cases[row].fixes[n];
    if (edits[0].text == NULL)
      continue;
    Fix *fix = fix_new(cases[row].claim, true);
    for (size_t i = 0; i < G_N_ELEMENTS(cases[row].fixes[n]) && edits[i].text != NULL; i++)
      g_assert_true(fix_add(fix, edits[i].start, edits[i].end, edits[i].text));
    g_ptr_array_add(fixes, fix);
  }
  return fixes;
}

static void test_case(const void *data) {
  size_t row = GPOINTER_TO_SIZE(data);
  g_autoptr(GPtrArray) fixes = make_fixes(row);
  for (guint turn = 0; turn < MAX(fixes->len, 1); turn++) {
    g_autoptr(GPtrArray) applied = g_ptr_array_new();
    g_autoptr(GPtrArray) turned = g_ptr_array_new(); /* in every rotation, and so in every order of two */
    size_t size;
    for (guint i = 0; i < fixes->len; i++)
      g_ptr_array_add(turned, fixes->pdata[(i + turn) % fixes->len]);
    g_autofree char *after = edits_apply(TEXT, strlen(TEXT), turned, applied, &size);
    g_assert_cmpstr(after, ==, cases[row].after);
    g_assert_cmpuint(size, ==, strlen(after));
    g_assert_cmpuint(applied->len, ==, cases[row].applied);
  }
}

static void test_overlap_in_a_fix(void) {
  g_autoptr(Fix) fix = fix_new("x", false);
  g_assert_true(fix_add(fix, 2, 4, "a"));
  g_assert_false(fix_add(fix, 3, 5, "b"));
  g_assert_false(fix_add(fix, 2, 4, "a"));
  g_assert_true(fix_add(fix, 4, 4, "c"));
  g_assert_false(fix_add(fix, 4, 4, "d"));
  g_assert_cmpuint(fix->edits->len, ==, 2);
}

/* It guards: each fix was held against every other. */
static void test_many_fixes(void) {
  g_autoptr(GPtrArray) fixes = g_ptr_array_new_with_free_func((GDestroyNotify)fix_free);
  g_autofree char *text = g_strnfill(400000, 'a');
  for (size_t i = 0; i < 100000; i++) {
    Fix *fix = fix_new("x", true);
    g_assert_true(fix_add(fix, (i * 7919 % 100000) * 4, (i * 7919 % 100000) * 4 + 1, "b"));
    g_ptr_array_add(fixes, fix);
  }
  gint64 before = g_get_monotonic_time();
  size_t size;
  g_autofree char *after = edits_apply(text, strlen(text), fixes, NULL, &size);
  g_assert_true(g_str_has_prefix(after, "baaabaaabaaa"));
  g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/lint/edit/", cases[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
  }
  g_test_add_func("/lint/edit/overlap-in-a-fix-is-refused", test_overlap_in_a_fix);
  g_test_add_func("/lint/edit/many-fixes", test_many_fixes);
  return g_test_run();
}
