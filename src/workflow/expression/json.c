#include "workflow/expression/internal.h"

#include <string.h>

#define INDENT "  "
#define WRITE_MAX_DEPTH 2048 /* what jansson reads; bounds the recursion for JSON that was built by hand */
#define VALUE_BYTES 24

/* --- writing --- */

/* Strings hold UTF-8, so that these spell U+0085, U+2028 and U+2029, which GitHub escapes as well. */
static const struct {
  const char *text;
  const char *escape;
} escapes[] = {
  {"\"", "\\\""},
  {"\\", "\\\\"},
  {"\b", "\\b"},
  {"\f", "\\f"},
  {"\n", "\\n"},
  {"\r", "\\r"},
  {"\t", "\\t"},
  {"\xC2\x85", "\\u0085"},
  {"\xE2\x80\xA8", "\\u2028"},
  {"\xE2\x80\xA9", "\\u2029"},
};

static bool append(ExpressionBuilder *builder, const char *text, GError **error) {
  return expression_builder_append(builder, text, strlen(text), error);
}

/* How many bytes at `text` need an escape, which it sets; 0 where none does. */
static size_t find_escape(const char *text, size_t length, const char **escape, char buffer[8]) {
  for (size_t i = 0; i < G_N_ELEMENTS(escapes); i++) {
    size_t size = strlen(escapes[i].text);
    if (size <= length && memcmp(text, escapes[i].text, size) == 0) {
      *escape = escapes[i].escape;
      return size;
    }
  }
  if ((unsigned char)text[0] >= 0x20)
    return 0;
  g_snprintf(buffer, 8, "\\u%04x", (unsigned char)text[0]);
  *escape = buffer;
  return 1;
}

static bool write_string(ExpressionBuilder *builder, const char *text, size_t length, GError **error) {
  char buffer[8];
  const char *escape = NULL;
  size_t plain = 0;

  if (!append(builder, "\"", error))
    return false;
  for (size_t at = 0; at < length;) {
    size_t size = find_escape(text + at, length - at, &escape, buffer);
    if (size > 0 && !(expression_builder_append(builder, text + plain, at - plain, error) && append(builder, escape, error)))
      return false;
    at += MAX(size, 1);
    plain = size > 0 ? at : plain;
  }
  return expression_builder_append(builder, text + plain, length - plain, error) && append(builder, "\"", error);
}

static bool write_line(ExpressionBuilder *builder, size_t level, GError **error) {
  if (!append(builder, "\n", error))
    return false;
  while (level-- > 0) {
    if (!append(builder, INDENT, error))
      return false;
  }
  return true;
}

static bool write_value(ExpressionBuilder *builder, const ExpressionValue *value, size_t level, GError **error);

static bool write_item(ExpressionBuilder *builder, json_t *item, size_t level, GError **error) {
  ExpressionValue view = expression_value_view(item);
  return write_value(builder, &view, level, error);
}

static bool write_array(ExpressionBuilder *builder, const json_t *array, size_t level, GError **error) {
  for (size_t i = 0; i < json_array_size(array); i++) {
    bool done = append(builder, i == 0 ? "[" : ",", error) && write_line(builder, level + 1, error) &&
                write_item(builder, json_array_get(array, i), level + 1, error);
    if (!done)
      return false;
  }
  if (json_array_size(array) == 0)
    return append(builder, "[]", error);
  return write_line(builder, level, error) && append(builder, "]", error);
}

static bool write_object(ExpressionBuilder *builder, json_t *object, size_t level, GError **error) {
  const char *before = "{";
  void *iter = json_object_iter(object);

  for (; iter != NULL; iter = json_object_iter_next(object, iter), before = ",") {
    bool done = append(builder, before, error) && write_line(builder, level + 1, error) &&
                write_string(builder, json_object_iter_key(iter), json_object_iter_key_len(iter), error) && append(builder, ": ", error) &&
                write_item(builder, json_object_iter_value(iter), level + 1, error);
    if (!done)
      return false;
  }
  if (json_object_size(object) == 0)
    return append(builder, "{}", error);
  return write_line(builder, level, error) && append(builder, "}", error);
}

static bool write_value(ExpressionBuilder *builder, const ExpressionValue *value, size_t level, GError **error) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  size_t length = 0;
  const char *text = expression_value_text(value, buffer, &length);

  if (level > WRITE_MAX_DEPTH)
    return expression_fail(error, EXPRESSION_ERROR_EVALUATION, builder->node->at, "toJSON(): expected at most %d levels of nesting", WRITE_MAX_DEPTH);
  switch (value->kind) {
  case EXPRESSION_NULL:
    return append(builder, "null", error);
  case EXPRESSION_BOOLEAN:
  case EXPRESSION_NUMBER:
    break;
  case EXPRESSION_STRING:
    return write_string(builder, text, length, error);
  case EXPRESSION_ARRAY:
    return write_array(builder, value->json, level, error);
  case EXPRESSION_OBJECT:
    return write_object(builder, value->json, level, error);
  }
  return expression_builder_append(builder, text, length, error);
}

bool expression_json_write(ExpressionBuilder *builder, const ExpressionValue *value, GError **error) {
  return write_value(builder, value, 0, error);
}

/* --- reading --- */

/* Adds the memory of `json` to `bytes`; false where it is nested too deep. */
static bool measure(json_t *json, unsigned depth, size_t *bytes) {
  if (depth > EXPRESSION_MAX_JSON_DEPTH)
    return false;
  *bytes += VALUE_BYTES + 2 * json_string_length(json);

  for (size_t i = 0; i < json_array_size(json); i++) {
    if (!measure(json_array_get(json, i), depth + 1, bytes))
      return false;
  }
  void *iter = json_object_iter(json);
  for (; iter != NULL; iter = json_object_iter_next(json, iter)) {
    *bytes += VALUE_BYTES + 2 * json_object_iter_key_len(iter);
    if (!measure(json_object_iter_value(iter), depth + 1, bytes))
      return false;
  }
  return true;
}

/* Whole numbers stay whole, for whoever prints the result; one beyond 64 bits is read as a double. */
static json_t *load(const char *text, size_t length, json_error_t *problem) {
  size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
  json_t *json = json_loadb(text, length, flags, problem);
  if (json == NULL && json_error_code(problem) == json_error_numeric_overflow)
    json = json_loadb(text, length, flags | JSON_DECODE_INT_AS_REAL, problem);
  return json;
}

bool expression_json_read(ExpressionCall *call, const char *text, size_t length, ExpressionValue *result, GError **error) {
  json_error_t problem = {0};
  size_t offset = call->node->at;
  json_auto_t *json = load(text, length, &problem);
  if (json == NULL)
    return expression_fail(error, EXPRESSION_ERROR_EVALUATION, offset, "fromJSON(): expected JSON: line %d, column %d of it: %s", problem.line,
                           problem.column, problem.text);

  size_t bytes = 0;
  if (!measure(json, 1, &bytes))
    return expression_fail(error, EXPRESSION_ERROR_EVALUATION, offset, "fromJSON(): expected at most %d levels of nesting",
                           EXPRESSION_MAX_JSON_DEPTH);
  if (!expression_charge(call->evaluation, call->node, bytes, error))
    return false;
  *result = expression_value_from_json(json);
  return true;
}
