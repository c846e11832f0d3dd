/* What the fixes of rules about used actions write, where they need no mirror. */
#include "lint/edit/edit.h"
#include "lint/file.h"

#include <string.h>

#define HEAD "on: {push: {tags: ['*']}}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"

typedef struct {
  const char *rule;
  const char *claim;
  const char *steps;
  const char *fixed; /* NULL: there is no fix */
} Row;

static const Row rows[] = {
  {"self-repository", "the-folder", "      - uses: ./a/b # c\n", "      - uses: $/a/b # c\n"},
  {"self-repository", "in-quotes", "      - {uses: \"./a\"}\n", "      - {uses: \"$/a\"}\n"},
  {"artipacked", "without-inputs", "      - uses: actions/checkout@v4\n        id: x\n",
   "      - uses: actions/checkout@v4\n        with:\n          persist-credentials: false\n        id: x\n"},
  {"artipacked", "in-braces", "      - {uses: actions/checkout@v4}\n", "      - {uses: actions/checkout@v4, with: {persist-credentials: false}}\n"},
  {"artipacked", "with-inputs", "      - uses: actions/checkout@v4\n        with:\n          fetch-depth: 0 # all\n",
   "      - uses: actions/checkout@v4\n        with:\n          fetch-depth: 0 # all\n          persist-credentials: false\n"},
  {"artipacked", "with-another-value", "      - uses: actions/checkout@v4\n        with: {persist-credentials: true}\n",
   "      - uses: actions/checkout@v4\n        with: {persist-credentials: false}\n"},
  {"artipacked", "with-an-expression-for-all", "      - uses: actions/checkout@v4\n        with: ${{ fromJSON(inputs.x) }}\n", NULL},
  {"cache-poisoning", "by-itself", "      - uses: actions/setup-go@v5\n",
   "      - uses: actions/setup-go@v5\n        with:\n          cache: false\n"},
  {"cache-poisoning", "an-input-that-prevents", "      - uses: actions/cache@v4\n        with:\n          path: x\n",
   "      - uses: actions/cache@v4\n        with:\n          path: x\n          lookup-only: true\n"},
  {"cache-poisoning", "not-a-boolean", "      - uses: actions/setup-python@v5\n        with: {cache: pip}\n", NULL},
  {"cache-poisoning", "without-an-input", "      - uses: Mozilla-Actions/sccache-action@v1\n", NULL},
  {"known-vulnerable-actions", "a-tag", "      - uses: actions/download-artifact@v4.1.2\n", "      - uses: actions/download-artifact@v4.1.3\n"},
  {"known-vulnerable-actions", "a-tag-without-a-v", "      - uses: actions/download-artifact@4.1.2\n",
   "      - uses: actions/download-artifact@4.1.3\n"},
  {"known-vulnerable-actions", "a-commit", "      - uses: actions/download-artifact@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.1.2\n", NULL},
  {"unpinned-uses", "a-tag", "      - uses: actions/checkout@v4\n", NULL},
};

static const Finding *find(const Findings *findings, const char *rule) {
  for (guint i = 0; i < findings_count(findings); i++)
    if (strcmp(findings_at(findings, i)->rule, rule) == 0)
      return findings_at(findings, i);
  g_error("%s found nothing", rule);
}

static Findings *lint(const char *text, bool fixing) {
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(LintRepository) repository = lint_repository_new("/nonexistent", NULL, NULL);
  Findings *findings = findings_new();
  config->persona = PERSONA_AUDITOR;
  LintInput input = {.path = ".github/workflows/x.yml", .text = text, .size = strlen(text), .fixing = fixing};
  lint_file(&input, config, repository, findings);
  return findings;
}

static void test_row(const void *data) {
  const Row *row = data;
  g_autofree char *text = g_strconcat(HEAD, row->steps, NULL);
  g_autoptr(Findings) unfixed = lint(text, false), findings = lint(text, true);
  g_assert_null(find(unfixed, row->rule)->fix);
  Fix *fix = find(findings, row->rule)->fix;
  if (row->fixed == NULL) {
    g_assert_null(fix);
    return;
  }
  g_assert_nonnull(fix);
  g_autoptr(GPtrArray) fixes = g_ptr_array_new();
  g_ptr_array_add(fixes, fix);
  size_t size;
  g_autofree char *fixed = edits_apply(text, strlen(text), fixes, NULL, &size);
  g_autofree char *want = g_strconcat(HEAD, row->fixed, NULL);
  g_assert_cmpstr(fixed, ==, want);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/lint/used-fixes/%s/%s", rows[i].rule, rows[i].claim);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  return g_test_run();
}
