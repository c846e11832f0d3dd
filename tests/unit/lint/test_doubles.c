/* Two rules that say the same of one place: who is heard. */
#include "lint_text.h"

#define HARDENED "lint: {policy: hardened}"
#define JOB(head, more) "on: [push, workflow_dispatch]\n" head "jobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n" more
#define STEPS(steps) JOB("permissions: {}\n", "    permissions: {}\n    steps:\n" steps)

static const struct {
  const char *claim;
  const char *settings, *text;
  const char *want; /* "line:column rule ..." */
} cases[] = {
  {"no-permissions", HARDENED, JOB("", "    steps: [{run: make}]\n"), "3:3 excessive-permissions"},
  {"no-permissions-and-only-one-looks", "lint: {policy: hardened, rules: {excessive-permissions: off}}", JOB("", "    steps: [{run: make}]\n"),
   "3:3 explicit-permissions"},
  {"an-image-by-its-latest-tag", HARDENED, JOB("permissions: {}\n", "    permissions: {}\n    container: a/b:latest\n    steps: [{run: make}]\n"),
   "8:16 unpinned-images"},
  {"both-by-their-names", "lint: {policy: hardened, rules: {floating-image: on}}",
   JOB("permissions: {}\n", "    permissions: {}\n    container: a/b:latest\n    steps: [{run: make}]\n"),
   "8:16 floating-image 8:16 unpinned-images"},
  {"an-output-that-is-not-there", "lint: {}",
   STEPS("      - {id: x, run: 'echo \"a=b\" >> \"$GITHUB_OUTPUT\"'}\n      - run: echo ${{ steps.y.outputs.a }}\n"), "10:23 expression"},
  {"a-danger-is-told-in-any-case", "lint: {}", STEPS("      - run: echo ${{ inputs.q }}\n"), "9:23 expression 9:23 template-injection"},
};

static void test_case(const void *data) {
  const typeof(cases[0]) *row = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(LintConfig) config = lint_config_new();
  config->scripts = false;
  g_assert_true(lint_config_read(config, "drover.yaml", row->settings, strlen(row->settings), &error));
  g_autoptr(Findings) findings = lint_text(".github/workflows/x.yml", row->text, config);
  g_autofree char *places = lint_text_places(findings);
  g_assert_cmpstr(places, ==, row->want);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *name = g_strdup_printf("/lint/doubles/%s", cases[i].claim);
    g_test_add_data_func(name, &cases[i], test_case);
  }
  return g_test_run();
}
