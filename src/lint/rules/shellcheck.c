#include "lint/queue.h"
#include "lint/view.h"

/* Both rules collect scripts alone; queue.c reports what the programs find in them. */

static bool is_for_shellcheck(ScriptShell shell) {
  return script_shell_is_posix(shell) && shell != SCRIPT_ZSH;
}

static bool is_for_pyflakes(ScriptShell shell) {
  return shell == SCRIPT_PYTHON;
}

static void collect(LintFile *file, WorkflowStep *const *steps, guint count) {
  bool (*is_wanted)(ScriptShell) = file->rule->id[0] == 's' ? is_for_shellcheck : is_for_pyflakes;
  for (guint i = 0; i < count; i++) {
    LintScript script = {steps[i]->run.node, lint_step_shell(file, steps[i])};
    if (script.scalar != NULL && script.scalar->length > 0 && is_wanted(script.shell))
      g_array_append_val(file->scripts, script);
  }
}

static void collect_job(LintFile *file, const WorkflowJob *job) {
  if (file->config->scripts)
    collect(file, job->all_steps, job->all_step_count);
}

static void collect_action(LintFile *file, const Action *action) {
  if (file->config->scripts)
    collect(file, action->steps, action->step_count);
}

const Rule rule_shellcheck = {
  .id = "shellcheck",
  .family = FAMILY_CORRECTNESS,
  .summary = "what shellcheck finds in scripts",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .action = collect_action,
  .job = collect_job,
};

const Rule rule_pyflakes = {
  .id = "pyflakes",
  .family = FAMILY_CORRECTNESS,
  .summary = "what pyflakes finds in scripts in Python",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .action = collect_action,
  .job = collect_job,
};
