#include "lint/rules/token_use.h"

#include <string.h>

/* What a token may do harm with when a scope is `write`; others are medium. */
static const struct {
  const char *scope;
  LintSeverity severity;
} scopes[] = {
  {"actions", SEVERITY_HIGH},  {"attestations", SEVERITY_HIGH},  {"contents", SEVERITY_HIGH}, {"deployments", SEVERITY_HIGH},
  {"id-token", SEVERITY_HIGH}, {"issues", SEVERITY_HIGH},        {"models", SEVERITY_LOW},    {"packages", SEVERITY_HIGH},
  {"pages", SEVERITY_HIGH},    {"pull-requests", SEVERITY_HIGH}, {"statuses", SEVERITY_LOW},
};

static LintSeverity severity_of(const char *scope) {
  for (size_t i = 0; i < G_N_ELEMENTS(scopes); i++)
    if (strcmp(scopes[i].scope, scope) == 0)
      return scopes[i].severity;
  return SEVERITY_MEDIUM;
}

static void report_absent(LintFile *file, const YamlNode *node, LintPersona persona, const char *whose, bool with_fix) {
  LintReport report = {.node = node,
                       .confidence = CONFIDENCE_MEDIUM,
                       .persona = persona,
                       .help = g_strdup("add \"permissions: {}\", and to each job what it needs"),
                       .fix = with_fix ? permissions_fix(file) : NULL};
  lint_report(file, report, "%s says no permissions: its token may do whatever the repository's settings give by default", whose);
}

static void report_all(LintFile *file, const YamlNode *holder, const WorkflowPermissions *permissions, LintPersona persona) {
  LintReport report = {.node = lint_key(holder, "permissions"), .persona = persona, .help = g_strdup("name the scopes that are needed, one by one")};
  if (strcmp(permissions->all.text, "write-all") == 0) {
    report.severity = SEVERITY_HIGH;
    lint_report(file, report, "write-all: whoever gets at the token may change everything in the repository");
  } else if (strcmp(permissions->all.text, "read-all") == 0) {
    lint_report(file, report, "read-all: whoever gets at the token may read everything in the repository");
  } else {
    g_free(report.help);
  }
}

static bool is_write(const WorkflowPair *scope) {
  return scope->name != NULL && scope->value.text != NULL && strcmp(scope->value.text, "write") == 0;
}

static void check_scopes(LintFile *file, const WorkflowPermissions *permissions, LintPersona persona) {
  for (guint i = 0; i < permissions->scopes.count; i++) {
    const WorkflowPair *scope = &permissions->scopes.items[i];
    if (is_write(scope))
      lint_report(file,
                  (LintReport){.node = scope->key,
                               .severity = severity_of(scope->name),
                               .persona = persona,
                               .help = g_strdup("give it to the jobs that need it")},
                  "\"%s: write\" for the whole workflow: every job may use it, also those that need not", scope->name);
  }
}

/* A job's own scopes are not judged: what it needs cannot be seen from here. */
static void check_job(LintFile *file, const WorkflowJob *job, bool workflow_says, bool only_called, bool with_fix) {
  LintPersona persona = only_called && job->uses.text == NULL ? PERSONA_PEDANTIC : PERSONA_REGULAR;
  g_autofree char *whose = g_strdup_printf("the job \"%s\"", job->id);
  if (job->permissions.node == NULL && !workflow_says)
    report_absent(file, job->key, persona, whose, with_fix);
  else if (job->permissions.all.text != NULL)
    report_all(file, job->node, &job->permissions, persona);
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  const WorkflowPermissions *permissions = &workflow->permissions;
  bool only_called = workflow->event_count == 1 && workflow_event(workflow, "workflow_call") != NULL;
  bool all_say = true;
  for (guint i = 0; i < workflow->job_count; i++)
    all_say = all_say && (workflow->jobs[i].permissions.node != NULL || lint_never_runs(&workflow->jobs[i].condition));
  /* then the jobs are told, or decide, all the same */
  LintPersona persona = workflow->job_count == 1 || all_say || only_called ? PERSONA_PEDANTIC : PERSONA_REGULAR;
  if (permissions->node == NULL)
    report_absent(file, lint_first_key(file), persona, "the workflow", true);
  else if (permissions->all.text != NULL)
    report_all(file, yaml_root(file->document), permissions, persona);
  else
    check_scopes(file, permissions, persona);
  for (guint i = 0; i < workflow->job_count; i++)
    if (!lint_never_runs(&workflow->jobs[i].condition))
      check_job(file, &workflow->jobs[i], permissions->node != NULL, only_called, i == 0);
}

const Rule rule_excessive_permissions = {
  .id = "excessive-permissions",
  .family = FAMILY_SECURITY,
  .summary = "a token that may do more than it has to",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .workflow = check_workflow,
};
