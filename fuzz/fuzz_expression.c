/* Parses, types and evaluates any bytes as an expression, a text with `${{ }}` and an `if:`, against a small fixed
 * context, and holds the results to what expression.h and type.h promise of offsets, errors and findings. */
#include "workflow/expression/ast.h"
#include "workflow/expression/type.h"

#include <stdint.h>
#include <string.h>

static const char context_json[] = "{\"github\": {\"event\": {\"labels\": [{\"name\": \"bug\"}, {\"name\": \"p1\"}, {\"x\": [1, [2, {\"a\": "
                                   "null}]]}]},"
                                   "              \"ref\": \"refs/heads/main\", \"run_id\": 123456789012, \"Actor\": \"\\u00fc\\u0000z\"},"
                                   " \"env\": {\"PATH\": \"/bin\", \"json\": \"{\\\"a\\\": [1, 2.5, true, null, \\\"s\\\"]}\"},"
                                   " \"a\": [[1, 2], [3, [4, 5]], {\"k\": [6]}, \"s\", null, 1e300, -0.0, true]}";

static bool call(const char *name, const ExpressionValue *arguments, size_t count, ExpressionValue *result, G_GNUC_UNUSED void *user,
                 GError **error) {
  if (g_ascii_strcasecmp(name, "hashFiles") == 0) {
    g_autofree char *first = expression_value_to_string(&arguments[0], NULL);
    *result = expression_value_string(first, MIN(count, 1));
    return true;
  }
  if (expression_function_find(name) != NULL) {
    *result = expression_value_boolean(name[0] == 's' || name[0] == 'a');
    return true;
  }
  g_set_error(error, G_MARKUP_ERROR, 0, "no such function");
  return false;
}

static bool check_node(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
  size_t size = *(const size_t *)user;
  g_assert_cmpuint(node->start, <=, node->at);
  g_assert_cmpuint(node->at, <, node->end);
  g_assert_cmpuint(node->end, <=, size);
  g_assert_cmpuint(node->depth, <=, EXPRESSION_MAX_DEPTH);
  g_assert_true(parent == NULL || (parent->depth > node->depth && parent->start <= node->start && parent->end >= node->end));
  return true;
}

/* Takes `error`, which must be there where `done` is false and only then. */
static void check_error(bool done, GError *error, size_t size) {
  g_assert_true(done == (error == NULL));
  if (error == NULL)
    return;
  g_assert_cmpuint(error->domain, ==, EXPRESSION_ERROR);
  g_assert_cmpuint(expression_error_offset(error), <=, size);
  g_assert_true(g_utf8_validate(error->message, -1, NULL));
  g_error_free(error);
}

static void check_value(const ExpressionValue *value) {
  size_t length = 0;
  g_autofree char *text = expression_value_to_string(value, &length);
  json_auto_t *json = expression_value_to_json(value);
  g_assert_nonnull(json);
  g_assert_cmpint(text[length], ==, 0);
  g_assert_cmpuint(length, <=, EXPRESSION_MAX_MEMORY_BYTES);
  (void)expression_value_equals(value, value);
}

/* --- types --- */

/* Types that refer to themselves and to what is not there; `a` is the same as a value in context_json. */
static const char notations_json[] = "{\"event\": {\"object\": {\"labels\": {\"array\": {\"ref\": \"label\"}}, \"tree\": {\"ref\": \"tree\"}}},"
                                     " \"label\": {\"object\": {\"name\": \"string\", \"parent\": {\"ref\": \"label\"}}, \"rest\": \"bool\"},"
                                     " \"tree\": {\"array\": {\"ref\": \"tree\"}}, \"b\": {\"ref\": \"b\"}}";

typedef struct {
  TypeSource source;
  json_t *notations;
  json_t *context;
  size_t size; /* of the expression */
} Typed;

static const json_t *resolve(const char *ref, void *user) {
  return json_object_get(((const Typed *)user)->notations, ref);
}

