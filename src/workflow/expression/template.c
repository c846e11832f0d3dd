#include "workflow/expression/internal.h"

#include <string.h>

#define OPEN "${{"
#define OPEN_LENGTH 3
#define CLOSE_LENGTH 2

struct ExpressionTemplate {
  GArray *segments; /* of ExpressionSegment */
  size_t expressions;
};

/* --- finding --- */

/* The offset of the `}}` that ends an expression; `length` where there is none. */
static size_t find_close(const char *text, size_t length, size_t from) {
  bool in_string = false;

  for (size_t i = from; i + 1 < length; i++) {
    if (text[i] == '\'')
      in_string = !in_string;
    else if (!in_string && text[i] == '}' && text[i + 1] == '}')
      return i;
  }
  return length;
}

bool expression_span_next(const char *text, size_t length, size_t from, ExpressionSpan *span, bool *found, GError **error) {
  const char *open = memmem(text + from, length - from, OPEN, OPEN_LENGTH);
  if (open == NULL) {
    *found = false;
    return true;
  }

  size_t start = (size_t)(open - text);
  size_t close = find_close(text, length, start + OPEN_LENGTH);
  if (close == length)
    return expression_fail(error, EXPRESSION_ERROR_PARSING, start, "expected }} to close this ${{");
  *found = true;
  *span = (ExpressionSpan){start, start + OPEN_LENGTH, close, close + CLOSE_LENGTH};
  return true;
}

/* --- parsing --- */

static void segment_clear(ExpressionSegment *segment) {
  g_free(segment->literal);
  expression_free(segment->expression);
}

static void add_literal(ExpressionTemplate *template, const char *text, size_t start, size_t end) {
  if (start == end)
    return;
  ExpressionSegment segment = {.span = {start, start, end, end}, .literal = g_malloc(end - start + 1)};
  memcpy(segment.literal, text + start, end - start);
  segment.literal[end - start] = '\0';
  g_array_append_val(template->segments, segment);
}

static bool add_expression(ExpressionTemplate *template, const char *text, const ExpressionSpan *span, const ExpressionNames *names, GError **error) {
  g_autoptr(GError) problem = NULL;
  g_autoptr(Expression) expression = expression_parse_named(text + span->inner, span->inner_end - span->inner, names, &problem);

  if (expression == NULL) {
    expression_error_shift(problem, span->inner);
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
  }
  if (expression_root(expression) == NULL)
    return expression_fail(error, EXPRESSION_ERROR_PARSING, span->inner_end, "expected an expression between ${{ and }}");
  ExpressionSegment segment = {.span = *span, .expression = g_steal_pointer(&expression)};
  g_array_append_val(template->segments, segment);
  template->expressions++;
  return true;
}

static size_t escaped_length(const char *text, size_t length) {
  size_t units = expression_utf16_length(text, length);
  for (size_t i = 0; i < length; i++)
    units += text[i] == '\'' || text[i] == '{' || text[i] == '}';
  return units;
}

/* The length of the format() call that GitHub makes of a template: format('...{0}...', expression). */
static size_t format_length(const ExpressionTemplate *template, const char *text) {
  size_t length = strlen("format('')");
  size_t number = 0;

  for (guint i = 0; i < template->segments->len; i++) {
    const ExpressionSegment *segment = &g_array_index(template->segments, ExpressionSegment, i);
    const ExpressionSpan *span = &segment->span;
    if (segment->literal != NULL) {
      length += escaped_length(segment->literal, span->end - span->start);
      continue;
    }
    const ExpressionNode *root = expression_root(segment->expression);
    length += strlen("{0}, ") + (number >= 10) + (number >= 100);
    length += expression_utf16_length(text + span->inner + root->start, root->end - root->start);
    number++;
  }
  return length;
}

static bool check_limits(const ExpressionTemplate *template, const char *text, GError **error) {
  if (template->expressions == 0 || template->segments->len < 2)
    return true;

  size_t length = format_length(template, text);
  if (length > EXPRESSION_MAX_LENGTH)
    return expression_fail(error, EXPRESSION_ERROR_PARSING, 0,
                           "expected at most %d characters in a text with expressions, found %zu; pass values in "
                           "through env or move the text to a file",
                           EXPRESSION_MAX_LENGTH, length);
  if (template->expressions >= EXPRESSION_MAX_ARGUMENTS)
    return expression_fail(error, EXPRESSION_ERROR_PARSING, 0,
                           "expected at most %d expressions in a text, found "
                           "%zu",
                           EXPRESSION_MAX_ARGUMENTS - 1, template->expressions);
  return true;
}

