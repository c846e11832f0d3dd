#include "workflow/expression/internal.h"

#include <string.h>

/* The string form of an argument, and room for it where it is a number. */
typedef struct {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  const char *text;
  size_t length;
  bool primitive;
} Text;

static bool read_text(ExpressionCall *call, size_t index, Text *text, GError **error) {
  const ExpressionValue *value = expression_call_argument(call, index, error);
  if (value == NULL)
    return false;
  text->primitive = expression_value_is_primitive(value);
  text->text = expression_value_text(value, text->buffer, &text->length);
  return true;
}

/* --- contains, startsWith, endsWith --- */

typedef bool (*Match)(const GString *text, const GString *part);

static bool match_anywhere(const GString *text, const GString *part) {
  return memmem(text->str, text->len, part->str, part->len) != NULL;
}

static bool match_start(const GString *text, const GString *part) {
  return part->len <= text->len && memcmp(text->str, part->str, part->len) == 0;
}

static bool match_end(const GString *text, const GString *part) {
  return part->len <= text->len && memcmp(text->str + text->len - part->len, part->str, part->len) == 0;
}

static bool match_texts(ExpressionCall *call, Match match, ExpressionValue *result, GError **error) {
  Text text = {0};
  Text part = {0};

  *result = expression_value_boolean(false);
  if (!read_text(call, 0, &text, error))
    return false;
  if (!text.primitive)
    return true;
  if (!read_text(call, 1, &part, error))
    return false;
  if (!part.primitive)
    return true;

  g_autoptr(GString) folded_text = expression_text_fold(text.text, text.length);
  g_autoptr(GString) folded_part = expression_text_fold(part.text, part.length);
  *result = expression_value_boolean(match(folded_text, folded_part));
  return true;
}

static bool find_item(ExpressionCall *call, const json_t *array, ExpressionValue *result, GError **error) {
  const ExpressionValue *wanted = expression_call_argument(call, 1, error);
  if (wanted == NULL)
    return false;

  bool found = false;
  for (size_t i = 0; !found && i < json_array_size(array); i++) {
    ExpressionValue item = expression_value_view(json_array_get(array, i));
    found = expression_value_equals(wanted, &item);
  }
  *result = expression_value_boolean(found);
  return true;
}

static bool run_contains(ExpressionCall *call, ExpressionValue *result, GError **error) {
  const ExpressionValue *text = expression_call_argument(call, 0, error);
  if (text == NULL)
    return false;
  return text->kind == EXPRESSION_ARRAY ? find_item(call, text->json, result, error) : match_texts(call, match_anywhere, result, error);
}

static bool run_starts_with(ExpressionCall *call, ExpressionValue *result, GError **error) {
  return match_texts(call, match_start, result, error);
}

static bool run_ends_with(ExpressionCall *call, ExpressionValue *result, GError **error) {
  return match_texts(call, match_end, result, error);
}

/* --- format --- */

static bool fail_format(const ExpressionCall *call, const Text *format, const char *expected, GError **error) {
  g_autofree char *found = expression_excerpt(format->text, format->length);
  return expression_fail(error, EXPRESSION_ERROR_EVALUATION, call->node->at, "format(): expected %s in %s", expected, found);
}

/* Reads the number and the `}` of a placeholder from `*at`, which stands past the `{`, and moves past them. */
static bool read_placeholder(const Text *format, size_t *at, size_t *number) {
  size_t digits = 0;
  for (*number = 0; *at < format->length && g_ascii_isdigit(format->text[*at]); (*at)++, digits++)
    *number = MIN(*number * 10 + (size_t)g_ascii_digit_value(format->text[*at]), (size_t)G_MAXUINT16);

  if (*at + 1 < format->length && format->text[*at] == ':')
    (*at)++;
  bool closed = *at < format->length && format->text[*at] == '}';
  (*at)++;
  return digits > 0 && closed && *number <= G_MAXUINT8;
}

static bool append_argument(ExpressionCall *call, size_t index, ExpressionBuilder *builder, GError **error) {
  Text argument = {0};
  return read_text(call, index, &argument, error) && expression_builder_append(builder, argument.text, argument.length, error);
}

static bool append_placeholder(ExpressionCall *call, const Text *format, size_t *at, ExpressionBuilder *builder, GError **error) {
  size_t number = 0;
  if (!read_placeholder(format, at, &number))
    return fail_format(call, format, "a placeholder such as {0}, or {{ for a brace", error);

  size_t given = expression_node_count(call->node) - 1;
  if (number >= given) {
    g_autofree char *expected = g_strdup_printf("placeholders for %zu arguments only, found {%zu}", given, number);
    return fail_format(call, format, expected, error);
  }
  return append_argument(call, number + 1, builder, error);
}

/* Appends what stands at `*at`, a brace, and moves past it. */
static bool append_brace(ExpressionCall *call, const Text *format, size_t *at, ExpressionBuilder *builder, GError **error) {
  const char *brace = format->text + *at;
  bool doubled = *at + 1 < format->length && brace[1] == brace[0];

  *at += doubled ? 2 : 1;
  if (doubled)
    return expression_builder_append(builder, brace, 1, error);
  if (*brace == '}')
    return fail_format(call, format, "}} for a brace", error);
  return append_placeholder(call, format, at, builder, error);
}

static size_t literal_length(const char *text, size_t length) {
  size_t i = 0;
  while (i < length && text[i] != '{' && text[i] != '}')
    i++;
  return i;
}

