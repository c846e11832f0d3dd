#include "lint/rules/condition_fix.h"

#include "lint/edit/edit_yaml.h"
#include "lint/rules/fix_parts.h"
#include "workflow/expression/ast.h"

#include <string.h>

/* Whether an operator that stands beside the expression could tear it apart; `beside` is all that does. */
static bool needs_parentheses(const char *text, const char *beside) {
  g_autoptr(Expression) expression = expression_parse(text, strlen(text), NULL);
  const ExpressionNode *root = expression != NULL ? expression_root(expression) : NULL;
  if (root == NULL || root->kind >= EXPRESSION_NODE_AND)
    return true;
  return root->kind >= EXPRESSION_NODE_EQUAL && strpbrk(beside, "=!<>") != NULL;
}

static void append_inner(GString *out, const char *text, const ExpressionSpan *span, const char *beside) {
  g_autofree char *inner = g_strstrip(g_strndup(text + span->inner, span->inner_end - span->inner));
  bool parentheses = needs_parentheses(inner, beside);
  g_string_append_printf(out, "%s%s%s", parentheses ? "(" : "", inner, parentheses ? ")" : "");
}

/* The text without its expressions, or, where `beside` tells what that is, without their ${{ and }} alone. NULL when one is never
 * closed. Transfer full. */
static char *without(const char *text, const char *beside) {
  g_autoptr(GString) out = g_string_new(NULL);
  size_t length = strlen(text), at = 0;
  ExpressionSpan span;
  for (bool found = true; found; at = found ? span.end : at) {
    if (!expression_span_next(text, length, at, &span, &found, NULL))
      return NULL;
    g_string_append_len(out, text + at, (gssize)((found ? span.start : length) - at));
    if (found && beside != NULL)
      append_inner(out, text, &span, beside);
  }
  return g_strstrip(g_strdup(out->str));
}

/* One expression with nothing but blanks around it stays as it is. */
static char *without_fences(const char *text) {
  g_autofree char *beside = without(text, NULL);
  if (beside == NULL)
    return NULL;
  ExpressionSpan span;
  bool found = false, more = false;
  size_t length = strlen(text);
  bool only = *beside == '\0' && expression_span_next(text, length, 0, &span, &found, NULL) && found;
  if (only && expression_span_next(text, length, span.end, &(ExpressionSpan){0}, &more, NULL) && !more)
    return g_strndup(text + span.start, span.end - span.start);
  return without(text, beside);
}

/* Of a block without further signs `|-` for `|` and `>-` for `>`: so its lines stay as they are. */
static bool strip(EditTree *tree, Fix *fix, const YamlNode *condition, const char *text) {
  size_t size, at = source_byte(edit_tree_source(tree), condition->location);
  const char *file = source_text(edit_tree_source(tree), &size);
  bool is_block = at + 1 < size && strchr("|>", file[at]) != NULL && strchr("\r\n #", file[at + 1]) != NULL;
  g_autoptr(EditChange) change = edit_change_new(EDIT_SET, condition, 0, text, NULL);
  return is_block && edit_tree_try(tree, fix, at + 1, at + 1, "-", change);
}

Fix *condition_fix(LintFile *file, const YamlNode *condition) {
  if (!file->fixing || condition == NULL || condition->kind != YAML_SCALAR || strlen(condition->text) != condition->length)
    return NULL;
  g_autofree char *text = without_fences(condition->text);
  g_autoptr(ExpressionCondition) parsed = text != NULL ? expression_condition_parse(text, strlen(text), NULL, NULL) : NULL;
  if (parsed == NULL || expression_condition_is_string(parsed))
    return NULL;
  g_autoptr(Fix) fix = fix_new("let the condition decide", true);
  EditTree *tree = lint_edit_tree(file);
  return strip(tree, fix, condition, text) || edit_set_scalar(tree, fix, condition, text) ? g_steal_pointer(&fix) : NULL;
}
