/* Scripts that need no process: those that are plain, and those that repeat another. */
#include "base/fs.h"
#include "lint/script/check_internal.h"

#include <string.h>

typedef struct {
  const char *claim;
  const char *script;
  bool is_plain;
} Case;

static const Case cases[] = {
  {"nothing", "", true},
  {"blank-lines", "\n \t\n", true},
  {"commands", "npm ci\n\n  make -j2 all CC=gcc\ngo test ./...", true},
  {"whole-words-in-quotes", "git commit -m \"a b (c)\" 'd;e'\necho 'done?'", true},
  {"a-folder", "cd ..\ncd src\n", true},
  {"another-program", "rm -r x\n", false},
  {"a-program-by-its-path", "/usr/bin/make\n", false},
  {"an-assignment", "CC=gcc make\n", false},
  {"a-variable", "make $x\n", false},
  {"a-variable-in-quotes", "make \"$x\"\n", false},
  {"a-pattern", "make *.c\n", false},
  {"half-a-word-in-quotes", "make a\"b\"\n", false},
  {"quotes-over-lines", "make \"a\nb\"\n", false},
  {"an-open-quote", "make \"a", false},
  {"a-pipe", "make | cat\n", false},
  {"a-list", "make && make x\n", false},
  {"a-redirection", "make >x\n", false},
  {"a-comment", "make # shellcheck disable=all\n", false},
  {"a-directive", "# shellcheck shell=sh\nmake\n", false},
  {"a-keyword-behind", "make done\n", false},
  {"options-of-echo", "echo -e a\n", false},
  {"escapes", "make a\\ b\n", false},
  {"carriage-returns", "make\r\n", false},
  {"other-letters", "make \xe2\x80\x93x\n", false},
};

static void test_case(const void *data) {
  const Case *row = data;
  size_t length = strlen(row->script);
  g_autofree char *text = g_memdup2(row->script, MAX(length, 1)); /* without a NUL behind it */
  g_assert_cmpint(check_is_plain(text, length), ==, row->is_plain);
}

/* shellcheck agrees, in each shell: the last line keeps a script from being plain, and is right itself. */
static void test_agreed(const void *data) {
  const Case *row = data;
  g_autofree char *text = g_strconcat(row->script, "\ntrue\n", NULL);
  for (ScriptShell shell = SCRIPT_BASH; shell <= SCRIPT_KSH; shell++) {
    const ScriptSource source = {text, strlen(text), shell};
    g_autoptr(GPtrArray) findings = script_check(&(ScriptCheckSpec){.sources = &source, .count = 1}, NULL, NULL);
    g_assert_cmpuint(findings->len, ==, 0);
  }
}

/* A shellcheck that says how many files it got, in as many findings for the first. */
#define COUNTING                                                                                                                                     \
  "#!/bin/sh\nshift 3\nprintf '{\"comments\":['\nmore=\nfor file; do\n"                                                                              \
  "printf '%s{\"file\":\"%s\",\"line\":2,\"endLine\":2,\"column\":1,\"endColumn\":2,\"level\":\"style\",\"code\":%d,\"message\":\"m\"}' \"$more\" "  \
  "\"$file\" $#\nmore=,\ndone\nprintf ']}'\nexit 1\n"

static void test_same(void) {
  g_autofree char *folder = fs_temp_dir(g_get_tmp_dir(), "drover-same", NULL), *program = g_build_filename(folder, "program", NULL);
  g_assert_true(fs_write(program, COUNTING, strlen(COUNTING), 0755, NULL));
  const ScriptSource sources[] = {{"a", 1, SCRIPT_BASH}, {"b", 1, SCRIPT_BASH},  {"a", 1, SCRIPT_BASH},
                                  {"a", 1, SCRIPT_SH},   {"make", 4, SCRIPT_SH}, {"a", 1, SCRIPT_BASH}};
  static const guint found[] = {0, 1, 2, 3, 5};
  g_autoptr(GError) error = NULL;
  ScriptCheckSpec spec = {.sources = sources, .count = G_N_ELEMENTS(sources), .shellcheck = program};
  g_autoptr(GPtrArray) findings = script_check(&spec, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(findings->len, ==, G_N_ELEMENTS(found));
  for (guint i = 0; i < findings->len; i++) {
    const ScriptFinding *finding = g_ptr_array_index(findings, i);
    g_assert_cmpuint(finding->source, ==, found[i]);
    g_assert_cmpint(finding->code, ==, 3); /* one file for each script that is another */
  }
  g_assert_true(fs_remove_tree(folder, NULL));
}

/* Nobody misses a program that would have nothing to do. */
static void test_not_missed(void) {
  const ScriptSource source = {"make", 4, SCRIPT_BASH};
  ScriptCheckNotes notes;
  g_autoptr(GPtrArray) findings = script_check(&(ScriptCheckSpec){.sources = &source, .count = 1, .shellcheck = "/nowhere"}, &notes, NULL);
  g_assert_cmpuint(findings->len, ==, 0);
  g_assert_false(notes.no_shellcheck);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *shellcheck = g_find_program_in_path("shellcheck");
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/lint/script/plain/", cases[i].claim, NULL);
    g_autofree char *agreed = g_strconcat("/lint/script/plain-agreed/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
    if (shellcheck != NULL && cases[i].is_plain)
      g_test_add_data_func(agreed, &cases[i], test_agreed);
  }
  g_test_add_func("/lint/script/same", test_same);
  g_test_add_func("/lint/script/not-missed", test_not_missed);
  return g_test_run();
}
