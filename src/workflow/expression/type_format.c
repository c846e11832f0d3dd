#include "workflow/expression/type_internal.h"

typedef struct {
  const char *text;
  size_t length;
  size_t at;
  bool used[EXPRESSION_MAX_ARGUMENTS + 1];
} Format;

static bool accept(Format *format, char c) {
  bool there = format->at < format->length && format->text[format->at] == c;
  format->at += there;
  return there;
}

/* Reads a placeholder past its `{`; false where it is none that format() takes. */
static bool read_placeholder(Format *format) {
  size_t number = 0;
  size_t start = format->at;

  for (; format->at < format->length && g_ascii_isdigit(format->text[format->at]); format->at++)
    number = MIN(number * 10 + (size_t)g_ascii_digit_value(format->text[format->at]), (size_t)G_MAXUINT16);
  bool digits = format->at > start;
  accept(format, ':');
  if (!digits || number > EXPRESSION_MAX_ARGUMENTS || !accept(format, '}'))
    return false;
  format->used[number] = true;
  return true;
}

static bool read_format(Format *format) {
  while (format->at < format->length) {
    if (accept(format, '{')) {
      if (!accept(format, '{') && !read_placeholder(format))
        return false;
    } else if (accept(format, '}')) {
      if (!accept(format, '}'))
        return false;
    } else {
      format->at++;
    }
  }
  return true;
}

static void report_unused(const ExpressionTypeScope *scope, const ExpressionNode *call, const Format *format, size_t number, const char *text) {
  if (number < expression_node_count(call) - 1 && !format->used[number])
    type_report(scope, TYPE_FINDING_FORMAT, expression_node_child(call, number + 1),
                "%s(): expected a placeholder for argument %zu, found no {%zu} in %s", call->name, number + 2, number, text);
}

static void report_missing(const ExpressionTypeScope *scope, const ExpressionNode *call, const Format *format, size_t number, const char *text) {
  size_t given = expression_node_count(call) - 1;
  if (number >= given && format->used[number])
    type_report(scope, TYPE_FINDING_FORMAT, call, "%s(): expected an argument for {%zu} in %s, found %zu after the format", call->name, number, text,
                given);
}

void type_check_format(const ExpressionTypeScope *scope, const ExpressionNode *call) {
  const ExpressionNode *literal = expression_node_child(call, 0);
  Format format = {.text = json_string_value(literal->value.json), .length = json_string_length(literal->value.json)};
  g_autofree char *text = expression_excerpt(format.text, format.length);

  if (!read_format(&format)) {
    type_report(scope, TYPE_FINDING_FORMAT, literal, "%s(): expected placeholders such as {0}, or {{ and }} for braces, in %s", call->name, text);
    return;
  }
  for (size_t number = 0; number <= EXPRESSION_MAX_ARGUMENTS; number++) {
    report_unused(scope, call, &format, number, text);
    report_missing(scope, call, &format, number, text);
  }
}
