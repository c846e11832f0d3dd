#include "lint/taint/taint_internal.h"

#include "lint/taint/untrusted.h"

#include <stdint.h>
#include <string.h>

#define BUDGET 1000000
#define PATH_COST 10

/* The expressions of a scalar lie side by side. */
typedef struct {
  const WorkflowExpression *items;
  guint count;
} TaintSpan;

Taints *taints_new(LintFile *file) {
  Taints *taints = g_new0(Taints, 1);
  taints->file = file;
  taints->spans = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  taints->read = g_hash_table_new(NULL, NULL);
  taints->writes = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
  taints->budget = BUDGET;
  return taints;
}

void taints_free(Taints *taints) {
  g_hash_table_unref(taints->spans);
  g_hash_table_unref(taints->read);
  g_hash_table_unref(taints->writes);
  g_free(taints);
}

/* ---- taints ---- */

Taint taint_worse(Taint one, Taint other) {
  return other.kind > one.kind ? other : one;
}

Taint taint_through(Taints *taints, Taint taint, const char *format, ...) {
  if (taint.kind == TAINT_NONE)
    return taint;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *whole = g_strdup_vprintf(format, arguments), *name = context_short_text(whole);
  va_end(arguments);
  TaintHop *hop = arena_alloc(taints->file->arena, sizeof *hop);
  *hop = (TaintHop){.name = arena_strdup(taints->file->arena, name), .next = taint.hops};
  taint.hops = hop;
  return taint;
}

Taint taint_source(Taints *taints, TaintKind kind, const ContextPath *path) {
  g_autofree char *text = context_path_text(path);
  return (Taint){.kind = kind, .source = arena_strdup(taints->file->arena, text)};
}

bool taint_spend(Taints *taints, guint cost) {
  if (taints->budget < cost)
    return false;
  taints->budget -= cost;
  return true;
}

char *taint_way(const Taint *taint) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const TaintHop *hop = taint->hops; hop != NULL; hop = hop->next)
    if (hop->next != NULL || strcmp(hop->name, taint->source) != 0) /* a value that nobody knows starts where it is first seen */
      g_ptr_array_insert(names, 0, (void *)hop->name);
  GString *way = names->len > 0 ? g_string_new(NULL) : NULL;
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf(way, "%s%s", i == 0 ? "" : i + 1 == names->len ? " and " : ", ", (const char *)g_ptr_array_index(names, i));
  return way != NULL ? g_string_free(way, FALSE) : NULL;
}

/* ---- expressions ---- */

static void read_expressions(Taints *taints, const WorkflowExpressions *expressions) {
  if (!g_hash_table_add(taints->read, (void *)expressions))
    return;
  for (guint i = 0, next; i < expressions->count; i = next) {
    const WorkflowExpression *first = &expressions->items[i];
    for (next = i + 1; next < expressions->count && expressions->items[next].scalar == first->scalar; next++)
      if (expressions->items[next].span.start <= expressions->items[next - 1].span.start) /* another place of an alias */
        break;
    TaintSpan *span = g_new(TaintSpan, 1);
    *span = (TaintSpan){first, next - i};
    g_hash_table_insert(taints->spans, (void *)first->scalar, span);
  }
}

typedef struct {
  Taints *taints;
  const TaintScope *scope;
  Taint worst;
} Evaluation;

static void add_context(const ExpressionNode *at G_GNUC_UNUSED, const ContextPath *path, void *user) {
  Evaluation *evaluation = user;
  evaluation->worst = taint_worse(evaluation->worst, taint_of_path(evaluation->taints, evaluation->scope, path));
}

Taint taint_of_range(Taints *taints, const TaintScope *scope, const YamlNode *node, size_t start, size_t end) {
  Evaluation evaluation = {.taints = taints, .scope = scope};
  read_expressions(taints, scope->action != NULL ? &scope->action->expressions : &scope->workflow->expressions);
  const TaintSpan *span = node != NULL ? g_hash_table_lookup(taints->spans, node) : NULL;
  for (guint i = 0; span != NULL && i < span->count; i++)
    if (span->items[i].expression != NULL && span->items[i].span.start >= start && span->items[i].span.start < end)
      context_flow(expression_root(span->items[i].expression), add_context, &evaluation);
  return evaluation.worst;
}