static const Type *type_of(const char *name, void *user) {
  Typed *typed = user;
  const json_t *event = json_object_get(typed->notations, "event");
  if (g_ascii_strcasecmp(name, "github") == 0)
    return type_with(typed->source.arena, &type_github, "event", type_from_notation(&typed->source, event));
  if (g_ascii_strcasecmp(name, "a") == 0)
    return type_of_json(typed->source.arena, json_object_get(typed->context, "a"));
  return type_of_context(name);
}

static void check_finding(const TypeFinding *finding, void *user) {
  g_assert_cmpuint(finding->start, <, finding->end);
  g_assert_cmpuint(finding->end, <=, ((const Typed *)user)->size);
  g_assert_true(g_utf8_validate(finding->message, -1, NULL));
  g_assert_cmpuint(strlen(finding->message), <, 1024);
}

static void try_types(const Expression *expression, json_t *context, size_t size) {
  static json_t *notations = NULL;
  if (notations == NULL)
    notations = json_loads(notations_json, 0, NULL);

  g_autoptr(Arena) arena = arena_new();
  Typed typed = {.source = {.arena = arena, .resolve = resolve}, .notations = notations, .context = context, .size = size};
  typed.source.user = &typed;
  ExpressionTypeScope scope = {.arena = arena, .context = type_of, .report = check_finding, .user = &typed};
  const Type *type = expression_type_check(expression_root(expression), &scope);
  g_autofree char *text = type_describe(type);
  g_assert_cmpuint(strlen(text), <, 1024);
  g_assert_true(type_assignable(type, type));
}

static void try_expression(const char *text, size_t size, const ExpressionNames *names, const ExpressionScope *scope) {
  GError *error = NULL;
  g_auto(ExpressionValue) value = {0};
  g_autoptr(Expression) expression = expression_parse_named(text, size, names, &error);

  check_error(expression != NULL, error, size);
  if (expression == NULL)
    return;
  expression_node_walk(expression_root(expression), check_node, &size);
  (void)expression_uses_status_function(expression);
  try_types(expression, scope->contexts, size);
  error = NULL;
  bool done = expression_evaluate(expression, scope, &value, &error);
  check_error(done, error, size);
  check_value(&value);
}

static void try_template(const char *text, size_t size, const ExpressionScope *scope) {
  GError *error = NULL;
  g_auto(ExpressionValue) value = {0};
  g_autoptr(ExpressionTemplate) template = expression_template_parse(text, size, NULL, &error);

  check_error(template != NULL, error, size);
  if (template == NULL)
    return;
  error = NULL;
  bool done = expression_template_evaluate(template, scope, &value, &error);
  check_error(done, error, size);
  check_value(&value);
}

static void try_condition(const char *text, size_t size, const ExpressionScope *scope) {
  GError *error = NULL;
  bool met = false;
  g_autoptr(ExpressionCondition) condition = expression_condition_parse(text, size, NULL, &error);

  check_error(condition != NULL, error, size);
  if (condition == NULL)
    return;
  error = NULL;
  bool done = expression_condition_evaluate(condition, scope, &met, &error);
  check_error(done, error, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const contexts[] = {"github", "env", "a", NULL};
  static const char *const exact[] = {"env", NULL};
  static json_t *context = NULL;
  if (context == NULL)
    context = json_loads(context_json, JSON_ALLOW_NUL, NULL);

  ExpressionNames names = {.contexts = contexts, .functions = expression_run_functions};
  ExpressionScope scope = {.contexts = context, .call = call, .exact = exact, .memory_limit_bytes = 1024 * 1024};
  g_autofree char *text = g_memdup2(data, size);
  const char *input = text == NULL ? "" : text;

  try_expression(input, size, &names, &scope);
  try_expression(input, size, NULL, &scope);
  try_template(input, size, &scope);
  try_condition(input, size, &scope);
  return 0;
}
