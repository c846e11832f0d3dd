#include "lint/rules/sinks.h"

#include "lint/view.h"

#include <string.h>

/* Inputs that are run, or that are put into something that is run. */
static const struct {
  const char *action;
  const char *input;
  Sinks which;
} sinks[] = {
  {"actions/github-script", "script", SINKS_COMMON},
  {"8398a7/action-slack", "custom_payload", SINKS_ALL},
  {"addnab/docker-run-action", "options", SINKS_ALL},
  {"addnab/docker-run-action", "run", SINKS_ALL},
  {"amadevus/pwsh-script", "script", SINKS_ALL},
  {"appleboy/ssh-action", "script", SINKS_ALL},
  {"azure/cli", "inlineScript", SINKS_ALL},
  {"azure/powershell", "inlineScript", SINKS_ALL},
  {"cardinalby/js-eval-action", "expression", SINKS_ALL},
  {"devorbitus/yq-action-output", "cmd", SINKS_ALL},
  {"gautamkrishnar/blog-post-workflow", "item_exec", SINKS_ALL},
  {"imjohnbo/issue-bot", "body", SINKS_ALL},
  {"imjohnbo/issue-bot", "linked-comments-new-issue-text", SINKS_ALL},
  {"imjohnbo/issue-bot", "linked-comments-previous-issue-text", SINKS_ALL},
  {"jannekem/run-python-script-action", "script", SINKS_ALL},
  {"lucasbento/auto-close-issues", "issue-close-message", SINKS_ALL},
  {"mikefarah/yq", "cmd", SINKS_ALL},
  {"roots/issue-closer-action", "issue-close-message", SINKS_ALL},
  {"roots/issue-closer-action", "pr-close-message", SINKS_ALL},
  {"sergeysova/jq-action", "cmd", SINKS_ALL},
  {"skitionek/notify-microsoft-teams", "overwrite", SINKS_ALL},
  {"tibdex/backport", "body_template", SINKS_ALL},
  {"tibdex/backport", "head_template", SINKS_ALL},
  {"tibdex/backport", "labels_template", SINKS_ALL},
  {"tibdex/backport", "title_template", SINKS_ALL},
};

bool sink_evaluates(LintFile *file, const WorkflowExpression *expression, Sinks which) {
  const WorkflowStep *step = expression->step;
  if (step == NULL || expression->key == NULL || expression->section == NULL || expression->is_key)
    return false;
  if (strcmp(expression->section, "run") == 0)
    return true;
  if (strcmp(expression->section, "with") != 0)
    return false;
  const Uses *uses = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(sinks); i++) {
    if (sinks[i].which > which || g_ascii_strcasecmp(sinks[i].input, expression->key) != 0)
      continue;
    uses = uses != NULL ? uses : lint_step_uses(file, step);
    if (uses != NULL && uses_matches(uses, sinks[i].action))
      return true;
  }
  return false;
}
