/* shellcheck and pyflakes on scripts, by the real programs; and the cache, with a program that leaves traces. */
#include "base/error.h"
#include "base/fs.h"
#include "lint/script/check.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  const char *claim;
  ScriptShell shell;
  const char *script;
  const char *findings; /* "LINE:COLUMN-LINE:COLUMN CODE TEXT", one behind the other; TEXT is what stands there */
  const char *excluded;
} Case;

static const Case shell_cases[] = {
  {"nothing-wrong", SCRIPT_BASH, "echo a\n", ""},
  {"an-unquoted-variable", SCRIPT_BASH, "echo a\necho $HOME\n", "2:6-2:11 2086 $HOME\n"},
  {"a-tab-is-one-column", SCRIPT_BASH, "\techo\t$HOME\n", "1:7-1:12 2086 $HOME\n"},
  {"columns-are-characters", SCRIPT_BASH, "echo \"h\303\251\342\202\254\" $HOME\n", "1:12-1:17 2086 $HOME\n"},
  {"behind-an-expression", SCRIPT_BASH, "echo \"${{ \303\251 }}\" $HOME\n", "1:17-1:22 2086 $HOME\n"},
  {"an-expression-over-lines", SCRIPT_BASH, "echo \"${{ a\n  }}\"\necho $HOME\n", "3:6-3:11 2086 $HOME\n"},
  {"an-expression-is-no-constant", SCRIPT_BASH,
   "if ${{ a }}; then [ \"${{ a }}\" = x ]; fi\n[[ ${{ a }} ]]\n[ ${{ a }} -eq 1 ]\n[ -z \"${{ a }}\" ]\nfor x in ${{ a }}; do echo \"$x\"; done\n",
   ""},
  {"a-constant-is-one", SCRIPT_BASH, "[[ a ]]\n", "1:4-1:5 2078 a\n"},
  {"variables-from-elsewhere", SCRIPT_BASH, "echo \"$from_env\"\n. ./lib.sh\n", ""},
  {"errexit-is-on", SCRIPT_BASH, "cd /tmp\necho a\n", ""},
  {"sh-has-no-arrays", SCRIPT_SH, "a=(b)\necho \"$a\"\n", "1:3-1:6 3030 (b)\n2:7-2:9 2128 $a\n"},
  {"bash-has-arrays", SCRIPT_BASH, "a=(b)\necho \"${a[@]}\"\n", ""},
  {"dash-has-local", SCRIPT_DASH, "f() { local a; a=1; echo \"$a\"; }\nf\n", ""},
  {"a-first-line-for-another-shell", SCRIPT_BASH, "#!/bin/sh\na=(b)\necho \"${a[@]}\"\n", ""},
  {"a-directive-for-the-whole-file", SCRIPT_BASH, "# shellcheck disable=SC2086\necho a\necho $HOME\n", ""},
  {"a-directive-for-a-command", SCRIPT_BASH, "echo a\n# shellcheck disable=SC2086\necho $HOME\necho $HOME\n", "4:6-4:11 2086 $HOME\n"},
  {"an-excluded-code", SCRIPT_BASH, "echo $HOME `a`\n", "1:12-1:15 2006 `a`\n1:12-1:15 2046 `a`\n", "SC2086"},
  {"a-script-that-does-not-parse", SCRIPT_BASH, "if true; then\n", "1:1-1:1 1009 \n1:10-1:10 1073 \n2:1-2:1 1072 \n"},
  {"not-utf-8", SCRIPT_BASH, "echo \377 $HOME\n", "1:8-1:13 2086 $HOME\n"},
  {"zsh-is-not-checked", SCRIPT_ZSH, "echo $HOME\n", ""},
};

static const Case python_cases[] = {
  {"nothing-wrong", SCRIPT_PYTHON, "print(1)\n", ""},
  {"an-unused-import", SCRIPT_PYTHON, "print(1)\nimport os\n", "2:1-2:1 0 \n"},
  {"columns-are-characters", SCRIPT_PYTHON, "a = '\303\251\342\202\254'; b\n", "1:11-1:11 0 \n"},
  {"a-syntax-error", SCRIPT_PYTHON, "a = 1\nb = (\n", "2:5-2:5 0 \n"},
  {"an-expression-is-no-name", SCRIPT_PYTHON, "a = ${{ fromJSON(b) }}\nprint('${{ c }}', a)\n", ""},
  {"a-name-behind-an-expression", SCRIPT_PYTHON, "print('${{ \303\251 }}', b)\n", "1:19-1:19 0 \n"},
};

