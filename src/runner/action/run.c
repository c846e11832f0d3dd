#include "runner/action/action.h"

#include <string.h>

/* Local actions, and what is in them, are found when they run. */
static bool find_use(Step *step, GError **error) {
  Job *job = step->job;
  if (step->use != NULL)
    return true;
  const ActionUse *within = step->frame->use;
  step->use = action_use_find(job, step->model->uses.text, within, true, error);
  if (step->use == NULL)
    return false;
  if (within != NULL && within->steps != NULL)
    within->steps[step->model->index] = step->use;
  action_use_bind(job, step->key, step->use);
  if (step->use->local && step->use->kind == USE_JAVASCRIPT && step->use->action->pre.text != NULL)
    step_warn(step, "the action's \"pre\" is left out: as at GitHub, it does not run for a local action");
  return true;
}

static void append_pairs(GString *text, const char *heading, const json_t *values) {
  const char *name;
  json_t *value;
  bool any = false;
  json_object_foreach ((json_t *)values, name, value) {
    if (*json_string_value(value) == '\0')
      continue;
    g_string_append_printf(text, "%s  %s: %s\n", any ? "" : heading, name, json_string_value(value));
    any = true;
  }
}

/* As GitHub's log begins an action. */
static void tell(Step *step, const json_t *inputs) {
  if (step->stage == STAGE_POST) {
    step_say(step, "Post job cleanup.");
    return;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  g_string_append_printf(text, "##[group]Run %s\n", step->use->text);
  append_pairs(text, "with:\n", inputs);
  append_pairs(text, "env:\n", step->env);
  step_say(step, "%s##[endgroup]", text->str);
}

static void run_kind(Step *step, json_t *inputs) {
  switch (step->use->kind) {
  case USE_JAVASCRIPT:
    action_run_javascript(step, inputs);
    break;
  case USE_COMPOSITE:
    action_run_composite(step, inputs);
    return; /* its steps have files of their own */
  case USE_CHECKOUT:
    action_run_checkout(step, inputs);
    break;
  case USE_DOCKER:
  case USE_IMAGE:
  default:
    action_run_docker(step, inputs);
    break;
  }
  step_files_take(step);
}

static bool prepare(Step *step, json_t **inputs, GError **error) {
  if (!find_use(step, error))
    return false;
  job_set_text(step->github, "action_repository", step->use->repository);
  job_set_text(step->github, "action_ref", step->use->ref);
  *inputs = action_inputs(step, error);
  return *inputs != NULL && (step->use->kind == USE_COMPOSITE || step_files_open(step, error)) &&
         (step->use->kind == USE_CHECKOUT || step->use->kind == USE_COMPOSITE || job_services_open(step->job, error));
}

void action_run(Step *step) {
  json_auto_t *inputs = NULL;
  g_autoptr(GError) error = NULL;
  if (!prepare(step, &inputs, &error)) {
    step_fail(step, "could not be run: %s", error->message);
    return;
  }
  if (step->stage != STAGE_POST && action_use_has_post(step->use))
    action_post_promise(step);
  tell(step, inputs);
  run_kind(step, inputs);
}
