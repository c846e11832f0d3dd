#include "lint/rule.h"

#include <string.h>

/* `if: ${{ a }} && b` is a text, and a text that is not empty is true. */
static void check_text(LintFile *file, const WorkflowText *condition) {
  if (condition->text == NULL || strstr(condition->text, "${{") == NULL)
    return;
  g_autoptr(ExpressionCondition) parsed = expression_condition_parse(condition->text, strlen(condition->text), NULL, NULL);
  if (parsed != NULL && expression_condition_is_string(parsed))
    lint_report(file, (LintReport){.node = condition->node, .help = g_strdup("write all of it inside ${{ }}, or without them")},
                "this condition is always true: what stands beside ${{ }} makes it a text");
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_text(file, &job->condition);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_text(file, &step->condition);
}

const Rule rule_if_cond = {
  .id = "if-cond",
  .family = FAMILY_CORRECTNESS,
  .summary = "a condition that always gives the same",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
  .step = check_step,
};
