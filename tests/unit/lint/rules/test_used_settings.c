/* What settings say of used actions: which are forbidden, what has to be pinned, which advisories are accepted. */
#include "lint/file.h"

#include <string.h>

#define DENY "rules: {forbidden-uses: {config: {deny: [a/*, b/c, d/e@v1, f/g/h]}}}"
#define ALLOW "rules: {forbidden-uses: {config: {allow: ['actions/*', 'b/c/*']}}}"
#define PIN "rules: {unpinned-uses: {config: {policies: {'*': ref-pin, 'a/*': hash-pin, a/b: any, 'c/d/*': hash-pin}}}}"
#define ACCEPT "rules: {known-vulnerable-actions: {config: {allow: [GHSA-mcph-m25j-8j63]}}}"

typedef struct {
  const char *rule;
  const char *claim;
  const char *name; /* of the file with the settings */
  const char *settings;
  const char *uses;
  guint found;
} Row;

static const Row rows[] = {
  {"forbidden-uses", "without-settings", "zizmor.yml", "{}", "a/b@v1", 0},
  {"forbidden-uses", "an-owner", "zizmor.yml", DENY, "A/b@v1", 1},
  {"forbidden-uses", "a-repository", "zizmor.yml", DENY, "b/c@v1", 1},
  {"forbidden-uses", "below-a-repository", "zizmor.yml", DENY, "b/c/d@v1", 0},
  {"forbidden-uses", "a-ref", "zizmor.yml", DENY, "d/e@v1", 1},
  {"forbidden-uses", "another-ref", "zizmor.yml", DENY, "d/e@v2", 0},
  {"forbidden-uses", "a-path", "zizmor.yml", DENY, "f/g/h@v1", 1},
  {"forbidden-uses", "not-allowed", "zizmor.yml", ALLOW, "a/b@v1", 1},
  {"forbidden-uses", "allowed", "zizmor.yml", ALLOW, "actions/cache@v4", 0},
  {"forbidden-uses", "allowed-below-a-repository", "zizmor.yml", ALLOW, "b/c/d@v1", 0},
  {"forbidden-uses", "local-ones-are-allowed", "zizmor.yml", ALLOW, "./a", 0},
  {"forbidden-uses", "in-drovers-own-file", "drover.yaml", "lint: {rules: {forbidden-uses: {deny: ['a/*']}}}", "a/b@v1", 1},

  {"unpinned-uses", "what-any-matches", "zizmor.yml", PIN, "x/y@v1", 0},
  {"unpinned-uses", "what-an-owner-matches", "zizmor.yml", PIN, "a/x@v1", 1},
  {"unpinned-uses", "the-narrower-pattern-decides", "zizmor.yml", PIN, "a/b@v1", 0},
  {"unpinned-uses", "below-a-repository", "zizmor.yml", PIN, "c/d/e@v1", 1},
  {"unpinned-uses", "a-commit-is-always-right", "zizmor.yml", PIN, "a/x@11bd71901bbe5b1630ceea73d27597364c9af683", 0},
  {"unpinned-uses", "what-nothing-matches", "zizmor.yml", "rules: {unpinned-uses: {config: {policies: {'a/*': any}}}}", "x/y@v1", 1},
  {"unpinned-uses", "in-drovers-own-file", "drover.yaml", "lint: {rules: {unpinned-uses: {policies: {'*': any}}}}", "x/y@v1", 0},

  {"known-vulnerable-actions", "nothing-accepted", "zizmor.yml", "{}", "tj-actions/changed-files@v40", 2},
  {"known-vulnerable-actions", "one-accepted", "zizmor.yml", ACCEPT, "tj-actions/changed-files@v40", 1},
};

static void test_row(const void *data) {
  const Row *row = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(LintRepository) repository = lint_repository_new("/nonexistent", NULL, NULL);
  g_autofree char *text = g_strdup_printf("on: push\njobs:\n  a: {runs-on: x, steps: [{uses: %s}]}\n", row->uses);
  g_assert_true(lint_config_read(config, row->name, row->settings, strlen(row->settings), &error));
  g_assert_no_error(error);
  lint_file(&(LintInput){.path = ".github/workflows/x.yml", .text = text, .size = strlen(text)}, config, repository, findings);
  guint found = 0;
  for (guint i = 0; i < findings_count(findings); i++)
    found += strcmp(findings_at(findings, i)->rule, row->rule) == 0;
  g_assert_cmpuint(found, ==, row->found);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/lint/used-settings/%s/%s", rows[i].rule, rows[i].claim);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  return g_test_run();
}
