#include "lint/rules/constant.h"

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
} Look;

/* `a && '' || b` is b, also where a is true. */
static bool look_at(const ExpressionNode *node, const ExpressionNode *parent G_GNUC_UNUSED, void *user) {
  const Look *look = user;
  size_t count = expression_node_count(node);
  if (node->kind != EXPRESSION_NODE_OR || constant_is(node))
    return true;
  for (size_t i = 0; i + 1 < count; i++) {
    const ExpressionNode *choice = expression_node_child(node, i);
    if (choice->kind != EXPRESSION_NODE_AND || constant_is(choice))
      continue;
    const ExpressionNode *value = expression_node_child(choice, expression_node_count(choice) - 1);
    if (!constant_is_falsy(look->expression, value))
      continue;
    LintReport report = lint_report_in(look->file, look->expression, value->start, value->end);
    report.help = g_strdup("turn the condition round, so that the other value stands behind &&, or write case(condition, value, other)");
    lint_report(look->file, report, "the value behind && counts as false, so what stands behind || is always chosen");
  }
  return true;
}

static void check_expression(LintFile *file, const WorkflowExpression *expression) {
  Look look = {file, expression};
  if (expression->expression != NULL)
    expression_node_walk(expression_root(expression->expression), look_at, &look);
}

const Rule rule_unsound_ternary = {
  .id = "unsound-ternary",
  .family = FAMILY_SECURITY,
  .summary = "a choice that never gives its first value",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .expression = check_expression,
};
