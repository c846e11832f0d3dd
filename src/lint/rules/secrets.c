#include "lint/taint/context_path.h"
#include "lint/rule.h"

#include <string.h>

/* Three audits of how expressions use secrets. */

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
} Look;

static void look_through(LintFile *file, const WorkflowExpression *expression, ExpressionVisitor visit) {
  Look look = {file, expression};
  if (expression->expression != NULL && !expression->bare)
    expression_node_walk(expression_root(expression->expression), visit, &look);
}

static LintReport whole_expression(const Look *look) {
  return lint_report_at(look->file, look->expression->scalar, look->expression->span.start, look->expression->span.end);
}

/* Whether an argument of the call is a secret, or `secrets` itself. */
static bool is_given(const ExpressionNode *call, guint least_names, guint most_names) {
  ContextPath path;
  for (size_t i = 0; i < expression_node_count(call); i++)
    if (context_path(expression_node_child(call, i), &path) && context_path_below(&path, "secrets") && path.count >= least_names &&
        path.count <= most_names)
      return true;
  return false;
}

/* ---- unredacted-secrets ---- */

static bool find_decoding(const ExpressionNode *node, const ExpressionNode *parent G_GNUC_UNUSED, void *user) {
  const Look *look = user;
  if (node->kind != EXPRESSION_NODE_CALL || !expression_node_calls(node, "fromJSON") || !is_given(node, 1, CONTEXT_PATH_MAX))
    return true;
  LintReport report = whole_expression(look);
  report.help = g_strdup("keep each value in a secret of its own");
  lint_report(look->file, report, "GitHub hides a secret as a whole: a value that is taken out of it shows in the log");
  return true;
}

static void check_unredacted(LintFile *file, const WorkflowExpression *expression) {
  look_through(file, expression, find_decoding);
}

const Rule rule_unredacted_secrets = {
  .id = "unredacted-secrets",
  .family = FAMILY_SECURITY,
  .summary = "a part of a secret that shows in the log",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .expression = check_unredacted,
};

/* ---- overprovisioned-secrets ---- */

/* A member of `secrets` that no literal names. */
static bool is_computed(const ExpressionNode *node) {
  if (node->kind != EXPRESSION_NODE_INDEX)
    return false;
  const ExpressionNode *of = expression_node_child(node, 0), *name = expression_node_child(node, 1);
  bool of_secrets = of->kind == EXPRESSION_NODE_CONTEXT && g_ascii_strcasecmp(of->name, "secrets") == 0;
  return of_secrets && !node->dotted && name->kind != EXPRESSION_NODE_LITERAL;
}

static bool find_all_secrets(const ExpressionNode *node, const ExpressionNode *parent G_GNUC_UNUSED, void *user) {
  const Look *look = user;
  bool dumps = node->kind == EXPRESSION_NODE_CALL && expression_node_calls(node, "toJSON") && is_given(node, 1, 1);
  if (!dumps && !is_computed(node))
    return true;
  LintReport report = whole_expression(look);
  report.help = g_strdup("name the secrets that are needed: secrets.NAME");
  lint_report(look->file, report, "%s",
              dumps ? "every secret of the repository goes into the job, those that it does not need too"
                    : "which secret this is is computed, so GitHub gives the job every secret of the repository");
  return true;
}

static void check_overprovisioned(LintFile *file, const WorkflowExpression *expression) {
  look_through(file, expression, find_all_secrets);
}

const Rule rule_overprovisioned_secrets = {
  .id = "overprovisioned-secrets",
  .family = FAMILY_SECURITY,
  .summary = "a job that gets every secret",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .expression = check_overprovisioned,
};

/* ---- secrets-outside-env ---- */

/* GITHUB_TOKEN is always there; `allow` of the rule's settings lists others. */
static bool is_allowed(const LintFile *file, const char *name) {
  const YamlNode *config = lint_config_rule(file->config, file->rule->id).config;
  const YamlNode *allow = config != NULL ? yaml_get(config, "allow") : NULL;
  if (name == NULL)
    return false;
  for (guint i = 0; allow != NULL && allow->kind == YAML_SEQUENCE && i < allow->count; i++)
    if (allow->items[i]->kind == YAML_SCALAR && g_ascii_strcasecmp(allow->items[i]->text, name) == 0)
      return true;
  return g_ascii_strcasecmp(name, "GITHUB_TOKEN") == 0;
}

static bool find_secret(const ExpressionNode *node, const ExpressionNode *parent, void *user) {
  const Look *look = user;
  ContextPath path;
  bool inner = parent != NULL && parent->kind == EXPRESSION_NODE_INDEX && expression_node_child(parent, 0) == node;
  if (inner || !context_path(node, &path) || !context_path_below(&path, "secrets"))
    return true;
  if (path.count == 2 && is_allowed(look->file, context_path_name(&path, 1)))
    return true;
  LintReport report = lint_report_in(look->file, look->expression, node->start, node->end);
  report.help = g_strdup("keep the secret in an environment, and name that in the job's environment:");
  g_autofree char *text = context_path_text(&path);
  lint_report(look->file, report, "%s is used without an environment, so every workflow and branch of the repository can read it", text);
  return true;
}

/* Environments and called workflows do not go together, so those are left in peace. */
static void check_outside(LintFile *file, const WorkflowExpression *expression) {
  const WorkflowJob *job = expression->job;
  if (job != NULL && job->uses.text == NULL && job->environment.node == NULL && workflow_event(file->workflow, "workflow_call") == NULL)
    look_through(file, expression, find_secret);
}

const Rule rule_secrets_outside_env = {
  .id = "secrets-outside-env",
  .family = FAMILY_SECURITY,
  .summary = "a secret outside of an environment",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .persona = PERSONA_AUDITOR,
  .expression = check_outside,
};
