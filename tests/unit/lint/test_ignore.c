/* Comments that take findings out, and what only looks like one. */
#include "lint_text.h"

#define HEAD "on: push\njobs:\n"
#define EMPTY(id, comment) "  " id ":" comment "\n    runs-on: linux\n"
#define STEPS HEAD "  a:\n    runs-on: linux\n    steps:\n"
#define WRONG "${{ github. }}"

typedef struct {
  const char *claim;
  const char *text;
  const char *want; /* "line:column rule ..." */
} Case;

static const Case cases[] = {
  {"without-a-comment-it-is-found", HEAD EMPTY("a", ""), "3:3 syntax-check"},
  {"behind-the-line", HEAD EMPTY("a", " # drover: ignore[syntax-check] why"), ""},
  {"behind-another-comment", HEAD EMPTY("a", " # v1 # drover: ignore[syntax-check] why"), ""},
  {"alone-above-the-line", HEAD "  # drover: ignore[syntax-check] why\n" EMPTY("a", ""), ""},
  {"above-blank-lines-and-comments", HEAD "  # drover: ignore[syntax-check] why\n\n  # more\n" EMPTY("a", ""), ""},
  {"two-above-the-line", HEAD "  # drover: ignore[if-cond] why\n  # drover: ignore[syntax-check] why\n" EMPTY("a", ""), ""},
  {"several-rules", HEAD EMPTY("a", " # drover: ignore[if-cond, syntax-check] why"), ""},
  {"another-line-is-not-meant", HEAD EMPTY("a", " # drover: ignore[syntax-check] why") EMPTY("b", ""), "5:3 syntax-check"},
  {"above-reaches-one-line-only", HEAD "  # drover: ignore[syntax-check] why\n" EMPTY("a", "") EMPTY("b", ""), "6:3 syntax-check"},
  {"another-rule-is-not-meant", HEAD EMPTY("a", " # drover: ignore[if-cond] why"), "3:3 syntax-check"},
  {"all-of-the-file", "# drover: ignore-file[syntax-check] why\n" HEAD EMPTY("a", "") EMPTY("b", ""), ""},
  {"all-of-the-file-from-below", HEAD EMPTY("a", "") "# drover: ignore-file[syntax-check] why\n", "5:1 ignore"},
  {"a-reason-is-wanted", HEAD EMPTY("a", " # drover: ignore[syntax-check]"), "3:6 ignore"},
  {"blanks-are-no-reason", HEAD EMPTY("a", " # drover: ignore[syntax-check]  "), "3:6 ignore"},
  {"an-unknown-rule", HEAD EMPTY("a", " # drover: ignore[syntax-chek] why"), "3:3 syntax-check 3:6 ignore"},
  {"without-a-blank", HEAD EMPTY("a", " # drover:ignore[syntax-check] why"), "3:3 syntax-check 3:6 ignore"},
  {"without-a-colon", HEAD EMPTY("a", " # drover ignore[syntax-check] why"), "3:3 syntax-check 3:6 ignore"},
  {"without-a-rule", HEAD EMPTY("a", " # drover: ignore it"), "3:3 syntax-check 3:6 ignore"},
  {"without-a-bracket", HEAD EMPTY("a", " # drover: ignore[syntax-check why"), "3:3 syntax-check 3:6 ignore"},
  {"other-words", HEAD EMPTY("a", " # drover: ignores syntax-check, drover ignore"), "3:3 syntax-check"},
  {"zizmors-need-no-reason", HEAD EMPTY("a", " # zizmor: ignore[syntax-check]"), ""},
  {"zizmors-do-not-speak-of-the-next-line", HEAD "  # zizmor: ignore[syntax-check]\n" EMPTY("a", ""), "4:3 syntax-check"},
  {"what-is-no-yaml-stays", "on: [push # drover: ignore[syntax-check] why\n", "2:1 syntax-check"},
  {"words-in-a-comment", HEAD "  # write drover: ignore[x] to ignore\n" EMPTY("a", " # drover: ignore[syntax-check] why"), ""},
  {"windows-line-ends", "on: push\r\njobs:\r\n  a: # drover: ignore[syntax-check] why\r\n    runs-on: linux\r\n", ""},
  {"wide-letters-before", HEAD "  \"\xe6\xbc\xa2\": {steps: [{run: x, zzz: 1}], runs-on: linux} # drover: ignore[syntax-check, id] why\n", ""},
};

/* Comments for zizmor, which speak of all that a finding is about. */
static const Case wide[] = {
  {"elsewhere-in-the-step", STEPS "    - name: x # zizmor: ignore[adhoc-packages]\n      run: npm install x\n", ""},
  {"alone-in-the-step", STEPS "    - name: x\n      # zizmor: ignore[adhoc-packages]\n      run: npm install x\n", ""},
  {"in-the-step-of-an-expression",
   STEPS "    - name: x # zizmor: ignore[unsound-contains]\n      if: github.ref == 'a' || contains('a b', github.ref)\n      run: x\n", ""},
  {"in-another-step", STEPS "    - run: x # zizmor: ignore[adhoc-packages]\n    - run: npm install x\n", "7:12 adhoc-packages"},
  {"behind-the-secrets-that-a-job-passes",
   HEAD
   "  a:\n    uses: o/r/.github/workflows/w.yml@0123456789012345678901234567890123456789\n    secrets: inherit # zizmor: ignore[secrets-inherit]\n",
   ""},
  {"above-the-event",
   "permissions: {}\non:\n  # zizmor: ignore[dangerous-triggers]\n  pull_request_target:\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}\n",
   ""},
};

