#include "runner/action/action.h"

#include "runner/expand.h"

static Status worse(Status one, Status other) {
  if (one == STATUS_FAILURE || other == STATUS_FAILURE)
    return STATUS_FAILURE;
  return one == STATUS_CANCELLED || other == STATUS_CANCELLED ? STATUS_CANCELLED : STATUS_SUCCESS;
}

/* What one of its steps means for the action. */
static void account(Step *step, const Step *inner) {
  step_publish(inner);
  if (inner->conclusion != STATUS_FAILURE && inner->conclusion != STATUS_CANCELLED)
    return;
  step->outcome = worse(step->outcome, inner->conclusion);
  if (step->failure == NULL)
    step->failure = g_strdup_printf("failed: step \"%s\" (%s:%u) %s", inner->name, inner->model->location.file, inner->model->location.line,
                                    inner->failure != NULL ? inner->failure : "was stopped");
}

static void run_one(Step *step, Frame *frame, const WorkflowStep *model, Stage stage) {
  Job *job = step->job;
  if (!step_root(step)->background)
    job_note_stopped(job);
  if (job_clock_stopped(job->clock))
    frame->status = worse(frame->status, job_clock_timed_out(job->clock) ? STATUS_FAILURE : STATUS_CANCELLED);
  g_autoptr(Step) inner = step_new(job, frame, step, model, stage);
  step_run(inner);
  account(step, inner);
  frame->status = worse(frame->status, step->outcome);
}

/* Which of its steps have something to do at this stage. */
static bool takes_part(const Step *step, guint index, Stage stage) {
  const ActionUse *inner = step->use->steps[index];
  if (stage == STAGE_MAIN)
    return true;
  if (inner == NULL)
    return false;
  g_autofree char *key = g_strdup_printf("%s/%u", step->key, index);
  return stage == STAGE_PRE ? action_use_has_pre(inner) : action_post_promised(step->job, key, inner->kind == USE_COMPOSITE);
}

static void set_outputs(Step *step, const Frame *frame) {
  const WorkflowOutputs *outputs = &step->use->action->outputs;
  json_auto_t *contexts = json_copy(frame->contexts);
  json_object_set(contexts, "env", step->env);
  JobScope scope;
  job_scope_init(&scope, step->job, contexts, frame->status);
  for (guint i = 0; i < outputs->count; i++) {
    const WorkflowText *text = &outputs->items[i].value;
    g_autoptr(GError) error = NULL;
    g_autofree char *value = text->text != NULL ? expand_text(text, &scope.scope, &error) : NULL;
    if (error != NULL)
      step_fail(step, "failed: its output \"%s\": %s", outputs->items[i].name, error->message);
    if (value != NULL)
      job_set_text(step->outputs, outputs->items[i].name, value);
  }
}

void action_run_composite(Step *step, json_t *inputs) {
  const Action *action = step->use->action;
  Frame *frame = frame_open(step->job, step->key, step->frame, step->use, step->contexts, inputs, step->overlay);
  for (guint i = 0; i < action->step_count; i++) {
    guint index = step->stage == STAGE_POST ? action->step_count - 1 - i : i;
    if (takes_part(step, index, step->stage))
      run_one(step, frame, action->steps[index], step->stage);
  }
  if (step->stage == STAGE_MAIN)
    set_outputs(step, frame);
}
