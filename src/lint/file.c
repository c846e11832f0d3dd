#include "lint/file.h"

#include "lint/ignore.h"
#include "lint/view.h"

#include <string.h>

/* What the reader says, under the rules that it names. */
static void add_diagnostics(LintFile *file, const Diagnostics *diagnostics) {
  for (guint i = 0; i < diagnostics_count(diagnostics); i++) {
    const Diagnostic *found = diagnostics_at(diagnostics, i);
    const char *id = found->rule != NULL ? found->rule : "syntax-check";
    file->rule = lint_rule_find(id);
    if (file->rule == NULL) /* a kind of its own that has no row */
      file->rule = lint_rule_find("syntax-check");
    if (lint_rule_is_wanted(file->rule, file->config))
      lint_report(file, (LintReport){.at = {.line = found->line, .column = found->column}, .rule = id}, "%s", found->message);
  }
}

/* ---- the rules over the model ---- */

typedef struct {
  LintFile *file;
  const RuleSet *rules;
} Walk;

/* Runs a function of every rule that has it. */
#define FOR_EACH_RULE(walk, hook)                                                                                                                    \
  for (guint rule_index = 0;                                                                                                                         \
       rule_index < (walk)->rules->hooks[hook]->len && ((walk)->file->rule = g_ptr_array_index((walk)->rules->hooks[hook], rule_index)) != NULL;     \
       rule_index++)

/* What is switched off is no danger. */
static bool is_off(const LintFile *file, const WorkflowText *condition) {
  return (file->rule->family & FAMILY_SECURITY) != 0 && lint_never_runs(condition);
}

static void walk_steps(const Walk *walk, const WorkflowJob *job, WorkflowStep *const *steps, guint count) {
  FOR_EACH_RULE(walk, HOOK_STEP)
  for (guint i = 0; i < count && !(job != NULL && is_off(walk->file, &job->condition)); i++)
    if (!is_off(walk->file, &steps[i]->condition))
      walk->file->rule->step(walk->file, steps[i]);
}

static void walk_workflow(const Walk *walk, const Workflow *workflow) {
  FOR_EACH_RULE(walk, HOOK_WORKFLOW)
  walk->file->rule->workflow(walk->file, workflow);
  FOR_EACH_RULE(walk, HOOK_JOB)
  for (guint i = 0; i < workflow->job_count; i++)
    if (!is_off(walk->file, &workflow->jobs[i].condition))
      walk->file->rule->job(walk->file, &workflow->jobs[i]);
  for (guint i = 0; i < workflow->job_count; i++)
    walk_steps(walk, &workflow->jobs[i], workflow->jobs[i].all_steps, workflow->jobs[i].all_step_count);
}

static void walk_action(const Walk *walk, const Action *action) {
  FOR_EACH_RULE(walk, HOOK_ACTION)
  walk->file->rule->action(walk->file, action);
  walk_steps(walk, NULL, action->steps, action->step_count);
}

static bool is_expression_off(const LintFile *file, const WorkflowExpression *expression) {
  return (expression->job != NULL && is_off(file, &expression->job->condition)) ||
         (expression->step != NULL && is_off(file, &expression->step->condition));
}

static void walk_expressions(const Walk *walk, const WorkflowExpressions *expressions) {
  FOR_EACH_RULE(walk, HOOK_EXPRESSION)
  for (guint i = 0; i < expressions->count; i++)
    if (!is_expression_off(walk->file, &expressions->items[i]))
      walk->file->rule->expression(walk->file, &expressions->items[i]);
}

static void walk_file(LintFile *file, const LintInput *input) {
  g_autoptr(RuleSet) own = input->rules == NULL ? rule_set_new(file->config) : NULL;
  const Walk walk = {.file = file, .rules = input->rules != NULL ? input->rules : own};
  FOR_EACH_RULE(&walk, HOOK_FILE)
  file->rule->file(file);
  if (file->workflow != NULL)
    walk_workflow(&walk, file->workflow);
  if (file->action != NULL)
    walk_action(&walk, file->action);
  if (file->expressions != NULL)
    walk_expressions(&walk, file->expressions);
  if (file->dependabot != NULL)
    FOR_EACH_RULE(&walk, HOOK_DEPENDABOT)
  file->rule->dependabot(file, file->dependabot);
}

/* ---- what is to be ignored ---- */

typedef struct {
  const LintConfig *config;
  const char *path; /* from the repository's top */
  LintIgnores *ignores;
} Sieve;

static bool is_kept(const Finding *finding, void *user) {
  const Sieve *sieve = user;
  bool by_comment = sieve->ignores != NULL && lint_ignores_match(sieve->ignores, finding);
  return !by_comment && !lint_config_ignores(sieve->config, sieve->path, finding);
}

