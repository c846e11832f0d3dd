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
  {"container-and-services", JOB "    container: debian:12\n    services: {db: {image: postgres}}\n    steps: [{run: x}]\n", 0, 0, NULL},
  {"reusable-workflow", HEAD "  a:\n    uses: o/r/.github/workflows/w.yml@v1\n    with: {x: 1}\n    secrets: inherit\n", 0, 0, NULL},
  {"any-action", STEPS "      - uses: actions/setup-python@v5\n", 0, 0, NULL},
  {"snapshot", JOB "    snapshot: image\n    steps: [{run: x}]\n", 5, 5, "a snapshot of the job's machine: not supported yet"},
  {"runner-group", HEAD "  a:\n    runs-on: {group: big}\n    steps: [{run: x}]\n", 0, 0, NULL},
  {"labels-of-a-runner-group", HEAD "  a:\n    runs-on: {group: big, labels: windows-latest}\n    steps: [{run: x}]\n", 4, 35,
   "this machine runs Linux"},
  {"background-steps", STEPS "      - {run: x, background: true}\n      - wait-all: true\n", 0, 0, NULL},
  {"parallel-steps", STEPS "      - parallel: [{run: x}]\n", 0, 0, NULL},
  {"shell-in-a-parallel-group", STEPS "      - parallel: [{run: x, shell: zsh}]\n", 6, 36, "expected bash, sh, python"},
  {"strategy-as-expression", JOB "    strategy: ${{ fromJSON('{}') }}\n    steps: [{run: x}]\n", 0, 0, NULL},
  {"defaults-as-expression", JOB "    defaults: {run: \"${{ fromJSON('{}') }}\"}\n    steps: [{run: x}]\n", 0, 0, NULL},
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
