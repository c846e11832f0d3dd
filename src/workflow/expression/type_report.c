#include "base/nearest.h"
#include "workflow/expression/type_internal.h"

#include <string.h>

#define MAX_NAMES 200 /* that are looked at for a suggestion */
#define MAX_NAMES_BYTES 120
#define MAX_PATH_BYTES 80

void type_report(const ExpressionTypeScope *scope, TypeFindingKind kind, const ExpressionNode *node, const char *format, ...) {
  if (scope->report == NULL)
    return;

  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *valid = g_utf8_make_valid(message, -1);
  scope->report(&(TypeFinding){.kind = kind, .start = node->start, .end = node->end, .message = valid}, scope->user);
}

/* --- names --- */

static const char *literal_name(const ExpressionNode *node) {
  return type_is_text_node(node) ? json_string_value(node->value.json) : NULL;
}

/* Writes `a.b.*.c` for a node that is nothing but names; false where it is more. */
static bool append_path(GString *path, const ExpressionNode *node) {
  if (node->kind == EXPRESSION_NODE_CONTEXT)
    g_string_append(path, node->name);
  if (node->kind != EXPRESSION_NODE_INDEX)
    return node->kind == EXPRESSION_NODE_CONTEXT;

  const ExpressionNode *index = expression_node_child(node, 1);
  const char *name = index->kind == EXPRESSION_NODE_WILDCARD ? "*" : literal_name(index);
  if (name == NULL || !append_path(path, expression_node_child(node, 0)))
    return false;
  g_string_append_printf(path, ".%s", name);
  return index->kind == EXPRESSION_NODE_WILDCARD || type_is_plain_name(name);
}

/* What a message calls the value that `node` looks into. Transfer full. */
static char *owner_of(const ExpressionNode *node, const char *otherwise) {
  g_autoptr(GString) path = g_string_new(NULL);
  bool plain = append_path(path, expression_node_child(node, 0)) && path->len <= MAX_PATH_BYTES;
  return g_strdup(plain ? path->str : otherwise);
}

static bool add_name(const char *name, void *user) {
  GPtrArray *names = user;
  g_ptr_array_add(names, (char *)name);
  return names->len < MAX_NAMES;
}

static void append_names(GString *text, const GPtrArray *names) {
  for (guint i = 0; i < names->len; i++) {
    g_string_append(text, i == 0 ? ": it has " : ", ");
    if (text->len > MAX_NAMES_BYTES) {
      g_string_append(text, "...");
      return;
    }
    type_append_name(text, g_ptr_array_index(names, i));
  }
}

/* What `name` may have meant (`near`), or else what there is. Transfer full. */
static char *hint(const Type *object, const char *name, bool *near) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_null_terminated(0, NULL, true);
  type_each_name(object, add_name, names);

  GString *text = g_string_new(names->len == 0 ? ": it has nothing" : NULL);
  const char *nearest = names->len == 0 ? NULL : nearest_name(name, (const char *const *)names->pdata);
  *near = nearest != NULL;
  if (nearest == NULL) {
    append_names(text, names);
  } else {
    g_autofree char *quoted = expression_excerpt(nearest, strlen(nearest));
    g_string_append_printf(text, ": did you mean %s?", quoted);
  }
  return g_string_free(text, FALSE);
}

/* --- what is wrong with an index --- */

const Type *type_report_missing(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *object) {
  const ExpressionNode *index = expression_node_child(node, 1);
  const char *name = json_string_value(index->value.json);
  g_autofree char *owner = owner_of(node, "the object");
  g_autofree char *found = expression_excerpt(name, json_string_length(index->value.json));
  bool near = false;
  g_autofree char *more = hint(object, name, &near);

  TypeFindingKind kind = type_is_lazy(object) && !near ? TYPE_FINDING_PAYLOAD : TYPE_FINDING_MEMBER;
  type_report(scope, kind, node, "%s has no %s, so this is empty%s", owner, found, more);
  return &type_any;
}

const Type *type_report_operand(const ExpressionTypeScope *scope, const ExpressionNode *node, const char *expected, const Type *operand) {
  g_autofree char *found = type_describe_briefly(operand);
  g_autofree char *owner = owner_of(node, "the value");
  bool filter = node->dotted && operand->kind == TYPE_ARRAY && !operand->filtered;
  type_report(scope, TYPE_FINDING_MEMBER, node, "expected %s to be %s, found %s%s", owner, expected, found,
              filter ? ": \".*\" before the name looks into its items" : "");
  return &type_any;
}

const Type *type_report_empty(const ExpressionTypeScope *scope, const ExpressionNode *node) {
  g_autofree char *owner = owner_of(node, "the object");
  type_report(scope, TYPE_FINDING_MEMBER, node, "expected members of %s for \"*\", found none", owner);
  return &type_any;
}

const Type *type_report_index(const ExpressionTypeScope *scope, const ExpressionNode *node, const char *expected, const Type *index) {
  g_autofree char *found = type_describe_briefly(index);
  type_report(scope, TYPE_FINDING_MEMBER, expression_node_child(node, 1), "expected %s within the brackets, found %s", expected, found);
  return &type_any;
}
