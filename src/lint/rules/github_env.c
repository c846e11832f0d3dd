#include "lint/taint/context_path.h"
#include "lint/script/runner_file.h"
#include "lint/view.h"

#include <string.h>

/* Events that run with the repository's rights on content of outsiders. An action may be used by any workflow. */
static bool is_exposed(const LintFile *file) {
  return file->workflow == NULL || workflow_event(file->workflow, "workflow_run") != NULL ||
         workflow_event(file->workflow, "pull_request_target") != NULL;
}

static void tell(LintFile *file, const WorkflowStep *step, const RunnerWrite *write) {
  g_autofree char *command = g_strndup(step->run.text + write->range.start, write->range.end - write->range.start);
  g_autofree char *line = context_short_text(command);
  LintReport report = lint_report_pair(step->node, "run");
  report.help = g_strdup("hand values on through $GITHUB_OUTPUT, or write only fixed texts");
  bool path = strcmp(write->variable, "GITHUB_PATH") == 0;
  unsigned number = lint_report_in_script(file, step, write->range.start, write->range.end).at.line;
  lint_report(file, report, "line %u writes to %s, and who can choose what is written %s: %s", number, write->variable,
              path ? "decides which programs the next steps run" : "can set variables that make the next steps run code", line);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  if (step->kind != STEP_RUN || step->run.text == NULL || !is_exposed(file))
    return;
  if (strstr(step->run.text, "GITHUB_ENV") == NULL && strstr(step->run.text, "GITHUB_PATH") == NULL)
    return;
  const char *shell = lint_step_shell_name(file, step);
  g_autoptr(GPtrArray) writes = script_writes_runner_file(script_shell_named(shell != NULL ? shell : "bash"), step->run.text, strlen(step->run.text));
  for (guint i = 0; i < writes->len; i++) {
    const RunnerWrite *write = g_ptr_array_index(writes, i);
    bool dangerous = strcmp(write->variable, "GITHUB_ENV") == 0 || strcmp(write->variable, "GITHUB_PATH") == 0;
    if (dangerous && write->command == NULL && !write->fixed)
      tell(file, step, write);
  }
}

const Rule rule_github_env = {
  .id = "github-env",
  .family = FAMILY_SECURITY,
  .summary = "the next steps' environment is written where outsiders can choose what",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_LOW,
  .step = check_step,
};
