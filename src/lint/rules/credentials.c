#include "lint/view.h"

static void check_container(LintFile *file, const WorkflowContainer *container) {
  const WorkflowText *password = &container->password;
  if (password->text == NULL || password->text[0] == '\0' || lint_is_expression(password))
    return;
  g_autofree char *whose = container->id != NULL ? g_strdup_printf("the service \"%s\"", container->id) : g_strdup("the container");
  lint_report(file, (LintReport){.node = password->node, .help = g_strdup("store it as a secret: ${{ secrets.NAME }}")},
              "the password of %s stands in the file: everyone who can read the repository has it", whose);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_container(file, &job->container);
  for (guint i = 0; i < job->service_count; i++)
    check_container(file, &job->services[i]);
}

const Rule rule_credentials = {
  .id = "credentials",
  .family = FAMILY_CORRECTNESS,
  .summary = "passwords of container registries that are written into the file",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .said_by = "hardcoded-container-credentials",
  .job = check_job,
};
