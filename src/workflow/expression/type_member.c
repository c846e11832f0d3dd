#include "workflow/expression/type_internal.h"

#include <string.h>

/* --- a name --- */

static const Type *named_member(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *object) {
  const ExpressionNode *index = expression_node_child(node, 1);
  const Type *type = type_property(object, json_string_value(index->value.json), json_string_length(index->value.json));
  return type == NULL ? type_report_missing(scope, node, object) : type;
}

/* A member of each item that a filter has found. */
static const Type *filtered_member(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *array) {
  const Type *item = type_item(array);
  switch (item->kind) {
  case TYPE_ANY:
    return array;
  case TYPE_OBJECT:
    return type_filtered(scope->arena, named_member(scope, node, item));
  default:
    return type_report_operand(scope, node, "objects", item);
  }
}

static const Type *check_name(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *operand, const Type *index) {
  bool dotted = node->dotted;
  switch (operand->kind) {
  case TYPE_ANY:
    return &type_any;
  case TYPE_OBJECT:
    return named_member(scope, node, operand);
  case TYPE_ARRAY:
    if (operand->filtered)
      return filtered_member(scope, node, operand);
    return dotted ? type_report_operand(scope, node, "an object", operand) : type_report_index(scope, node, "a number", index);
  default:
    return type_report_operand(scope, node, "an object", operand);
  }
}

/* --- a filter --- */

typedef struct {
  Arena *arena;
  const Type *object;
  const Type *merged;
} Values;

static bool merge_value(const char *name, void *user) {
  Values *values = user;
  const Type *type = type_property(values->object, name, strlen(name));
  values->merged = values->merged == NULL ? type : type_merge(values->arena, values->merged, type);
  return values->merged->kind != TYPE_ANY;
}

/* What all members of an object are; NULL where it has none. */
static const Type *merge_values(Arena *arena, const Type *object) {
  Values values = {.arena = arena, .object = object, .merged = object->rest};
  if (type_is_lazy(object))
    return &type_any;
  type_each_name(object, merge_value, &values);
  return values.merged;
}

/* A filter upon a filter takes the items of each item. */
static const Type *filter_item(Arena *arena, const Type *item) {
  if (item->kind == TYPE_ARRAY)
    return type_item(item);
  const Type *merged = item->kind == TYPE_OBJECT ? merge_values(arena, item) : NULL;
  return merged == NULL ? &type_any : merged;
}

static const Type *check_filter(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *operand) {
  const Type *item = &type_any;
  switch (operand->kind) {
  case TYPE_ANY:
    break;
  case TYPE_ARRAY:
    item = operand->filtered ? filter_item(scope->arena, type_item(operand)) : type_item(operand);
    break;
  case TYPE_OBJECT:
    item = merge_values(scope->arena, operand);
    break;
  default:
    return type_report_operand(scope, node, "an array or object", operand);
  }
  return item == NULL ? type_report_empty(scope, node) : type_filtered(scope->arena, item);
}

/* --- a computed index --- */

static const Type *check_computed(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *operand, const Type *index) {
  switch (operand->kind) {
  case TYPE_ANY:
    return &type_any;
  case TYPE_ARRAY:
    if (index->kind != TYPE_ANY && index->kind != TYPE_NUMBER)
      return operand->filtered && index->kind == TYPE_STRING ? &type_any : type_report_index(scope, node, "a number", index);
    return operand->filtered ? &type_any : type_item(operand);
  case TYPE_OBJECT:
    if (index->kind != TYPE_ANY && index->kind != TYPE_STRING)
      return type_report_index(scope, node, "a string", index);
    return operand->rest == NULL || index->kind == TYPE_ANY ? &type_any : operand->rest;
  default:
    return type_report_operand(scope, node, "an object or array", operand);
  }
}

const Type *type_check_member(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *operand, const Type *index) {
  const ExpressionNode *inner = expression_node_child(node, 1);
  if (inner->kind == EXPRESSION_NODE_WILDCARD)
    return check_filter(scope, node, operand);
  return type_is_text_node(inner) ? check_name(scope, node, operand, index) : check_computed(scope, node, operand, index);
}
