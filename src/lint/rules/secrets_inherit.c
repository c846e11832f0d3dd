#include "lint/rule.h"

static void check_job(LintFile *file, const WorkflowJob *job) {
  if (job->secrets_inherit && job->uses.text != NULL)
    lint_report(file,
                (LintReport){.node = job->uses.node,
                             .around = job->node,
                             .help = g_strdup("pass the secrets that it needs, one by one, below \"secrets:\"")},
                "the called workflow gets every secret of this one, also those that it does not need");
}

const Rule rule_secrets_inherit = {
  .id = "secrets-inherit",
  .family = FAMILY_SECURITY,
  .summary = "a called workflow gets all secrets",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
};
