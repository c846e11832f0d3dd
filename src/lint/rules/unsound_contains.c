#include "lint/taint/context_path.h"
#include "lint/rules/fix_parts.h"

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

/* "a b" as the items of a list, or as one text; NULL where it holds other letters than names of branches and users do. */
static char *list_text(const char *text, const char *sought, bool is_all) {
  g_auto(GStrv) words = g_strsplit_set(text, " ,\n\t", -1);
  g_autoptr(GString) list = g_string_new(NULL);
  guint count = 0;
  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_string_append_printf(list, "%s\"%s\"", count++ > 0 ? ", " : "", *word);
  if (count == 0 || text[strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_./@[] ,\n\t")] != '\0')
    return NULL;
  if (count > 1)
    return g_strdup_printf("contains(fromJSON('[%s]'), %s)", list->str, sought);
  g_autofree char *word = g_strndup(list->str + 1, list->len - 2);
  return g_strdup_printf(is_all ? "%s == '%s'" : "(%s == '%s')", sought, word);
}

/* Not safe: what was met by a part of the text is not any more. */
static Fix *list_fix(LintFile *file, const WorkflowExpression *expression, const ExpressionNode *call, bool is_all) {
  const ExpressionNode *list = expression_node_child(call, 0), *sought = expression_node_child(call, 1);
  g_autofree char *name = g_strndup(expression->scalar->text + expression->span.inner + sought->start, sought->end - sought->start);
  g_autofree char *text = list_text(json_string_value(list->value.json), name, is_all);
  return text != NULL ? fix_expression(file, expression, call->start, call->end, text, false, "compare whole names") : NULL;
}

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
} Look;

/* contains('refs/heads/main refs/heads/next', github.ref) is also true of a branch "ain". */
static bool look_at(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
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
  report.fix = look->file->fixing ? list_fix(look->file, look->expression, node, parent == NULL) : NULL;
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
  .fixable = true,
  .expression = check_expression,
};