static ExpressionTemplate *template_new(void) {
  ExpressionTemplate *template = g_new0(ExpressionTemplate, 1);
  template->segments = g_array_new(FALSE, FALSE, sizeof(ExpressionSegment));
  g_array_set_clear_func(template->segments, (GDestroyNotify)segment_clear);
  return template;
}

ExpressionTemplate *expression_template_parse(const char *text, size_t length, const ExpressionNames *names, GError **error) {
  g_autoptr(ExpressionTemplate) template = template_new();
  ExpressionSpan span = {0};
  bool found = true;

  for (size_t at = 0; found; at = span.end) {
    if (!expression_span_next(text, length, at, &span, &found, error))
      return NULL;
    add_literal(template, text, at, found ? span.start : length);
    if (found && !add_expression(template, text, &span, names, error))
      return NULL;
  }
  if (!check_limits(template, text, error))
    return NULL;
  return g_steal_pointer(&template);
}

void expression_template_free(ExpressionTemplate *template) {
  if (template == NULL)
    return;
  g_array_unref(template->segments);
  g_free(template);
}

const ExpressionSegment *expression_template_segments(const ExpressionTemplate *template, size_t *count) {
  *count = template->segments->len;
  return (const ExpressionSegment *)(const void *)template->segments->data;
}

const Expression *expression_template_single(const ExpressionTemplate *template) {
  if (template->segments->len != 1)
    return NULL;
  return g_array_index(template->segments, ExpressionSegment, 0).expression;
}

/* --- evaluating --- */

static bool evaluate_segment(const ExpressionSegment *segment, const ExpressionScope *scope, ExpressionValue *value, GError **error) {
  GError *problem = NULL;
  if (expression_evaluate(segment->expression, scope, value, &problem))
    return true;

  expression_error_shift(problem, segment->span.inner);
  g_propagate_error(error, problem);
  return false;
}

static size_t limit_of(const ExpressionScope *scope) {
  bool given = scope != NULL && scope->memory_limit_bytes != 0;
  return given ? scope->memory_limit_bytes : EXPRESSION_MAX_MEMORY_BYTES;
}

static bool append_segment(const ExpressionSegment *segment, const ExpressionScope *scope, GString *text, GError **error) {
  if (segment->literal != NULL) {
    g_string_append_len(text, segment->literal, (gssize)(segment->span.end - segment->span.start));
    return true;
  }

  g_auto(ExpressionValue) value = {0};
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  size_t length = 0;
  if (!evaluate_segment(segment, scope, &value, error))
    return false;
  const char *piece = expression_value_text(&value, buffer, &length);
  if (2 * (text->len + length) > limit_of(scope))
    return expression_fail(error, EXPRESSION_ERROR_EVALUATION, segment->span.start, "expected the text to fit into %zu bytes of memory",
                           limit_of(scope));
  g_string_append_len(text, piece, (gssize)length);
  return true;
}

static GString *expand(const ExpressionTemplate *template, const ExpressionScope *scope, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < template->segments->len; i++) {
    const ExpressionSegment *segment = &g_array_index(template->segments, ExpressionSegment, i);
    if (!append_segment(segment, scope, text, error))
      return NULL;
  }
  return g_steal_pointer(&text);
}

bool expression_template_evaluate(const ExpressionTemplate *template, const ExpressionScope *scope, ExpressionValue *value, GError **error) {
  if (expression_template_single(template) != NULL)
    return evaluate_segment(&g_array_index(template->segments, ExpressionSegment, 0), scope, value, error);

  g_autoptr(GString) text = expand(template, scope, error);
  if (text == NULL)
    return false;
  *value = expression_value_string(text->str, text->len);
  return true;
}

char *expression_template_expand(const ExpressionTemplate *template, const ExpressionScope *scope, size_t *length, GError **error) {
  GString *text = expand(template, scope, error);
  if (text == NULL)
    return NULL;
  if (length != NULL)
    *length = text->len;
  return g_string_free(text, FALSE);
}
