#include "lint/file.h"

#include "lint/fix.h"
#include "lint/ignore.h"
#include "lint/meant.h"
#include "lint/queue.h"
#include "lint/view.h"

#include <string.h>

struct OpenFile {
  LintFile file;
  LintFixes *fixes; /* applies what is found; NULL: nothing does */
  char *path, *root_path;
  Findings *findings;
  Workflow *workflow;
  Action *action;
  Dependabot *dependabot;
  YamlDocument *document; /* of other YAML */
  Source *source;
};

/* What the reader says, under the rules that it names. */
static void add_diagnostics(LintFile *file, const Diagnostics *diagnostics) {
  for (guint i = 0; i < diagnostics_count(diagnostics); i++) {
    const Diagnostic *found = diagnostics_at(diagnostics, i);
    const char *id = found->rule != NULL ? found->rule : "syntax-check";
    file->rule = lint_rule_find(id);
    if (file->rule == NULL) /* a kind of its own that has no row */
      file->rule = lint_rule_find("syntax-check");
    if (lint_rule_is_wanted(file->rule, file->config))
      lint_report(file, (LintReport){.at = {.line = found->line, .column = found->column}, .rule = id, .fix = lint_meant_fix(file, found)}, "%s",
                  found->message);
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
  for (guint i = 0; i < count && !(job != NULL && is_off(walk->file, &job->condition)); i++) {
    walk->file->step = steps[i]->node;
    if (!is_off(walk->file, &steps[i]->condition))
      walk->file->rule->step(walk->file, steps[i]);
  }
  walk->file->step = NULL;
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
  for (guint i = 0; i < expressions->count; i++) {
    walk->file->step = expressions->items[i].step != NULL ? expressions->items[i].step->node : NULL;
    if (!is_expression_off(walk->file, &expressions->items[i]))
      walk->file->rule->expression(walk->file, &expressions->items[i]);
  }
  walk->file->step = NULL;
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

/* Takes out of the findings those that are ignored. */
static void drop_ignored(const OpenFile *open, LintFile *file) {
  g_autoptr(LintIgnores) ignores = lint_ignores_read(file);
  Sieve sieve = {.config = file->config, .path = open->root_path, .ignores = ignores};
  findings_filter(file->findings, 0, is_kept, &sieve);
  if (ignores != NULL)
    lint_ignores_report(file, ignores);
}

/* ---- kinds of files ---- */

static void open_workflow(OpenFile *open, Diagnostics *diagnostics) {
  LintFile *file = &open->file;
  open->workflow = workflow_parse_lenient(file->path, file->text, file->size, diagnostics);
  if (open->workflow == NULL)
    return;
  file->workflow = open->workflow;
  file->document = open->workflow->document;
  file->source = open->workflow->source;
  file->expressions = &open->workflow->expressions;
}

static void open_action(OpenFile *open, Diagnostics *diagnostics) {
  LintFile *file = &open->file;
  open->action = action_parse_lenient(file->path, file->text, file->size, diagnostics);
  if (open->action == NULL)
    return;
  file->action = open->action;
  file->document = open->action->document;
  file->source = open->action->source;
  file->expressions = &open->action->expressions;
}

static void open_dependabot(OpenFile *open, Diagnostics *diagnostics) {
  LintFile *file = &open->file;
  open->dependabot = dependabot_parse_lenient(file->path, file->text, file->size, diagnostics);
  if (open->dependabot == NULL)
    return;
  file->dependabot = open->dependabot;
  file->document = open->dependabot->document;
  file->source = open->dependabot->source;
}

static void open_other(OpenFile *open, Diagnostics *diagnostics) {
  LintFile *file = &open->file;
  g_autoptr(GError) error = NULL;
  open->document = yaml_parse_lenient(file->path, file->text, file->size, NULL, diagnostics, &error);
  if (open->document == NULL) {
    diagnostics_add_error(diagnostics, file->path, "syntax-check", error);
    return;
  }
  open->source = source_new(file->text, file->size);
  file->document = open->document;
  file->source = open->source;
}

/* ---- open and close ---- */

OpenFile *lint_file_open(const LintInput *input, const LintConfig *config, LintRepository *repository) {
  static void (*const by_kind[])(OpenFile *, Diagnostics *) = {
    [LINT_WORKFLOW] = open_workflow,
    [LINT_ACTION] = open_action,
    [LINT_DEPENDABOT] = open_dependabot,
    [LINT_OTHER] = open_other,
  };
  OpenFile *open = g_new0(OpenFile, 1);
  open->fixes = input->fixes;
  open->path = g_strdup(input->path);
  open->root_path = g_strdup(input->root_path != NULL ? input->root_path : input->path);
  open->findings = findings_new();
  LintFile *file = &open->file;
  *file = (LintFile){
    .path = open->path,
    .text = input->text,
    .size = input->size,
    .fixing = input->fixing || input->fixes != NULL,
    .config = config,
    .repository = repository,
    .view = lint_view_new(),
    .scripts = g_array_new(FALSE, FALSE, sizeof(LintScript)),
    .arena = arena_new(),
    .findings = open->findings,
  };
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  by_kind[input->kind](open, diagnostics);
  add_diagnostics(file, diagnostics);
  if (file->document == NULL)
    return open;
  walk_file(file, input);
  g_autoptr(Diagnostics) gaps = diagnostics_new();
  if (input->runs_here && file->workflow != NULL && file->workflow->valid && !workflow_check_runnable(file->workflow, NULL, gaps))
    add_diagnostics(file, gaps);
  return open;
}

LintFile *lint_file_model(OpenFile *file) {
  return &file->file;
}

void lint_file_close(OpenFile *open, Findings *findings) {
  LintFile *file = &open->file;
  if (file->document != NULL) /* else nothing can be a comment */
    drop_ignored(open, file);
  if (file->document != NULL && open->fixes != NULL)
    lint_fixes_apply(open->fixes, file);
  if (findings_count(open->findings) > 0)
    findings_keep_text(open->findings, open->path, file->text, file->size);
  findings_take(findings, open->findings);
  lint_view_free(file->view);
  g_clear_pointer(&open->source, source_free);
  g_clear_pointer(&open->document, yaml_document_free);
  g_clear_pointer(&open->dependabot, dependabot_free);
  g_clear_pointer(&open->workflow, workflow_free);
  g_clear_pointer(&open->action, action_free);
  g_array_unref(file->scripts);
  arena_free(file->arena);
  g_free(open->path);
  g_free(open->root_path);
  g_free(open);
}

void lint_file(const LintInput *input, const LintConfig *config, LintRepository *repository, Findings *findings) {
  lint_file_close(lint_file_open(input, config, repository), findings);
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
