#include "lint/edit/edit_yaml.h"
#include "lint/view.h"

#include <string.h>

#define VARIABLE "ACTIONS_ALLOW_UNSECURE_COMMANDS"

static bool is_true(const char *text) {
  g_autofree char *trimmed = g_strstrip(g_strdup(text != NULL ? text : ""));
  return g_ascii_strcasecmp(trimmed, "true") == 0;
}

/* Takes the variable out, and `env:` with it where it is the only one. */
static Fix *removal_fix(LintFile *file, const YamlNode *owner, const YamlNode *env) {
  guint index = lint_key_index(env, VARIABLE);
  if (!file->fixing || index == G_MAXUINT)
    return NULL;
  g_autoptr(Fix) fix = fix_new("take out " VARIABLE, false);
  EditTree *tree = lint_edit_tree(file);
  bool made = env->count > 1 ? edit_remove_key(tree, fix, env, index) : edit_remove_key(tree, fix, owner, lint_key_index(owner, "env"));
  return made ? g_steal_pointer(&fix) : NULL;
}

/* `owner` is the mapping that has the variables under `env:`. */
static void check_env(LintFile *file, const WorkflowPairs *env, const YamlNode *owner) {
  const WorkflowPair *pair = workflow_pair(env, VARIABLE);
  if (lint_key(owner, "env") == NULL)
    return;
  LintReport report = lint_report_pair(owner, "env");
  if (pair != NULL && is_true(pair->value.text)) {
    report.fix = removal_fix(file, owner, env->node);
    report.help = g_strdup("take " VARIABLE " out, and write to $GITHUB_ENV and $GITHUB_PATH");
    lint_report(file, report, VARIABLE " lets any line that is printed set variables and the path of the next steps");
  } else if (pair == NULL && env->count > 0 && env->items[0].name == NULL) {
    report.confidence = CONFIDENCE_LOW;
    report.persona = PERSONA_AUDITOR;
    report.help = g_strdup("name the variables in the file");
    lint_report(file, report, "an expression stands for all variables, and may hold " VARIABLE);
  }
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_env(file, &workflow->env, yaml_root(file->document));
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_env(file, &job->env, job->node);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  if (step->kind == STEP_RUN)
    check_env(file, &step->env, step->node);
}

const Rule rule_insecure_commands = {
  .id = "insecure-commands",
  .family = FAMILY_SECURITY,
  .summary = "commands that GitHub has turned off are allowed again",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .workflow = check_workflow,
  .job = check_job,
  .step = check_step,
};
