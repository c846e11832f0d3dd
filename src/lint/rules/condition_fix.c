#include "lint/rules/condition_fix.h"

#include "lint/rules/fix_parts.h"
#include "workflow/expression/ast.h"

#include <string.h>

static bool is_blank(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (!g_ascii_isspace(text[i]))
      return false;
  return true;
}

/* Whether an operator beside it could tear it apart. */
static bool needs_parentheses(const char *text, size_t length) {
  g_autoptr(Expression) expression = expression_parse(text, length, NULL);
  const ExpressionNode *root = expression != NULL ? expression_root(expression) : NULL;
  return root == NULL || root->kind >= EXPRESSION_NODE_EQUAL;
}

static void append_inner(GString *out, const char *text, const ExpressionSpan *span) {
  g_autofree char *inner = g_strstrip(g_strndup(text + span->inner, span->inner_end - span->inner));
  bool parentheses = needs_parentheses(inner, strlen(inner));
  g_string_append_printf(out, "%s%s%s", parentheses ? "(" : "", inner, parentheses ? ")" : "");
}

/* The text without its ${{ and }}; NULL when one is never closed. Where only blanks stand around one of them, it stays. */
static char *without_fences(const char *text) {
  g_autoptr(GString) out = g_string_new(NULL);
  size_t length = strlen(text), at = 0;
  ExpressionSpan span;
  bool found = false;
  for (bool only = true;; only = false) {
    if (!expression_span_next(text, length, at, &span, &found, NULL))
      return NULL;
    if (!found)
      break;
    if (only && is_blank(text, span.start) && is_blank(text + span.end, length - span.end))
      return g_strndup(text + span.start, span.end - span.start);
    g_string_append_len(out, text + at, (gssize)(span.start - at));
    append_inner(out, text, &span);
    at = span.end;
  }
  g_string_append(out, text + at);
  return g_strstrip(g_strdup(out->str));
}

Fix *condition_fix(LintFile *file, const YamlNode *condition) {
  if (!file->fixing || condition == NULL || condition->kind != YAML_SCALAR || strlen(condition->text) != condition->length)
    return NULL;
  g_autofree char *text = without_fences(condition->text);
  g_autoptr(ExpressionCondition) parsed = text != NULL ? expression_condition_parse(text, strlen(text), NULL, NULL) : NULL;
  if (parsed == NULL || expression_condition_is_string(parsed))
    return NULL;
  return fix_text(file, condition, text, true, "let the condition decide");
}
