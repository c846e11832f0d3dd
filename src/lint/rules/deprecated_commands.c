#include "lint/rules/deprecated_commands_fix.h"

#include <string.h>

/* https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/
 * https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/ */
static const struct {
  const char *name, *instead;
  bool is_refused;
} commands[] = {
  {"set-output", "echo \"NAME=VALUE\" >> \"$GITHUB_OUTPUT\"", false},
  {"save-state", "echo \"NAME=VALUE\" >> \"$GITHUB_STATE\"", false},
  {"set-env", "echo \"NAME=VALUE\" >> \"$GITHUB_ENV\"", true},
  {"add-path", "echo \"FOLDER\" >> \"$GITHUB_PATH\"", true},
};

/* `fix`: transfer full; NULL: none. */
static void report_command(LintFile *file, const WorkflowStep *step, const char *name, size_t start, size_t end, Fix *fix) {
  for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
    if (strcmp(commands[i].name, name) != 0)
      continue;
    LintReport report = lint_report_at(file, step->run.node, start, end);
    report.fix = fix;
    report.help = g_strdup_printf("write to the file instead: %s", commands[i].instead);
    lint_report(file, report, "the command \"%s\" %s", name,
                commands[i].is_refused ? "is switched off: the runner fails the step" : "is deprecated: some day it will do nothing");
  }
}

/* In a language that is not read here: `::set-output name=` anywhere, for nothing else looks like it. */
static void search_text(LintFile *file, const WorkflowStep *step) {
  const char *text = step->run.text;
  for (const char *at = strstr(text, "::"); at != NULL; at = strstr(at + 2, "::")) {
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
      size_t length = strlen(commands[i].name);
      if (g_str_has_prefix(at + 2, commands[i].name) && (g_str_has_prefix(at + 2 + length, " name=") || g_str_has_prefix(at + 2 + length, "::")))
        report_command(file, step, commands[i].name, (size_t)(at - text), (size_t)(at - text) + 2 + length, NULL);
    }
  }
}

static bool may_have_command(const char *text) {
  for (const char *at = text != NULL ? strstr(text, "::") : NULL; at != NULL; at = strstr(at + 2, "::"))
    if (at[2] == 's' || at[2] == 'S' || at[2] == 'a' || at[2] == 'A')
      return true;
  return false;
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  if (!may_have_command(step->run.text))
    return;
  ScriptShell shell = lint_step_shell(file, step);
  if (shell == SCRIPT_OTHER || shell == SCRIPT_PYTHON) {
    search_text(file, step);
    return;
  }
  g_autoptr(GPtrArray) writes = script_writes_runner_file(shell, step->run.text, strlen(step->run.text));
  for (guint i = 0; i < writes->len; i++) {
    const RunnerWrite *write = g_ptr_array_index(writes, i);
    if (write->command != NULL)
      report_command(file, step, write->command, write->target.start, write->target.end, deprecated_command_fix(file, step, write));
  }
}

const Rule rule_deprecated_commands = {
  .id = "deprecated-commands",
  .family = FAMILY_CORRECTNESS,
  .summary = "set-output and other commands that the runner no longer wants",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .step = check_step,
};
