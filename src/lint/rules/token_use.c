#include "lint/rules/token_use.h"

#include "lint/rules/fix_parts.h"

#include <string.h>

/* Actions that read the repository at most. */
static const char *const harmless[] = {
  "actions/cache",
  "actions/cache/restore",
  "actions/cache/save",
  "actions/checkout",
  "actions/download-artifact",
  "actions/setup-dotnet",
  "actions/setup-go",
  "actions/setup-java",
  "actions/setup-node",
  "actions/setup-python",
  "actions/upload-artifact",
  "astral-sh/setup-uv",
  "docker/setup-buildx-action",
  "docker/setup-qemu-action",
  "dtolnay/rust-toolchain",
  "oven-sh/setup-bun",
  "pnpm/action-setup",
  "ruby/setup-ruby",
  "shivammathur/setup-php",
  "Swatinem/rust-cache",
};

static bool is_harmless(const Uses *uses) {
  for (size_t i = 0; uses != NULL && i < G_N_ELEMENTS(harmless); i++)
    if (uses_matches(uses, harmless[i]))
      return true;
  return false;
}

/* What scripts say that write to the repository, or call others that do. */
static bool hints_at_token(const char *script) {
  static const char *const words[] = {"git ", "gh ", "hub ", "token", "push", "release", "publish", "deploy", "changeset", "lerna", "submodule"};
  g_autofree char *folded = g_ascii_strdown(script, -1);
  for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
    if (strstr(folded, words[i]) != NULL)
      return true;
  return false;
}

bool token_may_be_used(LintFile *file, const WorkflowStep *step) {
  if (step->uses.text != NULL)
    return !is_harmless(lint_step_uses(file, step));
  return step->run.text != NULL && hints_at_token(step->run.text);
}

/* Whether an expression anywhere in the file names it. */
static bool is_named(const LintFile *file) {
  for (guint i = 0; i < file->expressions->count; i++) {
    const WorkflowExpression *expression = &file->expressions->items[i];
    const char *start = expression->scalar->text + expression->span.inner;
    g_autofree char *text = g_ascii_strdown(start, (gssize)(expression->span.inner_end - expression->span.inner));
    if (strstr(text, "token") != NULL || strstr(text, "(github)") != NULL)
      return true;
  }
  return false;
}

static bool is_safe(LintFile *file, const Workflow *workflow) {
  for (guint i = 0; i < workflow->job_count; i++) {
    const WorkflowJob *job = &workflow->jobs[i];
    if (job->uses.text != NULL)
      return false;
    for (guint k = 0; k < job->all_step_count; k++)
      if (token_may_be_used(file, job->all_steps[k]))
        return false;
  }
  return !is_named(file);
}

Fix *permissions_fix(LintFile *file) {
  static const char *const behind[] = {"name", "run-name", "on", NULL};
  if (!file->fixing || file->workflow == NULL || file->workflow->permissions.node != NULL)
    return NULL;
  bool safe = is_safe(file, file->workflow);
  return fix_pair(file, yaml_root(file->document), &(FixPair){"permissions", "contents: read", behind}, safe, "let the token read, and no more");
}
