#include "lint/rule.h"

/* The reader finds what GitHub refuses; here is what it takes although it is surely not meant. */

/* Without steps a job succeeds at once, and whoever waits for it believes that something was checked. */
static void check_job(LintFile *file, const WorkflowJob *job) {
  if (job->runs_on.node != NULL && job->uses.text == NULL && yaml_get(job->node, "steps") == NULL)
    lint_report(file, (LintReport){.node = job->key}, "the job \"%s\" has no steps", job->id);
}

const Rule rule_syntax_check = {
  .id = "syntax-check",
  .family = FAMILY_CORRECTNESS,
  .summary = "the file is not what GitHub's syntax wants",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
};
