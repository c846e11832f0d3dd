#include "workflow/schema.h"

#include "base/nearest.h"
#include <string.h>

static const ShapeKey *find_key(const Shape *shape, const char *name) {
  for (const ShapeKey *key = shape->keys; key != NULL && key->name != NULL; key++)
    if (strcmp(key->name, name) == 0)
      return key;
  return NULL;
}

/* The bit of the variant that a key chooses, or 0. */
static unsigned variant_bit(const Shape *shape, const YamlNode *key) {
  unsigned bit = 1;
  for (const ShapeVariant *variant = shape->variants; variant->key != NULL; variant++, bit <<= 1)
    if (strcmp(variant->key, key->text) == 0)
      return bit;
  return 0;
}

/* The bit of the variant that a mapping is: the first of its keys that chooses one counts. 0 when none does, or several, which is
 * reported. */
static unsigned choose_variant(Check *check, const YamlNode *node, const Shape *shape) {
  unsigned chosen = 0;
  const YamlNode *first = NULL;
  for (guint i = 0; i < node->count; i++) {
    const YamlNode *key = yaml_key(node, i);
    unsigned bit = variant_bit(shape, key);
    if (bit == 0)
      continue;
    if (first != NULL)
      check_report(check, key->location, "%s takes \"%s\" or \"%s\", not both", shape->name, first->text, key->text);
    chosen = first == NULL ? bit : 0;
    first = first == NULL ? key : first;
  }
  if (first == NULL)
    check_report(check, check_place(check, node), "%s", shape->needs);
  return chosen;
}

/* Where it is not known what a mapping is meant to be, which was said, only a key that is nearly right is worth a word. */
static void report_unknown_key(Check *check, const YamlNode *key, const Shape *shape, unsigned variant) {
  if (check_is_full(check))
    return;
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (const ShapeKey *row = shape->keys; row != NULL && row->name != NULL; row++)
    if (row->variants == 0 || variant == 0 || (row->variants & variant))
      g_ptr_array_add(known, (gpointer)row->name);
  g_ptr_array_add(known, NULL);
  const char *near = nearest_name(key->text, (const char *const *)known->pdata);
  g_autofree char *list = g_strjoinv(", ", (char **)known->pdata);
  g_autofree char *name = check_excerpt(key->text);
  if (shape->loose)
    check_advise(check, key->location, check->rule, "unknown key \"%s\" in %s, known are: %s", name, shape->name, list);
  else if (near != NULL) {
    check_report(check, key->location, "unknown key \"%s\" in %s", name, shape->name);
    check_suggest(check, near);
  } else if (shape->variants == NULL || variant != 0)
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
  else {
    if (scalar_tag_wrong(key, &why))
      check_report(check, key->location, "%s", why);
    if (shape->keys_are_expressions)
      check_expression_key(check, key, availability);
    return true;
  }
  return false;
}

/* Notes whose the expressions below the n-th pair are. */
static void enter_pair(Check *check, const Shape *shape, const YamlNode *key, guint index) {
  check->name = key;
  check->key = key->text;
  if (shape->scope != SCOPE_SAME)
    check->section = key->text;
  if (shape->value != NULL && shape->value->scope == SCOPE_JOB) {
    check->job = index;
    check->next_step = 0;
  }
}

static void check_pair(Check *check, const YamlNode *key, const YamlNode *value, const Shape *shape, unsigned variant, Availability availability) {
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

static void check_missing(Check *check, const YamlNode *node, const Shape *shape) {
  for (const ShapeKey *row = shape->keys; row != NULL && row->name != NULL; row++) {
    if (!(row->required || row->wanted) || yaml_get(node, row->name) != NULL)
      continue;
    if (row->required)
      check_report(check, check_place(check, node), "%s needs \"%s\"", shape->name, row->name);
    else
      check_advise(check, check_place(check, node), check->rule, "%s should have \"%s\"", shape->name, row->name);
  }
}

void check_mapping(Check *check, const YamlNode *node, const Shape *shape, Availability availability) {
  unsigned variant = shape->variants != NULL ? choose_variant(check, node, shape) : 0;
  const Check around = *check;
  if (shape->scope == SCOPE_STEP)
    check->step = check->next_step++;
  guint step = check->step;
  for (guint i = 0; i < node->count; i++) {
    if (!check_charge(check, 2 * yaml_key(node, i)->length) || !check_key(check, yaml_key(node, i), shape, availability))
      continue;
    enter_pair(check, shape, yaml_key(node, i), i);
    check->step = step;
    check_pair(check, yaml_key(node, i), yaml_value(node, i), shape, variant, availability);
  }
  check->name = around.name;
  check->key = around.key;
  check->section = around.section;
  check->job = around.job;
  check->step = around.step;
  if (shape->value != NULL)
    check_doubles(check, node);
  check_missing(check, node, shape);
}

/* ---- keys that differ by case alone ---- */

static void report_double(Check *check, const YamlNode *key, const YamlNode *first) {
  if (strstr(key->text, "${{") != NULL)
    return;
  g_autofree char *name = check_excerpt(key->text);
  check_report(check, key->location, "the key \"%s\" stands here twice, first in line %u (case does not matter)", name, first->location.line);
}

/* A small mapping is looked through faster than a tree is made. */
#define SCANNED_MAX 16

void check_doubles(Check *check, const YamlNode *mapping) {
  if (mapping->count <= SCANNED_MAX) {
    for (guint i = 1; i < mapping->count; i++)
      for (guint j = 0; j < i; j++)
        if (g_ascii_strcasecmp(yaml_key(mapping, i)->text, yaml_key(mapping, j)->text) == 0)
          report_double(check, yaml_key(mapping, i), yaml_key(mapping, j));
    return;
  }
  g_autoptr(GTree) seen = schema_ids_new();
  for (guint i = 0; i < mapping->count; i++) {
    const YamlNode *key = yaml_key(mapping, i), *first = g_tree_lookup(seen, key);
    if (first != NULL)
      report_double(check, key, first);
    else
      g_tree_insert(seen, (gpointer)key, (gpointer)key);
  }
}