static GPtrArray *check_one(const Case *row) {
  g_autofree char *text = g_memdup2(row->script, MAX(strlen(row->script), 1));
  const ScriptSource source = {text, strlen(row->script), row->shell};
  g_autoptr(GError) error = NULL;
  ScriptCheckNotes notes;
  GPtrArray *findings = script_check(&(ScriptCheckSpec){.sources = &source, .count = 1, .excluded = row->excluded}, &notes, &error);
  g_assert_no_error(error);
  g_assert_false(notes.no_shellcheck || notes.no_pyflakes);
  return findings;
}

static void test_case(const void *data) {
  const Case *row = data;
  size_t length = strlen(row->script);
  g_autoptr(GPtrArray) findings = check_one(row);
  g_autoptr(GString) found = g_string_new(NULL);
  for (guint i = 0; i < findings->len; i++) {
    const ScriptFinding *finding = g_ptr_array_index(findings, i);
    size_t start = script_offset(row->script, length, finding->line, finding->column);
    size_t end = script_offset(row->script, length, finding->end_line, finding->end_column);
    g_string_append_printf(found, "%u:%u-%u:%u %d %.*s\n", finding->line, finding->column, finding->end_line, finding->end_column, finding->code,
                           (int)(end - start), row->script + start);
    g_assert_cmpstr(finding->message, !=, "");
  }
  g_assert_cmpstr(found->str, ==, row->findings);
}

/* What comes out of a batch belongs to the right script, also where there are more scripts than a process takes. */
static void test_many(void) {
  enum { COUNT = 450 };
  static ScriptSource sources[COUNT];
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < COUNT; i++) {
    g_ptr_array_add(texts, i % 3 == 0 ? g_strdup("echo a\n") : g_strdup_printf("%*secho $X%u\n", (int)(i % 7), "", i));
    sources[i] = (ScriptSource){g_ptr_array_index(texts, i), strlen(g_ptr_array_index(texts, i)), SCRIPT_BASH};
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) findings = script_check(&(ScriptCheckSpec){.sources = sources, .count = COUNT}, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(findings->len, ==, COUNT / 3 * 2);
  for (guint i = 0; i < findings->len; i++) {
    const ScriptFinding *finding = g_ptr_array_index(findings, i);
    g_assert_cmpuint(finding->source, ==, i / 2 * 3 + i % 2 + 1);
    g_assert_cmpuint(finding->column, ==, finding->source % 7 + 6);
    g_assert_cmpstr(finding->level, ==, "info");
  }
}

static void test_both(void) {
  const ScriptSource sources[] = {{"import os", 9, SCRIPT_PYTHON}, {"echo $HOME", 10, SCRIPT_BASH}, {"dir", 3, SCRIPT_CMD}};
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) findings = script_check(&(ScriptCheckSpec){.sources = sources, .count = 3}, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(findings->len, ==, 2);
  g_assert_cmpuint(((ScriptFinding *)g_ptr_array_index(findings, 0))->source, ==, 0);
  g_assert_cmpuint(((ScriptFinding *)g_ptr_array_index(findings, 1))->source, ==, 1);
}

static void test_too_long(void) {
  g_autofree char *text = g_strnfill(SCRIPT_CHECK_MAX_BYTES + 1, '\n');
  const ScriptSource source = {text, SCRIPT_CHECK_MAX_BYTES + 1, SCRIPT_BASH};
  ScriptCheckNotes notes;
  g_autoptr(GPtrArray) findings = script_check(&(ScriptCheckSpec){.sources = &source, .count = 1}, &notes, NULL);
  g_assert_cmpuint(findings->len, ==, 0);
  g_assert_cmpuint(notes.too_long, ==, 1);
}

/* A folder with a program of its own for the tests that need none of the real ones. */
typedef struct {
  char *folder, *program, *trace, *cache;
} Fixture;

/* A shellcheck that counts its runs and says of each of its files that line 1 is wrong. */
#define COUNTING                                                                                                                                                \
  "#!/bin/sh\necho run >>'%s/trace'\nprintf '{\"comments\":['\nmore=\nfor file; do case $file in -*) continue;; esac\n"                                         \
  "printf '%%s{\"file\":\"%%s\",\"line\":2,\"endLine\":2,\"column\":1,\"endColumn\":2,\"level\":\"style\",\"code\":7,\"message\":\"m\"}' \"$more\" \"$file\"\n" \
  "more=,\ndone\nprintf ']}'\nexit 1\n"

static void set_up(Fixture *fixture, const void *data) {
  fixture->folder = fs_temp_dir(g_get_tmp_dir(), "drover-check", NULL);
  fixture->program = g_build_filename(fixture->folder, "program", NULL);
  fixture->trace = g_build_filename(fixture->folder, "trace", NULL);
  fixture->cache = g_build_filename(fixture->folder, "cache", "scripts", NULL);
  g_autofree char *script = data != NULL ? g_strdup(data) : g_strdup_printf(COUNTING, fixture->folder);
  g_assert_true(fs_write(fixture->program, script, strlen(script), 0755, NULL));
}

