#include "lint/rules/condition_fix.h"

#include <string.h>

/* `if: |` keeps a newline behind `${{ }}`, so that the condition is a text; and a text is true. */
static void check_condition(LintFile *file, const WorkflowText *condition) {
  ExpressionSpan span;
  bool found = false;
  if (condition->text == NULL || strstr(condition->text, "${{") == NULL)
    return;
  size_t length = strlen(condition->text);
  if (!expression_span_next(condition->text, length, 0, &span, &found, NULL) || !found || span.end - span.start == length)
    return;
  bool only_newlines = strspn(condition->text + span.end, "\n") == length - span.end && span.start == 0;
  const char *help =
    only_newlines ? "write |- or >- instead of | or >, or leave out ${{ and }}" : "leave out ${{ and }}, or put all of it between them";
  LintReport report = {.node = condition->node, .help = g_strdup(help), .fix = condition_fix(file, condition->node)};
  lint_report(file, report, "this condition is always true: %s",
              only_newlines ? "the newline behind }} makes it a text" : "what stands beside ${{ }} makes it a text");
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_condition(file, &job->condition);
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_condition(file, &step->condition);
}

const Rule rule_unsound_condition = {
  .id = "unsound-condition",
  .family = FAMILY_SECURITY,
  .summary = "a condition that is always true",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .job = check_job,
  .step = check_step,
};
