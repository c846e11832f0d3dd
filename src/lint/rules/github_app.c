#include "lint/rules/used.h"

#include <string.h>

#define PERMISSION "permission-"

/* Permissions of an organization, which say nothing of its repositories: with these alone it does not matter which it has. */
static const char *const organization_only[] = {
  "custom-properties-for-organizations",
  "enterprise-custom-properties-for-organizations",
  "members",
  "organization-administration",
  "organization-announcement-banners",
  "organization-copilot-seat-management",
  "organization-custom-org-roles",
  "organization-custom-properties",
  "organization-custom-roles",
  "organization-events",
  "organization-hooks",
  "organization-packages",
  "organization-personal-access-token-requests",
  "organization-personal-access-tokens",
  "organization-plan",
  "organization-projects",
  "organization-secrets",
  "organization-self-hosted-runners",
  "organization-user-blocking",
  NULL,
};

/* How many permissions are asked for, and how many of them are not of an organization alone. */
static guint count_permissions(const WorkflowPairs *with, guint *wide) {
  guint count = 0;
  *wide = 0;
  for (guint i = 0; i < with->count; i++) {
    const char *name = with->items[i].name;
    if (!g_str_has_prefix(name, PERMISSION))
      continue;
    count++;
    *wide += !g_strv_contains(organization_only, name + strlen(PERMISSION));
  }
  return count;
}

static LintReport at_pair(const WorkflowPair *pair, const char *help) {
  return (LintReport){.at = pair->key->location, .end = pair->value.node != NULL ? pair->value.node->end : pair->key->end, .help = g_strdup(help)};
}

static void check_revocation(LintFile *file, const WorkflowPair *pair) {
  static const char *const yes[] = {"true", "True", "TRUE", NULL};
  if (pair == NULL || pair->value.text == NULL)
    return;
  LintReport report = at_pair(pair, "leave \"skip-token-revoke\" out");
  if (g_strv_contains(yes, pair->value.text)) {
    lint_report(file, report, "the token is not revoked when the job ends: who gets hold of it can use it for an hour");
  } else if (lint_has_expression(&pair->value)) {
    report.confidence = CONFIDENCE_LOW;
    lint_report(file, report, "the token may not be revoked when the job ends: who gets hold of it can use it for an hour");
  } else {
    g_free(report.help);
  }
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  Used used;
  guint wide;
  if (!used_by_step(file, step, &used) || !used_is(used.uses, "actions/create-github-app-token"))
    return;
  for (guint i = 0; i < step->with.count; i++)
    if (step->with.items[i].name == NULL)
      return; /* an expression gives all inputs */
  check_revocation(file, workflow_pair(&step->with, "skip-token-revoke"));
  guint permissions = count_permissions(&step->with, &wide);
  const WorkflowPair *owner = workflow_pair(&step->with, "owner");
  if (owner != NULL && workflow_pair(&step->with, "repositories") == NULL && (permissions == 0 || wide > 0))
    lint_report(file, at_pair(owner, "name those that are needed in \"repositories\""),
                "the token reaches every repository of this owner that has the app");
  if (permissions > 0)
    return;
  LintReport report = used_report(&used);
  report.help = g_strdup("ask for what is needed with \"" PERMISSION "...\" inputs, such as \"" PERMISSION "contents: read\"");
  lint_report(file, report, "the token has every permission that the app has");
}

const Rule rule_github_app = {
  .id = "github-app",
  .family = FAMILY_SECURITY,
  .summary = "an app's token that can do more than is needed",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .step = check_step,
};