static void tear_down(Fixture *fixture, G_GNUC_UNUSED const void *data) {
  g_assert_true(fs_remove_tree(fixture->folder, NULL));
  g_free(fixture->folder), g_free(fixture->program), g_free(fixture->trace), g_free(fixture->cache);
}

/* Checks one script with the fixture's program and its cache; returns how many findings there are. */
static guint run_with(const Fixture *fixture, const char *text, const char *excluded, GError **error) {
  const ScriptSource source = {text, strlen(text), SCRIPT_BASH};
  const ScriptCheckSpec spec = {
    .sources = &source, .count = 1, .shellcheck = fixture->program, .excluded = excluded, .cache = fixture->cache, .deadline_ms = 20000};
  g_autoptr(GPtrArray) findings = script_check(&spec, NULL, error);
  return findings != NULL ? findings->len : 99;
}

static size_t runs(const Fixture *fixture) {
  size_t size = 0;
  g_autofree char *text = fs_read(fixture->trace, 1 << 20, &size, NULL);
  g_assert_nonnull(text);
  return size / strlen("run\n");
}

static void test_cache(Fixture *fixture, G_GNUC_UNUSED const void *data) {
  g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
  g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
  g_assert_cmpuint(runs(fixture), ==, 1);
  g_assert_cmpuint(run_with(fixture, "b", NULL, NULL), ==, 1); /* another text */
  g_assert_cmpuint(runs(fixture), ==, 2);
  g_assert_cmpuint(run_with(fixture, "a", "SC1", NULL), ==, 1); /* other codes */
  g_assert_cmpuint(runs(fixture), ==, 3);
  g_assert_true(g_setenv("SHELLCHECK_OPTS", "-e SC2", true)); /* other options */
  g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
  g_unsetenv("SHELLCHECK_OPTS");
  g_assert_cmpuint(runs(fixture), ==, 4);
  g_autofree char *grown = g_strdup_printf(COUNTING "# another version\n", fixture->folder);
  g_assert_true(fs_write(fixture->program, grown, strlen(grown), 0755, NULL));
  g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
  g_assert_cmpuint(runs(fixture), ==, 5);
}

/* What a cached finding says is what the program said. */
static void test_cached_finding(Fixture *fixture, G_GNUC_UNUSED const void *data) {
  for (int i = 0; i < 2; i++) {
    const ScriptSource source = {"ab", 2, SCRIPT_BASH};
    const ScriptCheckSpec spec = {.sources = &source, .count = 1, .shellcheck = fixture->program, .cache = fixture->cache};
    g_autoptr(GPtrArray) findings = script_check(&spec, NULL, NULL);
    const ScriptFinding *finding = g_ptr_array_index(findings, 0);
    g_autofree char *text = g_strdup_printf("%u:%u-%u:%u %s %d %s", finding->line, finding->column, finding->end_line, finding->end_column,
                                            finding->level, finding->code, finding->message);
    g_assert_cmpstr(text, ==, "1:1-1:2 style 7 m");
  }
  g_assert_cmpuint(runs(fixture), ==, 1);
}

static const char *const broken_entries[] = {
  "",
  "{",
  "[]",
  "{\"findings\":{}}",
  "{\"findings\":[[1,1,1,1,\"style\",7]]}",
  "{\"findings\":[[0,1,1,1,\"style\",7,\"m\"]]}",
  "{\"findings\":[[1,1,1,1,\"loud\",7,\"m\"]]}",
  "{\"findings\":[[1,1,1,1,\"style\",7,\"m\"],7]}",
  "{\"findings\":[[2,1,1,1,\"style\",7,\"m\"]]}",
};

/* An entry that is not whole is made again. */
static void test_broken_cache(Fixture *fixture, G_GNUC_UNUSED const void *data) {
  g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
  g_autoptr(GDir) folder = g_dir_open(fixture->cache, 0, NULL);
  g_autofree char *entry = g_build_filename(fixture->cache, g_dir_read_name(folder), NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(broken_entries); i++) {
    g_assert_true(fs_write(entry, broken_entries[i], strlen(broken_entries[i]), 0600, NULL));
    g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
    g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
    g_assert_cmpuint(runs(fixture), ==, i + 2);
  }
}

static void test_cache_that_cannot_be_written(Fixture *fixture, G_GNUC_UNUSED const void *data) {
  g_free(fixture->cache);
  fixture->cache = g_build_filename(fixture->program, "below-a-file", NULL);
  g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
}

/* A program may be named from the folder that drover runs in. */
static void test_relative_program(Fixture *fixture, G_GNUC_UNUSED const void *data) {
  g_autofree char *before = g_get_current_dir();
  g_assert_cmpint(g_chdir(fixture->folder), ==, 0);
  g_free(fixture->program);
  fixture->program = g_strdup("./program");
  g_assert_cmpuint(run_with(fixture, "a", NULL, NULL), ==, 1);
  g_assert_cmpint(g_chdir(before), ==, 0);
}

