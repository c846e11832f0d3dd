#include "runner/step/step.h"

#include "runner/expand.h"
#include "runner/step/background.h"

#include <math.h>
#include <string.h>

#define MINUTE_US (60 * G_USEC_PER_SEC)

/* ---- making ---- */

static bool runs_in_background(const Step *step) {
  bool asked = step->model->group != NULL || g_strcmp0(step->model->background.text, "true") == 0;
  return asked && step->outer == NULL && step->stage == STAGE_MAIN;
}

/* What the job's thread goes on changing while the step runs beside it. */
static void copy_what_changes(Step *step) {
  static const char *const changing[] = {"steps", "job"};
  for (size_t i = 0; i < G_N_ELEMENTS(changing); i++)
    json_object_set_new(step->contexts, changing[i], json_copy(json_object_get(step->contexts, changing[i])));
  step->seen_env = json_copy(step->job->state.env);
  step->seen_paths = json_copy(step->job->state.paths);
  step->late_env = json_object();
  step->late_paths = json_array();
  step->own = g_cancellable_new();
}

static void make_contexts(Step *step) {
  const Frame *frame = step->frame;
  step->contexts = json_copy(frame->contexts);
  step->background = runs_in_background(step);
  if (step->background)
    copy_what_changes(step);
  step->github = json_copy(json_object_get(frame->contexts, "github"));
  job_set_text(step->github, "action", step->action);
  if (frame->outer != NULL)
    job_set_text(step->github, "action_status", status_name(frame_status(frame)));
  step->overlay = json_copy(frame->overlay);
  step->env = json_copy(step_job_env(step));
  json_object_update(step->env, step->overlay);
  json_object_set(step->contexts, "github", step->github);
  json_object_set(step->contexts, "env", step->env);
}

/* Status functions ask the action in its main steps, else the job. */
static Status status_asked(const Step *step) {
  return step->outer != NULL && step->stage == STAGE_MAIN ? frame_status(step->frame) : step->job->state.status;
}

Step *step_new(Job *job, Frame *frame, Step *outer, const WorkflowStep *model, Stage stage) {
  Step *step = g_new0(Step, 1);
  *step = (Step){
    .job = job,
    .frame = frame,
    .outer = outer,
    .model = model,
    .stage = stage,
    .key = outer != NULL ? g_strdup_printf("%s/%u", outer->key, model->index) : g_strdup_printf("%u", model->index),
    .action = step_action_name(job, frame, model),
    .outputs = json_object(),
    .outcome = STATUS_SUCCESS,
    .began_us = g_get_monotonic_time(),
  };
  step->number = outer != NULL ? outer->number : ++job->step_count;
  if (outer == NULL)
    json_array_append_new(job->report, json_null());
  g_mutex_lock(&job->lock);
  step->use = g_hash_table_lookup(job->uses, step->key);
  step->state = json_copy(json_object_get(job->state.states, step->key));
  g_mutex_unlock(&job->lock);
  if (step->state == NULL)
    step->state = json_object();
  make_contexts(step);
  job_scope_init(&step->scope, job, step->contexts, status_asked(step));
  return step;
}

void step_free(Step *step) {
  if (step == NULL)
    return;
  json_t *trees[] = {step->contexts, step->github,   step->env,        step->overlay,  step->outputs,
                     step->state,    step->seen_env, step->seen_paths, step->late_env, step->late_paths};
  for (size_t i = 0; i < G_N_ELEMENTS(trees); i++)
    json_decref(trees[i]);
  char *texts[] = {step->key, step->name, step->action, step->failure};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_clear_object(&step->own);
  if (step->summary != NULL)
    g_string_free(step->summary, TRUE);
  g_free(step);
}

Step *step_root(Step *step) {
  while (step->outer != NULL)
    step = step->outer;
  return step;
}

json_t *step_job_env(Step *step) {
  const Step *root = step_root(step);
  return root->background ? root->seen_env : step->job->state.env;
}

json_t *step_job_paths(Step *step) {
  const Step *root = step_root(step);
  return root->background ? root->seen_paths : step->job->state.paths;
}

/* ---- choosing ---- */

static WorkflowText condition_of(const Step *step) {
  static const WorkflowText always = {.text = "always()"};
  const Action *action = step->use != NULL ? step->use->action : NULL;
  WorkflowStepKind kind = step->model->kind;
  if (step->stage == STAGE_MAIN)
    return kind == STEP_RUN || kind == STEP_USES ? step->model->condition : always;
  if (action == NULL || action->kind == ACTION_COMPOSITE)
    return always;
  const WorkflowText *own = step->stage == STAGE_PRE ? &action->pre_if : &action->post_if;
  return own->text != NULL && *own->text != '\0' ? *own : always;
}

