#include "lint/taint/context_path.h"
#include "lint/view.h"

#include <string.h>

/* The scalar that names the shell of the step; NULL where nobody chose one. */
static const WorkflowText *chosen_shell(const LintFile *file, const WorkflowStep *step) {
  const WorkflowText *places[] = {
    &step->shell,
    step->job != NULL ? &step->job->defaults.shell : NULL,
    file->workflow != NULL ? &file->workflow->defaults.shell : NULL,
  };
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
    if (places[i] != NULL && places[i]->text != NULL)
      return places[i];
  return NULL;
}

static bool is_one(const char *name, const char *const *names) {
  for (; *names != NULL; names++)
    if (strcmp(name, *names) == 0)
      return true;
  return false;
}

static void check_shell(LintFile *file, const WorkflowStep *step) {
  static const char *const known[] = {"bash", "pwsh", "python", "sh", "powershell", NULL};
  static const char *const batch[] = {"cmd", "cmd.exe", NULL};
  const WorkflowText *shell = chosen_shell(file, step);
  if (shell == NULL || lint_has_expression(shell))
    return;
  g_autofree char *program = g_strndup(shell->text, strcspn(shell->text, " "));
  g_autofree char *name = g_path_get_basename(program);
  LintReport report = {.node = shell->node};
  if (is_one(name, batch)) {
    report.help = g_strdup("use pwsh or bash");
    lint_report(file, report, "cmd has no grammar that tools could follow, so nobody can check this script");
  } else if (!is_one(name, known)) {
    report.persona = PERSONA_AUDITOR;
    report.help = g_strdup("use bash, sh, pwsh, powershell or python");
    g_autofree char *shown = context_short_text(name);
    lint_report(file, report, "\"%s\" is no shell that every runner has and tools know", shown);
  }
}

/* It installs into the Python of the machine, which behaves differently on each. */
static void check_inputs(LintFile *file, const WorkflowStep *step) {
  const WorkflowPair *pair = workflow_pair(&step->with, "pip-install");
  const Uses *uses = pair != NULL ? lint_step_uses(file, step) : NULL;
  if (uses != NULL && uses_matches(uses, "actions/setup-python"))
    lint_report(file, (LintReport){.node = pair->key, .help = g_strdup("install into a virtual environment, in a step of its own")},
                "pip-install puts packages into the machine's own Python, where they break it or are broken by it");
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  if (step->kind == STEP_RUN)
    check_shell(file, step);
  else if (step->kind == STEP_USES)
    check_inputs(file, step);
}

const Rule rule_misfeature = {
  .id = "misfeature",
  .family = FAMILY_SECURITY,
  .summary = "a feature that does more harm than good",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .step = check_step,
};
