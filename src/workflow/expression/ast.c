#include "workflow/expression/internal.h"

ExpressionNode *expression_node_new(ExpressionNodeKind kind, size_t start, size_t length) {
  ExpressionNode *node = g_new0(ExpressionNode, 1);
  *node = (ExpressionNode){.kind = kind, .depth = 1, .start = start, .end = start + length, .at = start};
  return node;
}

void expression_node_free(ExpressionNode *node) {
  if (node == NULL)
    return;
  g_clear_pointer(&node->children, g_ptr_array_unref);
  expression_value_clear(&node->value);
  g_free(node->name);
  g_free(node);
}

void expression_node_adopt(ExpressionNode *node, ExpressionNode *child) {
  if (node->children == NULL)
    node->children = g_ptr_array_new_with_free_func((GDestroyNotify)expression_node_free);
  g_ptr_array_add(node->children, child);
  node->depth = MAX(node->depth, child->depth + 1);
  node->start = MIN(node->start, child->start);
  node->end = MAX(node->end, child->end);
}

static bool is_chain(ExpressionNodeKind kind) {
  return kind == EXPRESSION_NODE_AND || kind == EXPRESSION_NODE_OR;
}

/* Moves the children of `link` to `node`. The array itself moves where it can, or a long chain would cost its square.
 */
static void adopt_children(ExpressionNode *node, ExpressionNode *link) {
  if (node->children == NULL)
    node->children = g_steal_pointer(&link->children);
  else
    g_ptr_array_extend_and_steal(node->children, g_steal_pointer(&link->children));
  node->depth = MAX(node->depth, link->depth);
  node->start = MIN(node->start, link->start);
  node->end = MAX(node->end, link->end);
}

void expression_node_adopt_flat(ExpressionNode *node, ExpressionNode *child) {
  if (!is_chain(node->kind) || child->kind != node->kind) {
    expression_node_adopt(node, child);
    return;
  }
  if (node->children == NULL)
    node->at = child->at;
  adopt_children(node, child);
  expression_node_free(child);
}

static bool walk(const ExpressionNode *node, const ExpressionNode *parent, ExpressionVisitor visit, void *user) {
  if (!visit(node, parent, user))
    return false;
  for (size_t i = 0; i < expression_node_count(node); i++) {
    if (!walk(expression_node_child(node, i), node, visit, user))
      return false;
  }
  return true;
}

bool expression_node_walk(const ExpressionNode *node, ExpressionVisitor visit, void *user) {
  return node == NULL || walk(node, NULL, visit, user);
}

bool expression_node_calls(const ExpressionNode *node, const char *function) {
  return node->kind == EXPRESSION_NODE_CALL && g_ascii_strcasecmp(node->name, function) == 0;
}
