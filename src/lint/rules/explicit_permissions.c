#include "lint/rules/token_use.h"

#include <string.h>

static void check_all(LintFile *file, const YamlNode *holder, const WorkflowPermissions *permissions) {
  static const struct {
    const char *word;
    LintSeverity severity;
  } words[] = {{"write-all", SEVERITY_HIGH}, {"read-all", SEVERITY_MEDIUM}};
  for (size_t i = 0; permissions->all.text != NULL && i < G_N_ELEMENTS(words); i++)
    if (strcmp(permissions->all.text, words[i].word) == 0)
      lint_report(file,
                  (LintReport){.node = lint_key(holder, "permissions"),
                               .severity = words[i].severity,
                               .help = g_strdup("name the scopes that are needed, or write \"permissions: {}\"")},
                  "%s is more than any job needs", words[i].word);
}

/* One fix is enough for all jobs. */
static void check_jobs(LintFile *file, const Workflow *workflow) {
  bool is_first = true;
  for (guint i = 0; i < workflow->job_count; i++) {
    const WorkflowJob *job = &workflow->jobs[i];
    check_all(file, job->node, &job->permissions);
    if (job->permissions.node != NULL || workflow->permissions.node != NULL)
      continue;
    LintReport report = {.node = job->key, .help = g_strdup("add \"permissions:\" to the job, or to the workflow")};
    report.fix = is_first ? permissions_fix(file) : NULL;
    is_first = false;
    lint_report(file, report, "nothing says what the token of the job \"%s\" may do: a setting outside of the repository decides", job->id);
  }
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_all(file, yaml_root(file->document), &workflow->permissions);
  check_jobs(file, workflow);
}

const Rule rule_explicit_permissions = {
  .id = "explicit-permissions",
  .family = FAMILY_POLICY,
  .summary = "every job says what its token may do",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .only_asked = true,
  .workflow = check_workflow,
};
