#include "lint/context_path.h"
#include "lint/rule.h"

#include <string.h>

/* Values that are chosen by who starts the workflow, or that a step may set. */
static const char *const chosen[] = {
  "env", "github.actor", "github.base_ref", "github.head_ref", "github.ref", "github.ref_name", "github.sha", "github.triggering_actor", "inputs",
};

static bool is_chosen(const ContextPath *path) {
  for (size_t i = 0; i < G_N_ELEMENTS(chosen); i++)
    if (context_path_below(path, chosen[i]))
      return true;
  return false;
}

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
} Look;

/* contains('refs/heads/main refs/heads/next', github.ref) is also true of a branch "ain". */
static bool look_at(const ExpressionNode *node, const ExpressionNode *parent G_GNUC_UNUSED, void *user) {
  const Look *look = user;
  ContextPath path;
  if (node->kind != EXPRESSION_NODE_CALL || !expression_node_calls(node, "contains") || expression_node_count(node) != 2)
    return true;
  const ExpressionNode *list = expression_node_child(node, 0), *sought = expression_node_child(node, 1);
  if (list->kind != EXPRESSION_NODE_LITERAL || list->value.kind != EXPRESSION_STRING || !context_path(sought, &path))
    return true;
  LintReport report = lint_report_in(look->file, look->expression, node->start, node->end);
  report.severity = is_chosen(&path) ? SEVERITY_HIGH : SEVERITY_INFORMATIONAL;
  report.help = g_strdup("look it up in a list: contains(fromJSON('[\"...\", \"...\"]'), ...)");
  g_autofree char *text = context_path_text(&path);
  lint_report(look->file, report, "contains() takes any part of the text for a match: who can choose %s gets past this condition", text);
  return true;
}

static void check_expression(LintFile *file, const WorkflowExpression *expression) {
  Look look = {file, expression};
  if (expression->expression != NULL && file->workflow != NULL && expression->section != NULL && strcmp(expression->section, "if") == 0)
    expression_node_walk(expression_root(expression->expression), look_at, &look);
}

const Rule rule_unsound_contains = {
  .id = "unsound-contains",
  .family = FAMILY_SECURITY,
  .summary = "a part of a text is taken for an item of a list",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .expression = check_expression,
};
