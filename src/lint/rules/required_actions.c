#include "lint/config/glob.h"
#include "lint/rule.h"

#include <string.h>

/* What the steps of a workflow use. */
typedef struct {
  GPtrArray *uses; /* const WorkflowText * */
  bool runs_steps; /* a job has steps of its own */
  bool unknown;    /* an expression could name anything */
} Uses;

static Uses gather(const Workflow *workflow) {
  Uses all = {.uses = g_ptr_array_new()};
  for (guint i = 0; i < workflow->job_count; i++) {
    const WorkflowJob *job = &workflow->jobs[i];
    all.runs_steps |= job->uses.text == NULL;
    for (guint k = 0; k < job->all_step_count; k++) {
      const WorkflowText *uses = &job->all_steps[k]->uses;
      all.unknown |= uses->text != NULL && strstr(uses->text, "${{") != NULL;
      if (uses->text != NULL)
        g_ptr_array_add(all.uses, (gpointer)uses);
    }
  }
  return all;
}

/* Names are alike in any case, refs are not. `near` gets the first use of another ref. */
static bool is_used(const Uses *all, const char *required, const WorkflowText **near) {
  g_autofree char *name = g_strndup(required, strcspn(required, "@"));
  const char *at = strchr(required, '@');
  g_autoptr(GRegex) names = lint_glob_new(name, true, NULL), refs = lint_glob_new(at != NULL && at[1] != '\0' ? at + 1 : "**", false, NULL);
  for (guint i = 0; names != NULL && refs != NULL && i < all->uses->len; i++) {
    const WorkflowText *uses = g_ptr_array_index(all->uses, i);
    size_t length = strcspn(uses->text, "@");
    if (!g_regex_match_full(names, uses->text, (gssize)length, 0, 0, NULL, NULL))
      continue;
    if (g_regex_match(refs, uses->text[length] == '@' ? uses->text + length + 1 : "", 0, NULL))
      return true;
    *near = *near != NULL ? *near : uses;
  }
  return false;
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  const GPtrArray *required = file->config->required_actions;
  if (required->len == 0 || workflow->job_count == 0)
    return;
  Uses all = gather(workflow);
  for (guint i = 0; i < required->len && all.runs_steps && !all.unknown; i++) {
    const WorkflowText *near = NULL;
    const char *action = g_ptr_array_index(required, i);
    if (is_used(&all, action, &near))
      continue;
    LintReport place = {.node = workflow->jobs[0].key};
    if (near != NULL)
      place.help = g_strdup_printf("line %u uses \"%.100s\", which is another version", near->location.line, near->text);
    lint_report(file, place, "no step uses \"%.100s\", which this repository requires of every workflow", action);
  }
  g_ptr_array_unref(all.uses);
}

const Rule rule_required_actions = {
  .id = "required-actions",
  .family = FAMILY_CORRECTNESS | FAMILY_POLICY,
  .summary = "a workflow that does not use an action that the repository requires",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .only_asked = true,
  .workflow = check_workflow,
};
