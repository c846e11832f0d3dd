#include "runner/schedule/node.h"

#include "base/error.h"
#include "runner/expand.h"
#include "workflow/matrix.h"

#include <math.h>
#include <string.h>

#define NAME_MAX_CHARACTERS 400
#define NAME_MEMORY_BYTES ((size_t)64 << 10)

/* ---- the strategy ---- */

static Location place_of(const ScheduleNode *node, const char *key) {
  const YamlNode *strategy = node->plan->job->strategy.node;
  const YamlNode *member = strategy != NULL && strategy->kind == YAML_MAPPING ? yaml_get(strategy, key) : NULL;
  return member != NULL ? member->location : strategy != NULL ? strategy->location : node->plan->job->location;
}

static bool refuse(Location where, const char *expected, const json_t *found, GError **error) {
  g_auto(ExpressionValue) value = expression_value_from_json((json_t *)found);
  g_autofree char *text = expression_value_to_string(&value, NULL);
  return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: expected %s, found \"%.60s\"", where.file, where.line, where.column, expected, text);
}

bool schedule_read_bool(const json_t *value, Location where, bool fallback, bool *read, GError **error) {
  const char *text = json_is_string(value) ? json_string_value(value) : "";
  bool absent = value == NULL || json_is_null(value) || (json_is_string(value) && *text == '\0');
  if (!absent && !json_is_boolean(value) && g_ascii_strcasecmp(text, "true") != 0 && g_ascii_strcasecmp(text, "false") != 0)
    return refuse(where, "true or false", value, error);
  *read = absent ? fallback : json_is_true(value) || g_ascii_strcasecmp(text, "true") == 0;
  return true;
}

static bool read_max_parallel(const json_t *given, Location where, guint total, guint *read, GError **error) {
  *read = total;
  if (given == NULL || json_is_null(given))
    return true;
  g_auto(ExpressionValue) value = expression_value_from_json((json_t *)given);
  double number = expression_value_to_number(&value);
  if (!(number > 0))
    return refuse(where, "a number above 0", given, error);
  *read = (guint)fmax(1, fmin(number, total));
  return true;
}

/* The strategy with its expressions evaluated, all of it be one or not; an object. */
static json_t *evaluate_strategy(const ScheduleNode *node, const ExpressionScope *scope, GError **error) {
  const YamlNode *written = node->plan->job->strategy.node;
  if (written == NULL)
    return json_object();
  json_t *strategy = matrix_evaluate(written, scope, error);
  if (strategy == NULL || json_is_object(strategy))
    return strategy;
  refuse(written->location, "a strategy: a mapping", strategy, error);
  json_decref(strategy);
  return NULL;
}

static bool expand_legs(const ScheduleNode *node, const json_t *strategy, MatrixLegs *legs, GError **error) {
  const json_t *matrix = json_object_get(strategy, "matrix");
  if (matrix != NULL && !json_is_null(matrix))
    return matrix_expand(matrix, place_of(node, "matrix"), legs, error);
  legs->combinations = json_pack("[n]");
  return true;
}

/* ---- names ---- */

static char *shorten(char *name) {
  g_autofree char *whole = name;
  if (g_utf8_strlen(whole, -1) <= NAME_MAX_CHARACTERS)
    return g_steal_pointer(&whole);
  *g_utf8_offset_to_pointer(whole, NAME_MAX_CHARACTERS - 3) = '\0';
  return g_strconcat(whole, "...", NULL);
}

/* A name that has expressions says itself how its legs differ. One that cannot be evaluated stays as it is written. */
static char *leg_name(const ScheduleSpec *spec, const ScheduleLeg *leg, const MatrixLegs *legs) {
  const WorkflowJob *job = leg->node->plan->job;
  const char *name = leg->node->plan->name;
  if (job->name.text == NULL || strstr(job->name.text, "${{") == NULL)
    return json_is_null(leg->matrix) ? g_strdup(name) : matrix_job_name(name, legs, leg->index);
  json_auto_t *contexts = schedule_contexts(spec, leg->node->frame, leg->node, leg);
  ExpressionScope scope = {.contexts = contexts, .memory_limit_bytes = NAME_MEMORY_BYTES};
  char *text = expand_text(&job->name, &scope, NULL);
  return text != NULL ? shorten(text) : g_strdup(name);
}

static void add_leg(const ScheduleSpec *spec, ScheduleNode *node, const MatrixLegs *legs, size_t total) {
  guint index = node->legs->len;
  json_t *strategy = json_pack("{s:b, s:i, s:i, s:i}", "fail-fast", node->fail_fast, "job-index", (int)index, "job-total", (int)total, "max-parallel",
                               (int)node->running_max);
  ScheduleLeg *leg = schedule_leg_new(node, NULL, json_deep_copy(json_array_get(legs->combinations, index)), strategy);
  g_autofree char *name = leg_name(spec, leg, legs);
  leg->name = schedule_node_name(node, name);
}

bool schedule_make_legs(const ScheduleSpec *spec, ScheduleNode *node, GError **error) {
  json_auto_t *contexts = schedule_contexts(spec, node->frame, node, NULL);
  ExpressionScope scope = {.contexts = contexts};
  g_auto(MatrixLegs) legs = {0};
  json_auto_t *strategy = evaluate_strategy(node, &scope, error);
  if (strategy == NULL || !expand_legs(node, strategy, &legs, error))
    return false;
  size_t total = json_array_size(legs.combinations);
  if (!schedule_read_bool(json_object_get(strategy, "fail-fast"), place_of(node, "fail-fast"), true, &node->fail_fast, error) ||
      !read_max_parallel(json_object_get(strategy, "max-parallel"), place_of(node, "max-parallel"), (guint)total, &node->running_max, error))
    return false;
  for (size_t i = 0; i < total; i++)
    add_leg(spec, node, &legs, total);
  return true;
}