Taint taint_of_text(Taints *taints, const TaintScope *scope, const YamlNode *node) {
  return taint_of_range(taints, scope, node, 0, SIZE_MAX);
}

/* ---- contexts ---- */

static Taint of_github(Taints *taints, const TaintScope *scope, const ContextPath *path) {
  static const TaintKind kinds[] = {
    [UNTRUSTED_ABSENT] = TAINT_ABSENT,   [UNTRUSTED_NOBODY] = TAINT_NONE,   [UNTRUSTED_WRITERS] = TAINT_WRITERS,
    [UNTRUSTED_STARTER] = TAINT_STARTER, [UNTRUSTED_SENDER] = TAINT_SENDER, [UNTRUSTED_ANYONE] = TAINT_ANYONE,
  };
  if (scope->workflow != NULL && scope->caller == NULL && path->count > 3 && context_path_below(path, "github.event.inputs"))
    return taint_of_input(taints, scope, path, 3);
  const TaintScope *outermost = scope; /* a called workflow has the event of its caller */
  while (outermost->caller != NULL)
    outermost = outermost->caller;
  return taint_source(taints, kinds[untrusted_github(taints->file->arena, path, outermost->workflow)], path);
}

static bool is_runners_own(const char *name) {
  return g_ascii_strncasecmp(name, "GITHUB_", 7) == 0 || g_ascii_strncasecmp(name, "RUNNER_", 7) == 0 || g_ascii_strcasecmp(name, "CI") == 0;
}

bool taint_of_variable(Taints *taints, const TaintScope *scope, const char *name, Taint *taint) {
  const WorkflowPairs *levels[] = {
    scope->step != NULL ? &scope->step->env : NULL,
    scope->job != NULL ? &scope->job->env : NULL,
    scope->workflow != NULL ? &scope->workflow->env : NULL,
  };
  for (guint level = scope->env_from; level < G_N_ELEMENTS(levels); level++) {
    const WorkflowPairs *pairs = levels[level];
    const WorkflowPair *pair = pairs != NULL ? workflow_pair(pairs, name) : NULL;
    bool whole = pairs != NULL && pair == NULL && pairs->count > 0 && pairs->items[0].name == NULL; /* env: ${{ ... }} */
    if (pair == NULL && !whole)
      continue;
    TaintScope around = *scope;
    around.env_from = level + 1;
    *taint = taint_of_text(taints, &around, (pair != NULL ? pair : &pairs->items[0])->value.node);
    if (whole && taint->kind == TAINT_NONE)
      taint->kind = TAINT_VARIABLE;
    return true;
  }
  return taint_of_written(taints, scope, name, taint);
}

static Taint of_env(Taints *taints, const TaintScope *scope, const ContextPath *path) {
  const char *name = context_path_name(path, 1);
  Taint taint = taint_source(taints, TAINT_VARIABLE, path);
  if (name == NULL)
    return taint;
  if (taint_of_variable(taints, scope, name, &taint))
    return taint_through(taints, taint, "env.%s", name);
  return is_runners_own(name) ? (Taint){.kind = TAINT_NONE} : taint;
}

static Taint of_steps(Taints *taints, const TaintScope *scope, const ContextPath *path) {
  const char *id = context_path_name(path, 1);
  if (context_path_is(path, "steps.*.outcome") || context_path_is(path, "steps.*.conclusion"))
    return (Taint){.kind = TAINT_NONE};
  return id != NULL ? taint_of_output(taints, scope, id, context_path_name(path, 3), path) : taint_source(taints, TAINT_OUTPUT, path);
}

static Taint of_jobs(Taints *taints, const TaintScope *scope, const ContextPath *path) {
  const char *id = context_path_name(path, 1);
  if (path->count == 3 && context_path_matches(path, 2, "result"))
    return (Taint){.kind = TAINT_NONE};
  return id != NULL ? taint_of_job(taints, scope, id, context_path_name(path, 3), path) : taint_source(taints, TAINT_OUTPUT, path);
}

static Taint of_inputs(Taints *taints, const TaintScope *scope, const ContextPath *path) {
  return taint_of_input(taints, scope, path, 1);
}

static Taint of_nobody(Taints *taints G_GNUC_UNUSED, const TaintScope *scope G_GNUC_UNUSED, const ContextPath *path G_GNUC_UNUSED) {
  return (Taint){.kind = TAINT_NONE};
}

/* ---- the matrix ---- */

