#include "lint/taint/context_path.h"

#include "base/text.h"

#include <string.h>

#define TEXT_MAX_LETTERS 100

/* ---- paths ---- */

static const char *member_name(const ExpressionNode *node) {
  bool named = node->kind == EXPRESSION_NODE_LITERAL && node->value.kind == EXPRESSION_STRING;
  return named ? json_string_value(node->value.json) : "*";
}

/* The members that `node` takes, and of what; those behind them stand in `tail`. */
static const ExpressionNode *unwind(const ExpressionNode *node, const ContextPath *tail, ContextPath *path) {
  guint depth = 0;
  const ExpressionNode *base = node;
  for (; base->kind == EXPRESSION_NODE_INDEX; base = expression_node_child(base, 0))
    depth++;
  path->count = 1 + depth;
  path->names[0] = base->kind == EXPRESSION_NODE_CONTEXT ? base->name : NULL;
  for (; node->kind == EXPRESSION_NODE_INDEX; node = expression_node_child(node, 0))
    path->names[depth--] = member_name(expression_node_child(node, 1));
  for (guint i = 1; tail != NULL && i < tail->count && path->count < CONTEXT_PATH_MAX; i++)
    path->names[path->count++] = tail->names[i];
  return base;
}

bool context_path(const ExpressionNode *node, ContextPath *path) {
  ContextPath found;
  if (unwind(node, NULL, &found)->kind != EXPRESSION_NODE_CONTEXT)
    return false;
  *path = found;
  return true;
}

bool context_path_matches(const ContextPath *path, guint from, const char *pattern) {
  for (guint i = from;; i++) {
    if (strcmp(pattern, "**") == 0)
      return true;
    size_t length = strcspn(pattern, ".");
    if (i >= path->count)
      return false;
    bool any = length == 1 && pattern[0] == '*';
    if (!any && (strlen(path->names[i]) != length || g_ascii_strncasecmp(path->names[i], pattern, length) != 0))
      return false;
    if (pattern[length] == '\0')
      return i + 1 == path->count;
    pattern += length + 1;
  }
}

bool context_path_is(const ContextPath *path, const char *pattern) {
  return context_path_matches(path, 0, pattern);
}

bool context_path_below(const ContextPath *path, const char *pattern) {
  guint count = 1;
  for (const char *c = pattern; *c != '\0'; c++)
    count += *c == '.';
  ContextPath head = *path;
  head.count = MIN(path->count, count);
  return context_path_is(&head, pattern);
}

const char *context_path_name(const ContextPath *path, guint index) {
  return index < path->count && strcmp(path->names[index], "*") != 0 ? path->names[index] : NULL;
}

char *context_short_text(const char *text) {
  g_autofree char *clean = text_harmless(text, false);
  if (g_utf8_strlen(clean, -1) <= TEXT_MAX_LETTERS)
    return g_steal_pointer(&clean);
  g_autofree char *start = g_utf8_substring(clean, 0, TEXT_MAX_LETTERS);
  return g_strconcat(start, "...", NULL);
}

char *context_path_text(const ContextPath *path) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < path->count; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? "." : "", path->names[i]);
  return context_short_text(text->str);
}

/* ---- what becomes a part of a value ---- */

typedef struct {
  ContextVisitor visit;
  void *user;
  const ExpressionNode *at; /* where members are taken of something that is no context: the whole of it */
} Flow;

static void flow(Flow *pass, const ExpressionNode *node, const ContextPath *tail);

static void flow_call(Flow *pass, const ExpressionNode *call) {
  static const char *const passing[] = {"toJSON", "fromJSON", "format", "join"};
  size_t count = expression_node_count(call);
  for (size_t i = 0; i < G_N_ELEMENTS(passing); i++)
    for (size_t k = 0; expression_node_calls(call, passing[i]) && k < count; k++)
      flow(pass, expression_node_child(call, k), NULL);
  if (expression_node_calls(call, "case")) /* condition, value, condition, value, ..., else */
    for (size_t i = 0; i < count; i++)
      if (i % 2 == 1 || i + 1 == count)
        flow(pass, expression_node_child(call, i), NULL);
}

static void flow_member(Flow *pass, const ExpressionNode *node, const ContextPath *tail) {
  ContextPath path;
  const ExpressionNode *base = unwind(node, tail, &path);
  const ExpressionNode *outer = pass->at;
  if (base->kind == EXPRESSION_NODE_CONTEXT) {
    pass->visit(outer != NULL ? outer : node, &path, pass->user);
    return;
  }
  if (outer == NULL)
    pass->at = node;
  flow(pass, base, &path);
  pass->at = outer;
}

/* `tail`, behind its first name: the members that are taken of the value. */
static void flow(Flow *pass, const ExpressionNode *node, const ContextPath *tail) {
  size_t count = expression_node_count(node);
  switch (node->kind) {
  case EXPRESSION_NODE_CONTEXT:
  case EXPRESSION_NODE_INDEX:
    flow_member(pass, node, tail);
    return;
  case EXPRESSION_NODE_CALL:
    flow_call(pass, node);
    return;
  case EXPRESSION_NODE_AND: /* the others are only chosen when they are empty, false or 0 */
    flow(pass, expression_node_child(node, count - 1), tail);
    return;
  case EXPRESSION_NODE_OR:
    for (size_t i = 0; i < count; i++)
      flow(pass, expression_node_child(node, i), tail);
    return;
  default:
    return;
  }
}

void context_flow(const ExpressionNode *node, ContextVisitor visit, void *user) {
  Flow pass = {.visit = visit, .user = user};
  if (node != NULL)
    flow(&pass, node, NULL);
}
