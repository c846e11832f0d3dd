#include "workflow/expression/internal.h"

/* Either `plain`, a text without `${{ }}`, or `template` is set. */
struct ExpressionCondition {
  Expression *plain;
  ExpressionTemplate *template;
  bool needs_success;
};

static bool template_uses_status_function(const ExpressionTemplate *template) {
  size_t count = 0;
  const ExpressionSegment *segments = expression_template_segments(template, &count);

  for (size_t i = 0; i < count; i++) {
    if (segments[i].expression != NULL && expression_uses_status_function(segments[i].expression))
      return true;
  }
  return false;
}

ExpressionCondition *expression_condition_parse(const char *text, size_t length, const ExpressionNames *names, GError **error) {
  g_autoptr(ExpressionCondition) condition = g_new0(ExpressionCondition, 1);
  ExpressionSpan span = {0};
  bool has_expression = false;

  if (!expression_span_next(text, length, 0, &span, &has_expression, error))
    return NULL;
  if (has_expression)
    condition->template = expression_template_parse(text, length, names, error);
  else
    condition->plain = expression_parse_named(text, length, names, error);
  if (condition->template == NULL && condition->plain == NULL)
    return NULL;

  condition->needs_success =
    has_expression ? !template_uses_status_function(condition->template) : !expression_uses_status_function(condition->plain);
  return g_steal_pointer(&condition);
}

void expression_condition_free(ExpressionCondition *condition) {
  if (condition == NULL)
    return;
  expression_free(condition->plain);
  expression_template_free(condition->template);
  g_free(condition);
}

bool expression_condition_is_string(const ExpressionCondition *condition) {
  return condition->template != NULL && expression_template_single(condition->template) == NULL;
}

const Expression *expression_condition_expression(const ExpressionCondition *condition, size_t *offset) {
  size_t count = 0;
  if (offset != NULL)
    *offset = condition->plain != NULL ? 0 : expression_template_segments(condition->template, &count)[0].span.inner;
  return condition->plain != NULL ? condition->plain : expression_template_single(condition->template);
}

static bool is_success(const ExpressionScope *scope, bool *success, GError **error) {
  static const ExpressionScope nothing = {0};
  g_auto(ExpressionValue) answer = {0};

  if (!expression_scope_call(scope == NULL ? &nothing : scope, "success", NULL, 0, 0, &answer, error))
    return false;
  *success = expression_value_is_truthy(&answer);
  return true;
}

static bool is_met(const ExpressionCondition *condition, const ExpressionScope *scope, bool *met, GError **error) {
  g_auto(ExpressionValue) value = {0};

  if (condition->plain != NULL && expression_root(condition->plain) == NULL) {
    *met = true;
    return true;
  }
  bool done = condition->plain != NULL ? expression_evaluate(condition->plain, scope, &value, error)
                                       : expression_template_evaluate(condition->template, scope, &value, error);
  if (done)
    *met = expression_value_is_truthy(&value);
  return done;
}

bool expression_condition_evaluate(const ExpressionCondition *condition, const ExpressionScope *scope, bool *met, GError **error) {
  bool success = true;
  if (condition->needs_success && !is_success(scope, &success, error))
    return false;
  if (!success) {
    *met = false;
    return true;
  }
  return is_met(condition, scope, met, error);
}
