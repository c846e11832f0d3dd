#include "workflow/matrix.h"

#include "base/error.h"
#include "workflow/expression/ast.h"
#include "workflow/schema.h"

#include <math.h>
#include <string.h>

#define NAME_MAX_CHARACTERS 100

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

json_t *matrix_evaluate(const YamlNode *node, const ExpressionScope *scope, GError **error) {
  static const ExpressionScope empty = {0};
  if (node->kind == YAML_SCALAR)
    return text_to_json(node, scope != NULL ? scope : &empty, error);
  bool mapping = node->kind == YAML_MAPPING;
  json_t *result = mapping ? json_object() : json_array();
  for (guint i = 0; i < node->count; i++) {
    json_t *item = matrix_evaluate(mapping ? yaml_value(node, i) : node->items[i], scope, error);
    if (item == NULL) {
      json_decref(result);
      return NULL;
    }
    if (mapping)
      json_object_set_new(result, yaml_key(node, i)->text, item);
    else
      json_array_append_new(result, item);
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
    if (!matrix_is_constant(node->kind == YAML_MAPPING ? yaml_value(node, i) : node->items[i]))
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

/* ---- expansion ---- */

/* Scalars are equal as `==` has it. Of an object only the keys that `wanted` names count; lists compare item by item. */
static bool matches(const json_t *wanted, const json_t *value) {
  if (json_is_object(wanted)) {
    const char *key;
    json_t *part;
    if (!json_is_object(value))
      return false;
    json_object_foreach ((json_t *)wanted, key, part) {
      const json_t *other = json_object_get(value, key);
      if (other == NULL || !matches(part, other))
        return false;
    }
    return true;
  }
  if (json_is_array(wanted)) {
    if (!json_is_array(value) || json_array_size(wanted) != json_array_size(value))
      return false;
    for (size_t i = 0; i < json_array_size(wanted); i++)
      if (!matches(json_array_get(wanted, i), json_array_get(value, i)))
        return false;
    return true;
  }
  if (json_is_object(value) || json_is_array(value))
    return false;
  g_auto(ExpressionValue) left = expression_value_from_json((json_t *)wanted);
  g_auto(ExpressionValue) right = expression_value_from_json((json_t *)value);
  return expression_value_equals(&left, &right);
}

static bool is_vector(const char *key) {
  return strcmp(key, "include") != 0 && strcmp(key, "exclude") != 0;
}

static bool too_many(size_t count, Location where, GError **error) {
  if (count <= MATRIX_JOBS_MAX)
    return false;
  error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: the matrix gives more than %d jobs", where.file, where.line, where.column, MATRIX_JOBS_MAX);
  return true;
}

/* Every combination of `so_far` with each value of one more vector. NULL when there are too many even for exclusion to help. */
static json_t *multiply(json_t *so_far, const char *key, const json_t *values) {
  enum { CANDIDATES_MAX = 64 * MATRIX_JOBS_MAX };
  if (json_array_size(so_far) * json_array_size(values) > CANDIDATES_MAX)
    return NULL;
  json_t *product = json_array();
  for (size_t i = 0; i < json_array_size(so_far); i++)
    for (size_t j = 0; j < json_array_size(values); j++) {
      json_t *combination = json_copy(json_array_get(so_far, i));
      json_object_set(combination, key, json_array_get(values, j));
      json_array_append_new(product, combination);
    }
  return product;
}

/* The product of the vectors; a list without items when there is no vector. */
static json_t *expand_vectors(const json_t *matrix, Location where, GError **error) {
  json_auto_t *product = json_pack("[{}]");
  const char *key;
  json_t *values;
  bool any = false;
  json_object_foreach ((json_t *)matrix, key, values) {
    if (!is_vector(key))
      continue;
    any = true;
    if (!json_is_array(values)) {
      error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: matrix: \"%s\": expected a list of values", where.file, where.line, where.column, key);
      return NULL;
    }
    if (json_array_size(values) == 0) {
      error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: matrix: \"%s\" has no values", where.file, where.line, where.column, key);
      return NULL;
    }
    json_t *next = multiply(product, key, values);
    if (next == NULL) {
      too_many(G_MAXSIZE, where, error);
      return NULL;
    }
    json_decref(product);
    product = next;
  }
  return any ? json_incref(product) : json_array();
}

