#include "workflow/schema.h"

#include "workflow/expression/ast.h"
#include <string.h>

/* What one that is kept counts for: it bounds how many there are. */
#define EXPRESSION_BYTES 100

/* An expression that is well formed and names what is not there: all of it is said, not only the first. */
typedef struct {
  Check *check;
  const YamlNode *scalar;
  size_t inner; /* where the expression begins in the scalar */
  const ExpressionNames *names;
} NameReport;

/* What a node asks of its place, on its own: a context's name, or a call with as many arguments. Transfer full. */
static char *bare(const ExpressionNode *node) {
  g_autoptr(GString) text = g_string_new(node->name);
  for (size_t i = 0; i < expression_node_count(node); i++)
    g_string_append(text, i == 0 ? "(0" : ",0");
  if (node->kind == EXPRESSION_NODE_CALL)
    g_string_append(text, expression_node_count(node) > 0 ? ")" : "()");
  return g_strdup(text->str);
}

static bool report_name(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
  (void)parent;
  const NameReport *to = user;
  if (node->kind != EXPRESSION_NODE_CONTEXT && node->kind != EXPRESSION_NODE_CALL)
    return true;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = bare(node);
  g_autoptr(Expression) alone = expression_parse_named(text, strlen(text), to->names, &error);
  if (alone == NULL)
    check_report_rule(to->check, source_locate(to->check->source, to->scalar, to->inner + node->at), "expression", "%s", error->message);
  return !check_is_full(to->check);
}

/* NULL when it is not well formed. Reports what is wrong. */
static Expression *parse(Check *check, const YamlNode *scalar, const ExpressionNames *names, const ExpressionSpan *span) {
  const char *text = scalar->text + span->inner;
  size_t length = span->inner_end - span->inner;
  g_autoptr(GError) error = NULL;
  Expression *expression = expression_parse_named(text, length, names, &error);
  if (expression != NULL)
    return expression;
  expression = check->linting ? expression_parse(text, length, NULL) : NULL;
  guint before = check->refused;
  if (expression != NULL)
    expression_node_walk(expression_root(expression), report_name, &(NameReport){check, scalar, span->inner, names});
  if (check->refused == before)
    check_report_rule(check, source_locate(check->source, scalar, span->inner + expression_error_offset(error)), "expression", "%s", error->message);
  return expression;
}

/* Parses one and keeps it for those who look at the file afterwards. */
static void check_expression(Check *check, const YamlNode *scalar, const ExpressionNames *names, const ExpressionSpan *span, unsigned kinds) {
  Expression *expression = parse(check, scalar, names, span);
  if (expression == NULL)
    return;
  if (!check_charge(check, EXPRESSION_BYTES)) {
    expression_free(expression);
    return;
  }
  FoundExpression found = {
    .expression =
      {
        .scalar = scalar,
        .span = *span,
        .expression = expression,
        .names = names,
        .kinds = kinds,
        .key = check->key,
        .section = check->section,
        .whole = span->start == 0 && span->end == scalar->length && span->inner > 0,
        .bare = span->inner == 0,
        .is_key = check->in_key,
      },
    .job = check->job,
    .step = check->step,
  };
  if (check->expressions != NULL)
    g_array_append_val(check->expressions, found);
  else
    expression_free(expression);
}

static void check_span(Check *check, const YamlNode *scalar, const ExpressionNames *names, const ExpressionSpan *span, unsigned kinds) {
  if (names == NULL) {
    check_report_rule(check, source_locate(check->source, scalar, span->start), "expression", "no expression may stand here, only fixed text");
    return;
  }
  size_t first = span->inner;
  while (first < span->inner_end && g_ascii_isspace(scalar->text[first]))
    first++;
  if (first == span->inner_end)
    check_report_rule(check, source_locate(check->source, scalar, span->start), "expression", "expected an expression between ${{ and }}");
  else
    check_expression(check, scalar, names, span, kinds);
}

/* A template shorter than this with fewer pieces cannot reach the limits of format(). */
#define TEMPLATE_SURELY_FITS_BYTES (EXPRESSION_MAX_LENGTH / 4)
#define TEMPLATE_SURELY_FITS_PIECES 100

/* What GitHub refuses for its length although every piece of it is well: the whole text becomes one format() call. */
static void check_template(Check *check, const YamlNode *scalar, const ExpressionNames *names) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ExpressionTemplate) template = expression_template_parse(scalar->text, scalar->length, names, &error);
  if (template == NULL) {
    size_t offset = expression_error_offset(error);
    check_report_rule(check, offset == 0 ? scalar->location : source_locate(check->source, scalar, offset), "expression", "%s", error->message);
  }
}

void check_expressions(Check *check, const YamlNode *scalar, Availability availability, unsigned kinds) {
  const ExpressionNames *names = availability_names(availability);
  guint before = check->refused, count = 0;
  ExpressionSpan span = {0};
  bool found = memmem(scalar->text, scalar->length, "${{", 3) != NULL;
  for (size_t from = 0; found; from = span.end) {
    g_autoptr(GError) error = NULL;
    if (!expression_span_next(scalar->text, scalar->length, from, &span, &found, &error)) {
      check_report_rule(check, source_locate(check->source, scalar, expression_error_offset(error)), "expression", "%s", error->message);
      return;
    }
    if (found)
      check_span(check, scalar, names, &span, kinds);
    count += found;
  }
  if (count == 0 && (kinds & KIND_CONDITION))
    check_expression(check, scalar, names, &(ExpressionSpan){.end = scalar->length, .inner_end = scalar->length}, kinds);
  bool fits = scalar->length < TEMPLATE_SURELY_FITS_BYTES && count < TEMPLATE_SURELY_FITS_PIECES;
  if (count > 0 && !fits && names != NULL && check->refused == before)
    check_template(check, scalar, names);
}
