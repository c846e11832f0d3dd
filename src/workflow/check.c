#include "workflow/schema.h"

#include "base/nearest.h"
#include <stdarg.h>
#include <string.h>

#define EXCERPT_MAX 60

static void report(Check *check, Location location, const char *rule, const char *format, va_list arguments) {
  if (diagnostics_count(check->diagnostics) >= check->findings_max)
    return;
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  diagnostics_add_rule(check->diagnostics, location, rule, "%s", message);
}

void check_report(Check *check, Location location, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report(check, location, check->rule, format, arguments);
  va_end(arguments);
}

void check_report_rule(Check *check, Location location, const char *rule, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report(check, location, rule, format, arguments);
  va_end(arguments);
}

/* A scalar's text for a message: one line, not long. Transfer full. */
static char *excerpt(const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl(*c))
      *c = ' ';
  if (g_utf8_strlen(valid, -1) <= EXCERPT_MAX)
    return g_steal_pointer(&valid);
  *g_utf8_offset_to_pointer(valid, EXCERPT_MAX) = '\0';
  return g_strconcat(valid, "...", NULL);
}

/* ---- expressions ---- */

/* Parses one and keeps it for those who look at the file afterwards. */
static void check_expression(Check *check, const YamlNode *scalar, const ExpressionNames *names, const ExpressionSpan *span, unsigned kinds) {
  g_autoptr(GError) error = NULL;
  Expression *expression = expression_parse_named(scalar->text + span->inner, span->inner_end - span->inner, names, &error);
  if (expression == NULL) {
    Location place = source_locate(check->source, scalar, span->inner + expression_error_offset(error));
    check_report_rule(check, place, "expression", "%s", error->message);
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
  guint before = diagnostics_count(check->diagnostics), count = 0;
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
  if (count > 0 && !fits && names != NULL && diagnostics_count(check->diagnostics) == before)
    check_template(check, scalar, names);
}

/* ---- kinds ---- */

static const struct {
  unsigned kind;
  const char *name;
} kind_names[] = {
  {KIND_FILLED, "text"},     {KIND_TEXT, "text"},   {KIND_CONDITION, "a condition"}, {KIND_BOOLEAN, "true or false"},
  {KIND_NUMBER, "a number"}, {KIND_LIST, "a list"}, {KIND_MAPPING, "a mapping"},     {KIND_NOTHING, "nothing"},
};

static void report_kind(Check *check, const YamlNode *node, const Shape *shape) {
  g_autoptr(GString) expected = g_string_new(NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(kind_names); i++)
    if (shape->kinds & kind_names[i].kind)
      g_string_append_printf(expected, "%s%s", expected->len > 0 ? " or " : "", kind_names[i].name);
  for (const char *const *word = shape->words; word != NULL && *word != NULL; word++)
    g_string_append_printf(expected, "%s\"%s\"", expected->len > 0 ? " or " : "", *word);
  bool scalar = node->kind == YAML_SCALAR && node->length > 0;
  g_autofree char *text = scalar ? excerpt(node->text) : NULL;
  const char *near = scalar && shape->words != NULL ? nearest_name(node->text, shape->words) : NULL;
  check_report(check, node->location, "%s: expected %s, found %s%s%s%s%s%s", shape->name != NULL ? shape->name : check->key, expected->str,
               scalar ? "\"" : "", scalar ? text : yaml_describe(node), scalar ? "\"" : "", near != NULL ? ", did you mean \"" : "",
               near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static bool is_word(const Shape *shape, const char *text) {
  return shape->words != NULL && g_strv_contains(shape->words, text);
}

static bool is_blank_text(const YamlNode *node) {
  for (size_t i = 0; i < node->length; i++)
    if (!g_ascii_isspace(node->text[i]))
      return false;
  return true;
}

static bool scalar_fits(const YamlNode *node, const Shape *shape) {
  bool flag;
  double number;
  if (scalar_is_null(node) && (shape->kinds & KIND_NOTHING))
    return true;
  if ((shape->kinds & KIND_WORD) && is_word(shape, node->text))
    return true;
  if ((shape->kinds & KIND_BOOLEAN) && scalar_is_bool(node, &flag))
    return true;
  if ((shape->kinds & KIND_NUMBER) && scalar_is_number(node, &number))
    return true;
  if (shape->kinds & (KIND_TEXT | KIND_CONDITION))
    return true;
  return (shape->kinds & KIND_FILLED) && !scalar_is_null(node) && !is_blank_text(node);
}

static void check_scalar(Check *check, const YamlNode *node, const Shape *shape, Availability availability) {
  const char *why = NULL;
  if (scalar_tag_wrong(node, &why)) {
    check_report(check, node->location, "%s", why);
    return;
  }
  bool whole = (shape->kinds & (KIND_WHOLE | KIND_BOOLEAN | KIND_NUMBER)) && availability_names(availability) != NULL;
  if (whole && scalar_is_expression(node))
    check_expressions(check, node, availability, shape->kinds & ~KIND_CONDITION);
  else if (!scalar_fits(node, shape))
    report_kind(check, node, shape);
  else if (node->length > 0)
    check_expressions(check, node, availability, shape->kinds);
}

/* ---- mappings ---- */

static const ShapeKey *find_key(const Shape *shape, const char *name) {
  for (const ShapeKey *key = shape->keys; key != NULL && key->name != NULL; key++)
    if (strcmp(key->name, name) == 0)
      return key;
  return NULL;
}

/* The bit of the variant that a mapping is; 0 when none or more than one, which is reported. */
static unsigned choose_variant(Check *check, const YamlNode *node, const Shape *shape) {
  unsigned chosen = 0, bit = 1;
  const ShapeVariant *first = NULL;
  for (const ShapeVariant *variant = shape->variants; variant->key != NULL; variant++, bit <<= 1) {
    if (yaml_get(node, variant->key) == NULL)
      continue;
    if (first == NULL) {
      first = variant;
      chosen = bit;
      continue;
    }
    for (guint i = 0; i < node->count; i++)
      if (strcmp(yaml_key(node, i)->text, variant->key) == 0)
        check_report(check, yaml_key(node, i)->location, "%s takes \"%s\" or \"%s\", not both", shape->name, first->key, variant->key);
    return 0;
  }
  if (first == NULL)
    check_report(check, node->location, "%s", shape->needs);
  return chosen;
}

static void report_unknown_key(Check *check, const YamlNode *key, const Shape *shape, unsigned variant) {
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (const ShapeKey *row = shape->keys; row != NULL && row->name != NULL; row++)
    if (row->variants == 0 || variant == 0 || (row->variants & variant))
      g_ptr_array_add(known, (gpointer)row->name);
  g_ptr_array_add(known, NULL);
  const char *near = nearest_name(key->text, (const char *const *)known->pdata);
  g_autofree char *list = g_strjoinv(", ", (char **)known->pdata);
  g_autofree char *name = excerpt(key->text);
  if (near != NULL)
    check_report(check, key->location, "unknown key \"%s\" in %s, did you mean \"%s\"?", name, shape->name, near);
  else
    check_report(check, key->location, "unknown key \"%s\" in %s, expected one of: %s", name, shape->name, list);
}

static const char *variant_name(const Shape *shape, unsigned variant) {
  const ShapeVariant *row = shape->variants;
  for (; variant > 1; variant >>= 1)
    row++;
  return row->name;
}

/* A key that may hold expressions. */
static void check_expression_key(Check *check, const YamlNode *key, Availability availability) {
  ExpressionSpan span = {0};
  bool found = false;
  bool insert = scalar_is_expression(key) && expression_span_next(key->text, key->length, 0, &span, &found, NULL) && found;
  g_autofree char *inner = insert ? g_strndup(key->text + span.inner, span.inner_end - span.inner) : NULL;
  check->in_key = true;
  if (!insert || strcmp(g_strstrip(inner), "insert") != 0)
    check_expressions(check, key, availability, KIND_TEXT);
  check->in_key = false;
}

static bool check_key(Check *check, const YamlNode *key, const Shape *shape, Availability availability) {
  const char *why = NULL;
  if (strcmp(key->text, "<<") == 0 && key->plain)
    check_report(check, key->location, "GitHub Actions knows no merge key \"<<\"; write the keys out");
  else if (key->length == 0)
    check_report(check, key->location, "a key of %s may not be empty", shape->name);
  else if (scalar_tag_wrong(key, &why))
    check_report(check, key->location, "%s", why);
  else {
    if (shape->keys_are_expressions)
      check_expression_key(check, key, availability);
    return true;
  }
  return false;
}

/* Notes whose the expressions below the n-th pair are. */
static void enter_pair(Check *check, const Shape *shape, const YamlNode *key, guint index) {
  check->key = key->text;
  if (shape->scope != SCOPE_SAME)
    check->section = key->text;
  if (shape->value != NULL && shape->value->scope == SCOPE_JOB) {
    check->job = index;
    check->next_step = 0;
  }
}

static void check_mapping(Check *check, const YamlNode *node, const Shape *shape, Availability availability) {
  unsigned variant = shape->variants != NULL ? choose_variant(check, node, shape) : 0;
  const Check around = *check;
  if (shape->scope == SCOPE_STEP)
    check->step = check->next_step++;
  guint step = check->step;
  for (guint i = 0; i < node->count; i++) {
    const YamlNode *key = yaml_key(node, i), *value = yaml_value(node, i);
    if (!check_key(check, key, shape, availability))
      continue;
    enter_pair(check, shape, key, i);
    check->step = step;
    const ShapeKey *row = find_key(shape, key->text);
    if (row == NULL && shape->value == NULL)
      report_unknown_key(check, key, shape, variant);
    else if (row != NULL && row->variants != 0 && variant != 0 && !(row->variants & variant))
      check_report(check, key->location, "\"%s\" has no meaning in %s", row->name, variant_name(shape, variant));
    else if (row != NULL)
      schema_check(check, value, row->shape, row->availability != AVAILABLE_INHERIT ? row->availability : availability);
    else
      schema_check(check, value, shape->value, availability);
  }
  check->key = around.key;
  check->section = around.section;
  check->job = around.job;
  check->step = around.step;
  for (const ShapeKey *row = shape->keys; row != NULL && row->name != NULL; row++)
    if (row->required && yaml_get(node, row->name) == NULL)
      check_report(check, node->location, "%s needs \"%s\"", shape->name, row->name);
}

/* ---- the walk ---- */

static const Shape shape_item = {.kinds = KIND_FILLED};

static void check_anything(Check *check, const YamlNode *node, Availability availability) {
  const char *why = NULL;
  if (node->kind == YAML_SCALAR && scalar_tag_wrong(node, &why))
    check_report(check, node->location, "%s", why);
  else if (node->kind == YAML_SCALAR)
    check_expressions(check, node, availability, 0);
  for (guint i = 0; node->kind == YAML_SEQUENCE && i < node->count; i++)
    check_anything(check, node->items[i], availability);
  for (guint i = 0; node->kind == YAML_MAPPING && i < node->count; i++)
    check_anything(check, yaml_value(node, i), availability);
}

static void check_node(Check *check, const YamlNode *node, const Shape *shape, Availability availability) {
  if (shape->anything) {
    check_anything(check, node, availability);
  } else if (node->kind == YAML_SCALAR) {
    check_scalar(check, node, shape, availability);
  } else if (node->kind == YAML_SEQUENCE && (shape->kinds & KIND_LIST)) {
    for (guint i = 0; i < node->count; i++)
      schema_check(check, node->items[i], shape->item != NULL ? shape->item : &shape_item, availability);
  } else if (node->kind == YAML_MAPPING && (shape->kinds & KIND_MAPPING)) {
    check_mapping(check, node, shape, availability);
  } else {
    report_kind(check, node, shape);
    return;
  }
  if (shape->check != NULL)
    shape->check(check, node);
}

void schema_check(Check *check, const YamlNode *node, const Shape *shape, Availability availability) {
  if (shape->opaque)
    return;
  const char *rule = check->rule;
  if (shape->rule != NULL)
    check->rule = shape->rule;
  check_node(check, node, shape, availability);
  check->rule = rule;
}
