/* What a run on this machine cannot do of files that are right. */
#include "workflow/workflow.h"

#include <string.h>

#define HEAD "on: push\njobs:\n"
#define JOB HEAD "  a:\n    runs-on: ubuntu-latest\n" /* two lines before the job, line 5 comes next */
#define STEPS JOB "    steps:\n"                      /* line 6 comes next */

typedef struct {
  const char *claim;
  const char *text;
  unsigned line, column;
  const char *message; /* NULL: it can be run */
} Runnable;

static const Runnable runnable[] = {
  {"container", JOB "    container: debian:12\n    steps: [{run: x}]\n", 5, 5, "a job in a container: not supported yet"},
  {"services", JOB "    services: {db: {image: postgres}}\n    steps: [{run: x}]\n", 5, 5, "service containers: not supported yet"},
  {"reusable-workflow", HEAD "  a:\n    uses: o/r/.github/workflows/w.yml@v1\n    with: {x: 1}\n    secrets: inherit\n", 4, 5,
   "calling another workflow: not supported yet"},
  {"other-action", STEPS "      - uses: actions/setup-python@v5\n", 6, 15, "the action \"actions/setup-python@v5\": not supported yet"},
  {"snapshot", JOB "    snapshot: image\n    steps: [{run: x}]\n", 5, 5, "not supported yet"},
  {"runner-group", HEAD "  a:\n    runs-on: {group: big, labels: linux}\n    steps: [{run: x}]\n", 4, 15,
   "choosing a runner group: not supported yet"},
  {"background-step", STEPS "      - {run: x, background: true}\n", 6, 18, "a step in the background: not supported yet"},
  {"foreground-step", STEPS "      - {run: x, background: false}\n", 0, 0, NULL},
  {"parallel-steps", STEPS "      - parallel: [{run: x}]\n", 6, 9, "parallel steps: not supported yet"},
  {"strategy-as-expression", JOB "    strategy: ${{ fromJSON('{}') }}\n    steps: [{run: x}]\n", 5, 15, "not supported yet"},
  {"windows", HEAD "  a: {runs-on: windows-latest, steps: [{run: x}]}\n", 3, 16, "runs-on \"windows-latest\": this machine runs Linux"},
  {"macos-in-a-list", HEAD "  a: {runs-on: [self-hosted, macOS], steps: [{run: x}]}\n", 3, 30, "this machine runs Linux"},
  {"debian", HEAD "  a: {runs-on: debian-12, steps: [{run: x}]}\n", 0, 0, NULL},
  {"own-label", HEAD "  a: {runs-on: [self-hosted, gpu], steps: [{run: x}]}\n", 0, 0, NULL},
  {"unknown-label", HEAD "  a: {runs-on: gpu, steps: [{run: x}]}\n", 3, 16, "no runner has this label"},
  {"label-from-an-expression", HEAD "  a: {runs-on: \"${{ github.ref }}\", steps: [{run: x}]}\n", 0, 0, NULL},
  {"pwsh", STEPS "      - {run: x, shell: pwsh}\n", 0, 0, NULL},
  {"a-shell-of-windows", STEPS "      - {run: x, shell: cmd}\n", 6, 25, "shell \"cmd\": is for Windows"},
  {"shell-unknown", STEPS "      - {run: x, shell: zsh}\n", 6, 25, "expected bash, sh, python"},
  {"shell-of-ones-own", STEPS "      - {run: x, shell: 'perl {0}'}\n", 0, 0, NULL},
  {"job-without-steps", JOB, 3, 3, "the job \"a\" has no steps"},
  {"checkout-of-history", STEPS "      - {uses: actions/checkout@v4, with: {fetch-depth: 0}}\n", 6, 44, "fetch-depth \"0\": not supported yet"},
  {"checkout-of-another-repository", STEPS "      - {uses: actions/checkout@v4, with: {repository: o/r}}\n", 6, 44, "not supported yet"},
  {"checkout-plain", STEPS "      - {uses: actions/checkout@v4, with: {fetch-depth: 1, persist-credentials: false}}\n", 0, 0, NULL},
};

static void test_runnable(const void *data) {
  const Runnable *row = data;
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Workflow) workflow = workflow_parse("ci.yml", row->text, strlen(row->text), diagnostics);
  g_assert_nonnull(workflow); /* it is right, whether or not it can be run */
  g_assert_true(workflow_check_runnable(workflow, NULL, diagnostics) == (row->message == NULL));
  g_assert_true((diagnostics_count(diagnostics) == 0) == (row->message == NULL));
  if (row->message == NULL)
    return;
  const Diagnostic *finding = diagnostics_at(diagnostics, 0);
  g_assert_cmpuint(finding->line, ==, row->line);
  g_assert_cmpuint(finding->column, ==, row->column);
  g_assert_nonnull(strstr(finding->message, row->message));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(runnable); i++) {
    g_autofree char *path = g_strconcat("/workflow/runnable/", runnable[i].claim, NULL);
    g_test_add_data_func(path, &runnable[i], test_runnable);
  }
  return g_test_run();
}
