#include "workflow/expression/type_internal.h"

typedef struct {
  const ExpressionTypeScope *scope;
  const ExpressionNode *node;
  const Type *const *arguments;
  size_t count;
} Call;

typedef struct {
  const char *name;
  const Type *result;
  const Type *first; /* what the first argument must be */
  const Type *others;
  const Type *(*check)(const Call *call); /* instead of all these */
} Signature;

/* --- arguments --- */

static void report_argument(const Call *call, size_t index, const char *expected) {
  g_autofree char *found = type_describe_briefly(call->arguments[index]);
  type_report(call->scope, TYPE_FINDING_ARGUMENT, expression_node_child(call->node, index), "%s(): expected %s as argument %zu, found %s",
              call->node->name, expected, index + 1, found);
}

static void expect(const Call *call, size_t index, const Type *wanted) {
  if (type_assignable(wanted, call->arguments[index]))
    return;
  g_autofree char *expected = type_describe(wanted);
  report_argument(call, index, expected);
}

/* --- functions that a row cannot describe --- */

static const Type *check_contains(const Call *call) {
  const Type *first = call->count > 0 ? call->arguments[0] : &type_any;
  if (first->kind == TYPE_ANY || first->kind == TYPE_ARRAY)
    return &type_bool;

  if (!type_assignable(&type_string, first))
    report_argument(call, 0, "string or array");
  for (size_t i = 1; i < call->count; i++)
    expect(call, i, &type_string);
  return &type_bool;
}

static const Type *check_format(const Call *call) {
  if (call->count > 0 && type_is_text_node(expression_node_child(call->node, 0)))
    type_check_format(call->scope, call->node);
  else if (call->count > 0)
    expect(call, 0, &type_string);
  return &type_string;
}

/* Reads as the evaluator does, numbers beyond 64 bits included. */
static json_t *load_literal(const ExpressionNode *literal, json_error_t *problem) {
  const char *text = json_string_value(literal->value.json);
  size_t length = json_string_length(literal->value.json);
  return json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, problem);
}

static const Type *check_from_json(const Call *call) {
  const ExpressionNode *first = call->count > 0 ? expression_node_child(call->node, 0) : call->node;
  if (call->count > 0)
    expect(call, 0, &type_string);
  if (!type_is_text_node(first))
    return &type_any;

  json_error_t problem = {0};
  json_auto_t *json = load_literal(first, &problem);
  if (json != NULL)
    return type_of_json(call->scope->arena, json);
  type_report(call->scope, TYPE_FINDING_JSON, first, "%s(): expected JSON: line %d, column %d of it: %s", call->node->name, problem.line,
              problem.column, problem.text);
  return &type_any;
}

/* Pairs of a condition and a value, then the value otherwise. */
static const Type *check_case(const Call *call) {
  const Type *result = NULL;
  for (size_t i = 0; i < call->count; i++) {
    bool condition = i % 2 == 0 && i + 1 < call->count;
    TypeKind kind = call->arguments[i]->kind;
    if (condition && kind != TYPE_BOOL && kind != TYPE_ANY)
      report_argument(call, i, "bool");
    if (!condition)
      result = result == NULL ? call->arguments[i] : type_merge(call->scope->arena, result, call->arguments[i]);
  }
  return result == NULL ? &type_any : result;
}

/* --- the table --- */

static const Type text_array = {.kind = TYPE_ARRAY, .rest = &type_string};

static const Signature signatures[] = {
  {"always", .result = &type_bool},
  {"cancelled", .result = &type_bool},
  {"case", .check = check_case},
  {"contains", .check = check_contains},
  {"endsWith", .result = &type_bool, .first = &type_string, .others = &type_string},
  {"failure", .result = &type_bool},
  {"format", .check = check_format},
  {"fromJSON", .check = check_from_json},
  {"hashFiles", .result = &type_string, .first = &type_string, .others = &type_string},
  {"join", .result = &type_string, .first = &text_array, .others = &type_string},
  {"startsWith", .result = &type_bool, .first = &type_string, .others = &type_string},
  {"success", .result = &type_bool},
  {"toJSON", .result = &type_string},
};

static const Signature *find_signature(const char *name) {
  for (size_t i = 0; i < G_N_ELEMENTS(signatures); i++) {
    if (g_ascii_strcasecmp(signatures[i].name, name) == 0)
      return &signatures[i];
  }
  return NULL;
}

const Type *type_check_call(const ExpressionTypeScope *scope, const ExpressionNode *node, const Type *const *arguments) {
  Call call = {.scope = scope, .node = node, .arguments = arguments, .count = expression_node_count(node)};
  const Signature *signature = find_signature(node->name);
  if (signature == NULL)
    return &type_any;

  const Type *result = signature->check == NULL ? signature->result : signature->check(&call);
  for (size_t i = 0; signature->check == NULL && i < call.count; i++) {
    const Type *wanted = i == 0 ? signature->first : signature->others;
    if (wanted != NULL)
      expect(&call, i, wanted);
  }
  return result;
}
