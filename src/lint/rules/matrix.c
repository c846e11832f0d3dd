#include "lint/view.h"
#include "workflow/matrix.h"

#include <string.h>

/* Limits of what is compared with each other; nothing is said of what is larger. GitHub makes at most MATRIX_JOBS_MAX jobs. */
#define ITEMS_MAX MATRIX_JOBS_MAX
#define KEYS_MAX 64

static bool is_vector(const char *key) {
  return strcmp(key, "include") != 0 && strcmp(key, "exclude") != 0;
}

static bool has_expression(const YamlNode *node) {
  bool found = node->kind == YAML_SCALAR && memmem(node->text, node->length, "${{", 3) != NULL;
  for (guint i = 0; !found && node->kind == YAML_SEQUENCE && i < node->count; i++)
    found = has_expression(node->items[i]);
  for (guint i = 0; !found && node->kind == YAML_MAPPING && i < node->count; i++)
    found = has_expression(yaml_value(node, i));
  return found;
}

/* A value as one line of JSON. Transfer full, to be freed with free(). */
static char *value_text(const YamlNode *node) {
  json_auto_t *value = matrix_evaluate(node, NULL, NULL);
  return value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT) : NULL;
}

#define SHOWN_BYTES 100 /* of a value in a message */

/* The beginning of such a line. Transfer full. */
static char *shown(const char *text) {
  return g_utf8_make_valid(text, (gssize)MIN(strlen(text), SHOWN_BYTES));
}

/* ---- the same job twice ---- */

static int compare_texts(const void *left, const void *right, void *user G_GNUC_UNUSED) {
  return strcmp(left, right);
}

static void report_duplicate(LintFile *file, const char *key, const YamlNode *value, const char *text, const YamlNode *first) {
  g_autofree char *what = shown(text);
  lint_report(file, (LintReport){.node = value}, "\"%s\" has the value %s twice, first in line %u: the same jobs run twice", key, what,
              first->location.line);
}

/* A tree, since values chosen to collide make a hash table slow. */
static void check_duplicates(LintFile *file, const char *key, const YamlNode *vector) {
  g_autoptr(GTree) seen = g_tree_new_full(compare_texts, NULL, free, NULL);
  for (guint i = 0; i < vector->count; i++) {
    const YamlNode *value = vector->items[i];
    char *text = has_expression(value) ? NULL : value_text(value);
    const YamlNode *first = text != NULL ? g_tree_lookup(seen, text) : NULL;
    if (first != NULL)
      report_duplicate(file, key, value, text, first);
    if (text == NULL || first != NULL)
      free(text);
    else
      g_tree_insert(seen, text, (gpointer)value);
  }
}

/* ---- numbers that were meant as versions ---- */

static void check_rounded(LintFile *file, const YamlNode *value) {
  if (!lint_loses_zero(value))
    return;
  LintReport report = {.node = value, .help = g_strdup_printf("put it into quotes: \"%s\"", value->text)};
  lint_report(file, report, "%s without quotes is a number, and its last 0 is lost", value->text);
}

static void check_numbers(LintFile *file, const YamlNode *matrix) {
  for (guint i = 0; i < matrix->count; i++) {
    const YamlNode *items = yaml_value(matrix, i);
    for (guint k = 0; items->kind == YAML_SEQUENCE && k < items->count; k++) {
      check_rounded(file, items->items[k]);
      for (guint v = 0; items->items[k]->kind == YAML_MAPPING && v < items->items[k]->count; v++)
        check_rounded(file, yaml_value(items->items[k], v));
    }
  }
}

/* ---- exclude ---- */

static bool scalar_matches(const YamlNode *wanted, const YamlNode *value) {
  if (wanted->length == value->length && memcmp(wanted->text, value->text, value->length) == 0)
    return true;
  json_auto_t *left = matrix_evaluate(wanted, NULL, NULL), *right = matrix_evaluate(value, NULL, NULL);
  g_auto(ExpressionValue) left_value = expression_value_from_json(left);
  g_auto(ExpressionValue) right_value = expression_value_from_json(right);
  return expression_value_equals(&left_value, &right_value);
}

/* Whether GitHub takes `value` out for `wanted`: of a mapping only the keys that `wanted` names count. What an expression gives
 * may match anything. */
