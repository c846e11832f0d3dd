#include "workflow/schema.h"

#include "base/nearest.h"
#include <stdarg.h>
#include <string.h>

/* The walk over the tree: what is said of it, and what kinds of nodes may stand where. */

#define EXCERPT_MAX 60

bool check_is_full(const Check *check) {
  return diagnostics_count(check->diagnostics) >= check->findings_max;
}

G_GNUC_PRINTF(4, 0)
static void report(Check *check, Location location, const char *rule, const char *format, va_list arguments) {
  check->is_kept = !check_is_full(check);
  if (!check->is_kept)
    return;
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  diagnostics_add_rule(check->diagnostics, location, rule, "%s", message);
}

void check_report(Check *check, Location location, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report(check, location, check->rule, format, arguments);
  va_end(arguments);
  check->refused++;
}

void check_report_rule(Check *check, Location location, const char *rule, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report(check, location, rule, format, arguments);
  va_end(arguments);
  check->refused++;
}

void check_advise(Check *check, Location location, const char *rule, const char *format, ...) {
  check->is_kept = false;
  if (!check->linting)
    return;
  va_list arguments;
  va_start(arguments, format);
  report(check, location, rule, format, arguments);
  va_end(arguments);
}

void check_suggest(Check *check, const char *name) {
  if (name != NULL && check->is_kept)
    diagnostics_suggest(check->diagnostics, name);
}

bool check_charge(Check *check, size_t size_bytes) {
  bool fitted = check->size_bytes <= CHECK_SIZE_MAX_BYTES;
  check->size_bytes += fitted ? size_bytes : 0;
  bool fits = check->size_bytes <= CHECK_SIZE_MAX_BYTES;
  if (fitted && !fits) {
    check->findings_max++; /* this one is always heard */
    check_report_rule(check, (Location){.line = 1, .column = 1}, "syntax-check", "with its aliases written out the file is larger than %zu MB",
                      CHECK_SIZE_MAX_BYTES >> 20);
  }
  return fits;
}

/* About what GitHub counts for a node: an object, and two bytes a character. */
#define NODE_BYTES 24

static bool charge_node(Check *check, const YamlNode *node) {
  return check_charge(check, NODE_BYTES + 2 * node->length);
}

Location check_place(const Check *check, const YamlNode *node) {
  return check->linting && check->name != NULL ? check->name->location : node->location;
}

const char *check_name(const Check *check, const Shape *shape) {
  return shape->name != NULL ? shape->name : check->key;
}

char *check_excerpt(const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, (EXCERPT_MAX + 1) * 4));
  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl(*c))
      *c = ' ';
  if (g_utf8_strlen(valid, -1) <= EXCERPT_MAX)
    return g_steal_pointer(&valid);
  *g_utf8_offset_to_pointer(valid, EXCERPT_MAX) = '\0';
  return g_strconcat(valid, "...", NULL);
}

/* ---- kinds ---- */

static const struct {
  unsigned kind;
  const char *name;
} kind_names[] = {
  {KIND_FILLED, "text"},     {KIND_TEXT, "text"},   {KIND_CONDITION, "a condition"}, {KIND_BOOLEAN, "true or false"},
  {KIND_NUMBER, "a number"}, {KIND_LIST, "a list"}, {KIND_MAPPING, "a mapping"},     {KIND_NOTHING, "nothing"},
};

#define WORDS_SHOWN_MAX 6

/* A word that is nearly one of many that may stand there: then the others are of no interest. */
static bool report_near_word(Check *check, const YamlNode *node, const Shape *shape) {
  if (shape->words == NULL || g_strv_length((char **)shape->words) <= WORDS_SHOWN_MAX)
    return false;
  const char *near = node->kind == YAML_SCALAR && node->length > 0 ? nearest_name(node->text, shape->words) : NULL;
  if (near == NULL)
    return false;
  g_autofree char *text = check_excerpt(node->text);
  check_report(check, node->location, "%s: \"%s\" is none of its values", check_name(check, shape), text);
  check_suggest(check, near);
  return true;
}

