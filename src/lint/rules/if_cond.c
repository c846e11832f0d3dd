#include "lint/rules/condition_fix.h"

#include "workflow/expression/ast.h"

#include <string.h>

/* What a condition gives whatever the run is like. */
typedef enum { GIVES_BOTH, GIVES_TRUE, GIVES_FALSE } Outcome;

static bool is_constant_node(const ExpressionNode *node, G_GNUC_UNUSED const ExpressionNode *parent, G_GNUC_UNUSED void *user) {
  return node->kind != EXPRESSION_NODE_CONTEXT && (node->kind != EXPRESSION_NODE_CALL || node->builtin != NULL);
}

/* `&&` and `||` with an operand that decides: `github.ref == 'a' || 'b'` is true for every ref. */
static Outcome outcome_of(const ExpressionNode *node) {
  Outcome decides = node->kind == EXPRESSION_NODE_AND ? GIVES_FALSE : GIVES_TRUE;
  if (node->kind == EXPRESSION_NODE_LITERAL)
    return expression_value_is_truthy(&node->value) ? GIVES_TRUE : GIVES_FALSE;
  if (node->kind == EXPRESSION_NODE_NOT) {
    Outcome inner = outcome_of(expression_node_child(node, 0));
    return inner == GIVES_BOTH ? GIVES_BOTH : inner == GIVES_TRUE ? GIVES_FALSE : GIVES_TRUE;
  }
  if (node->kind != EXPRESSION_NODE_AND && node->kind != EXPRESSION_NODE_OR)
    return GIVES_BOTH;
  bool all = true;
  for (size_t i = 0; i < expression_node_count(node); i++) {
    Outcome one = outcome_of(expression_node_child(node, i));
    if (one == decides)
      return decides;
    all = all && one != GIVES_BOTH;
  }
  return !all ? GIVES_BOTH : decides == GIVES_TRUE ? GIVES_FALSE : GIVES_TRUE;
}

static Outcome outcome(const Expression *expression) {
  const ExpressionScope nothing = {0};
  g_auto(ExpressionValue) value = {0};
  const ExpressionNode *root = expression_root(expression);
  if (root == NULL)
    return GIVES_BOTH;
  if (!expression_node_walk(root, is_constant_node, NULL) || !expression_evaluate(expression, &nothing, &value, NULL))
    return outcome_of(root);
  return expression_value_is_truthy(&value) ? GIVES_TRUE : GIVES_FALSE;
}

/* `if: ${{ a }} && b` is a text, and a text that is not empty is true. It may hold several expressions, the first speaks for all. */
static void check_text(LintFile *file, const WorkflowExpression *expression) {
  if (strstr(expression->scalar->text, "${{") != expression->scalar->text + expression->span.start)
    return;
  LintReport report = {.node = expression->scalar, .help = g_strdup("write all of it inside ${{ }}, or without them")};
  report.fix = condition_fix(file, expression->scalar);
  lint_report(file, report, "this condition is always true: what stands beside ${{ }}, be it a blank, makes it a text");
}

/* `a == 'x' || 'y'` was meant to compare twice. */
static bool forgets_comparison(const ExpressionNode *node) {
  bool compares = false, lone = false;
  for (size_t i = 0; node->kind == EXPRESSION_NODE_OR && i < expression_node_count(node); i++) {
    const ExpressionNode *part = expression_node_child(node, i);
    compares = compares || part->kind == EXPRESSION_NODE_EQUAL;
    lone = lone || (part->kind == EXPRESSION_NODE_LITERAL && part->value.kind == EXPRESSION_STRING);
  }
  return compares && lone;
}

static const char *advice(const Expression *expression, Outcome gives) {
  if (gives == GIVES_TRUE && forgets_comparison(expression_root(expression)))
    return "a text alone counts as true: compare in each part, a == 'x' || a == 'y'";
  return gives == GIVES_TRUE ? "leave it out" : "take out what never runs";
}

static void check_expression(LintFile *file, const WorkflowExpression *expression) {
  if ((expression->kinds & KIND_CONDITION) == 0)
    return;
  if (!expression->bare && !expression->whole) {
    check_text(file, expression);
    return;
  }
  Outcome gives = outcome(expression->expression);
  if (gives != GIVES_BOTH)
    lint_report(file, (LintReport){.node = expression->scalar, .help = g_strdup(advice(expression->expression, gives))},
                "this condition is always %s, whatever the run is like", gives == GIVES_TRUE ? "true" : "false");
}

const Rule rule_if_cond = {
  .id = "if-cond",
  .family = FAMILY_CORRECTNESS,
  .summary = "a condition that always gives the same",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .expression = check_expression,
};
