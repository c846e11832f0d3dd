#include "lint/contexts/contexts.h"
#include "lint/taint/taint_internal.h"

#include <string.h>

/* ---- inputs ---- */

static const WorkflowInput *find_input(const WorkflowInputs *inputs, const char *name) {
  for (guint i = 0; i < inputs->count; i++)
    if (g_ascii_strcasecmp(inputs->items[i].name, name) == 0)
      return &inputs->items[i];
  return NULL;
}

static const WorkflowInput *event_input(const Workflow *workflow, const char *event, const char *name) {
  const WorkflowEvent *found = workflow_event(workflow, event);
  return found != NULL ? find_input(&found->inputs, name) : NULL;
}

/* Numbers, booleans, choices and names of environments hold nothing that its sender made up. */
static bool is_free(const WorkflowInput *input) {
  return input != NULL && (input->type.text == NULL || strcmp(input->type.text, "string") == 0);
}

/* Whether a job's `uses:` names the file that is looked at, whose path may be a whole one. */
static bool calls_file(const WorkflowJob *job, const char *path) {
  if (job->uses.text == NULL || !g_str_has_prefix(job->uses.text, "./"))
    return false;
  return strcmp(job->uses.text + 2, path) == 0 || g_str_has_suffix(path, job->uses.text + 1);
}

/* Whether a caller in this repository passes something of anyone's. */
static bool of_local_callers(Taints *taints, const char *name, Taint *taint) {
  guint count;
  const char *const *paths = lint_repository_workflows(taints->file->repository, &count);
  for (guint i = 0; i < count; i++) {
    LookupState state;
    const Workflow *caller = lint_repository_workflow(taints->file->repository, paths[i], &state, NULL);
    for (guint k = 0; caller != NULL && k < caller->job_count && taint_spend(taints, 1); k++) {
      const WorkflowJob *job = &caller->jobs[k];
      if (!calls_file(job, taints->file->path))
        continue;
      const WorkflowPair *pair = workflow_pair(&job->with, name);
      TaintScope scope = {.workflow = caller, .job = job, .env_from = 3};
      Taint passed = pair != NULL ? taint_of_text(taints, &scope, pair->value.node) : (Taint){0};
      if (passed.kind == TAINT_ANYONE) {
        *taint = taint_through(taints, passed, "inputs.%s of its caller %s", name, paths[i] + 2);
        return true;
      }
    }
  }
  return false;
}

static Taint of_workflow_input(Taints *taints, const TaintScope *scope, const char *name, const ContextPath *path) {
  const WorkflowInput *called = event_input(scope->workflow, "workflow_call", name);
  const WorkflowInput *started = event_input(scope->workflow, "workflow_dispatch", name);
  Taint taint = taint_source(taints, TAINT_NONE, path);
  if (is_free(called) && scope->workflow == taints->file->workflow && of_local_callers(taints, name, &taint))
    return taint;
  taint.kind = is_free(called) ? TAINT_CALLER : is_free(started) ? TAINT_STARTER : called != NULL || started != NULL ? TAINT_NONE : TAINT_INPUT;
  return taint;
}

static Taint of_passed(Taints *taints, const TaintScope *scope, const char *name) {
  const WorkflowPair *pair = workflow_pair(scope->with, name);
  Taint taint = pair != NULL ? taint_of_text(taints, scope->caller, pair->value.node) : (Taint){0};
  return taint_through(taints, taint, "inputs.%s", name);
}

Taint taint_of_input(Taints *taints, const TaintScope *scope, const ContextPath *path, guint name_at) {
  const char *name = context_path_name(path, name_at);
  if (name == NULL)
    return taint_source(taints, TAINT_INPUT, path);
  if (scope->caller != NULL)
    return of_passed(taints, scope, name);
  if (scope->workflow != NULL)
    return of_workflow_input(taints, scope, name, path);
  return taint_source(taints, find_input(&scope->action->inputs, name) != NULL ? TAINT_CALLER : TAINT_INPUT, path);
}

/* ---- outputs of jobs and actions ---- */

static const WorkflowOutput *find_output(const WorkflowOutputs *outputs, const char *name) {
  for (guint i = 0; i < outputs->count; i++)
    if (g_ascii_strcasecmp(outputs->items[i].name, name) == 0)
      return &outputs->items[i];
  return NULL;
}

static Taint of_called(Taints *taints, const TaintScope *scope, const WorkflowJob *job, const char *name, Taint taint) {
  LookupState state;
  const Workflow *called = lint_local_workflow(taints->file, job->uses.text, &state, NULL);
  const WorkflowEvent *call = called != NULL ? workflow_event(called, "workflow_call") : NULL;
  const WorkflowOutput *output = call != NULL ? find_output(&call->outputs, name) : NULL;
  TaintScope caller = {.workflow = scope->workflow, .job = job, .env_from = 3, .caller = scope->caller, .with = scope->with};
  TaintScope inside = {.workflow = called, .env_from = 3, .caller = &caller, .with = &job->with};
  return output != NULL ? taint_of_text(taints, &inside, output->value.node) : taint;
}

Taint taint_of_job(Taints *taints, const TaintScope *scope, const char *id, const char *name, const ContextPath *path) {
  const WorkflowJob *job = scope->workflow != NULL ? workflow_job(scope->workflow, id) : NULL;
  Taint taint = taint_source(taints, TAINT_OUTPUT, path);
  if (job == NULL || name == NULL)
    return taint;
  if (job->uses.text != NULL) {
    taint = of_called(taints, scope, job, name, taint);
  } else {
    const WorkflowPair *pair = workflow_pair(&job->outputs, name);
    TaintScope inside = {.workflow = scope->workflow, .job = job, .env_from = 1, .caller = scope->caller, .with = scope->with};
    if (pair != NULL)
      taint = taint_of_text(taints, &inside, pair->value.node);
  }
  return taint_through(taints, taint, "%s.%s.outputs.%s", path->names[0], id, name);
}

Taint taint_of_action(Taints *taints, const TaintScope *scope, const WorkflowStep *step, const char *name, const ContextPath *path) {
  LookupState state;
  Taint taint = taint_source(taints, TAINT_OUTPUT, path);
  const Action *action = lint_local_action(taints->file, step->uses.text, &state, NULL);
  const WorkflowOutput *output = action != NULL && name != NULL ? find_output(&action->outputs, name) : NULL;
  if (output == NULL || action->kind != ACTION_COMPOSITE)
    return taint;
  TaintScope inside = {.action = action, .caller = scope, .with = &step->with};
  return taint_through(taints, taint_of_text(taints, &inside, output->value.node), "steps.%s.outputs.%s", step->id, name);
}
