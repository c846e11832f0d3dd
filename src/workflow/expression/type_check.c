#include "workflow/expression/type_internal.h"

/* What a node's value is taken to be, where an operator looks at it: `a && b || c` has the value of `a && b` only where that
 * is true, and then it is b. */
typedef enum { EITHER, TRUTHY, FALSY } Assumption;

static const Type *check(const ExpressionTypeScope *scope, const ExpressionNode *node, Assumption assumed);

/* --- operands --- */

static const Type *literal_type(const ExpressionNode *node) {
  static const Type *const types[] = {
    [EXPRESSION_NULL] = &type_null,     [EXPRESSION_BOOLEAN] = &type_bool,    [EXPRESSION_NUMBER] = &type_number,
    [EXPRESSION_STRING] = &type_string, [EXPRESSION_ARRAY] = &type_any_array, [EXPRESSION_OBJECT] = &type_any_object,
  };
  return types[node->value.kind];
}

static const Type *context_type(const ExpressionTypeScope *scope, const ExpressionNode *node) {
  const Type *type = scope->context == NULL ? type_of_context(node->name) : scope->context(node->name, scope->user);
  return type == NULL ? &type_any : type;
}

static const Type *check_index(const ExpressionTypeScope *scope, const ExpressionNode *node) {
  const Type *operand = check(scope, expression_node_child(node, 0), EITHER);
  const Type *index = check(scope, expression_node_child(node, 1), EITHER);
  return type_check_member(scope, node, operand, index);
}

static const Type *check_call(const ExpressionTypeScope *scope, const ExpressionNode *node) {
  size_t count = expression_node_count(node);
  g_autofree const Type **arguments = g_new(const Type *, count);
  for (size_t i = 0; i < count; i++)
    arguments[i] = check(scope, expression_node_child(node, i), EITHER);
  return type_check_call(scope, node, arguments);
}

/* --- operators --- */

/* `a && b` is the first of them that is false, else the last; `||` the first that is true. The assumption that all of a
 * chain is what its operator does not look for leaves the last alone. */
static const Type *check_chain(const ExpressionTypeScope *scope, const ExpressionNode *node, Assumption assumed) {
  Assumption wanted = node->kind == EXPRESSION_NODE_AND ? FALSY : TRUTHY;
  bool only_last = assumed != EITHER && assumed != wanted;
  size_t last = expression_node_count(node) - 1;
  const Type *early = NULL;

  for (size_t i = 0; i < last; i++) {
    const Type *type = check(scope, expression_node_child(node, i), wanted);
    early = early == NULL ? type : type_merge(scope->arena, early, type);
  }
  const Type *type = check(scope, expression_node_child(node, last), assumed);
  return only_last || early == NULL ? type : type_merge(scope->arena, early, type);
}

static const char *operator_text(const ExpressionNode *node) {
  static const char *const texts[] = {
    [EXPRESSION_NODE_EQUAL] = "==",      [EXPRESSION_NODE_NOT_EQUAL] = "!=", [EXPRESSION_NODE_LESS] = "<",
    [EXPRESSION_NODE_LESS_EQUAL] = "<=", [EXPRESSION_NODE_GREATER] = ">",    [EXPRESSION_NODE_GREATER_EQUAL] = ">=",
  };
  return texts[node->kind];
}

static const Type *check_comparison(const ExpressionTypeScope *scope, const ExpressionNode *node) {
  const Type *left = check(scope, expression_node_child(node, 0), EITHER);
  const Type *right = check(scope, expression_node_child(node, 1), EITHER);
  bool ordered = node->kind != EXPRESSION_NODE_EQUAL && node->kind != EXPRESSION_NODE_NOT_EQUAL;
  bool sound = ordered ? type_is_ordered(left) && type_is_ordered(right) : type_may_equal(left, right);
  if (sound)
    return &type_bool;

  g_autofree char *left_text = type_describe_briefly(left);
  g_autofree char *right_text = type_describe_briefly(right);
  type_report(scope, TYPE_FINDING_COMPARISON, node, "expected %s around \"%s\", found %s and %s",
              ordered ? "numbers or strings" : "values that can be equal", operator_text(node), left_text, right_text);
  return &type_bool;
}

static const Type *check(const ExpressionTypeScope *scope, const ExpressionNode *node, Assumption assumed) {
  switch (node->kind) {
  case EXPRESSION_NODE_LITERAL:
    return literal_type(node);
  case EXPRESSION_NODE_CONTEXT:
    return context_type(scope, node);
  case EXPRESSION_NODE_CALL:
    return check_call(scope, node);
  case EXPRESSION_NODE_INDEX:
    return check_index(scope, node);
  case EXPRESSION_NODE_WILDCARD:
    return &type_any;
  case EXPRESSION_NODE_NOT:
    check(scope, expression_node_child(node, 0), EITHER);
    return &type_bool;
  case EXPRESSION_NODE_AND:
  case EXPRESSION_NODE_OR:
    return check_chain(scope, node, assumed);
  default:
    return check_comparison(scope, node);
  }
}

const Type *expression_type_check(const ExpressionNode *node, const ExpressionTypeScope *scope) {
  return node == NULL ? &type_null : check(scope, node, EITHER);
}
