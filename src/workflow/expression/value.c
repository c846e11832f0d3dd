#include "workflow/expression/internal.h"

#include <math.h>
#include <string.h>

#define WHOLE_NUMBER_MAX 9007199254740992.0 /* 2^53: every whole number up to it is a double */

static const char *const kind_names[] = {
  [EXPRESSION_NULL] = "Null",     [EXPRESSION_BOOLEAN] = "Boolean", [EXPRESSION_NUMBER] = "Number",
  [EXPRESSION_STRING] = "String", [EXPRESSION_ARRAY] = "Array",     [EXPRESSION_OBJECT] = "Object",
};

const char *expression_kind_name(ExpressionKind kind) {
  return kind_names[kind];
}

ExpressionValue expression_value_boolean(bool boolean) {
  return (ExpressionValue){.kind = EXPRESSION_BOOLEAN, .boolean = boolean};
}

ExpressionValue expression_value_number(double number) {
  return (ExpressionValue){.kind = EXPRESSION_NUMBER, .number = number};
}

static json_t *json_text(const char *text, size_t length) {
  json_t *json = json_stringn(text, length);
  if (json != NULL)
    return json;

  g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
  json = json_string(valid);
  if (json == NULL)
    g_error("out of memory for a string of %zu bytes", length);
  return json;
}

ExpressionValue expression_value_string(const char *text, size_t length) {
  return (ExpressionValue){.kind = EXPRESSION_STRING, .json = json_text(text, length)};
}

ExpressionValue expression_value_view(json_t *json) {
  if (json == NULL)
    return (ExpressionValue){0};

  switch (json_typeof(json)) {
  case JSON_OBJECT:
    return (ExpressionValue){.kind = EXPRESSION_OBJECT, .json = json};
  case JSON_ARRAY:
    return (ExpressionValue){.kind = EXPRESSION_ARRAY, .json = json};
  case JSON_STRING:
    return (ExpressionValue){.kind = EXPRESSION_STRING, .json = json};
  case JSON_INTEGER:
  case JSON_REAL:
    return expression_value_number(json_number_value(json));
  case JSON_TRUE:
  case JSON_FALSE:
    return expression_value_boolean(json_is_true(json));
  case JSON_NULL:
    break;
  }
  return (ExpressionValue){0};
}

ExpressionValue expression_value_copy(const ExpressionValue *value) {
  ExpressionValue copy = *value;
  json_incref(copy.json);
  return copy;
}

ExpressionValue expression_value_from_json(json_t *json) {
  ExpressionValue view = expression_value_view(json);
  return expression_value_copy(&view);
}

void expression_value_clear(ExpressionValue *value) {
  json_decref(value->json);
  *value = (ExpressionValue){0};
}

bool expression_value_is_primitive(const ExpressionValue *value) {
  return value->kind != EXPRESSION_ARRAY && value->kind != EXPRESSION_OBJECT;
}

bool expression_value_is_truthy(const ExpressionValue *value) {
  switch (value->kind) {
  case EXPRESSION_NULL:
    return false;
  case EXPRESSION_BOOLEAN:
    return value->boolean;
  case EXPRESSION_NUMBER:
    return value->number != 0 && !isnan(value->number);
  case EXPRESSION_STRING:
    return json_string_length(value->json) > 0;
  case EXPRESSION_ARRAY:
  case EXPRESSION_OBJECT:
    break;
  }
  return true;
}

double expression_value_to_number(const ExpressionValue *value) {
  switch (value->kind) {
  case EXPRESSION_NULL:
    return 0;
  case EXPRESSION_BOOLEAN:
    return value->boolean;
  case EXPRESSION_NUMBER:
    return value->number;
  case EXPRESSION_STRING:
    return expression_number_parse(json_string_value(value->json), json_string_length(value->json));
  case EXPRESSION_ARRAY:
  case EXPRESSION_OBJECT:
    break;
  }
  return NAN;
}

