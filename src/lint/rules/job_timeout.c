#include "lint/rules/fix_parts.h"

/* Option `max-minutes`, else what actionlint's settings say; 0: any limit will do. */
static double max_minutes(const LintFile *file) {
  const YamlNode *option = yaml_get(lint_config_rule(file->config, file->rule->id).config, "max-minutes");
  double minutes;
  return option != NULL && yaml_to_number(option, &minutes) && minutes > 0 ? minutes : file->config->job_timeout_max_minutes;
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  double max = max_minutes(file), minutes;
  const WorkflowText *timeout = &job->timeout_minutes;
  if (job->uses.text != NULL || job->step_count == 0)
    return;
  if (timeout->node == NULL)
    lint_report(file, (LintReport){.node = job->key, .help = g_strdup("add \"timeout-minutes:\" to the job"), .fix = fix_time_limit(file, job, max)},
                "the job \"%s\" may hang for six hours before anybody is told: it has no time limit", job->id);
  else if (max > 0 && yaml_to_number(timeout->node, &minutes) && minutes > max)
    lint_report(file,
                (LintReport){.node = timeout->node, .help = g_strdup_printf("allow %g minutes at most", max), .fix = fix_time_limit(file, job, max)},
                "the job \"%s\" may run for %g minutes, more than the %g that are allowed", job->id, minutes, max);
}

const Rule rule_job_timeout = {
  .id = "job-timeout",
  .family = FAMILY_POLICY,
  .summary = "every job has a time limit",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .only_asked = true,
  .job = check_job,
};
