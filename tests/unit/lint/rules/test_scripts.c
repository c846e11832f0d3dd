/* Scripts of many files, given to shellcheck and pyflakes together. */
#include "../lint_text.h"

#define SHELL "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          true\n          echo $1\n"
#define PYTHON "on: push\njobs:\n  a: {runs-on: ubuntu-latest, defaults: {run: {shell: python}}, steps: [{run: 'print(x)'}]}\n"

typedef struct {
  const char *claim;
  const char *path;
  const char *text;
  const char *want; /* "line:column rule", ... */
} Case;

static const Case cases[] = {
  {"in-a-block", "a.yml", SHELL, "8:16 shellcheck"},
  {"behind-escapes", "a.yml", "on: push\njobs:\n  a: {runs-on: linux, steps: [{run: \"\\u0065\\x63ho $1\"}]}\n", "3:51 shellcheck"},
  {"python-by-default", "a.yml", PYTHON, "3:86 pyflakes"},
  {"windows-reads-powershell", "a.yml", "on: push\njobs:\n  a: {runs-on: windows-latest, steps: [{run: echo $1}]}\n", ""},
  {"bash-on-windows", "a.yml", "on: push\njobs:\n  a: {runs-on: windows-latest, steps: [{run: echo $1, shell: bash}]}\n", "3:51 shellcheck"},
  {"powershell-on-who-knows-what", "a.yml", "on: push\njobs:\n  a: {runs-on: '${{ vars.RUNNER }}', steps: [{run: 'echo $1 >> $env:GITHUB_ENV'}]}\n",
   ""},
  {"bash-on-who-knows-what", "a.yml", "on: push\njobs:\n  a: {runs-on: '${{ vars.RUNNER }}', steps: [{run: 'echo $1 >> $env:x'}]}\n",
   "3:58 shellcheck 3:64 shellcheck"},
  {"defaults-of-the-workflow", "a.yml", "on: push\ndefaults: {run: {shell: pwsh}}\njobs:\n  a: {runs-on: linux, steps: [{run: echo $1}]}\n", ""},
  {"an-action", "action.yml", "name: a\ndescription: b\nruns: {using: composite, steps: [{run: echo $1, shell: sh}]}\n", "3:45 shellcheck"},
  {"a-directive", "a.yml",
   "on: push\njobs:\n  a:\n    runs-on: linux\n    steps:\n      - run: |\n          # shellcheck disable=SC2086\n          echo $1\n", ""},
  {"ignored-by-a-comment", "a.yml",
   "on: push\njobs:\n  a:\n    runs-on: linux\n    steps:\n      - run: echo $1 # drover: ignore[shellcheck] one word\n", ""},
  {"ignored-by-a-comment-of-the-script", "a.yml",
   "on: push\njobs:\n  a:\n    runs-on: linux\n    steps:\n      - run: |\n          echo $1 # drover: ignore[shellcheck] one word\n          echo $2\n",
   "8:16 shellcheck"},
};

static LintConfig *correctness(void) {
  LintConfig *config = lint_config_new();
  config->families = FAMILY_CORRECTNESS;
  return config;
}

static bool is_blind(const Findings *findings) {
  for (guint i = 0; i < findings_note_count(findings); i++)
    if (strstr(findings_note_at(findings, i), "is not installed") != NULL)
      return true;
  return false;
}

static void test_case(const void *data) {
  const Case *row = data;
  g_autoptr(LintConfig) config = correctness();
  g_autoptr(Findings) findings = lint_text(row->path, row->text, config);
  g_autofree char *places = lint_text_places(findings);
  if (is_blind(findings))
    g_test_skip("the program is not installed");
  else
    g_assert_cmpstr(places, ==, row->want);
}

static void test_words(void) {
  g_autoptr(LintConfig) config = correctness();
  g_autoptr(Findings) findings = lint_text("a.yml", SHELL, config);
  if (is_blind(findings)) {
    g_test_skip("shellcheck is not installed");
    return;
  }
  const Finding *finding = findings_at(findings, 0);
  g_assert_cmpstr(finding->message, ==, "SC2086: Double quote to prevent globbing and word splitting");
  g_assert_cmpstr(finding->help, ==, "https://www.shellcheck.net/wiki/SC2086");
  g_assert_cmpint(finding->severity, ==, SEVERITY_LOW);
  g_assert_cmpuint(finding->end_column, ==, finding->column + 2);
}

static void test_off(void) {
  g_autoptr(LintConfig) config = correctness();
  config->scripts = false;
  g_autoptr(Findings) findings = lint_text("a.yml", SHELL, config);
  g_assert_cmpuint(findings_count(findings), ==, 0);
  g_assert_cmpuint(findings_note_count(findings), ==, 0);
}

/* ---- many files ---- */

typedef struct {
  guint reads;
} Counter;

/* Every third file has nothing to find, the others something in a line that tells which they are. */
static char *make_file(const char *path, size_t *size, void *data, GError **error) {
  Counter *counter = data;
  guint number = 0;
  if (sscanf(path, "%u.yml", &number) != 1) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: not there", path);
    return NULL;
  }
  counter->reads++;
  g_autofree char *blanks = g_strnfill(number % 7, '\n');
  char *text = g_strdup_printf("on: push\njobs:\n  a:\n    runs-on: linux\n    steps:\n%s      - run: echo %s%u\n      - run: zzz $X%u\n", blanks,
                               number % 3 == 0 ? "" : "$X", number, number);
  *size = strlen(text);
  return text;
}

/* Each finding comes back to its own file and place, over the bounds of what waits together. */
static void test_many(void) {
  enum { COUNT = 600 };
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < COUNT; i++)
    g_ptr_array_add(names, g_strdup_printf("%03u.yml", i));
  g_ptr_array_add(names, NULL);
  Counter counter = {0};
  g_autoptr(LintConfig) config = correctness();
  g_autoptr(Findings) findings = findings_new();
  LintSpec spec = {.files = (const char *const *)names->pdata, .config = config, .read = make_file, .data = &counter};
  g_assert_true(lint_files(&spec, findings, NULL, NULL));
  if (is_blind(findings)) {
    g_test_skip("shellcheck is not installed");
    return;
  }
  guint seen = 0;
  for (guint i = 0; i < COUNT; i++) {
    for (guint step = i % 3 == 0 ? 1 : 0; step < 2; step++, seen++) {
      const Finding *finding = findings_at(findings, seen);
      g_assert_cmpstr(finding->path, ==, g_ptr_array_index(names, i));
      g_assert_cmpuint(finding->line, ==, 6 + i % 7 + step);
    }
  }
  g_assert_cmpuint(findings_count(findings), ==, seen);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/lint/scripts/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/lint/scripts/words", test_words);
  g_test_add_func("/lint/scripts/off", test_off);
  g_test_add_func("/lint/scripts/many", test_many);
  return lint_text_run_tests();
}
