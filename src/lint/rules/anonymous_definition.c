#include "lint/view.h"

/* Without a name people see the file's path, or the job's id, in lists of runs and checks. */

static void check_workflow(LintFile *file, const Workflow *workflow) {
  if (workflow->name.text == NULL)
    lint_report(file, (LintReport){.node = lint_first_key(file), .severity = SEVERITY_LOW, .help = g_strdup("add \"name: ...\" at the top")},
                "the workflow has no name: its runs are hard to find in lists");
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  if (job->name.text == NULL && job->uses.text == NULL)
    lint_report(file, (LintReport){.node = job->key, .help = g_strdup("add \"name: ...\" to the job")}, "the job \"%s\" has no name", job->id);
}

const Rule rule_anonymous_definition = {
  .id = "anonymous-definition",
  .family = FAMILY_SECURITY,
  .summary = "a workflow or a job without a name",
  .severity = SEVERITY_INFORMATIONAL,
  .confidence = CONFIDENCE_HIGH,
  .persona = PERSONA_PEDANTIC,
  .workflow = check_workflow,
  .job = check_job,
};