/* All that stands below a node. */
static Taint of_tree(Taints *taints, const TaintScope *scope, const YamlNode *node, bool *dynamic) {
  if (!taint_spend(taints, 1))
    *dynamic = true;
  else if (node->kind == YAML_SCALAR) {
    Taint taint = taint_of_text(taints, scope, node);
    *dynamic = *dynamic || taint.kind != TAINT_NONE;
    return taint;
  }
  Taint worst = {0};
  guint count = node->kind == YAML_MAPPING ? 2 * node->count : node->count;
  for (guint i = 0; i < count && taints->budget > 0; i++)
    worst = taint_worse(worst, of_tree(taints, scope, node->items[i], dynamic));
  return worst;
}

/* The values that a mapping, or those of a list, give to `name`; all of a node that is one expression. */
static Taint of_dimension(Taints *taints, const TaintScope *scope, const YamlNode *node, const char *name, bool *dynamic) {
  Taint worst = {0};
  if (node == NULL)
    return worst;
  if (node->kind == YAML_SCALAR || name == NULL)
    return of_tree(taints, scope, node, dynamic);
  for (guint i = 0; i < node->count && taint_spend(taints, 1); i++) {
    const YamlNode *value = node->kind == YAML_MAPPING ? yaml_value(node, i) : node->items[i];
    const YamlNode *key = node->kind == YAML_MAPPING ? yaml_key(node, i) : NULL;
    bool named = key != NULL && key->kind == YAML_SCALAR && g_ascii_strcasecmp(key->text, name) == 0;
    bool more = key == NULL || (key->kind == YAML_SCALAR && strcmp(key->text, "include") == 0);
    if (named)
      worst = taint_worse(worst, of_tree(taints, scope, value, dynamic));
    else if (more && value->kind != YAML_SCALAR)
      worst = taint_worse(worst, of_dimension(taints, scope, value, name, dynamic));
    else if (more)
      worst = taint_worse(worst, of_tree(taints, scope, value, dynamic));
  }
  return worst;
}

static Taint of_matrix(Taints *taints, const TaintScope *scope, const ContextPath *path) {
  bool dynamic = false;
  const char *name = context_path_name(path, 1);
  TaintScope outside = *scope;
  outside.step = NULL;
  outside.env_from = 3;
  Taint taint = of_dimension(taints, &outside, scope->job != NULL ? scope->job->strategy.matrix : NULL, name, &dynamic);
  if (!dynamic)
    return (Taint){.kind = TAINT_NONE};
  if (taint.kind == TAINT_NONE || (taint.kind >= TAINT_OUTPUT && taint.kind <= TAINT_INPUT))
    taint.kind = TAINT_MATRIX;
  return taint_through(taints, taint, "matrix.%s", name != NULL ? name : "*");
}

/* ---- all of them ---- */

static const struct {
  const char *context;
  Taint (*look)(Taints *taints, const TaintScope *scope, const ContextPath *path);
} contexts[] = {
  {"github", of_github}, {"env", of_env},        {"steps", of_steps},   {"needs", of_jobs},  {"jobs", of_jobs},  {"inputs", of_inputs},
  {"matrix", of_matrix}, {"secrets", of_nobody}, {"runner", of_nobody}, {"vars", of_nobody}, {"job", of_nobody}, {"strategy", of_nobody},
};

Taint taint_of_path(Taints *taints, const TaintScope *scope, const ContextPath *path) {
  Taint taint = taint_source(taints, TAINT_OUTPUT, path);
  if (taints->depth >= TAINT_DEPTH_MAX || !taint_spend(taints, PATH_COST))
    return taint;
  taints->depth++;
  for (size_t i = 0; i < G_N_ELEMENTS(contexts); i++)
    if (g_ascii_strcasecmp(contexts[i].context, path->names[0]) == 0)
      taint = contexts[i].look(taints, scope, path);
  taints->depth--;
  return taint.source != NULL || taint.kind == TAINT_NONE ? taint : (Taint){taint.kind, taint_source(taints, taint.kind, path).source, taint.hops};
}

Taint taint_of_context(Taints *taints, const WorkflowStep *step, const ContextPath *path) {
  TaintScope scope = {.workflow = taints->file->workflow, .action = taints->file->action, .job = step->job, .step = step};
  return taint_of_path(taints, &scope, path);
}
