#include "lint/rules/constant.h"

static bool is_pure(const ExpressionNode *call) {
  static const char *const pure[] = {"contains", "startsWith", "endsWith", "format", "toJSON", "join"};
  for (size_t i = 0; i < G_N_ELEMENTS(pure); i++)
    if (expression_node_calls(call, pure[i]))
      return true;
  return false;
}

bool constant_is(const ExpressionNode *node) {
  if (node->kind == EXPRESSION_NODE_LITERAL)
    return true;
  if (node->kind == EXPRESSION_NODE_CALL ? !is_pure(node) : node->kind < EXPRESSION_NODE_NOT)
    return false;
  for (size_t i = 0; i < expression_node_count(node); i++)
    if (!constant_is(expression_node_child(node, i)))
      return false;
  return true;
}

static bool evaluate(const WorkflowExpression *expression, const ExpressionNode *node, ExpressionValue *value) {
  const char *text = expression->scalar->text + expression->span.inner;
  g_autoptr(Expression) part = expression_parse(text + node->start, node->end - node->start, NULL);
  return part != NULL && expression_evaluate(part, &(ExpressionScope){0}, value, NULL);
}

bool constant_is_falsy(const WorkflowExpression *expression, const ExpressionNode *node) {
  g_auto(ExpressionValue) value = {0};
  return constant_is(node) && evaluate(expression, node, &value) && !expression_value_is_truthy(&value);
}

char *constant_text(const WorkflowExpression *expression, const ExpressionNode *node) {
  g_auto(ExpressionValue) value = {0};
  return evaluate(expression, node, &value) ? expression_value_to_string(&value, NULL) : NULL;
}