static bool run_format(ExpressionCall *call, ExpressionValue *result, GError **error) {
  Text format = {0};
  if (!read_text(call, 0, &format, error))
    return false;

  g_auto(ExpressionBuilder) builder = expression_builder_new(call);
  for (size_t at = 0; at < format.length;) {
    size_t literal = literal_length(format.text + at, format.length - at);
    if (!expression_builder_append(&builder, format.text + at, literal, error))
      return false;
    at += literal;
    if (at < format.length && !append_brace(call, &format, &at, &builder, error))
      return false;
  }
  *result = expression_builder_value(&builder);
  return true;
}

/* --- join --- */

static bool read_separator(ExpressionCall *call, Text *separator, GError **error) {
  bool given = expression_node_count(call->node) > 1;
  if (given && !read_text(call, 1, separator, error))
    return false;
  if (!given || !separator->primitive) {
    separator->text = ",";
    separator->length = 1;
  }
  return true;
}

static bool append_item(ExpressionBuilder *builder, json_t *item, GError **error) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  size_t length = 0;
  ExpressionValue view = expression_value_view(item);
  const char *text = expression_value_text(&view, buffer, &length);
  return expression_builder_append(builder, text, length, error);
}

static bool join_items(ExpressionCall *call, const json_t *array, ExpressionBuilder *builder, GError **error) {
  Text separator = {0};
  size_t count = json_array_size(array);

  for (size_t i = 0; i < count; i++) {
    if (i == 1 && !read_separator(call, &separator, error))
      return false;
    if (i > 0 && !expression_builder_append(builder, separator.text, separator.length, error))
      return false;
    if (!append_item(builder, json_array_get(array, i), error))
      return false;
  }
  return true;
}

static bool run_join(ExpressionCall *call, ExpressionValue *result, GError **error) {
  const ExpressionValue *items = expression_call_argument(call, 0, error);
  if (items == NULL)
    return false;

  g_auto(ExpressionBuilder) builder = expression_builder_new(call);
  if (items->kind == EXPRESSION_ARRAY && !join_items(call, items->json, &builder, error))
    return false;
  if (expression_value_is_primitive(items) && !append_argument(call, 0, &builder, error))
    return false;
  *result = expression_builder_value(&builder);
  return true;
}

/* --- toJSON, fromJSON, case --- */

static bool run_to_json(ExpressionCall *call, ExpressionValue *result, GError **error) {
  const ExpressionValue *value = expression_call_argument(call, 0, error);
  if (value == NULL)
    return false;

  g_auto(ExpressionBuilder) builder = expression_builder_new(call);
  if (!expression_json_write(&builder, value, error))
    return false;
  *result = expression_builder_value(&builder);
  return true;
}

static bool run_from_json(ExpressionCall *call, ExpressionValue *result, GError **error) {
  Text text = {0};
  return read_text(call, 0, &text, error) && expression_json_read(call, text.text, text.length, result, error);
}

static bool give_argument(ExpressionCall *call, size_t index, ExpressionValue *result, GError **error) {
  const ExpressionValue *value = expression_call_argument(call, index, error);
  if (value == NULL)
    return false;
  *result = expression_value_copy(value);
  return true;
}

static bool run_case(ExpressionCall *call, ExpressionValue *result, GError **error) {
  size_t otherwise = expression_node_count(call->node) - 1;

  for (size_t i = 0; i < otherwise; i += 2) {
    const ExpressionValue *condition = expression_call_argument(call, i, error);
    if (condition == NULL)
      return false;
    if (condition->kind != EXPRESSION_BOOLEAN)
      return expression_fail(error, EXPRESSION_ERROR_EVALUATION, expression_node_child(call->node, i)->start,
                             "case(): expected a condition that is true or false, found %s", expression_kind_name(condition->kind));
    if (condition->boolean)
      return give_argument(call, i + 1, result, error);
  }
  return give_argument(call, otherwise, result, error);
}

/* --- the tables --- */

static const ExpressionBuiltin builtins[] = {
  {{"case", 3, EXPRESSION_MAX_ARGUMENTS}, .odd = true, .run = run_case},
  {{"contains", 2, 2}, .run = run_contains},
  {{"endsWith", 2, 2}, .run = run_ends_with},
  {{"format", 1, EXPRESSION_MAX_ARGUMENTS}, .run = run_format},
  {{"fromJSON", 1, 1}, .run = run_from_json},
  {{"join", 1, 2}, .run = run_join},
  {{"startsWith", 2, 2}, .run = run_starts_with},
  {{"toJSON", 1, 1}, .run = run_to_json},
};

const ExpressionFunction expression_run_functions[] = {
  {"always", 0, 0},
  {"cancelled", 0, 0},
  {"failure", 0, EXPRESSION_MAX_ARGUMENTS},
  {"hashFiles", 1, EXPRESSION_MAX_ARGUMENTS},
  {"success", 0, EXPRESSION_MAX_ARGUMENTS},
  {0},
};

const ExpressionBuiltin *expression_builtin_find(const char *name) {
  for (size_t i = 0; i < G_N_ELEMENTS(builtins); i++) {
    if (g_ascii_strcasecmp(builtins[i].signature.name, name) == 0)
      return &builtins[i];
  }
  return NULL;
}

const ExpressionFunction *expression_function_find(const char *name) {
  const ExpressionBuiltin *builtin = expression_builtin_find(name);
  if (builtin != NULL)
    return &builtin->signature;

  for (const ExpressionFunction *function = expression_run_functions; function->name != NULL; function++) {
    if (g_ascii_strcasecmp(function->name, name) == 0)
      return function;
  }
  return NULL;
}