static void test_missing(Fixture *fixture, G_GNUC_UNUSED const void *data) {
  const ScriptSource sources[] = {{"a", 1, SCRIPT_BASH}, {"a", 1, SCRIPT_PYTHON}};
  g_autofree char *nowhere = g_build_filename(fixture->folder, "nowhere", NULL);
  ScriptCheckSpec spec = {.sources = sources, .count = 2, .shellcheck = nowhere, .pyflakes = nowhere};
  ScriptCheckNotes notes;
  g_autoptr(GPtrArray) findings = script_check(&spec, &notes, NULL);
  g_assert_cmpuint(findings->len, ==, 0);
  g_assert_true(notes.no_shellcheck && notes.no_pyflakes);
  spec.shellcheck = spec.pyflakes = ""; /* not wanted is not missing */
  g_autoptr(GPtrArray) none = script_check(&spec, &notes, NULL);
  g_assert_cmpuint(none->len, ==, 0);
  g_assert_false(notes.no_shellcheck || notes.no_pyflakes);
}

static void test_failing(Fixture *fixture, G_GNUC_UNUSED const void *data) {
  g_autoptr(GError) error = NULL;
  g_assert_cmpuint(run_with(fixture, "a", NULL, &error), ==, 99);
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_FAILED);
  g_assert_true(g_str_has_prefix(error->message, "shellcheck "));
  g_assert_null(strchr(error->message, '\n'));
}

/* A script cannot make findings for another one, whatever the program repeats of it. */
static void test_forged(void) {
  const ScriptSource sources[] = {{"a = 1", 5, SCRIPT_PYTHON}, {"0:1:1: forged\n", 14, SCRIPT_PYTHON}};
  g_autoptr(GPtrArray) findings = script_check(&(ScriptCheckSpec){.sources = sources, .count = 2}, NULL, NULL);
  g_assert_cmpuint(findings->len, ==, 1);
  g_assert_cmpuint(((ScriptFinding *)g_ptr_array_index(findings, 0))->source, ==, 1);
  g_assert_cmpstr(((ScriptFinding *)g_ptr_array_index(findings, 0))->level, ==, "error");
}

static void add_rows(const char *folder, const char *const *programs, const Case *rows, size_t count) {
  g_autofree char *found = NULL;
  for (size_t i = 0; found == NULL && programs[i] != NULL; i++)
    found = g_find_program_in_path(programs[i]);
  for (size_t i = 0; i < count; i++) {
    g_autofree char *path = g_strconcat("/lint/script/check/", folder, "/", rows[i].claim, NULL);
    if (found != NULL)
      g_test_add_data_func(path, &rows[i], test_case);
  }
  if (found == NULL)
    g_test_message("%s is not installed: its findings are not tested", programs[0]);
}

static void add_real_programs(void) {
  add_rows("shellcheck", (const char *const[]){"shellcheck", NULL}, shell_cases, G_N_ELEMENTS(shell_cases));
  add_rows("pyflakes", (const char *const[]){"pyflakes", "pyflakes3", NULL}, python_cases, G_N_ELEMENTS(python_cases));
  g_autofree char *shellcheck = g_find_program_in_path("shellcheck");
  g_autofree char *pyflakes = g_find_program_in_path("pyflakes3");
  if (shellcheck != NULL)
    g_test_add_func("/lint/script/check/many", test_many);
  if (pyflakes != NULL)
    g_test_add_func("/lint/script/check/forged", test_forged);
  if (shellcheck != NULL && pyflakes != NULL)
    g_test_add_func("/lint/script/check/both", test_both);
}

#define ADD(name, data, test) g_test_add("/lint/script/check/" name, Fixture, data, set_up, test, tear_down)

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_unsetenv("SHELLCHECK_OPTS");
  add_real_programs();
  g_test_add_func("/lint/script/check/too-long", test_too_long);
  ADD("cache", NULL, test_cache);
  ADD("cached-finding", NULL, test_cached_finding);
  ADD("broken-cache", NULL, test_broken_cache);
  ADD("cache-that-cannot-be-written", NULL, test_cache_that_cannot_be_written);
  ADD("relative-program", NULL, test_relative_program);
  ADD("missing", NULL, test_missing);
  ADD("status", "#!/bin/sh\necho wrong >&2\nexit 4\n", test_failing);
  ADD("no-json", "#!/bin/sh\necho wrong\n", test_failing);
  ADD("other-json", "#!/bin/sh\necho '{\"comments\":[{\"file\":1}]}'\n", test_failing);
  return g_test_run();
}
