#include "lint/rules/fix_parts.h"

#include <math.h>

#define MINUTES_USUAL 30

/* No more than is allowed. A job that takes longer would be stopped, so neither is safe. */
static char *minutes_of(const LintFile *file) {
  double max = file->config->job_timeout_max_minutes;
  return g_strdup_printf("%.0f", max > 0 ? fmax(1, floor(fmin(max, MINUTES_USUAL))) : MINUTES_USUAL);
}

static Fix *addition(LintFile *file, const WorkflowJob *job) {
  static const char *const behind[] = {"name", "needs", "if", "runs-on", NULL};
  g_autofree char *minutes = minutes_of(file);
  return fix_pair(file, job->node, &(FixPair){"timeout-minutes", minutes, behind}, false, "give the job a time limit");
}

static Fix *reduction(LintFile *file, const WorkflowJob *job) {
  g_autofree char *minutes = g_strdup_printf("%.0f", floor(file->config->job_timeout_max_minutes));
  bool makes_sense = file->config->job_timeout_max_minutes >= 1;
  return makes_sense ? fix_text(file, job->timeout_minutes.node, minutes, false, "take the longest that is allowed") : NULL;
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  double max = file->config->job_timeout_max_minutes, minutes;
  if (job->uses.text != NULL || yaml_get(job->node, "steps") == NULL) /* such a job may not have one */
    return;
  if (job->timeout_minutes.node == NULL) {
    if (yaml_get(job->node, "timeout-minutes") == NULL)
      lint_report(
        file, (LintReport){.node = job->key, .help = g_strdup("write timeout-minutes: with what the job takes at most"), .fix = addition(file, job)},
        "the job \"%s\" has no timeout-minutes: when it hangs, it runs for 360 minutes", job->id);
  } else if (max > 0 && yaml_to_number(job->timeout_minutes.node, &minutes) && minutes > max)
    lint_report(file, (LintReport){.node = job->timeout_minutes.node, .fix = reduction(file, job)},
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
