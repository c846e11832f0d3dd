#include "lint/view.h"

#include <string.h>

/* Events that a stranger causes and that run with the repository's secrets. */
static const char *const events[] = {"pull_request_target", "workflow_run", "issue_comment"};

/* How `ref:` and `repository:` name what the stranger wrote. */
static const char *const heads[] = {"pull_request.head.", "github.head_ref", "workflow_run.head_", "workflow_run.pull_requests", "refs/pull/"};

/* Conditions by which only the repository's own people get this far. */
static const char *const guards[] = {"head.repo.full_name", "head.repo.fork", "head_repository", "author_association"};

static bool holds_one_of(const char *text, const char *const *parts, size_t count) {
  for (size_t i = 0; text != NULL && i < count; i++)
    if (strcasestr(text, parts[i]) != NULL)
      return true;
  return false;
}

static bool is_guarded(const WorkflowText *condition) {
  return lint_never_runs(condition) || holds_one_of(condition->text, guards, G_N_ELEMENTS(guards));
}

/* ---- what fetches ---- */

static bool action_fetches(LintFile *file, const WorkflowStep *step) {
  const Uses *uses = lint_step_uses(file, step);
  if (uses == NULL || !uses_matches(uses, "actions/checkout"))
    return false;
  for (guint i = 0; i < step->with.count; i++) {
    const WorkflowPair *given = &step->with.items[i];
    bool chooses = given->name != NULL && (g_ascii_strcasecmp(given->name, "ref") == 0 || g_ascii_strcasecmp(given->name, "repository") == 0);
    if (chooses && holds_one_of(given->value.text, heads, G_N_ELEMENTS(heads)))
      return true;
  }
  return false;
}

/* `gh pr checkout 12` */
static bool script_fetches(LintFile *file, const WorkflowStep *step) {
  if (step->run.text == NULL || strstr(step->run.text, "checkout") == NULL || strstr(step->run.text, "gh") == NULL)
    return false;
  const ShellScript *script = lint_step_script(file, step);
  for (guint i = 0; script != NULL && i < script->commands->len; i++) {
    guint first = 0;
    const ShellCommand *command = shell_command(script, i);
    const char *program = shell_command_name(command, &first);
    if (program != NULL && strcmp(program, "gh") == 0 && first + 1 < command->words->len && shell_word_is(shell_word(command, first), "pr") &&
        shell_word_is(shell_word(command, first + 1), "checkout"))
      return true;
  }
  return false;
}

/* ---- what runs ---- */

/* The number of the last step that is a script, or an action out of the folder that was fetched; 0 when there is none. */
static guint last_that_runs(const WorkflowJob *job) {
  for (guint i = job->all_step_count; i > 0; i--) {
    const WorkflowStep *step = job->all_steps[i - 1];
    bool is_local = step->uses.text != NULL && g_str_has_prefix(step->uses.text, "./");
    if ((step->run.text != NULL || is_local) && !is_guarded(&step->condition))
      return i - 1;
  }
  return 0;
}

static const char *dangerous_event(const Workflow *workflow) {
  for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
    if (workflow_event(workflow, events[i]) != NULL)
      return events[i];
  return NULL;
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  const char *event = file->workflow != NULL ? dangerous_event(file->workflow) : NULL;
  if (event == NULL || is_guarded(&job->condition))
    return;
  guint last = last_that_runs(job);
  for (guint i = 0; i < job->all_step_count && i <= last; i++) {
    const WorkflowStep *step = job->all_steps[i];
    bool by_script = script_fetches(file, step), by_action = i < last && action_fetches(file, step);
    if (is_guarded(&step->condition) || (!by_script && !by_action))
      continue;
    LintReport report = {
      .node = by_script ? step->run.node : step->uses.node,
      .around = step->node,
      .help = g_strdup("run it in a workflow of pull_request, which has no secrets; here only look at what that one left behind"),
    };
    lint_report(file, report, "%s brings a stranger's files beside the repository's secrets, and what runs next may be theirs", event);
    return;
  }
}

const Rule rule_untrusted_checkout = {
  .id = "untrusted-checkout",
  .family = FAMILY_SECURITY,
  .summary = "a stranger's files beside the repository's secrets",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_MEDIUM,
  .job = check_job,
};
