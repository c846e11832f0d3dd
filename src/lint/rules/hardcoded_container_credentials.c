#include "lint/view.h"

/* A password that is not one whole expression is written down here, for everybody who may read the repository. */
static void check_container(LintFile *file, const WorkflowContainer *container) {
  const WorkflowText *password = &container->password;
  if (password->text == NULL || *password->text == '\0' || lint_is_expression(password))
    return;
  LintReport report = lint_report_pair(container->node, "credentials");
  report.help = g_strdup("keep it as a secret: password: ${{ secrets.NAME }}");
  if (container->id != NULL)
    lint_report(file, report, "the password of the registry is written down for the service \"%s\"", container->id);
  else
    lint_report(file, report, "the password of the registry is written down for the job's container");
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_container(file, &job->container);
  for (guint i = 0; i < job->service_count; i++)
    check_container(file, &job->services[i]);
}

const Rule rule_hardcoded_container_credentials = {
  .id = "hardcoded-container-credentials",
  .family = FAMILY_SECURITY,
  .summary = "a registry's password stands in the file",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
};
