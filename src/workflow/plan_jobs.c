#include "workflow/plan_build.h"

#include "workflow/expression/ast.h"
#include "workflow/matrix.h"

#include <string.h>

#define NAME_MAX_CHARACTERS 400
#define NAME_MEMORY_BYTES ((size_t)64 << 10) /* of the expressions in it */

/* ---- names ---- */

/* A name is there to be shown, perhaps before many others. Takes `name`. */
static char *shorten(char *name) {
  if (g_utf8_strlen(name, -1) <= NAME_MAX_CHARACTERS)
    return name;
  g_autofree char *whole = name;
  *g_utf8_offset_to_pointer(whole, NAME_MAX_CHARACTERS - 3) = '\0';
  return g_strconcat(whole, "...", NULL);
}

static bool is_known_context(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
  (void)parent, (void)user;
  if (node->kind == EXPRESSION_NODE_CONTEXT)
    return g_ascii_strcasecmp(node->name, "matrix") == 0 || g_ascii_strcasecmp(node->name, "strategy") == 0;
  return node->kind != EXPRESSION_NODE_CALL || node->builtin != NULL;
}

static void append_piece(GString *name, const char *text, const ExpressionSegment *piece, const ExpressionScope *scope) {
  g_auto(ExpressionValue) value = {0};
  bool known = scope != NULL && piece->expression != NULL && expression_node_walk(expression_root(piece->expression), is_known_context, NULL);
  if (known && expression_evaluate(piece->expression, scope, &value, NULL)) {
    g_autofree char *evaluated = expression_value_to_string(&value, NULL);
    g_string_append(name, evaluated);
  } else {
    g_string_append_len(name, text + piece->span.start, (gssize)(piece->span.end - piece->span.start));
  }
}

/* A name with what the matrix gives; what only a run knows stays as it is written. `scope` NULL: nothing is known. */
static char *fill_name(const char *text, const ExpressionTemplate *template, const ExpressionScope *scope) {
  GString *name = g_string_new(NULL);
  size_t count;
  const ExpressionSegment *pieces = expression_template_segments(template, &count);
  for (size_t i = 0; i < count; i++)
    append_piece(name, text, &pieces[i], scope);
  return shorten(g_string_free(name, FALSE));
}

/* A name that has expressions says itself how its legs differ; GitHub adds the combination only to one that has none. */
static char *leg_name(const PlanFileJob *job, const ExpressionTemplate *template, const MatrixLegs *legs, size_t index) {
  if (template == NULL)
    return matrix_job_name(job->name, legs, index);
  json_auto_t *contexts = json_pack("{s:O, s:{s:i, s:i}}", "matrix", json_array_get(legs->combinations, index), "strategy", "job-index", (int)index,
                                    "job-total", (int)json_array_size(legs->combinations));
  ExpressionScope scope = {.contexts = contexts, .memory_limit_bytes = NAME_MEMORY_BYTES};
  return fill_name(job->name, template, &scope);
}

/* NULL when the name has no expressions. */
static ExpressionTemplate *name_template(const char *name) {
  return strstr(name, "${{") != NULL ? expression_template_parse(name, strlen(name), NULL, NULL) : NULL;
}

/* ---- matrices ---- */

/* Sets `legs` when they are known. */
static bool expand_matrix(const WorkflowJob *job, PlanFileJob *expanded, MatrixLegs *legs, GError **error) {
  const YamlNode *matrix = job->strategy.matrix;
  expanded->dynamic = job->strategy.node != NULL && (job->strategy.node->kind == YAML_SCALAR || (matrix != NULL && !matrix_is_constant(matrix)));
  if (matrix == NULL) {
    legs->combinations = expanded->dynamic ? NULL : json_pack("[{}]");
    return true;
  }
  expanded->matrix = expanded->dynamic ? matrix_as_written(matrix) : matrix_evaluate(matrix, NULL, error);
  return expanded->dynamic || (expanded->matrix != NULL && matrix_expand(expanded->matrix, matrix->location, legs, error));
}

static bool expand_job(const WorkflowJob *job, PlanFileJob *expanded, Diagnostics *diagnostics) {
  g_autoptr(GError) error = NULL;
  g_auto(MatrixLegs) legs = {0};
  bool named = job->name.text != NULL && *job->name.text != '\0';
  expanded->name = shorten(g_strdup(named ? job->name.text : job->id));
  if (!expand_matrix(job, expanded, &legs, &error)) {
    diagnostics_add_error(diagnostics, job->location.file, "matrix", error);
    return false;
  }
  g_autoptr(ExpressionTemplate) template = name_template(expanded->name);
  expanded->leg_count = (guint)json_array_size(legs.combinations);
  expanded->legs = g_new0(PlanLeg, expanded->leg_count);
  for (guint i = 0; i < expanded->leg_count; i++)
    expanded->legs[i] = (PlanLeg){
      .name = leg_name(expanded, template, &legs, i),
      .matrix = expanded->matrix != NULL ? json_incref(json_array_get(legs.combinations, i)) : NULL,
    };
  return true;
}

/* ---- needs ---- */

static guint position(GHashTable *ids, const char *id) {
  g_autofree char *folded = g_ascii_strdown(id, -1);
  return GPOINTER_TO_UINT(g_hash_table_lookup(ids, folded));
}

static void read_needs(const WorkflowJob *job, GHashTable *ids, PlanFileJob *read) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  read->needs = g_new(guint, job->needs.count);
  for (guint i = 0; i < job->needs.count; i++) {
    guint at = position(ids, job->needs.items[i].text);
    if (at > 0 && g_hash_table_add(seen, GUINT_TO_POINTER(at)))
      read->needs[read->need_count++] = at - 1;
  }
}

static void read_all_needs(PlanFile *file) {
  g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < file->workflow->job_count; i++)
    g_hash_table_insert(ids, g_ascii_strdown(file->workflow->jobs[i].id, -1), GUINT_TO_POINTER(i + 1));
  for (guint i = 0; i < file->workflow->job_count; i++)
    read_needs(&file->workflow->jobs[i], ids, &file->jobs[i]);
}

/* ---- all jobs ---- */

bool plan_file_read_jobs(PlanFile *file, Diagnostics *diagnostics) {
  const Workflow *workflow = file->workflow;
  bool good = true;
  guint64 runs = 0;
  file->jobs = g_new0(PlanFileJob, workflow->job_count);
  read_all_needs(file);
  for (guint i = 0; i < workflow->job_count && runs <= PLAN_JOBS_MAX; i++) {
    good = expand_job(&workflow->jobs[i], &file->jobs[i], diagnostics) && good;
    runs += file->jobs[i].leg_count;
  }
  if (runs <= PLAN_JOBS_MAX)
    return good;
  diagnostics_add_rule(diagnostics, workflow->jobs[0].location, "matrix", "the jobs of this file and their matrices give more than %d runs",
                       PLAN_JOBS_MAX);
  return false;
}

void plan_file_jobs_free(PlanFile *file) {
  for (guint i = 0; file->jobs != NULL && i < file->workflow->job_count; i++) {
    PlanFileJob *job = &file->jobs[i];
    for (guint n = 0; n < job->leg_count; n++) {
      g_free(job->legs[n].name);
      json_decref(job->legs[n].matrix);
    }
    g_free(job->name), g_free(job->legs), g_free(job->needs);
    json_decref(job->matrix);
  }
  g_clear_pointer(&file->jobs, g_free);
}
