#include "lint/rules/untrusted_input.h"

#include "lint/taint/context_path.h"
#include "lint/rules/sinks.h"

#include <string.h>

/* Texts that GitHub's own guide calls untrusted, whatever event starts the workflow. The template-injection audit knows more of them, and
 * when they are harmless. */
static const char *const untrusted[] = {
  "github.event.comment.body",
  "github.event.commits.*.author.email",
  "github.event.commits.*.author.name",
  "github.event.commits.*.message",
  "github.event.discussion.body",
  "github.event.discussion.title",
  "github.event.head_commit.author.email",
  "github.event.head_commit.author.name",
  "github.event.head_commit.message",
  "github.event.issue.body",
  "github.event.issue.title",
  "github.event.pages.*.page_name",
  "github.event.pull_request.body",
  "github.event.pull_request.head.label",
  "github.event.pull_request.head.ref",
  "github.event.pull_request.head.repo.default_branch",
  "github.event.pull_request.title",
  "github.event.review.body",
  "github.event.review_comment.body",
  "github.head_ref",
};

/* A wildcard of the path takes any name of the pattern; one of the pattern (items of a list) needs one of the path. */
static bool may_be(const ContextPath *path, const char *pattern) {
  for (guint i = 0; i < path->count; i++) {
    size_t length = strcspn(pattern, ".");
    bool any = strcmp(path->names[i], "*") == 0;
    if (length == 0 || (!any && (strlen(path->names[i]) != length || g_ascii_strncasecmp(path->names[i], pattern, length) != 0)))
      return false;
    pattern += length + (pattern[length] == '.');
  }
  return *pattern == '\0';
}

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
} Look;

static void check_member(const Look *look, const ExpressionNode *node, const ContextPath *path) {
  g_autoptr(GString) names = g_string_new(NULL);
  guint count = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(untrusted); i++)
    if (may_be(path, untrusted[i])) {
      g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", untrusted[i]);
      count++;
    }
  if (count == 0)
    return;
  LintReport report = lint_report_in(look->file, look->expression, node->start, node->end);
  report.help = g_strdup("pass it through env: and read the variable in the script");
  lint_report(look->file, report, "%s can hold anything that its author likes, and %s part of the script here", names->str,
              count > 1 ? "they become" : "it becomes");
}

/* Every member in the expression, also inside of brackets; what only asks for a part of a text is no danger. */
static bool visit(const ExpressionNode *node, const ExpressionNode *parent, void *user);

static void visit_below(const ExpressionNode *node, void *user) {
  for (size_t i = 0; i < expression_node_count(node); i++)
    visit(expression_node_child(node, i), node, user);
}

static bool visit(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
  ContextPath path;
  bool inner = parent != NULL && parent->kind == EXPRESSION_NODE_INDEX && expression_node_child(parent, 0) == node;
  if (expression_node_calls(node, "contains") || expression_node_calls(node, "startsWith") || expression_node_calls(node, "endsWith"))
    return true;
  if (!inner && context_path(node, &path))
    check_member(user, node, &path);
  visit_below(node, user);
  return true;
}

void untrusted_input_check(LintFile *file, const WorkflowExpression *expression) {
  const ExpressionNode *root = expression->expression != NULL ? expression_root(expression->expression) : NULL;
  Look look = {file, expression};
  if (root == NULL || !sink_evaluates(file, expression, SINKS_COMMON))
    return;
  /* template-injection follows the value, and says the same where it is an attacker's */
  bool asked = lint_config_rule(file->config, "expression").is_on;
  if (asked || !lint_rule_is_wanted(lint_rule_find("template-injection"), file->config))
    visit(root, NULL, &look);
}
