#include "lint/view.h"

#include <string.h>

/* `contents: read` is what every checkout needs, and tells why by itself. */
static bool is_plain(const WorkflowPair *scope) {
  return scope->name == NULL || scope->value.node == NULL ||
         (strcmp(scope->name, "contents") == 0 && scope->value.text != NULL && strcmp(scope->value.text, "read") == 0);
}

static void check_permissions(LintFile *file, const WorkflowPermissions *permissions) {
  const WorkflowPair *first = NULL;
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < permissions->scopes.count; i++) {
    const WorkflowPair *scope = &permissions->scopes.items[i];
    g_autofree char *comment = is_plain(scope) ? NULL : lint_comment_behind(file, scope->value.node);
    if (is_plain(scope) || comment != NULL)
      continue;
    first = first != NULL ? first : scope;
    g_string_append_printf(names, "%s\"%s\"", names->len > 0 ? ", " : "", scope->name);
  }
  if (first != NULL)
    lint_report(file, (LintReport){.node = first->key, .help = g_strdup("add a comment to its line: what needs it")},
                "nothing says what %s is needed for, so nobody dares to take it away", names->str);
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  check_permissions(file, &workflow->permissions);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_permissions(file, &job->permissions);
}

const Rule rule_undocumented_permissions = {
  .id = "undocumented-permissions",
  .family = FAMILY_SECURITY,
  .summary = "a permission without a comment that says why",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .persona = PERSONA_PEDANTIC,
  .workflow = check_workflow,
  .job = check_job,
};