static const char *simple_text(const ExpressionValue *value, char buffer[G_ASCII_DTOSTR_BUF_SIZE]) {
  switch (value->kind) {
  case EXPRESSION_NULL:
    return "";
  case EXPRESSION_BOOLEAN:
    return value->boolean ? "true" : "false";
  case EXPRESSION_NUMBER:
    return expression_number_format(value->number, buffer);
  case EXPRESSION_STRING:
  case EXPRESSION_ARRAY:
  case EXPRESSION_OBJECT:
    break;
  }
  return expression_kind_name(value->kind);
}

const char *expression_value_text(const ExpressionValue *value, char buffer[G_ASCII_DTOSTR_BUF_SIZE], size_t *length) {
  if (value->kind == EXPRESSION_STRING) {
    *length = json_string_length(value->json);
    return json_string_value(value->json);
  }

  const char *text = simple_text(value, buffer);
  *length = strlen(text);
  return text;
}

char *expression_value_to_string(const ExpressionValue *value, size_t *length) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  size_t text_length = 0;
  const char *text = expression_value_text(value, buffer, &text_length);

  char *copy = g_malloc(text_length + 1);
  memcpy(copy, text, text_length);
  copy[text_length] = '\0';
  if (length != NULL)
    *length = text_length;
  return copy;
}

static json_t *number_to_json(double number) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite(number))
    return json_string(expression_number_format(number, buffer));
  if (number == floor(number) && fabs(number) <= WHOLE_NUMBER_MAX)
    return json_integer((json_int_t)number);
  return json_real(number);
}

json_t *expression_value_to_json(const ExpressionValue *value) {
  switch (value->kind) {
  case EXPRESSION_NULL:
    return json_null();
  case EXPRESSION_BOOLEAN:
    return json_boolean(value->boolean);
  case EXPRESSION_NUMBER:
    return number_to_json(value->number);
  case EXPRESSION_STRING:
  case EXPRESSION_ARRAY:
  case EXPRESSION_OBJECT:
    break;
  }
  return json_incref(value->json);
}

static ExpressionOrder order_of(int sign) {
  return sign < 0 ? EXPRESSION_ORDER_BELOW : sign > 0 ? EXPRESSION_ORDER_ABOVE : EXPRESSION_ORDER_SAME;
}

static ExpressionOrder order_numbers(double left, double right) {
  if (isnan(left) || isnan(right))
    return EXPRESSION_ORDER_NONE;
  return order_of((left > right) - (left < right));
}

static ExpressionOrder order_same_kind(const ExpressionValue *left, const ExpressionValue *right) {
  switch (left->kind) {
  case EXPRESSION_NULL:
    return EXPRESSION_ORDER_SAME;
  case EXPRESSION_BOOLEAN:
    return order_of(left->boolean - right->boolean);
  case EXPRESSION_NUMBER:
    return order_numbers(left->number, right->number);
  case EXPRESSION_STRING:
    return order_of(expression_text_compare(json_string_value(left->json), json_string_length(left->json), json_string_value(right->json),
                                            json_string_length(right->json)));
  case EXPRESSION_ARRAY:
  case EXPRESSION_OBJECT:
    break;
  }
  return left->json == right->json ? EXPRESSION_ORDER_SAME : EXPRESSION_ORDER_NONE;
}

/* Values of different kinds meet as numbers; an array or object is none, and so comes with nothing. */
ExpressionOrder expression_value_order(const ExpressionValue *left, const ExpressionValue *right) {
  if (left->kind == right->kind)
    return order_same_kind(left, right);
  return order_numbers(expression_value_to_number(left), expression_value_to_number(right));
}

bool expression_value_equals(const ExpressionValue *left, const ExpressionValue *right) {
  return expression_value_order(left, right) == EXPRESSION_ORDER_SAME;
}

json_t *expression_object_get(json_t *object, const char *key, size_t length, bool exact) {
  json_t *found = json_object_getn(object, key, length);
  if (found != NULL || exact)
    return found;

  void *member = json_object_iter(object);
  for (; member != NULL; member = json_object_iter_next(object, member)) {
    const char *name = json_object_iter_key(member);
    if (expression_text_compare(name, json_object_iter_key_len(member), key, length) == 0)
      return json_object_iter_value(member);
  }
  return NULL;
}
