#include "lint/rule.h"

/* The reader finds needs that name no job, and jobs that wait for each other; a job that is named twice does no harm. */
static void check_job(LintFile *file, const WorkflowJob *job) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; job->needs.count > 1 && i < job->needs.count; i++) {
    const WorkflowText *need = &job->needs.items[i];
    if (!g_hash_table_add(seen, g_ascii_strdown(need->text, -1)))
      lint_report(file, (LintReport){.node = need->node}, "the job \"%s\" is needed twice (case does not matter)", need->text);
  }
}

const Rule rule_job_needs = {
  .id = "job-needs",
  .family = FAMILY_CORRECTNESS,
  .summary = "needs that name no job, or the same one twice, or jobs that wait for each other",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
};
