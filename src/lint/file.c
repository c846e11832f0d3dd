#include "lint/file.h"

#include <string.h>

static bool is_wanted(const LintConfig *config, const Rule *rule) {
  LintRuleConfig own = lint_config_rule(config, rule->id);
  if (!(config->families & rule->family) || own.is_off || rule->persona > config->persona)
    return false;
  return !rule->only_asked || own.is_on || (rule->family == FAMILY_POLICY && config->hardened);
}

/* What the reader says, under the rules that it names. */
static void add_diagnostics(LintFile *file, const Diagnostics *diagnostics) {
  for (guint i = 0; i < diagnostics_count(diagnostics); i++) {
    const Diagnostic *found = diagnostics_at(diagnostics, i);
    file->rule = lint_rule_find(found->rule != NULL ? found->rule : "syntax-check");
    if (file->rule != NULL && is_wanted(file->config, file->rule))
      lint_report(file, (LintReport){.at = {.line = found->line, .column = found->column}}, "%s", found->message);
  }
}

static void apply_steps(LintFile *file, WorkflowStep *const *steps, guint count) {
  for (guint i = 0; i < count && file->rule->step != NULL; i++)
    file->rule->step(file, steps[i]);
}

static void apply_workflow(LintFile *file) {
  const Workflow *workflow = file->workflow;
  const Rule *rule = file->rule;
  if (rule->workflow != NULL)
    rule->workflow(file, workflow);
  for (guint i = 0; i < workflow->job_count; i++) {
    if (rule->job != NULL)
      rule->job(file, &workflow->jobs[i]);
    apply_steps(file, workflow->jobs[i].all_steps, workflow->jobs[i].all_step_count);
  }
}

static void apply_rule(LintFile *file) {
  const Rule *rule = file->rule;
  if (rule->file != NULL)
    rule->file(file);
  if (file->workflow != NULL)
    apply_workflow(file);
  if (file->action != NULL && rule->action != NULL)
    rule->action(file, file->action);
  if (file->action != NULL)
    apply_steps(file, file->action->steps, file->action->step_count);
  if (file->is_dependabot && rule->dependabot != NULL)
    rule->dependabot(file, yaml_root(file->document));
  for (guint i = 0; rule->expression != NULL && file->expressions != NULL && i < file->expressions->count; i++)
    rule->expression(file, &file->expressions->items[i]);
}

static void apply_rules(LintFile *file) {
  for (const Rule *const *rule = lint_rules; *rule != NULL; rule++) {
    file->rule = *rule;
    if (is_wanted(file->config, *rule))
      apply_rule(file);
  }
}

/* ---- kinds of files ---- */

static void lint_as_workflow(LintFile *file, const LintInput *input, Diagnostics *diagnostics) {
  g_autoptr(Workflow) workflow = workflow_parse_lenient(file->path, file->text, file->size, diagnostics);
  add_diagnostics(file, diagnostics);
  if (workflow == NULL)
    return;
  file->workflow = workflow;
  file->document = workflow->document;
  file->source = workflow->source;
  file->expressions = &workflow->expressions;
  apply_rules(file);
  g_autoptr(Diagnostics) gaps = diagnostics_new();
  file->rule = lint_rule_find("syntax-check");
  if (input->runs_here && workflow->valid && !workflow_check_runnable(workflow, NULL, gaps))
    add_diagnostics(file, gaps);
}

static void lint_as_action(LintFile *file, Diagnostics *diagnostics) {
  g_autoptr(Action) action = action_parse_lenient(file->path, file->text, file->size, diagnostics);
  add_diagnostics(file, diagnostics);
  if (action == NULL)
    return;
  file->action = action;
  file->document = action->document;
  file->source = action->source;
  file->expressions = &action->expressions;
  apply_rules(file);
}

static void lint_as_dependabot(LintFile *file, Diagnostics *diagnostics) {
  g_autoptr(GError) error = NULL;
  g_autoptr(YamlDocument) document = yaml_parse_lenient(file->path, file->text, file->size, NULL, diagnostics, &error);
  if (document == NULL)
    diagnostics_add_rule(diagnostics, (Location){.file = file->path}, "syntax-check", "%s", error->message);
  add_diagnostics(file, diagnostics);
  if (document == NULL)
    return;
  g_autoptr(Source) source = source_new(file->text, file->size);
  file->document = document;
  file->source = source;
  file->is_dependabot = true;
  apply_rules(file);
}

void lint_file(const LintInput *input, const LintConfig *config, LintRepository *repository, Findings *findings) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Arena) arena = arena_new();
  LintFile file = {
    .path = input->path,
    .text = input->text,
    .size = input->size,
    .fixing = input->fixing,
    .config = config,
    .repository = repository,
    .arena = arena,
    .findings = findings,
  };
  if (input->kind == LINT_WORKFLOW)
    lint_as_workflow(&file, input, diagnostics);
  else if (input->kind == LINT_ACTION)
    lint_as_action(&file, diagnostics);
  else
    lint_as_dependabot(&file, diagnostics);
}

LintFileKind lint_file_kind(const char *path) {
  g_autofree char *name = g_path_get_basename(path);
  bool is_action = strcmp(name, "action.yml") == 0 || strcmp(name, "action.yaml") == 0;
  bool is_dependabot = strcmp(name, "dependabot.yml") == 0 || strcmp(name, "dependabot.yaml") == 0;
  return is_action ? LINT_ACTION : is_dependabot ? LINT_DEPENDABOT : LINT_WORKFLOW;
}
