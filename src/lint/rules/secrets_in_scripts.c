#include "lint/rules/sinks.h"
#include "lint/rules/template_injection_fix.h"
#include "lint/view.h"

#include <string.h>

typedef struct {
  LintFile *file;
  const WorkflowExpression *expression;
} Look;

static void look_at_context(const ExpressionNode *at, const ContextPath *path, void *user) {
  const Look *look = user;
  if (!context_path_below(path, "secrets") && !context_path_is(path, "github.token"))
    return;
  g_autofree char *name = context_path_text(path);
  LintReport report = lint_report_in(look->file, look->expression, at->start, at->end);
  report.help = injection_help(look->file, look->expression, path);
  report.fix = injection_fix(look->file, look->expression, path);
  lint_report(look->file, report, "%s is written into the script: a quote or a $ in it changes what runs, and it lies on disk with the script", name);
}

static void check_expression(LintFile *file, const WorkflowExpression *expression) {
  const ExpressionNode *root = expression->expression != NULL ? expression_root(expression->expression) : NULL;
  if (root != NULL && sink_evaluates(file, expression, SINKS_ALL))
    context_flow(root, look_at_context, &(Look){file, expression});
}

const Rule rule_secrets_in_scripts = {
  .id = "secrets-in-scripts",
  .family = FAMILY_POLICY,
  .summary = "secrets reach scripts through the environment",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .only_asked = true,
  .expression = check_expression,
};
