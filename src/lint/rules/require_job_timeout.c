#include "lint/rules/fix_parts.h"

static void check_job(LintFile *file, const WorkflowJob *job) {
  double max = file->config->job_timeout_max_minutes, minutes;
  if (job->uses.text != NULL || yaml_get(job->node, "steps") == NULL) /* such a job may not have one */
    return;
  if (job->timeout_minutes.node == NULL) {
    if (yaml_get(job->node, "timeout-minutes") == NULL)
      lint_report(file,
                  (LintReport){.node = job->key,
                               .help = g_strdup("write timeout-minutes: with what the job takes at most"),
                               .fix = fix_time_limit(file, job, max)},
                  "the job \"%s\" has no timeout-minutes: when it hangs, it runs for 360 minutes", job->id);
  } else if (max > 0 && yaml_to_number(job->timeout_minutes.node, &minutes) && minutes > max)
    lint_report(file, (LintReport){.node = job->timeout_minutes.node, .fix = fix_time_limit(file, job, max)},
                "the job \"%s\" may run for %g minutes, which is more than the %g that are allowed", job->id, minutes, max);
}

const Rule rule_require_job_timeout = {
  .id = "require-job-timeout",
  .family = FAMILY_CORRECTNESS | FAMILY_POLICY,
  .summary = "a job without timeout-minutes, or with more than is allowed",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .said_by = "job-timeout",
  .fixable = true,
  .only_asked = true,
  .job = check_job,
};
