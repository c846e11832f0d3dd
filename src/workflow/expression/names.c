#include "workflow/expression/internal.h"

/* --- contexts --- */

static bool is_known_context(const ExpressionNames *names, const char *name) {
  if (names == NULL || names->contexts == NULL)
    return true;
  for (const char *const *context = names->contexts; *context != NULL; context++) {
    if (g_ascii_strcasecmp(*context, name) == 0)
      return true;
  }
  return false;
}

bool expression_check_context(const ExpressionNames *names, const ExpressionNode *node, GError **error) {
  if (is_known_context(names, node->name))
    return true;

  g_autofree char *known = g_strjoinv(", ", (char **)names->contexts);
  return expression_fail(error, EXPRESSION_ERROR_PARSING, node->at, "expected a context that is available here (%s), found \"%s\"",
                         known[0] ? known : "none", node->name);
}

/* --- functions --- */

static const ExpressionFunction *find_in(const ExpressionFunction *functions, const char *name) {
  for (; functions->name != NULL; functions++) {
    if (g_ascii_strcasecmp(functions->name, name) == 0)
      return functions;
  }
  return NULL;
}

static bool check_count(const ExpressionNode *call, const ExpressionFunction *function, GError **error) {
  size_t count = expression_node_count(call);
  if (count >= function->least && count <= function->most)
    return true;

  g_autofree char *range =
    function->least == function->most ? g_strdup_printf("%u", function->least) : g_strdup_printf("%u to %u", function->least, function->most);
  return expression_fail(error, EXPRESSION_ERROR_PARSING, call->at, "expected %s arguments for %s(), found %zu", range, function->name, count);
}

bool expression_check_call(const ExpressionNames *names, ExpressionNode *call, GError **error) {
  const ExpressionFunction *listed = names == NULL ? NULL : names->functions;
  const ExpressionFunction *known = NULL;

  call->builtin = expression_builtin_find(call->name);
  if (call->builtin != NULL || listed == NULL)
    known = expression_function_find(call->name);
  else
    known = find_in(listed, call->name);

  if (known == NULL && listed != NULL)
    return expression_fail(error, EXPRESSION_ERROR_PARSING, call->at, "expected a function that is available here, found \"%s\"", call->name);
  if (known != NULL && !check_count(call, known, error))
    return false;
  if (call->builtin != NULL && call->builtin->odd && expression_node_count(call) % 2 == 0)
    return expression_fail(error, EXPRESSION_ERROR_PARSING, call->at,
                           "expected an odd number of arguments for %s(): pairs of condition and value, then the "
                           "value otherwise; found %zu",
                           call->builtin->signature.name, expression_node_count(call));
  return true;
}
