/* The syntax tree of an expression, for those who look at it without evaluating it: the linter, security rules.
 *
 * Read-only. Nodes belong to their Expression and live as long. All offsets are bytes into the text that was parsed.
 * The tree is at most EXPRESSION_MAX_DEPTH deep, so a recursive walk is safe. Parentheses leave no node; chains of `&&`
 * or `||` are one node with many children. */
#pragma once

#include "workflow/expression/expression.h"

typedef enum {
  EXPRESSION_NODE_LITERAL,  /* value */
  EXPRESSION_NODE_CONTEXT,  /* name */
  EXPRESSION_NODE_CALL,     /* name(children...) */
  EXPRESSION_NODE_INDEX,    /* children[0][children[1]]; `dotted` where written as .name or .* */
  EXPRESSION_NODE_WILDCARD, /* `*`, only as the second child of an index */
  EXPRESSION_NODE_NOT,
  EXPRESSION_NODE_EQUAL,
  EXPRESSION_NODE_NOT_EQUAL,
  EXPRESSION_NODE_LESS,
  EXPRESSION_NODE_LESS_EQUAL,
  EXPRESSION_NODE_GREATER,
  EXPRESSION_NODE_GREATER_EQUAL,
  EXPRESSION_NODE_AND, /* two children or more */
  EXPRESSION_NODE_OR,
} ExpressionNodeKind;

struct ExpressionNode {
  ExpressionNodeKind kind;
  unsigned depth; /* a leaf has 1 */
  size_t start;   /* text[start..end) is the node with its children */
  size_t end;
  size_t at;             /* what the node is known by: its name, its (first) operator, its `.` or `[` */
  char *name;            /* of a context or call, as written, else NULL */
  ExpressionValue value; /* of a literal; the name after a `.` is a literal string */
  bool dotted;
  const struct ExpressionBuiltin *builtin; /* of a call; NULL where the scope answers it */
  GPtrArray *children;                     /* of ExpressionNode, NULL for a leaf */
};

static inline size_t expression_node_count(const ExpressionNode *node) {
  return node->children == NULL ? 0 : node->children->len;
}

static inline const ExpressionNode *expression_node_child(const ExpressionNode *node, size_t index) {
  return g_ptr_array_index(node->children, index);
}

/* Called for a node before its children; `parent` is NULL at the root. False ends the walk. */
typedef bool (*ExpressionVisitor)(const ExpressionNode *node, const ExpressionNode *parent, void *user);

/* Visits `node` (NULL is fine) and everything under it, left to right. False where a visitor ended it. */
bool expression_node_walk(const ExpressionNode *node, ExpressionVisitor visit, void *user);

/* Whether a call node names `function`, without regard to case. */
bool expression_node_calls(const ExpressionNode *node, const char *function);
