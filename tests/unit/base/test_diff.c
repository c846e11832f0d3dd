#include "base/diff.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define HEAD "--- a/f\n+++ b/f\n"

static const struct {
  const char *claim, *before, *after, *diff;
} cases[] = {
  {"equal texts have none", "a\nb\n", "a\nb\n", NULL},
  {"empty texts have none", "", "", NULL},
  {"a line that is changed", "a\nb\nc\n", "a\nB\nc\n", HEAD "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
  {"a line that is new at the end", "a\n", "a\nb\n", HEAD "@@ -1,1 +1,2 @@\n a\n+b\n"},
  {"a line that is gone at the start", "a\nb\n", "b\n", HEAD "@@ -1,2 +1,1 @@\n-a\n b\n"},
  {"everything is new", "", "a\n", HEAD "@@ -0,0 +1,1 @@\n+a\n"},
  {"everything is gone", "a\n", "", HEAD "@@ -1,1 +0,0 @@\n-a\n"},
  {"three lines stand around a change", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nV\n6\n7\n8\n9\n",
   HEAD "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+V\n 6\n 7\n 8\n"},
  {"changes whose lines meet are one piece", "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
   HEAD "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
  {"changes further apart are two", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
   HEAD "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
  {"a last line without an end is told", "a\nb", "a\nb\n", HEAD "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
  {"the other line ends count", "a\r\n", "a\n", HEAD "@@ -1,1 +1,1 @@\n-a\r\n+a\n"},
};

static void test_cases(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].claim);
    g_autofree char *diff = diff_unified("f", cases[i].before, strlen(cases[i].before), cases[i].after, strlen(cases[i].after));
    g_assert_cmpstr(diff, ==, cases[i].diff);
  }
}

static void test_names(void) {
  g_autofree char *absolute = diff_unified("/x/f", "", 0, "a\n", 2), *strange = diff_unified("a\nb", "", 0, "a\n", 2);
  g_assert_true(g_str_has_prefix(absolute, "--- /x/f\n+++ /x/f\n"));
  g_assert_true(g_str_has_prefix(strange, "--- \"a/a\\nb\"\n+++ \"b/a\\nb\"\n"));
}

/* What `patch` makes of it, for lines that all have an end. */
static char *patch(const char *before, const char *diff) {
  g_auto(GStrv) old = g_strsplit(before, "\n", -1), lines = g_strsplit(diff, "\n", -1);
  GString *out = g_string_new(NULL);
  unsigned at = 0, start, count;
  for (char **line = lines + 2; *line != NULL && **line != '\0'; line++) {
    if (sscanf(*line, "@@ -%u,%u", &start, &count) == 2)
      for (start -= count > 0; at < start; at++)
        g_string_append_printf(out, "%s\n", old[at]);
    else if (**line == '+')
      g_string_append_printf(out, "%s\n", *line + 1);
    else {
      g_assert_cmpstr(*line + 1, ==, old[at++]);
      if (**line == ' ')
        g_string_append_printf(out, "%s\n", *line + 1);
    }
  }
  for (; old[at] != NULL && *old[at] != '\0'; at++)
    g_string_append_printf(out, "%s\n", old[at]);
  return g_string_free(out, FALSE);
}

static char *random_text(GRand *random, int lines_max) {
  GString *text = g_string_new(NULL);
  for (int i = g_rand_int_range(random, 0, lines_max); i > 0; i--)
    g_string_append_printf(text, "%c\n", g_rand_int_range(random, 'a', 'e'));
  return g_string_free(text, FALSE);
}

static void test_gives_the_other_text(void) {
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  for (int round = 0; round < 3000; round++) {
    g_autofree char *before = random_text(random, round == 0 ? 4000 : 30), *after = random_text(random, round == 0 ? 4000 : 30);
    g_autofree char *diff = diff_unified("f", before, strlen(before), after, strlen(after));
    g_autofree char *patched = diff != NULL ? patch(before, diff) : g_strdup(before);
    g_assert_cmpstr(patched, ==, after);
  }
}

/* Far more changes than are searched for: answered, and not for ever. */
static void test_large_texts(void) {
  g_autoptr(GString) before = g_string_new(NULL), after = g_string_new(NULL);
  for (int i = 0; i < 100000; i++) {
    g_string_append_printf(before, "%d\n", i);
    g_string_append_printf(after, "%d\n", -i - 1);
  }
  g_autofree char *diff = diff_unified("f", before->str, before->len, after->str, after->len);
  g_autofree char *patched = patch(before->str, diff);
  g_assert_cmpstr(patched, ==, after->str);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/diff/cases", test_cases);
  g_test_add_func("/base/diff/names", test_names);
  g_test_add_func("/base/diff/gives-the-other-text", test_gives_the_other_text);
  g_test_add_func("/base/diff/large-texts", test_large_texts);
  return g_test_run();
}
