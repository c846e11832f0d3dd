/* The small languages in which steps speak to the runner, the shells and hashFiles' patterns. */
#include "runner/files.h"
#include "runner/hash.h"
#include "runner/shell.h"

#include "base/error.h"

#include <string.h>

/* ---- files ---- */

static const struct {
  const char *text;
  const char *want; /* "name=value;..." or NULL: an error */
  const char *message;
} files[] = {
  {"", "", NULL},
  {"A=1\nB=\n", "A=1;B=;", NULL},
  {"A=1", "A=1;", NULL},
  {"A=b=c<<d\n", "A=b=c<<d;", NULL},
  {"\r\nA=1\r\n\r\nB=2\r\n", "A=1;B=2;", NULL},
  {"A<<END\none\n\ntwo=2\nEND\nB=1\n", "A=one\n\ntwo=2;B=1;", NULL},
  {"A<<END\nEND\n", "A=;", NULL},
  {"A<<END\nx\nEND", "A=x;", NULL},
  {"A<<E=D\nx\nE=D\n", "A=x;", NULL},
  {"A<<END\nx\n END\nEND\n", "A=x\n END;", NULL},
  {"nothing", NULL, "F, line 1: expected NAME=VALUE or NAME<<MARK, found \"nothing\""},
  {"A=1\n=2\n", NULL, "F, line 2: the name is empty"},
  {"<<X\nX\n", NULL, "the name is empty"},
  {"A<<\nx\n", NULL, "expected a mark"},
  {"B=1\nA<<END\nx\n", NULL, "F, line 2: the line \"END\" that ends the value of \"A\" is missing"},
};

static void test_files(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) pairs = files_parse_pairs("F", files[i].text, strlen(files[i].text), &error);
    g_assert_true((pairs != NULL) == (files[i].want != NULL));
    if (pairs == NULL) {
      g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
      g_assert_nonnull(strstr(error->message, files[i].message));
      continue;
    }
    g_autoptr(GString) got = g_string_new(NULL);
    for (guint n = 0; n < pairs->len; n++) {
      const FilePair *pair = g_ptr_array_index(pairs, n);
      g_string_append_printf(got, "%s=%s;", pair->name, pair->value);
    }
    g_assert_cmpstr(got->str, ==, files[i].want);
  }
  g_autoptr(GPtrArray) lines = files_parse_lines("a\n\nb b\r\n", 8);
  g_assert_cmpuint(lines->len, ==, 2);
  g_assert_cmpstr(g_ptr_array_index(lines, 1), ==, "b b");
}

/* ---- shells ---- */

static const struct {
  const char *shell;
  const char *argv; /* joined by "|"; NULL: an error */
} shells[] = {
  {NULL, "bash|-e|S"},
  {"bash", "bash|--noprofile|--norc|-e|-o|pipefail|S"},
  {"BASH", "bash|--noprofile|--norc|-e|-o|pipefail|S"},
  {"sh", "sh|-e|S"},
  {"bash -l {0}", "bash|-l|S"},
  {"perl -x'a b' {0} --file={0}", "perl|-xa b|S|--file=S"},
  {"zsh", NULL},
  {"pwsh", NULL},
  {"sh '{0}", NULL},
};

static void test_shells(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(shells); i++) {
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) argv = shell_argv(shells[i].shell, "S", "/usr/bin:/bin", &error);
    g_autofree char *joined = argv != NULL ? g_strjoinv("|", argv) : NULL;
    g_assert_cmpstr(joined, ==, shells[i].argv);
    g_assert_true((error != NULL) == (argv == NULL));
  }
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) argv = shell_argv(NULL, "S", "/nowhere", &error);
  g_assert_cmpstr(argv[0], ==, "sh");
}

/* ---- hashFiles ---- */

static const struct {
  const char *pattern, *path;
  bool matches;
} patterns[] = {
  {"a.txt", "a.txt", true},     {"a.txt", "b/a.txt", false},   {"**/a.txt", "a.txt", true}, {"**/a.txt", "b/c/a.txt", true},
  {"*.lock", "x.lock", true},   {"*.lock", "d/x.lock", false}, {"**", "d/x.lock", true},    {"d", "d/e/f", true},
  {"d/**", "d/e/f", true},      {"d/**/f", "d/f", true},       {"d/*/f", "d/e/f", true},    {"d/*/f", "d/e/g/f", false},
  {"./d/", "d/x", true},        {"[ab].c", "a.c", true},       {"[ab].c", "c.c", false},    {"", "a", false},
  {"**/**/x", "a/b/c/x", true}, {"a?c", "abc", true},          {"a?c", "a/c", false},
};

static void test_patterns(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
    g_test_message("%s %s", patterns[i].pattern, patterns[i].path);
    g_assert_true(hash_pattern_matches(patterns[i].pattern, patterns[i].path) == patterns[i].matches);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/runner/files/parse", test_files);
  g_test_add_func("/runner/shell/argv", test_shells);
  g_test_add_func("/runner/hash/patterns", test_patterns);
  return g_test_run();
}