/* Takes out of the findings from `first` on those that are ignored. Without a document nothing can be a comment. */
static void drop_ignored(LintFile *file, const LintInput *input, guint first) {
  g_autoptr(LintIgnores) ignores = file->document != NULL ? lint_ignores_read(file) : NULL;
  Sieve sieve = {.config = file->config, .path = input->root_path != NULL ? input->root_path : file->path, .ignores = ignores};
  findings_filter(file->findings, first, is_kept, &sieve);
  if (ignores != NULL)
    lint_ignores_report(file, ignores);
}

/* ---- kinds of files ---- */

/* A file whose model is read: all that is to be said of it. */
static void examine(LintFile *file, const LintInput *input, guint first) {
  walk_file(file, input);
  g_autoptr(Diagnostics) gaps = diagnostics_new();
  if (input->runs_here && file->workflow != NULL && file->workflow->valid && !workflow_check_runnable(file->workflow, NULL, gaps))
    add_diagnostics(file, gaps);
  drop_ignored(file, input, first);
}

static void lint_as_workflow(LintFile *file, const LintInput *input) {
  guint first = findings_count(file->findings);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Workflow) workflow = workflow_parse_lenient(file->path, file->text, file->size, diagnostics);
  add_diagnostics(file, diagnostics);
  if (workflow == NULL)
    return;
  file->workflow = workflow;
  file->document = workflow->document;
  file->source = workflow->source;
  file->expressions = &workflow->expressions;
  examine(file, input, first);
}

static void lint_as_action(LintFile *file, const LintInput *input) {
  guint first = findings_count(file->findings);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Action) action = action_parse_lenient(file->path, file->text, file->size, diagnostics);
  add_diagnostics(file, diagnostics);
  if (action == NULL)
    return;
  file->action = action;
  file->document = action->document;
  file->source = action->source;
  file->expressions = &action->expressions;
  examine(file, input, first);
}

static void lint_as_dependabot(LintFile *file, const LintInput *input) {
  guint first = findings_count(file->findings);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Dependabot) dependabot = dependabot_parse_lenient(file->path, file->text, file->size, diagnostics);
  add_diagnostics(file, diagnostics);
  if (dependabot == NULL)
    return;
  file->dependabot = dependabot;
  file->document = dependabot->document;
  file->source = dependabot->source;
  examine(file, input, first);
}

static void lint_as_other(LintFile *file, const LintInput *input) {
  guint first = findings_count(file->findings);
  g_autoptr(GError) error = NULL;
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(YamlDocument) document = yaml_parse_lenient(file->path, file->text, file->size, NULL, diagnostics, &error);
  if (document == NULL)
    diagnostics_add_error(diagnostics, file->path, "syntax-check", error);
  add_diagnostics(file, diagnostics);
  if (document == NULL)
    return;
  g_autoptr(Source) source = source_new(file->text, file->size);
  file->document = document;
  file->source = source;
  examine(file, input, first);
}

void lint_file(const LintInput *input, const LintConfig *config, LintRepository *repository, Findings *findings) {
  static void (*const by_kind[])(LintFile *, const LintInput *) = {
    [LINT_WORKFLOW] = lint_as_workflow,
    [LINT_ACTION] = lint_as_action,
    [LINT_DEPENDABOT] = lint_as_dependabot,
    [LINT_OTHER] = lint_as_other,
  };
  g_autoptr(Arena) arena = arena_new();
  g_autoptr(LintView) view = lint_view_new();
  LintFile file = {
    .path = input->path,
    .text = input->text,
    .size = input->size,
    .fixing = input->fixing,
    .config = config,
    .repository = repository,
    .view = view,
    .arena = arena,
    .findings = findings,
  };
  guint before = findings_count(findings);
  by_kind[input->kind](&file, input);
  if (findings_count(findings) > before)
    findings_keep_text(findings, input->path, input->text, input->size);
}

LintFileKind lint_file_kind(const char *path) {
  static const struct {
    const char *name;
    LintFileKind kind;
  } names[] = {{"action", LINT_ACTION}, {"dependabot", LINT_DEPENDABOT}, {".pre-commit-config", LINT_OTHER}};
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *folder = g_path_get_dirname(path);
  if (g_str_has_suffix(folder, ".github/workflows"))
    return LINT_WORKFLOW;
  size_t length = strcspn(name + 1, ".") + 1;
  if (strcmp(name + length, ".yml") != 0 && strcmp(name + length, ".yaml") != 0)
    return LINT_WORKFLOW;
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    if (strlen(names[i].name) == length && strncmp(name, names[i].name, length) == 0)
      return names[i].kind;
  return LINT_WORKFLOW;
}
