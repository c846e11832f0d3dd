#include "lint/rule.h"

static int by_folded_text(gconstpointer left, gconstpointer right) {
  return g_ascii_strcasecmp(left, right);
}

/* The reader finds needs that name no job, and jobs that wait for each other; a job that is named twice does no harm. */
static void check_job(LintFile *file, const WorkflowJob *job) {
  if (job->needs.count < 2)
    return;
  g_autoptr(GTree) seen = g_tree_new(by_folded_text);
  for (guint i = 0; i < job->needs.count; i++) {
    const WorkflowText *need = &job->needs.items[i];
    if (g_tree_lookup(seen, need->text) == NULL)
      g_tree_insert(seen, (gpointer)need->text, (gpointer)need);
    else
      lint_report(file, (LintReport){.node = need->node}, "the job \"%s\" is needed twice (case does not matter)", need->text);
  }
}

const Rule rule_job_needs = {
  .id = "job-needs",
  .family = FAMILY_CORRECTNESS,
  .summary = "needs that name no job, or the same one twice, or jobs that wait for each other",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .job = check_job,
};
