#include "workflow/expression/internal.h"

#include <math.h>
#include <string.h>

/* How GitHub estimates memory: a string is an object of 26 bytes and two bytes a character. */
#define STRING_OVERHEAD_BYTES 26
#define STRING_BYTES_PER_BYTE 2
#define ITEM_BYTES sizeof(void *)

static bool evaluate(ExpressionEvaluation *evaluation, const ExpressionNode *node, ExpressionValue *value, GError **error);

/* --- memory --- */

static size_t string_bytes(size_t length) {
  return STRING_OVERHEAD_BYTES + STRING_BYTES_PER_BYTE * length;
}

static bool fits(const ExpressionEvaluation *evaluation, const ExpressionNode *node, size_t bytes, GError **error) {
  if (bytes <= evaluation->limit_bytes && evaluation->memory_bytes <= evaluation->limit_bytes - bytes)
    return true;
  return expression_fail(error, EXPRESSION_ERROR_EVALUATION, node->at, "expected the values to fit into %zu bytes of memory",
                         evaluation->limit_bytes);
}

bool expression_charge(ExpressionEvaluation *evaluation, const ExpressionNode *node, size_t bytes, GError **error) {
  if (!fits(evaluation, node, bytes, error))
    return false;
  evaluation->memory_bytes += bytes;
  return true;
}

ExpressionBuilder expression_builder_new(ExpressionCall *call) {
  return (ExpressionBuilder){.text = g_string_new(NULL), .evaluation = call->evaluation, .node = call->node};
}

void expression_builder_clear(ExpressionBuilder *builder) {
  g_string_free(builder->text, TRUE);
}

ExpressionValue expression_builder_value(const ExpressionBuilder *builder) {
  return expression_value_string(builder->text->str, builder->text->len);
}

bool expression_builder_append(ExpressionBuilder *builder, const char *text, size_t length, GError **error) {
  if (!fits(builder->evaluation, builder->node, string_bytes(builder->text->len + length), error))
    return false;
  g_string_append_len(builder->text, text, (gssize)length);
  return true;
}

/* --- contexts and members --- */

static bool is_exact(const ExpressionScope *scope, const char *name) {
  for (const char *const *exact = scope->exact; exact != NULL && *exact != NULL; exact++) {
    if (g_ascii_strcasecmp(*exact, name) == 0)
      return true;
  }
  return false;
}

static ExpressionValue context(const ExpressionScope *scope, const char *name) {
  json_t *json = NULL;
  if (scope->context != NULL)
    json = scope->context(name, scope->user);
  else if (json_is_object(scope->contexts))
    json = expression_object_get(scope->contexts, name, strlen(name), false);

  ExpressionValue value = expression_value_from_json(json);
  value.exact_keys = is_exact(scope, name);
  return value;
}

/* What stands between `[` and `]`. */
typedef struct {
  const ExpressionValue *value;
  bool wildcard;
} Index;

static json_t *array_item(const json_t *array, const ExpressionValue *index) {
  double position = floor(expression_value_to_number(index));
  if (!(position >= 0 && position <= G_MAXINT32))
    return NULL;
  return json_array_get(array, (size_t)position);
}

/* The member an index names, borrowed; NULL where there is none. */
static json_t *member(const ExpressionValue *container, const ExpressionValue *index) {
  if (container->kind == EXPRESSION_ARRAY)
    return array_item(container->json, index);
  if (container->kind != EXPRESSION_OBJECT || !expression_value_is_primitive(index))
    return NULL;

  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  size_t length = 0;
  const char *key = expression_value_text(index, buffer, &length);
  return expression_object_get(container->json, key, length, container->exact_keys);
}

/* The array a filter collects, and what it counts against. */
typedef struct {
  json_t *array;
  ExpressionEvaluation *evaluation;
  const ExpressionNode *node;
} Filter;

static bool collect(Filter *filter, json_t *item, GError **error) {
  if (!expression_charge(filter->evaluation, filter->node, ITEM_BYTES, error))
    return false;
  if (json_array_append(filter->array, item) != 0)
    g_error("out of memory for an array of %zu items", json_array_size(filter->array));
  return true;
}

static bool collect_all(Filter *filter, json_t *container, GError **error) {
  for (size_t i = 0; i < json_array_size(container); i++) {
    if (!collect(filter, json_array_get(container, i), error))
      return false;
  }
  void *iter = json_object_iter(container);
  for (; iter != NULL; iter = json_object_iter_next(container, iter)) {
    if (!collect(filter, json_object_iter_value(iter), error))
      return false;
  }
  return true;
}

