#include "lint/view.h"

#include <string.h>

static const struct {
  const char *event;
  const char *danger, *help;
  bool labels; /* a workflow that only labels pull requests may use it */
} triggers[] = {
  {"pull_request_target", "whoever opens a pull request starts this workflow with the repository's secrets and a token that may write",
   "use pull_request where you can, and run nothing of a stranger here", true},
  {"workflow_run", "this workflow has secrets and a token that may write, and works on what an untrusted run left behind",
   "run nothing that the other run left, and take its values for those of a stranger", false},
  {"issue_comment", "whoever may comment starts this workflow with the repository's secrets and a token that may write",
   "ask who comments, github.event.comment.author_association, and run nothing of a pull request here", false},
};

/* One step, and it is the action that GitHub made for this event and that runs nothing of the pull request. */
static bool only_labels(LintFile *file, const Workflow *workflow) {
  if (workflow->job_count != 1 || workflow->jobs[0].all_step_count != 1)
    return false;
  const Uses *uses = lint_step_uses(file, workflow->jobs[0].all_steps[0]);
  return uses != NULL && uses_matches(uses, "actions/labeler");
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  for (size_t i = 0; i < G_N_ELEMENTS(triggers); i++) {
    const WorkflowEvent *event = workflow_event(workflow, triggers[i].event);
    if (event != NULL && !(triggers[i].labels && only_labels(file, workflow)))
      lint_report(file, (LintReport){.node = event->key, .around = yaml_root(file->document), .help = g_strdup(triggers[i].help)}, "%s: %s",
                  event->name, triggers[i].danger);
  }
}

const Rule rule_dangerous_triggers = {
  .id = "dangerous-triggers",
  .family = FAMILY_SECURITY,
  .summary = "an event by which strangers reach secrets",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_MEDIUM,
  .workflow = check_workflow,
};
