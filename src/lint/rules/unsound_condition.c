#include "lint/view.h"

#include <string.h>

/* Strips the newline at the end of a block: `|-` for `|`. NULL where the block says more about itself. */
static Fix *strip_fix(LintFile *file, const WorkflowText *condition) {
  size_t at = source_byte(file->source, condition->node->location);
  bool is_block = at + 1 < file->size && strchr("|>", file->text[at]) != NULL && strchr("\r\n #", file->text[at + 1]) != NULL;
  if (!file->fixing || !is_block)
    return NULL;
  g_autofree char *text = g_strchomp(g_strdup(condition->text));
  g_autoptr(EditChange) change = edit_change_new(EDIT_SET, condition->node, 0, text, NULL);
  g_autoptr(Fix) fix = fix_new("leave out the newline at the end of the condition", true);
  return edit_tree_try(lint_edit_tree(file), fix, at + 1, at + 1, "-", change) ? g_steal_pointer(&fix) : NULL;
}

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
  LintReport report = {.node = condition->node, .help = g_strdup(help), .fix = only_newlines ? strip_fix(file, condition) : NULL};
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
