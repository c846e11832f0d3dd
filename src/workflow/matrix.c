#include "workflow/matrix.h"

#include "base/error.h"
#include "workflow/expression/ast.h"
#include "workflow/schema.h"

#include <math.h>
#include <string.h>

/* ---- evaluation ---- */

static json_t *scalar_to_json(const YamlNode *node) {
  bool flag;
  double number;
  gint64 integer;
  if (scalar_is_null(node))
    return json_null();
  if (scalar_is_bool(node, &flag))
    return json_boolean(flag);
  if (scalar_is_number(node, &number) && yaml_to_int(node, &integer))
    return json_integer(integer);
  if (scalar_is_number(node, &number) && isfinite(number))
    return json_real(number);
  json_t *text = json_stringn(node->text, node->length);
  return text != NULL ? text : json_string("");
}

static json_t *text_to_json(const YamlNode *node, const ExpressionScope *scope, GError **error) {
  ExpressionSpan span;
  bool found = false;
  g_autoptr(GError) inner = NULL;
  g_auto(ExpressionValue) value = {0};
  if (!expression_span_next(node->text, node->length, 0, &span, &found, NULL) || !found)
    return scalar_to_json(node);
  g_autoptr(ExpressionTemplate) template = expression_template_parse(node->text, node->length, NULL, &inner);
  if (template == NULL || !expression_template_evaluate(template, scope, &value, &inner)) {
    error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: %s", node->location.file, node->location.line, node->location.column, inner->message);
    return NULL;
  }
  return expression_value_to_json(&value);
}

/* A mapping's key with its ${{ }} filled in. */
static char *evaluate_key(const YamlNode *key, const ExpressionScope *scope, GError **error) {
  json_auto_t *value = text_to_json(key, scope, error);
  if (value == NULL)
    return NULL;
  return g_strdup(json_is_string(value) ? json_string_value(value) : key->text);
}

/* `${{ insert }}` as a key: the members of its value take its place. */
static bool is_insert(const YamlNode *key) {
  static const char *const forms[] = {"${{insert}}", "${{ insert }}"};
  return strcmp(key->text, forms[0]) == 0 || strcmp(key->text, forms[1]) == 0;
}

/* Takes `item`. */
static bool put_member(json_t *object, const YamlNode *key, json_t *item, const ExpressionScope *scope, GError **error) {
  json_auto_t *owned = item;
  if (is_insert(key)) {
    if (json_is_object(owned))
      return json_object_update(object, owned) == 0;
    return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: insert needs a mapping", key->location.file, key->location.line, key->location.column);
  }
  g_autofree char *name = evaluate_key(key, scope, error);
  return name != NULL && json_object_set(object, name, owned) == 0;
}

/* The items of a list that an expression gives take its place. Takes `item`. */
static void append_item(json_t *list, const YamlNode *node, json_t *item) {
  json_auto_t *owned = item;
  if (node->kind == YAML_SCALAR && json_is_array(owned))
    json_array_extend(list, owned);
  else
    json_array_append(list, owned);
}

json_t *matrix_evaluate(const YamlNode *node, const ExpressionScope *scope, GError **error) {
  static const ExpressionScope empty = {0};
  if (node->kind == YAML_SCALAR)
    return text_to_json(node, scope != NULL ? scope : &empty, error);
  bool mapping = node->kind == YAML_MAPPING;
  json_t *result = mapping ? json_object() : json_array();
  for (guint i = 0; i < node->count; i++) {
    json_t *item = matrix_evaluate(mapping ? yaml_value(node, i) : node->items[i], scope, error);
    bool good = item != NULL;
    if (good && mapping)
      good = put_member(result, yaml_key(node, i), item, scope != NULL ? scope : &empty, error);
    else if (good)
      append_item(result, node->items[i], item);
    if (!good) {
      json_decref(result);
      return NULL;
    }
  }
  return result;
}

/* ---- before a run ---- */

static bool is_constant_node(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
  (void)parent, (void)user;
  return node->kind != EXPRESSION_NODE_CONTEXT && (node->kind != EXPRESSION_NODE_CALL || node->builtin != NULL);
}

static bool is_constant_text(const YamlNode *node) {
  if (memmem(node->text, node->length, "${{", 3) == NULL)
    return true;
  g_autoptr(ExpressionTemplate) template = expression_template_parse(node->text, node->length, NULL, NULL);
  size_t count = 0;
  const ExpressionSegment *pieces = template != NULL ? expression_template_segments(template, &count) : NULL;
  for (size_t i = 0; i < count; i++)
    if (pieces[i].expression != NULL && !expression_node_walk(expression_root(pieces[i].expression), is_constant_node, NULL))
      return false;
  return true;
}

bool matrix_is_constant(const YamlNode *node) {
  if (node->kind == YAML_SCALAR)
    return is_constant_text(node);
  for (guint i = 0; i < node->count; i++)
    if ((node->kind == YAML_MAPPING && !is_insert(yaml_key(node, i)) && !is_constant_text(yaml_key(node, i))) ||
        !matrix_is_constant(node->kind == YAML_MAPPING ? yaml_value(node, i) : node->items[i]))
      return false;
  return true;
}

json_t *matrix_as_written(const YamlNode *node) {
  if (node->kind == YAML_SCALAR)
    return scalar_to_json(node);
  json_t *result = node->kind == YAML_MAPPING ? json_object() : json_array();
  for (guint i = 0; i < node->count; i++)
    if (node->kind == YAML_MAPPING)
      json_object_set_new(result, yaml_key(node, i)->text, matrix_as_written(yaml_value(node, i)));
    else
      json_array_append_new(result, matrix_as_written(node->items[i]));
  return result;
}
