#include "lint/view.h"

#include <string.h>

/* Actions that fetch the newest release of a tool unless their input `version` says which. */
static const char *const actions[] = {"aquasecurity/setup-trivy", "1password/load-secrets-action", NULL};

static bool installs_newest(const Uses *uses) {
  for (const char *const *action = actions; uses != NULL && *action != NULL; action++)
    if (uses_matches(uses, *action))
      return true;
  return false;
}

static void check_version(LintFile *file, const WorkflowStep *step, const WorkflowPair *version) {
  LintReport report = {.node = version != NULL ? version->key : step->uses.node, .help = g_strdup("name the tool's release: \"version: ...\"")};
  if (version == NULL) {
    lint_report(file, report, "without \"version\" the newest release of the tool is fetched, whoever made it");
  } else if (version->value.text != NULL && strcmp(version->value.text, "latest") == 0) {
    lint_report(file, report, "the newest release of the tool is fetched, whoever made it");
  } else if (lint_has_expression(&version->value)) {
    report.confidence = CONFIDENCE_LOW;
    lint_report(file, report, "which release of the tool is fetched is not fixed here");
  } else {
    g_free(report.help);
  }
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  bool is_whole = step->with.node != NULL && step->with.node->kind == YAML_SCALAR; /* one expression gives all inputs */
  if (step->kind == STEP_USES && !is_whole && installs_newest(lint_step_uses(file, step)))
    check_version(file, step, workflow_pair(&step->with, "version"));
}

const Rule rule_unpinned_tools = {
  .id = "unpinned-tools",
  .family = FAMILY_SECURITY,
  .summary = "an action that fetches the newest release of a tool",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .step = check_step,
};