/* Applies an index to every item of a filtered array; what has no such member drops out. */
static bool collect_members(Filter *filter, const json_t *items, const Index *index, GError **error) {
  for (size_t i = 0; i < json_array_size(items); i++) {
    ExpressionValue item = expression_value_view(json_array_get(items, i));
    json_t *found = index->wildcard ? NULL : member(&item, index->value);

    if (index->wildcard && !collect_all(filter, item.json, error))
      return false;
    if (found != NULL && !collect(filter, found, error))
      return false;
  }
  return true;
}

static bool filter(ExpressionEvaluation *evaluation, const ExpressionNode *node, const ExpressionValue *object, const Index *index,
                   ExpressionValue *value, GError **error) {
  json_auto_t *array = json_array();
  Filter filter = {.array = array, .evaluation = evaluation, .node = node};

  bool done = object->filtered ? collect_members(&filter, object->json, index, error) : collect_all(&filter, object->json, error);
  if (!done)
    return false;
  *value = (ExpressionValue){.kind = EXPRESSION_ARRAY, .filtered = true, .json = g_steal_pointer(&array)};
  return true;
}

static bool evaluate_index(ExpressionEvaluation *evaluation, const ExpressionNode *node, ExpressionValue *value, GError **error) {
  const ExpressionNode *second = expression_node_child(node, 1);
  g_auto(ExpressionValue) object = {0};
  g_auto(ExpressionValue) key = {0};
  Index index = {.value = &key, .wildcard = second->kind == EXPRESSION_NODE_WILDCARD};

  if (!evaluate(evaluation, expression_node_child(node, 0), &object, error))
    return false;
  if (!expression_value_is_primitive(&object) && !evaluate(evaluation, second, &key, error))
    return false;
  if (object.filtered || index.wildcard)
    return filter(evaluation, node, &object, &index, value, error);
  *value = expression_value_from_json(member(&object, &key));
  return true;
}

/* --- operators --- */

static bool evaluate_not(ExpressionEvaluation *evaluation, const ExpressionNode *node, ExpressionValue *value, GError **error) {
  g_auto(ExpressionValue) operand = {0};
  if (!evaluate(evaluation, expression_node_child(node, 0), &operand, error))
    return false;
  *value = expression_value_boolean(!expression_value_is_truthy(&operand));
  return true;
}

static bool order_answers(ExpressionNodeKind kind, ExpressionOrder order) {
  switch (kind) {
  case EXPRESSION_NODE_EQUAL:
    return order == EXPRESSION_ORDER_SAME;
  case EXPRESSION_NODE_NOT_EQUAL:
    return order != EXPRESSION_ORDER_SAME;
  case EXPRESSION_NODE_LESS:
    return order == EXPRESSION_ORDER_BELOW;
  case EXPRESSION_NODE_LESS_EQUAL:
    return order == EXPRESSION_ORDER_BELOW || order == EXPRESSION_ORDER_SAME;
  case EXPRESSION_NODE_GREATER:
    return order == EXPRESSION_ORDER_ABOVE;
  default:
    return order == EXPRESSION_ORDER_ABOVE || order == EXPRESSION_ORDER_SAME;
  }
}

static bool evaluate_comparison(ExpressionEvaluation *evaluation, const ExpressionNode *node, ExpressionValue *value, GError **error) {
  g_auto(ExpressionValue) left = {0};
  g_auto(ExpressionValue) right = {0};

  if (!evaluate(evaluation, expression_node_child(node, 0), &left, error) || !evaluate(evaluation, expression_node_child(node, 1), &right, error))
    return false;
  *value = expression_value_boolean(order_answers(node->kind, expression_value_order(&left, &right)));
  return true;
}

/* Gives the first operand that decides, else the last. */
static bool evaluate_chain(ExpressionEvaluation *evaluation, const ExpressionNode *node, ExpressionValue *value, GError **error) {
  bool decisive = node->kind == EXPRESSION_NODE_OR;
  size_t held = evaluation->memory_bytes;

  for (size_t i = 0; i < expression_node_count(node); i++) {
    expression_value_clear(value);
    evaluation->memory_bytes = held;
    if (!evaluate(evaluation, expression_node_child(node, i), value, error))
      return false;
    if (expression_value_is_truthy(value) == decisive)
      break;
  }
  return true;
}

/* --- calls --- */

