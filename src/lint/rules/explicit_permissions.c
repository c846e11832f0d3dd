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

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_all(file, yaml_root(file->document), &workflow->permissions);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_all(file, job->node, &job->permissions);
  if (job->permissions.node == NULL && file->workflow->permissions.node == NULL)
    lint_report(file,
                (LintReport){.node = job->key, .help = g_strdup("add \"permissions:\" to the job, or to the workflow"), .fix = permissions_fix(file)},
                "nothing says what the token of the job \"%s\" may do: a setting outside of the repository decides", job->id);
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
  .job = check_job,
};
