#include "workflow/expression/batch.h"

#include "workflow/expression/expression.h"

#include <string.h>

static const char *const error_kinds[] = {
  [EXPRESSION_ERROR_LEXING] = "lexing",
  [EXPRESSION_ERROR_PARSING] = "parsing",
  [EXPRESSION_ERROR_EVALUATION] = "evaluation",
};

static json_t *answer_error(const char *kind, const char *message) {
  return json_pack("{s:{s:s, s:s}}", "error", "kind", kind, "message", message);
}

static char **member_names(json_t *object) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  void *iter = json_object_iter(object);
  for (; iter != NULL; iter = json_object_iter_next(object, iter))
    g_ptr_array_add(names, g_strdup(json_object_iter_key(iter)));
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static bool evaluate(json_t *text, json_t *contexts, ExpressionValue *value, GError **error) {
  static const ExpressionFunction no_functions[] = {{0}};
  g_auto(GStrv) names = member_names(contexts);
  ExpressionNames known = {.contexts = (const char *const *)names, .functions = no_functions};
  ExpressionScope scope = {.contexts = contexts};

  g_autoptr(Expression) expression = expression_parse_named(json_string_value(text), json_string_length(text), &known, error);
  return expression != NULL && expression_evaluate(expression, &scope, value, error);
}

static json_t *answer(json_t *text, json_t *contexts) {
  g_autoptr(GError) error = NULL;
  g_auto(ExpressionValue) value = {0};

  if (!evaluate(text, contexts, &value, &error))
    return answer_error(error_kinds[error->code], error->message);
  return json_pack("{s:s, s:o}", "kind", expression_kind_name(value.kind), "value", expression_value_to_json(&value));
}

json_t *expression_batch_line(const char *line) {
  json_error_t problem = {0};
  json_auto_t *request = json_loads(line, JSON_ALLOW_NUL, &problem);
  json_t *text = json_object_get(request, "expr");
  json_t *contexts = json_object_get(request, "contexts");

  if (!json_is_string(text) || (contexts != NULL && !json_is_object(contexts)))
    return answer_error("protocol", request == NULL ? problem.text : "expected {\"expr\": text, \"contexts\": {name: value}}");
  return answer(text, contexts);
}