bool expression_scope_call(const ExpressionScope *scope, const char *name, const ExpressionValue *arguments, size_t count, size_t offset,
                           ExpressionValue *result, GError **error) {
  g_autoptr(GError) cause = NULL;

  if (scope->call == NULL)
    return expression_fail(error, EXPRESSION_ERROR_EVALUATION, offset, "expected a function that has a value here, found %s()", name);
  if (scope->call(name, arguments, count, result, scope->user, &cause))
    return true;
  return expression_fail(error, EXPRESSION_ERROR_EVALUATION, offset, "%s(): %s", name, cause == NULL ? "failed without a reason" : cause->message);
}

const ExpressionValue *expression_call_argument(ExpressionCall *call, size_t index, GError **error) {
  if (!call->known[index]) {
    const ExpressionNode *node = expression_node_child(call->node, index);
    if (!evaluate(call->evaluation, node, &call->values[index], error))
      return NULL;
    call->known[index] = true;
  }
  return &call->values[index];
}

static bool call_scope(ExpressionCall *call, ExpressionValue *value, GError **error) {
  size_t count = expression_node_count(call->node);
  for (size_t i = 0; i < count; i++) {
    if (expression_call_argument(call, i, error) == NULL)
      return false;
  }
  return expression_scope_call(call->evaluation->scope, call->node->name, call->values, count, call->node->at, value, error);
}

static bool evaluate_call(ExpressionEvaluation *evaluation, const ExpressionNode *node, ExpressionValue *value, GError **error) {
  size_t count = expression_node_count(node);
  g_autofree ExpressionValue *values = g_new0(ExpressionValue, count);
  g_autofree bool *known = g_new0(bool, count);
  ExpressionCall call = {.evaluation = evaluation, .node = node, .values = values, .known = known};

  bool done = node->builtin != NULL ? node->builtin->run(&call, value, error) : call_scope(&call, value, error);
  for (size_t i = 0; i < count; i++)
    expression_value_clear(&values[i]);
  return done;
}

/* --- any node --- */

static bool evaluate_kind(ExpressionEvaluation *evaluation, const ExpressionNode *node, ExpressionValue *value, GError **error) {
  switch (node->kind) {
  case EXPRESSION_NODE_LITERAL:
    *value = expression_value_copy(&node->value);
    return true;
  case EXPRESSION_NODE_CONTEXT:
    *value = context(evaluation->scope, node->name);
    return true;
  case EXPRESSION_NODE_CALL:
    return evaluate_call(evaluation, node, value, error);
  case EXPRESSION_NODE_INDEX:
    return evaluate_index(evaluation, node, value, error);
  case EXPRESSION_NODE_NOT:
    return evaluate_not(evaluation, node, value, error);
  case EXPRESSION_NODE_AND:
  case EXPRESSION_NODE_OR:
    return evaluate_chain(evaluation, node, value, error);
  case EXPRESSION_NODE_WILDCARD:
    *value = (ExpressionValue){0};
    return true;
  default:
    return evaluate_comparison(evaluation, node, value, error);
  }
}

/* Once a plain value is known, everything that led to it is gone, and only the value itself counts. */
static bool settle(ExpressionEvaluation *evaluation, const ExpressionNode *node, const ExpressionValue *value, size_t held, GError **error) {
  if (!expression_value_is_primitive(value))
    return true;
  evaluation->memory_bytes = held;
  return value->kind != EXPRESSION_STRING || expression_charge(evaluation, node, string_bytes(json_string_length(value->json)), error);
}

static bool evaluate(ExpressionEvaluation *evaluation, const ExpressionNode *node, ExpressionValue *value, GError **error) {
  g_auto(ExpressionValue) result = {0};
  size_t held = evaluation->memory_bytes;

  if (!evaluate_kind(evaluation, node, &result, error) || !settle(evaluation, node, &result, held, error))
    return false;
  *value = result;
  result = (ExpressionValue){0};
  return true;
}

bool expression_evaluate(const Expression *expression, const ExpressionScope *scope, ExpressionValue *value, GError **error) {
  static const ExpressionScope nothing = {0};
  const ExpressionNode *root = expression_root(expression);
  if (root == NULL) {
    *value = (ExpressionValue){0};
    return true;
  }

  scope = scope == NULL ? &nothing : scope;
  size_t limit = scope->memory_limit_bytes != 0 ? scope->memory_limit_bytes : EXPRESSION_MAX_MEMORY_BYTES;
  ExpressionEvaluation evaluation = {.scope = scope, .limit_bytes = limit};
  return evaluate(&evaluation, root, value, error);
}
