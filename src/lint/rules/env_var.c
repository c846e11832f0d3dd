#include "lint/rule.h"

#include <string.h>

static void check_env(LintFile *file, const WorkflowPairs *env) {
  for (guint i = 0; i < env->count; i++) {
    const char *name = env->items[i].name;
    if (name == NULL || strpbrk(name, "&= \t\r\n") == NULL || strstr(name, "${{") != NULL)
      continue;
    lint_report(file, (LintReport){.node = env->items[i].key, .help = g_strdup("use letters, digits and _")},
                "no shell can read the variable \"%s\": its name has a blank, \"=\" or \"&\" in it", name);
  }
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_env(file, &workflow->env);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_env(file, &job->env);
  check_env(file, &job->container.env);
  for (guint i = 0; i < job->service_count; i++)
    check_env(file, &job->services[i].env);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_env(file, &step->env);
}

static void check_action(LintFile *file, const Action *action) {
  check_env(file, &action->env);
}

const Rule rule_env_var = {
  .id = "env-var",
  .family = FAMILY_CORRECTNESS,
  .summary = "names of environment variables that cannot be used",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .workflow = check_workflow,
  .action = check_action,
  .job = check_job,
  .step = check_step,
};
