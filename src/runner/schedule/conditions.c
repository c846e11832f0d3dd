#include "runner/schedule/node.h"

#include "base/error.h"
#include "runner/expand.h"

#include <string.h>

/* ---- contexts ---- */

static void set(json_t *contexts, const char *name, const json_t *value) {
  if (value != NULL)
    json_object_set(contexts, name, (json_t *)value);
  else
    json_object_set_new(contexts, name, json_object());
}

json_t *schedule_contexts(const ScheduleSpec *spec, const ScheduleFrame *frame, const ScheduleNode *node, const ScheduleLeg *leg) {
  json_t *contexts = json_object();
  set(contexts, "github", frame->github);
  set(contexts, "inputs", frame->inputs);
  set(contexts, "vars", spec->vars);
  if (node != NULL)
    set(contexts, "needs", node->needs);
  if (leg != NULL) {
    set(contexts, "matrix", leg->matrix);
    set(contexts, "strategy", leg->strategy);
  }
  return contexts;
}

/* ---- status functions ---- */

/* Of the jobs that are named: each must be one of `needs`, without regard to case. */
static const char *result_of(const ScheduleNode *node, const ExpressionValue *argument) {
  g_autofree char *id = expression_value_to_string(argument, NULL);
  const char *key;
  json_t *value;
  json_object_foreach (node->needs, key, value)
    if (g_ascii_strcasecmp(key, id) == 0)
      return json_string_value(json_object_get(value, "result"));
  return "";
}

static bool all_succeeded(const ScheduleNode *node, const ExpressionValue *arguments, size_t count) {
  bool success = count > 0 || node->success;
  for (size_t i = 0; i < count; i++)
    success = success && strcmp(result_of(node, &arguments[i]), "success") == 0;
  return success && !node->frame->cancelled;
}

static bool one_failed(const ScheduleNode *node, const ExpressionValue *arguments, size_t count) {
  bool failure = count == 0 && node->failure;
  for (size_t i = 0; i < count; i++)
    failure = failure || strcmp(result_of(node, &arguments[i]), "failure") == 0;
  return failure && !node->frame->cancelled;
}

static bool is_cancelled(const ScheduleNode *node, const ExpressionValue *arguments, size_t count) {
  (void)arguments, (void)count;
  return node->frame->cancelled;
}

static bool is_true(const ScheduleNode *node, const ExpressionValue *arguments, size_t count) {
  (void)node, (void)arguments, (void)count;
  return true;
}

static const struct {
  const char *name;
  bool (*answer)(const ScheduleNode *node, const ExpressionValue *arguments, size_t count);
} functions[] = {{"success", all_succeeded}, {"failure", one_failed}, {"cancelled", is_cancelled}, {"always", is_true}};

static bool call(const char *name, const ExpressionValue *arguments, size_t count, ExpressionValue *result, void *user, GError **error) {
  for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
    if (g_ascii_strcasecmp(name, functions[i].name) != 0)
      continue;
    *result = expression_value_boolean(functions[i].answer(user, arguments, count));
    return true;
  }
  return error_set(error, DROVER_ERROR_INPUT, "%s() is not available here", name);
}

bool schedule_condition(const ScheduleSpec *spec, const ScheduleNode *node, bool *met, GError **error) {
  json_auto_t *contexts = schedule_contexts(spec, node->frame, node, NULL);
  ExpressionScope scope = {.contexts = contexts, .call = call, .user = (void *)node};
  return expand_condition(&node->plan->job->condition, &scope, met, error);
}
