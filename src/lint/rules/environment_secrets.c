#include "lint/view.h"

#include "workflow/expression/ast.h"

#include <string.h>

/* ---- which secrets an expression names ---- */

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
  const char *who;
} Search;

/* Option `allow`: secrets that need no environment. */
static bool is_allowed(const LintFile *file, const char *name) {
  if (g_ascii_strcasecmp(name, "GITHUB_TOKEN") == 0)
    return true;
  const YamlNode *allow = yaml_get(lint_config_rule(file->config, file->rule->id).config, "allow");
  for (guint i = 0; allow != NULL && allow->kind == YAML_SEQUENCE && i < allow->count; i++)
    if (allow->items[i]->kind == YAML_SCALAR && g_ascii_strcasecmp(allow->items[i]->text, name) == 0)
      return true;
  return false;
}

/* The name that `secrets.NAME` or `secrets['NAME']` gives; NULL: it is not fixed. */
static const char *secret_name(const ExpressionNode *index) {
  const ExpressionNode *name = index != NULL && index->kind == EXPRESSION_NODE_INDEX ? expression_node_child(index, 1) : NULL;
  return name != NULL && name->kind == EXPRESSION_NODE_LITERAL && name->value.kind == EXPRESSION_STRING ? json_string_value(name->value.json) : NULL;
}

static bool visit(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
  const Search *search = user;
  if (node->kind != EXPRESSION_NODE_CONTEXT || g_ascii_strcasecmp(node->name, "secrets") != 0)
    return true;
  const char *name = secret_name(parent);
  if (name != NULL && is_allowed(search->file, name))
    return true;
  const ExpressionNode *place = name != NULL ? parent : node;
  LintReport report = lint_report_in(search->file, search->expression, place->start, place->end);
  report.help = g_strdup("keep the secret in an environment, and add \"environment:\" to the job");
  if (name != NULL)
    lint_report(search->file, report, "%s reaches the secret \"%s\" without an environment: no branch rule and no reviewer stands before it",
                search->who, name);
  else
    lint_report(search->file, report, "%s reaches secrets without an environment: no branch rule and no reviewer stands before them", search->who);
  return true;
}

/* ---- whose they are ---- */

/* A job that calls a workflow can have no environment; the called one's jobs can. */
static bool is_open(const WorkflowJob *job) {
  return job->environment.node == NULL && job->uses.text == NULL;
}

static const WorkflowJob *open_job(const Workflow *workflow) {
  for (guint i = 0; i < workflow->job_count; i++)
    if (is_open(&workflow->jobs[i]))
      return &workflow->jobs[i];
  return NULL;
}

/* The workflow's own `env:` goes to every job. */
static void check_expression(LintFile *file, const WorkflowExpression *expression) {
  if (file->workflow == NULL)
    return;
  const WorkflowJob *job = expression->job != NULL ? (is_open(expression->job) ? expression->job : NULL) : open_job(file->workflow);
  if (job == NULL)
    return;
  g_autofree char *who = g_strdup_printf("the job \"%s\"", job->id);
  expression_node_walk(expression_root(expression->expression), visit, &(Search){file, expression, who});
}

const Rule rule_environment_secrets = {
  .id = "environment-secrets",
  .family = FAMILY_POLICY,
  .summary = "secrets only in jobs with an environment",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .only_asked = true,
  .expression = check_expression,
};