static void exclude(json_t *combinations, const json_t *filters) {
  size_t index;
  json_t *filter;
  json_array_foreach ((json_t *)filters, index, filter) {
    for (size_t i = json_array_size(combinations); i > 0; i--)
      if (json_object_size(filter) > 0 && matches(filter, json_array_get(combinations, i - 1)))
        json_array_remove(combinations, i - 1);
  }
}

/* Whether `extra` changes nothing that a vector put into `original`. */
static bool extends(const json_t *extra, const json_t *original) {
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)extra, key, value) {
    const json_t *other = json_object_get(original, key);
    if (other != NULL && !matches(value, other))
      return false;
  }
  return true;
}

/* "For each object in the include list, its pairs are added to each combination, if none of them overwrites an original
 * value; else the object is a combination of its own." Originals are what the vectors gave; added pairs may be overwritten. */
static void include(json_t *combinations, const json_t *extras) {
  json_auto_t *originals = json_deep_copy(combinations);
  size_t index;
  json_t *extra;
  json_array_foreach ((json_t *)extras, index, extra) {
    bool added = false;
    for (size_t i = 0; i < json_array_size(originals); i++) {
      if (!extends(extra, json_array_get(originals, i)))
        continue;
      json_t *target = json_array_get(combinations, i);
      const char *key;
      json_t *value;
      json_object_foreach (extra, key, value) {
        if (json_object_get(json_array_get(originals, i), key) == NULL)
          json_object_set(target, key, value);
      }
      added = true;
    }
    if (!added)
      json_array_append_new(combinations, json_copy(extra));
  }
}

static bool check_filter(const json_t *filter, const char *name, Location where, GError **error) {
  bool good = filter == NULL || json_is_array(filter);
  for (size_t i = 0; good && i < json_array_size(filter); i++)
    good = json_is_object(json_array_get(filter, i));
  if (!good)
    error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: matrix: %s: expected a list of mappings", where.file, where.line, where.column, name);
  return good;
}

json_t *matrix_expand(const json_t *matrix, Location where, GError **error) {
  if (!json_is_object(matrix)) {
    error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: matrix: expected a mapping of keys to lists", where.file, where.line, where.column);
    return NULL;
  }
  const json_t *extras = json_object_get(matrix, "include"), *filters = json_object_get(matrix, "exclude");
  if (!check_filter(extras, "include", where, error) || !check_filter(filters, "exclude", where, error))
    return NULL;
  json_auto_t *combinations = expand_vectors(matrix, where, error);
  if (combinations == NULL)
    return NULL;
  exclude(combinations, filters);
  include(combinations, extras);
  if (too_many(json_array_size(combinations), where, error))
    return NULL;
  if (json_array_size(combinations) == 0) {
    error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: the matrix gives no job", where.file, where.line, where.column);
    return NULL;
  }
  return json_incref(combinations);
}

/* ---- names ---- */

static void append_scalars(GString *name, const json_t *value) {
  if (json_is_object(value)) {
    const char *key;
    json_t *part;
    json_object_foreach ((json_t *)value, key, part)
      append_scalars(name, part);
  } else if (json_is_array(value)) {
    for (size_t i = 0; i < json_array_size(value); i++)
      append_scalars(name, json_array_get(value, i));
  } else {
    g_auto(ExpressionValue) scalar = expression_value_from_json((json_t *)value);
    g_autofree char *text = expression_value_to_string(&scalar, NULL);
    if (*text != '\0')
      g_string_append_printf(name, "%s%s", name->len > 0 ? ", " : "", text);
  }
}

char *matrix_job_name(const char *name, const json_t *combination) {
  g_autoptr(GString) values = g_string_new(NULL);
  if (combination != NULL)
    append_scalars(values, combination);
  if (values->len == 0)
    return g_strdup(name);
  if (g_utf8_strlen(values->str, -1) > NAME_MAX_CHARACTERS) {
    *g_utf8_offset_to_pointer(values->str, NAME_MAX_CHARACTERS - 3) = '\0';
    return g_strdup_printf("%s (%s...)", name, values->str);
  }
  return g_strdup_printf("%s (%s)", name, values->str);
}
