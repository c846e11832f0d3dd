#include "lint/rules.h"

#include "workflow/expression/expression.h"

#include <string.h>

/* Without steps a job succeeds at once, and whoever waits for it believes that something was checked. */
static void rule_no_steps(const WorkflowJob *job, Diagnostics *diagnostics) {
  if (job->uses.text == NULL && job->step_count == 0)
    diagnostics_add(diagnostics, job->location, "the job \"%s\" has no steps", job->id);
}

/* `if: ${{ a }} && b` is a text, and a text that is not empty is true. */
static void check_condition(const WorkflowText *condition, Diagnostics *diagnostics) {
  if (condition->text == NULL)
    return;
  g_autoptr(ExpressionCondition) parsed = expression_condition_parse(condition->text, strlen(condition->text), NULL, NULL);
  if (parsed != NULL && expression_condition_is_string(parsed))
    diagnostics_add(diagnostics, condition->location,
                    "this condition is always true: what stands beside ${{ }} makes it a text; write all of it inside, or without ${{ }}");
}

static void rule_text_condition(const WorkflowJob *job, Diagnostics *diagnostics) {
  check_condition(&job->condition, diagnostics);
  for (guint i = 0; i < job->all_step_count; i++)
    check_condition(&job->all_steps[i]->condition, diagnostics);
}

static void (*const rules[])(const WorkflowJob *job, Diagnostics *diagnostics) = {rule_no_steps, rule_text_condition};

void rules_apply(const Workflow *workflow, Diagnostics *diagnostics) {
  for (guint i = 0; i < workflow->job_count; i++)
    for (size_t rule = 0; rule < G_N_ELEMENTS(rules); rule++)
      rules[rule](&workflow->jobs[i], diagnostics);
}
