#include "lint/rule.h"

static int by_folded_text(gconstpointer left, gconstpointer right) {
  return g_ascii_strcasecmp(left, right);
}

/* The reader finds ids that GitHub refuses. The steps of a parallel group are a list of their own, so an id may stand in both; but
 * steps.ID then tells of only one of the two. */
static void check_job(LintFile *file, const WorkflowJob *job) {
  if (job->all_step_count == job->step_count)
    return;
  g_autoptr(GTree) seen = g_tree_new(by_folded_text);
  for (guint i = 0; i < job->all_step_count; i++) {
    const WorkflowStep *step = job->all_steps[i];
    const WorkflowStep *first = step->id != NULL ? g_tree_lookup(seen, step->id) : NULL;
    if (first != NULL && first->group != step->group)
      lint_report(file, (LintReport){.node = yaml_get(step->node, "id")}, "the id \"%s\" is used twice, first in line %u (case does not matter)",
                  step->id, first->location.line);
    else if (step->id != NULL)
      g_tree_insert(seen, (gpointer)step->id, (gpointer)step);
  }
}

const Rule rule_id = {
  .id = "id",
  .family = FAMILY_CORRECTNESS,
  .summary = "ids of jobs and steps that are not valid, or used twice",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
};
