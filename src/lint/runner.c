#include "lint/runner.h"

#include "base/facts.h"
#include "workflow/expression/ast.h"

#include <string.h>

#define PATH_MAX_NAMES 8

/* ---- labels ---- */

static bool has_expression(const char *text) {
  return strstr(text, "${{") != NULL;
}

static void add_label(GArray *labels, const YamlNode *node, guint group, bool is_alternative) {
  if (node == NULL || node->kind != YAML_SCALAR || node->length == 0 || has_expression(node->text))
    return;
  g_autofree char *key = g_ascii_strdown(node->text, -1);
  RunnerLabel label = {node->text, node, group, is_alternative, facts_find(FACTS_RUNNER_LABELS, key)};
  g_array_append_val(labels, label);
}

/* The names behind `matrix` of matrix.a.b, or NULL: the label is something else. Transfer full. */
static GPtrArray *matrix_path(const char *label) {
  ExpressionSpan span;
  bool found = false;
  size_t length = strlen(label);
  if (!expression_span_next(label, length, 0, &span, &found, NULL) || !found || span.start != 0 || span.end != length)
    return NULL;
  g_autoptr(Expression) expression = expression_parse(label + span.inner, span.inner_end - span.inner, NULL);
  const ExpressionNode *node = expression != NULL ? expression_root(expression) : NULL;
  g_autoptr(GPtrArray) path = g_ptr_array_new_with_free_func(g_free);
  for (; node != NULL && node->kind == EXPRESSION_NODE_INDEX && path->len < PATH_MAX_NAMES; node = expression_node_child(node, 0)) {
    const ExpressionNode *name = expression_node_child(node, 1);
    if (name->kind != EXPRESSION_NODE_LITERAL || name->value.kind != EXPRESSION_STRING)
      return NULL;
    g_ptr_array_insert(path, 0, expression_value_to_string(&name->value, NULL));
  }
  bool is_matrix = node != NULL && node->kind == EXPRESSION_NODE_CONTEXT && g_ascii_strcasecmp(node->name, "matrix") == 0;
  return is_matrix && path->len > 0 ? g_steal_pointer(&path) : NULL;
}

/* A value of the matrix: one label, or a list of them. */
static void add_value(GArray *labels, const YamlNode *value, const GPtrArray *path, guint group) {
  for (guint i = 1; i < path->len; i++)
    value = yaml_get(value, g_ptr_array_index(path, i));
  add_label(labels, value, group, true);
  for (guint i = 0; value != NULL && value->kind == YAML_SEQUENCE && i < value->count; i++)
    add_label(labels, value->items[i], group, true);
}

static void add_from_matrix(GArray *labels, const YamlNode *matrix, const GPtrArray *path, guint group) {
  const char *name = g_ptr_array_index(path, 0);
  const YamlNode *row = yaml_get(matrix, name), *include = yaml_get(matrix, "include");
  for (guint i = 0; row != NULL && row->kind == YAML_SEQUENCE && i < row->count; i++)
    add_value(labels, row->items[i], path, group);
  for (guint i = 0; include != NULL && include->kind == YAML_SEQUENCE && i < include->count; i++)
    add_value(labels, yaml_get(include->items[i], name), path, group);
}

GArray *lint_runner_labels(const WorkflowJob *job) {
  GArray *labels = g_array_new(FALSE, FALSE, sizeof(RunnerLabel));
  for (guint i = 0; i < job->runs_on.labels.count; i++) {
    const WorkflowText *label = &job->runs_on.labels.items[i];
    if (label->text == NULL)
      continue;
    g_autoptr(GPtrArray) path = has_expression(label->text) ? matrix_path(label->text) : NULL;
    if (path != NULL && job->strategy.matrix != NULL)
      add_from_matrix(labels, job->strategy.matrix, path, i);
    else
      add_label(labels, label->node, i, false);
  }
  return labels;
}

/* ---- systems ---- */

static RunnerSystem system_of(const RunnerLabel *label) {
  static const struct {
    const char *prefix;
    RunnerSystem system;
  } prefixes[] = {{"ubuntu-", SYSTEM_UNIX}, {"macos-", SYSTEM_UNIX}, {"windows-", SYSTEM_WINDOWS}};
  const char *os = json_string_value(json_object_get(label->facts, "os"));
  if (os != NULL)
    return strcmp(os, "windows") == 0 ? SYSTEM_WINDOWS : SYSTEM_UNIX;
  for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
    if (g_ascii_strncasecmp(label->text, prefixes[i].prefix, strlen(prefixes[i].prefix)) == 0)
      return prefixes[i].system;
  return SYSTEM_UNKNOWN;
}

RunnerSystem lint_runner_system(const WorkflowJob *job) {
  g_autoptr(GArray) labels = lint_runner_labels(job);
  RunnerSystem told = SYSTEM_UNKNOWN;
  for (guint i = 0; i < labels->len; i++) {
    const RunnerLabel *label = &g_array_index(labels, RunnerLabel, i);
    RunnerSystem system = system_of(label);
    bool differs = told != SYSTEM_UNKNOWN && system != SYSTEM_UNKNOWN && system != told;
    if (differs || (system == SYSTEM_UNKNOWN && label->is_alternative && label->facts == NULL))
      return SYSTEM_UNKNOWN;
    told = system != SYSTEM_UNKNOWN ? system : told;
  }
  return told;
}
