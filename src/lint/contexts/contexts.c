#include "lint/contexts/contexts_internal.h"

#include "workflow/matrix.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- the cache ---- */

static int compare_ids(const void *left, const void *right) {
  return g_ascii_strcasecmp((*(const WorkflowJob *const *)left)->id, (*(const WorkflowJob *const *)right)->id);
}

static int compare_wholes(const void *a, const void *b) {
  const WorkflowExpression *left = *(const WorkflowExpression *const *)a, *right = *(const WorkflowExpression *const *)b;
  uintptr_t scalars[] = {(uintptr_t)left->scalar, (uintptr_t)right->scalar}, jobs[] = {(uintptr_t)left->job, (uintptr_t)right->job};
  int order = (scalars[0] > scalars[1]) - (scalars[0] < scalars[1]);
  return order != 0 ? order : (jobs[0] > jobs[1]) - (jobs[0] < jobs[1]);
}

static bool is_indexed(const WorkflowExpression *expression) {
  static const char *const sections[] = {"strategy", "with", NULL};
  return expression->whole && expression->job != NULL && expression->step == NULL && expression->section != NULL &&
         g_strv_contains(sections, expression->section);
}

static void index_wholes(LintFile *file, LintContexts *contexts) {
  const WorkflowExpressions *all = file->expressions;
  contexts->wholes = arena_array(file->arena, const WorkflowExpression *, all->count);
  for (guint i = 0; i < all->count; i++)
    if (is_indexed(&all->items[i]))
      contexts->wholes[contexts->whole_count++] = &all->items[i];
  if (contexts->whole_count > 0)
    qsort(contexts->wholes, contexts->whole_count, sizeof *contexts->wholes, compare_wholes);
}

static void index_jobs(LintFile *file, LintContexts *contexts) {
  guint count = file->workflow->job_count;
  contexts->by_id = arena_array(file->arena, const WorkflowJob *, count);
  for (guint i = 0; i < count; i++)
    contexts->by_id[i] = &file->workflow->jobs[i];
  if (count > 0)
    qsort(contexts->by_id, count, sizeof *contexts->by_id, compare_ids);
}

LintContexts *contexts_of(LintFile *file) {
  if (file->contexts != NULL)
    return file->contexts;
  file->contexts = arena_alloc(file->arena, sizeof *file->contexts);
  file->contexts->each = arena_array(file->arena, JobContexts, file->workflow != NULL ? file->workflow->job_count : 1);
  index_wholes(file, file->contexts);
  if (file->workflow != NULL)
    index_jobs(file, file->contexts);
  return file->contexts;
}

JobContexts *contexts_of_job(LintFile *file, const WorkflowJob *job) {
  return &contexts_of(file)->each[job != NULL ? job->index : 0];
}

/* ---- by name ---- */

static const struct {
  const char *name;
  const Type *(*type)(LintFile *file, const WorkflowExpression *expression);
} contexts[] = {
  {"github", contexts_github}, {"inputs", contexts_inputs},   {"job", contexts_job},     {"jobs", contexts_jobs}, {"matrix", contexts_matrix},
  {"needs", contexts_needs},   {"secrets", contexts_secrets}, {"steps", contexts_steps}, {"vars", contexts_vars},
};

const Type *lint_context(LintFile *file, const WorkflowExpression *expression, const char *name) {
  for (size_t i = 0; i < G_N_ELEMENTS(contexts); i++)
    if (g_ascii_strcasecmp(contexts[i].name, name) == 0)
      return contexts[i].type(file, expression);
  return type_of_context(name);
}

/* ---- values ---- */

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
  void (*report)(const TypeFinding *finding, void *user);
  void *user;
} Place;

static const Type *context_at(const char *name, void *user) {
  const Place *place = user;
  return lint_context(place->file, place->expression, name);
}

static void pass_on(const TypeFinding *finding, void *user) {
  const Place *place = user;
  place->report(finding, place->user);
}

const Type *lint_expression_type(LintFile *file, const WorkflowExpression *expression, void (*report)(const TypeFinding *finding, void *user),
                                 void *user) {
  Place place = {file, expression, report, user};
  ExpressionTypeScope scope = {.arena = file->arena, .context = context_at, .report = report != NULL ? pass_on : NULL, .user = &place};
  return expression_type_check(expression_root(expression->expression), &scope);
}

static const Type *whole_type(LintFile *file, const YamlNode *scalar, const WorkflowJob *job) {
  const LintContexts *known = contexts_of(file);
  const WorkflowExpression wanted = {.scalar = scalar, .job = job}, *key = &wanted;
  const WorkflowExpression *const *found =
    known->whole_count == 0 ? NULL : bsearch(&key, known->wholes, known->whole_count, sizeof *known->wholes, compare_wholes);
  return found != NULL ? lint_expression_type(file, *found, NULL, NULL) : NULL;
}

const Type *lint_scalar_type(LintFile *file, const YamlNode *scalar, const WorkflowJob *job) {
  if (memmem(scalar->text, scalar->length, "${{", 3) != NULL) {
    const Type *whole = whole_type(file, scalar, job);
    bool closed = g_str_has_prefix(scalar->text, "${{") && g_str_has_suffix(scalar->text, "}}");
    return whole != NULL ? whole : closed ? &type_any : &type_string;
  }
  double number;
  if (yaml_to_number(scalar, &number))
    return &type_number; /* .inf and .nan too, which JSON lacks */
  json_auto_t *value = matrix_evaluate(scalar, NULL, NULL);
  return value != NULL ? type_of_json(file->arena, value) : &type_any;
}

/* ---- what lies in this repository ---- */

static bool leads_up(const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  return g_strv_contains((const char *const *)parts, "..");
}

const char *lint_local_path(LintFile *file, const char *uses) {
  bool is_folder = g_str_has_prefix(uses, "./"), is_self = g_str_has_prefix(uses, "$/") && strspn(uses + 2, "/") < strlen(uses + 2);
  if ((!is_folder && !is_self) || leads_up(uses))
    return NULL;
  return is_folder ? uses : arena_printf(file->arena, ".%s", uses + 1);
}

const Action *lint_local_action(LintFile *file, const char *uses, LookupState *state, const char **why) {
  const char *path = lint_local_path(file, uses);
  *state = LOOKUP_MISSING;
  return path != NULL ? lint_repository_action(file->repository, path, state, why) : NULL;
}

const Workflow *lint_local_workflow(LintFile *file, const char *uses, LookupState *state, const char **why) {
  const char *path = lint_local_path(file, uses);
  *state = LOOKUP_MISSING;
  return path != NULL ? lint_repository_workflow(file->repository, path, state, why) : NULL;
}