static bool matches(const YamlNode *wanted, const YamlNode *value) {
  bool open =
    (wanted->kind == YAML_SCALAR && has_expression(wanted)) || (value->kind == YAML_SCALAR && has_expression(value)) || value->count > KEYS_MAX;
  if (open || wanted->kind != value->kind)
    return open;
  if (wanted->kind == YAML_SCALAR)
    return scalar_matches(wanted, value);
  bool same = wanted->kind == YAML_MAPPING || wanted->count == value->count;
  for (guint i = 0; same && i < wanted->count; i++) {
    const YamlNode *other = wanted->kind == YAML_MAPPING ? yaml_get(value, yaml_key(wanted, i)->text) : value->items[i];
    same = other != NULL && matches(wanted->kind == YAML_MAPPING ? yaml_value(wanted, i) : wanted->items[i], other);
  }
  return same;
}

/* The values that a key of the matrix has, in its vector and in `include`; NULL: it has none at all. `open`: there may be others. */
static GPtrArray *values_of(const YamlNode *matrix, const char *key, bool *open) {
  const YamlNode *vector = yaml_get(matrix, key), *include = yaml_get(matrix, "include");
  g_autoptr(GPtrArray) values = g_ptr_array_new();
  *open = vector != NULL && vector->kind != YAML_SEQUENCE;
  for (guint i = 0; vector != NULL && vector->kind == YAML_SEQUENCE && i < vector->count; i++)
    g_ptr_array_add(values, (gpointer)vector->items[i]);
  for (guint i = 0; include != NULL && include->kind == YAML_SEQUENCE && i < include->count; i++) {
    const YamlNode *value = yaml_get(include->items[i], key);
    if (value != NULL)
      g_ptr_array_add(values, (gpointer)value);
  }
  *open = *open || values->len > ITEMS_MAX;
  return vector != NULL || values->len > 0 ? g_steal_pointer(&values) : NULL;
}

/* The first few of them, for a message. Transfer full. */
static char *known_values(const GPtrArray *values) {
  GString *known = g_string_new(NULL);
  for (guint i = 0; i < values->len && known->len < SHOWN_BYTES; i++) {
    char *text = value_text(g_ptr_array_index(values, i));
    g_autofree char *start = shown(text != NULL ? text : "");
    g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", start);
    free(text);
  }
  return g_string_free(known, FALSE);
}

static void check_excluded(LintFile *file, const YamlNode *key, const YamlNode *wanted, const YamlNode *matrix) {
  bool open = false;
  g_autoptr(GPtrArray) values = values_of(matrix, key->text, &open);
  if (values == NULL) {
    lint_report(file, (LintReport){.node = key}, "exclude names \"%s\", which is no key of the matrix: nothing is left out", key->text);
    return;
  }
  for (guint i = 0; i < values->len && !open; i++)
    open = matches(wanted, g_ptr_array_index(values, i));
  if (open)
    return;
  g_autofree char *known = known_values(values);
  lint_report(file, (LintReport){.node = wanted, .help = g_strdup_printf("the values are %s", known)},
              "exclude wants a value of \"%s\" that the matrix does not have: nothing is left out", key->text);
}

static void check_exclude(LintFile *file, const YamlNode *matrix) {
  const YamlNode *exclude = yaml_get(matrix, "exclude"), *include = yaml_get(matrix, "include");
  if (exclude == NULL || exclude->kind != YAML_SEQUENCE || exclude->count > ITEMS_MAX)
    return;
  bool included = include != NULL && (include->kind != YAML_SEQUENCE || include->count > 0);
  if (matrix->count == 1u + (include != NULL) && !included && exclude->count > 0) {
    lint_report(file, (LintReport){.node = exclude}, "exclude leaves out nothing: the matrix has no values");
    return;
  }
  bool dynamic = include != NULL && (include->kind != YAML_SEQUENCE || include->count > ITEMS_MAX);
  for (guint i = 0; include != NULL && include->kind == YAML_SEQUENCE && i < include->count; i++)
    dynamic = dynamic || include->items[i]->kind == YAML_SCALAR;
  for (guint i = 0; !dynamic && i < exclude->count; i++)
    for (guint k = 0; exclude->items[i]->kind == YAML_MAPPING && k < exclude->items[i]->count; k++)
      check_excluded(file, yaml_key(exclude->items[i], k), yaml_value(exclude->items[i], k), matrix);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  const YamlNode *matrix = job->strategy.matrix;
  if (matrix == NULL || matrix->kind != YAML_MAPPING)
    return;
  for (guint i = 0; i < matrix->count; i++)
    if (is_vector(yaml_key(matrix, i)->text) && yaml_value(matrix, i)->kind == YAML_SEQUENCE)
      check_duplicates(file, yaml_key(matrix, i)->text, yaml_value(matrix, i));
  check_numbers(file, matrix);
  check_exclude(file, matrix);
}

const Rule rule_matrix = {
  .id = "matrix",
  .family = FAMILY_CORRECTNESS,
  .summary = "a matrix that repeats values, loses a part of them, or leaves out what it does not have",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
};