/* Which text they are in, with the rule off that looks at the comments themselves. */
static const Case texts[] = {
  {"no-comment-in-quotes", STEPS "    - run: \"# drover: ignore[expression] why\n        " WRONG "\"\n", "7:21 expression"},
  {"no-comment-in-a-block-of-text", STEPS "    - name: |\n        # drover: ignore[expression] why\n        " WRONG "\n      run: x\n",
   "8:21 expression"},
  {"behind-the-header-of-a-block", STEPS "    - run: | # drover: ignore[expression] why\n        x\n        " WRONG "\n", ""},
  {"zizmors-behind-the-header-of-a-block", STEPS "    - run: >- # zizmor: ignore[expression]\n        " WRONG "\n", ""},
  {"behind-the-header-of-the-block-before", STEPS "    - run: | # drover: ignore[expression] why\n        x\n      name: " WRONG "\n",
   "8:25 expression"},
  {"a-comment-of-the-shell", STEPS "    - run: |\n        echo " WRONG " # drover: ignore[expression] why\n", ""},
  {"a-comment-of-the-shell-above", STEPS "    - run: |\n        # drover: ignore[expression] why\n        echo " WRONG "\n", ""},
  {"a-word-of-the-shell", STEPS "    - run: |\n        echo " WRONG " '# drover: ignore[expression] why'\n", "7:26 expression"},
  {"a-comment-of-the-shell-is-not-for-zizmor", STEPS "    - run: |\n        echo " WRONG " # zizmor: ignore[expression] why\n", "7:26 expression"},
  {"the-shell-says-nothing-of-what-is-around",
   HEAD "  a:\n    runs-on: linux\n    steps:\n    - run: |\n        x # drover: ignore[syntax-check] why\n      zzz: 1\n", "8:7 syntax-check"},
};

static void test_place(const void *data) {
  const Case *row = data;
  static const char settings[] = "lint: {rules: {ignore: off}}";
  g_autoptr(LintConfig) config = lint_text_config();
  g_assert_true(lint_config_read(config, "drover.yaml", settings, strlen(settings), NULL));
  g_autoptr(Findings) findings = lint_text("ci.yml", row->text, config);
  g_autofree char *places = lint_text_places(findings);
  g_assert_cmpstr(places, ==, row->want);
}

static void test_wide(const void *data) {
  const Case *row = data;
  static const char settings[] = "lint: {rules: {excessive-permissions: off}}";
  g_autoptr(LintConfig) config = lint_config_new();
  config->families = FAMILY_SECURITY;
  g_assert_true(lint_config_read(config, "drover.yaml", settings, strlen(settings), NULL));
  g_autoptr(Findings) findings = lint_text("ci.yml", row->text, config);
  g_autofree char *places = lint_text_places(findings);
  g_assert_cmpstr(places, ==, row->want);
}

static void test_case(const void *data) {
  const Case *row = data;
  g_autoptr(LintConfig) config = lint_text_config();
  g_autoptr(Findings) findings = lint_text("ci.yml", row->text, config);
  g_autofree char *places = lint_text_places(findings);
  g_assert_cmpstr(places, ==, row->want);
}

static void test_unused(void) {
  static const char text[] = HEAD EMPTY("a", " # drover: ignore[syntax-check] why") "    steps: [{run: x}]\n";
  g_autoptr(LintConfig) config = lint_text_config();
  g_autoptr(Findings) regular = lint_text("ci.yml", text, config);
  g_assert_cmpuint(findings_count(regular), ==, 0);
  config->persona = PERSONA_PEDANTIC;
  g_autoptr(Findings) pedantic = lint_text("ci.yml", text, config);
  g_autofree char *places = lint_text_places(pedantic);
  g_assert_cmpstr(places, ==, "3:6 ignore");
}

/* Many comments on many lines, and on one line, cost no more than their number. */
static void test_many(void) {
  g_autoptr(GString) text = g_string_new(HEAD "  a:\n    runs-on: linux\n    steps: [{run: x}]\n");
  for (guint i = 0; i < 10000; i++)
    g_string_append(text, "# drover: ignore[if-cond] why\n");
  g_string_append(text, "env: {A: '");
  for (guint i = 0; i < 10000; i++)
    g_string_append(text, "# drover: ignore[if-cond] why ");
  g_string_append(text, "'}\n");
  gint64 start = g_get_monotonic_time();
  g_autoptr(LintConfig) config = lint_text_config();
  g_autoptr(Findings) findings = lint_text("ci.yml", text->str, config);
  g_assert_cmpuint(findings_count(findings), ==, 0);
  g_assert_cmpint(g_get_monotonic_time() - start, <, 2 * G_USEC_PER_SEC);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/lint/ignore/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *path = g_strconcat("/lint/ignore/in/", texts[i].claim, NULL);
    g_test_add_data_func(path, &texts[i], test_place);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(wide); i++) {
    g_autofree char *path = g_strconcat("/lint/ignore/zizmor/", wide[i].claim, NULL);
    g_test_add_data_func(path, &wide[i], test_wide);
  }
  g_test_add_func("/lint/ignore/one-that-ignores-nothing-is-found-by-pedants", test_unused);
  g_test_add_func("/lint/ignore/many-comments-are-read-in-time", test_many);
  return g_test_run();
}
