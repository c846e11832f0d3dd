#include "base/nearest.h"
#include "lint/rules/fix_parts.h"

#include <string.h>

/* https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
 * Any other program is a custom shell, and has {0} where the file's name goes. */
static const struct {
  const char *name;
  bool on_unix, on_windows;
} shells[] = {
  {"bash", true, true}, {"sh", true, false}, {"pwsh", true, true}, {"python", true, true}, {"powershell", false, true}, {"cmd", false, true},
};

static bool serves(size_t shell, RunnerSystem system) {
  return system == SYSTEM_UNKNOWN || (system == SYSTEM_WINDOWS ? shells[shell].on_windows : shells[shell].on_unix);
}

static char *list_shells(RunnerSystem system) {
  g_autoptr(GString) list = g_string_new("there are ");
  for (size_t i = 0; i < G_N_ELEMENTS(shells); i++)
    if (serves(i, system))
      g_string_append_printf(list, "%s, ", shells[i].name);
  g_string_append(list, "and any program with {0} for the script's file: \"perl {0}\"");
  return g_string_free(g_steal_pointer(&list), FALSE);
}

static Fix *meant_fix(LintFile *file, const WorkflowText *shell, RunnerSystem system) {
  const char *served[G_N_ELEMENTS(shells) + 1] = {NULL};
  for (size_t i = 0, count = 0; i < G_N_ELEMENTS(shells); i++)
    if (serves(i, system))
      served[count++] = shells[i].name;
  const char *near = nearest_name(shell->text, served);
  return near != NULL ? fix_text(file, shell->node, near, false, "write what was surely meant") : NULL;
}

static void check_shell(LintFile *file, const WorkflowText *shell, RunnerSystem system) {
  if (shell->text == NULL || shell->text[0] == '\0' || strstr(shell->text, "{0}") != NULL || strstr(shell->text, "${{") != NULL)
    return;
  const char *where = "";
  for (size_t i = 0; i < G_N_ELEMENTS(shells); i++) {
    if (g_ascii_strcasecmp(shells[i].name, shell->text) != 0)
      continue;
    if (serves(i, system))
      return;
    where = system == SYSTEM_WINDOWS ? " on Windows" : " on Linux and macOS";
  }
  lint_report(file, (LintReport){.node = shell->node, .help = list_shells(system), .fix = meant_fix(file, shell, system)},
              "GitHub knows no shell \"%s\"%s", shell->text, where);
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_shell(file, &workflow->defaults.shell, SYSTEM_UNKNOWN);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  RunnerSystem system = lint_job_system(file, job);
  check_shell(file, &job->defaults.shell, system);
  for (guint i = 0; i < job->all_step_count; i++)
    check_shell(file, &job->all_steps[i]->shell, system);
}

/* A composite action runs wherever it is used. */
static void check_action(LintFile *file, const Action *action) {
  for (guint i = 0; i < action->step_count; i++)
    check_shell(file, &action->steps[i]->shell, SYSTEM_UNKNOWN);
}

const Rule rule_shell_name = {
  .id = "shell-name",
  .family = FAMILY_CORRECTNESS,
  .summary = "shells that the runner does not have",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .workflow = check_workflow,
  .action = check_action,
  .job = check_job,
};