static void report_kind(Check *check, const YamlNode *node, const Shape *shape) {
  if (report_near_word(check, node, shape))
    return;
  g_autoptr(GString) expected = g_string_new(NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(kind_names); i++)
    if (shape->kinds & kind_names[i].kind)
      g_string_append_printf(expected, "%s%s", expected->len > 0 ? " or " : "", kind_names[i].name);
  for (const char *const *word = shape->words; word != NULL && *word != NULL; word++)
    g_string_append_printf(expected, "%s\"%s\"", expected->len > 0 ? " or " : "", *word);
  bool scalar = node->kind == YAML_SCALAR && node->length > 0;
  g_autofree char *text = scalar ? check_excerpt(node->text) : NULL;
  check_report(check, node->location, "%s: expected %s, found %s%s%s", check_name(check, shape), expected->str, scalar ? "\"" : "",
               scalar ? text : yaml_describe(node), scalar ? "\"" : "");
  check_suggest(check, scalar && shape->words != NULL ? nearest_name(node->text, shape->words) : NULL);
  if (shape->needs != NULL)
    check_advise(check, check_place(check, node), check->rule, "%s", shape->needs);
}

static bool is_word(const Shape *shape, const char *text) {
  return shape->words != NULL && g_strv_contains(shape->words, text);
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
  return (shape->kinds & KIND_FILLED) && !scalar_is_null(node) && node->length > 0;
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
  else if (shape->wants_text)
    check_advise(check, node->location, "syntax-check", "%s: this text is empty; write one, or leave the key out", check_name(check, shape));
}

/* ---- the walk ---- */

static const Shape shape_item = {.kinds = KIND_FILLED};

static void check_tag(Check *check, const YamlNode *scalar) {
  const char *why = NULL;
  if (scalar_tag_wrong(scalar, &why))
    check_report(check, scalar->location, "%s", why);
}

/* As deep as the tree, which has a limit. */
static void check_anything(Check *check, const YamlNode *node, Availability availability) {
  if (!charge_node(check, node))
    return;
  if (node->kind == YAML_SCALAR) {
    check_tag(check, node);
    check_expressions(check, node, availability, 0);
  }
  for (guint i = 0; node->kind == YAML_SEQUENCE && i < node->count; i++)
    check_anything(check, node->items[i], availability);
  if (node->kind == YAML_MAPPING)
    check_doubles(check, node);
  for (guint i = 0; node->kind == YAML_MAPPING && i < node->count; i++) {
    charge_node(check, yaml_key(node, i));
    check_tag(check, yaml_key(node, i));
    check_anything(check, yaml_value(node, i), availability);
  }
}

static void check_list(Check *check, const YamlNode *node, const Shape *shape, Availability availability) {
  const YamlNode *name = check->name;
  check->name = NULL;
  for (guint i = 0; i < node->count; i++)
    schema_check(check, node->items[i], shape->item != NULL ? shape->item : &shape_item, availability);
  check->name = name;
}

static void check_node(Check *check, const YamlNode *node, const Shape *shape, Availability availability) {
  if (shape->anything) {
    check_anything(check, node, availability);
  } else if (!charge_node(check, node)) {
    return;
  } else if (node->kind == YAML_SCALAR) {
    check_scalar(check, node, shape, availability);
  } else if (node->kind == YAML_SEQUENCE && (shape->kinds & KIND_LIST)) {
    check_list(check, node, shape, availability);
  } else if (node->kind == YAML_MAPPING && (shape->kinds & KIND_MAPPING)) {
    check_mapping(check, node, shape, availability);
  } else {
    report_kind(check, node, shape);
    return;
  }
  if (node->kind != YAML_SCALAR && node->count == 0 && !shape->anything && !shape->may_be_empty)
    check_advise(check, node->location, "syntax-check", "%s: nothing stands in it; leave the key out", check_name(check, shape));
  if (shape->check != NULL)
    shape->check(check, node);
}

void schema_check(Check *check, const YamlNode *node, const Shape *shape, Availability availability) {
  if (shape->opaque || node->dangling)
    return;
  const char *rule = check->rule;
  if (shape->rule != NULL)
    check->rule = shape->rule;
  check_node(check, node, shape, availability);
  check->rule = rule;
}
