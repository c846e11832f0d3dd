#include "runner/expand.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

void expand_set(json_t *object, const char *key, const char *value) {
  g_autofree char *valid = g_utf8_make_valid(value != NULL ? value : "", -1);
  json_object_set_new(object, key, json_string(valid));
}

static bool fail_at(GError **error, Location at, const GError *inner) {
  return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: %s", at.file, at.line, at.column, inner->message);
}

bool expand_value(const WorkflowText *text, const ExpressionScope *scope, ExpressionValue *value, GError **error) {
  g_autoptr(GError) inner = NULL;
  g_autoptr(ExpressionTemplate) template = expression_template_parse(text->text, strlen(text->text), NULL, &inner);
  if (template == NULL || !expression_template_evaluate(template, scope, value, &inner))
    return fail_at(error, text->location, inner);
  return true;
}

char *expand_text(const WorkflowText *text, const ExpressionScope *scope, GError **error) {
  g_auto(ExpressionValue) value = {0};
  if (!expand_value(text, scope, &value, error))
    return NULL;
  return expression_value_to_string(&value, NULL);
}

bool expand_bool(const WorkflowText *text, bool fallback, const ExpressionScope *scope, bool *value, GError **error) {
  if (text->text == NULL) {
    *value = fallback;
    return true;
  }
  g_auto(ExpressionValue) read = {0};
  if (!expand_value(text, scope, &read, error))
    return false;
  g_autofree char *words = expression_value_to_string(&read, NULL);
  bool yes = g_ascii_strcasecmp(words, "true") == 0, no = g_ascii_strcasecmp(words, "false") == 0 || *words == '\0';
  if (!yes && !no)
    return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: expected true or false, found \"%.60s\"", text->location.file, text->location.line,
                     text->location.column, words);
  *value = yes;
  return true;
}

bool expand_number(const WorkflowText *text, double fallback, const ExpressionScope *scope, double *value, GError **error) {
  *value = fallback;
  if (text->text == NULL)
    return true;
  g_auto(ExpressionValue) read = {0};
  if (!expand_value(text, scope, &read, error))
    return false;
  double number = expression_value_to_number(&read);
  if (!isfinite(number) || number <= 0) {
    g_autofree char *words = expression_value_to_string(&read, NULL);
    return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: expected a number above 0, found \"%.60s\"", text->location.file, text->location.line,
                     text->location.column, words);
  }
  *value = number;
  return true;
}

static bool insert_mapping(const WorkflowPair *pair, const ExpressionScope *scope, json_t *target, GError **error) {
  g_auto(ExpressionValue) value = {0};
  if (!expand_value(&pair->value, scope, &value, error))
    return false;
  if (value.kind == EXPRESSION_NULL)
    return true;
  if (value.kind != EXPRESSION_OBJECT)
    return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: expected an object, found %s", pair->value.location.file, pair->value.location.line,
                     pair->value.location.column, expression_kind_name(value.kind));
  const char *key;
  json_t *item;
  json_object_foreach (value.json, key, item) {
    g_auto(ExpressionValue) scalar = expression_value_from_json(item);
    g_autofree char *text = expression_value_to_string(&scalar, NULL);
    expand_set(target, key, text);
  }
  return true;
}

bool expand_pairs(const WorkflowPairs *pairs, const ExpressionScope *scope, json_t *target, GError **error) {
  for (guint i = 0; i < pairs->count; i++) {
    const WorkflowPair *pair = &pairs->items[i];
    if (pair->name == NULL) {
      if (!insert_mapping(pair, scope, target, error))
        return false;
      continue;
    }
    WorkflowText name_text = {.text = pair->name, .location = pair->location};
    g_autofree char *name = expand_text(&name_text, scope, error);
    g_autofree char *value = name != NULL ? expand_text(&pair->value, scope, error) : NULL;
    if (value == NULL)
      return false;
    expand_set(target, name, value);
  }
  return true;
}

bool expand_condition(const WorkflowText *condition, const ExpressionScope *scope, bool *met, GError **error) {
  const char *text = condition->text != NULL ? condition->text : "";
  g_autoptr(GError) inner = NULL;
  g_autoptr(ExpressionCondition) parsed = expression_condition_parse(text, strlen(text), NULL, &inner);
  if (parsed == NULL || !expression_condition_evaluate(parsed, scope, met, &inner))
    return fail_at(error, condition->location, inner);
  return true;
}