/* Whether the step goes on when the job is stopped meanwhile: its condition holds then, too. */
static bool outlives_stop(const Step *step, const WorkflowText *condition) {
  if (job_clock_stopped(step->job->clock))
    return true;
  if (condition->text == NULL || *condition->text == '\0')
    return false;
  JobScope then = step->scope;
  bool met = false;
  job_scope_init(&then, step->job, step->contexts, STATUS_CANCELLED);
  then.cancelled = true;
  return expand_condition(condition, &then.scope, &met, NULL) && met;
}

/* A condition that has no value fails the step. */
bool step_choose(Step *step) {
  g_autoptr(GError) error = NULL;
  json_auto_t *own = json_object();
  bool met = false;
  WorkflowText condition = condition_of(step);
  bool readable = expand_pairs(&step->model->env, &step->scope.scope, own, &error);
  json_object_update(step->env, own);
  json_object_update(step->overlay, own);
  step->name = step_display_name(step);
  if (!readable && step->scope.status != STATUS_SUCCESS)
    return false; /* its env may rest on steps that did not run */
  if (!readable || !expand_condition(&condition, &step->scope.scope, &met, &error)) {
    step_fail(step, "could not be run: %s", error->message);
    return true;
  }
  step->stopped_late = met && outlives_stop(step, &condition);
  return met;
}

/* ---- running ---- */

static bool read_limit(Step *step, GError **error) {
  double minutes = INFINITY;
  if (step->stage == STAGE_MAIN && !expand_number(&step->model->timeout_minutes, INFINITY, &step->scope.scope, &minutes, error))
    return false;
  if (minutes < 1e6)
    step->deadline_us = g_get_monotonic_time() + (int64_t)(minutes * (double)MINUTE_US);
  int64_t around_us = step->outer != NULL ? step->outer->deadline_us : 0;
  if (around_us != 0 && (step->deadline_us == 0 || around_us < step->deadline_us))
    step->deadline_us = around_us;
  return true;
}

static void run_body(Step *step) {
  g_autoptr(GError) error = NULL;
  if (!read_limit(step, &error))
    step_fail(step, "could not be run: %s", error->message);
  else if (step->model->kind == STEP_RUN)
    step_run_script(step);
  else if (step->model->kind == STEP_USES)
    action_run(step);
  else
    background_control(step);
}

static bool is_forgiven(Step *step) {
  g_autoptr(GError) error = NULL;
  bool forgiven = false;
  if (step->stage != STAGE_MAIN || job_clock_timed_out(step->job->clock))
    return false;
  if (!expand_bool(&step->model->continue_on_error, false, &step->scope.scope, &forgiven, &error))
    step_say(step, "##[error]continue-on-error: %s", error->message);
  return forgiven;
}

/* What its programs left for its post step. */
static void keep_state(Step *step) {
  if (json_object_size(step->state) == 0)
    return;
  g_mutex_lock(&step->job->lock);
  json_object_set(step->job->state.states, step->key, step->state);
  g_mutex_unlock(&step->job->lock);
}

static void conclude(Step *step) {
  step->forgiven = step->outcome == STATUS_FAILURE && is_forgiven(step);
  step->conclusion = step->forgiven ? STATUS_SUCCESS : step->outcome;
  if (step->failure != NULL) {
    char *masked = job_mask(step->job, step->failure);
    g_free(step->failure);
    step->failure = masked;
    step_say(step, "##[%s]the step %s", step->forgiven ? "warning" : "error", step->failure);
  }
  keep_state(step);
}

void step_run_chosen(Step *step) {
  if (step->failure == NULL)
    run_body(step);
  conclude(step);
}

void step_run(Step *step) {
  if (step_choose(step))
    step_run_chosen(step);
  else
    step->outcome = step->conclusion = STATUS_SKIPPED;
}

void step_publish(const Step *step) {
  if (step->model->id == NULL || step->stage != STAGE_MAIN)
    return;
  json_t *context = json_object();
  json_object_set(context, "outputs", step->outputs);
  json_object_set_new(context, "outcome", json_string(status_name(step->outcome)));
  json_object_set_new(context, "conclusion", json_string(status_name(step->conclusion)));
  json_object_set_new(step->frame->steps, step->model->id, context);
}
