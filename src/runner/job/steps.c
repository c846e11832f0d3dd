#include "runner/job/steps.h"

#include "runner/action/action.h"
#include "runner/job/record.h"
#include "runner/step/background.h"

#include <string.h>

/* ---- telling ---- */

static char *short_place(const Step *step) {
  g_autofree char *file = g_path_get_basename(step->job->workflow->file);
  return g_strdup_printf("%s:%u", file, step->model->location.line);
}

char *job_step_place(const Step *step) {
  g_autofree char *place = short_place(step);
  return g_strdup_printf("step \"%s\" (%s) %s", step->name, place, step->failure != NULL ? step->failure : "was stopped");
}

void job_step_started(const Step *step) {
  g_autofree char *place = short_place(step);
  job_record_start(step);
  job_emit(step->job, (RunEvent){.kind = RUN_EVENT_STEP_STARTED, .step = step->name, .step_number = step->number, .place = place});
}

static json_t *report_of(const Step *step, double seconds) {
  json_t *report = json_object();
  job_set_text(report, "name", step->name);
  json_object_set_new(report, "line", json_integer(step->model->location.line));
  json_object_set_new(report, "outcome", json_string(status_name(step->outcome)));
  json_object_set_new(report, "conclusion", json_string(status_name(step->conclusion)));
  json_object_set_new(report, "seconds", json_real(step->outcome == STATUS_SKIPPED ? 0 : seconds));
  if (step->failure != NULL)
    job_set_text(report, "message", step->failure);
  if (step->summary != NULL)
    job_set_text(report, "summary", step->summary->str);
  return report;
}

void job_step_ended(const Step *step) {
  Job *job = step->job;
  int64_t took_us = g_get_monotonic_time() - step->began_us;
  json_t *report = report_of(step, (double)took_us / G_USEC_PER_SEC);
  job_record_end(step, report);
  g_mutex_lock(&job->lock);
  json_array_set_new(job->report, step->number - 1, report);
  g_mutex_unlock(&job->lock);
  g_autofree char *place = short_place(step);
  json_auto_t *detail = json_object();
  if (step->summary != NULL)
    json_object_set(detail, "summary", json_object_get(report, "summary"));
  job_emit(job, (RunEvent){
                  .kind = RUN_EVENT_STEP_ENDED,
                  .step = step->name,
                  .step_number = step->number,
                  .place = place,
                  .outcome = step->outcome,
                  .conclusion = step->conclusion,
                  .duration_ms = step->outcome == STATUS_SKIPPED ? 0 : took_us / 1000,
                  .message = step->failure,
                  .detail = detail,
                });
}

/* ---- one step ---- */

static void set_job_status(Job *job) {
  json_object_set_new(json_object_get(job->top->contexts, "job"), "status", json_string(status_name(job->state.status)));
}

static void account(Job *job, const Step *step) {
  step_publish(step);
  if (step->conclusion != STATUS_FAILURE)
    return;
  g_autofree char *place = job_step_place(step);
  job_fail(job, "%s", place);
}

static void run_one(Job *job, const WorkflowStep *model, Stage stage) {
  if (job->step_count < job->behind) {
    job->step_count++;
    return;
  }
  job_note_stopped(job);
  set_job_status(job);
  Step *step = step_new(job, job->top, NULL, model, stage);
  if (!step_choose(step)) {
    step->outcome = step->conclusion = STATUS_SKIPPED;
  } else if (step->background) {
    background_start(job->background, step);
    return;
  } else {
    job_step_started(step);
    step_run_chosen(step);
  }
  account(job, step);
  job_step_ended(step);
  step_free(step);
}

/* ---- all steps ---- */

bool job_find_actions(Job *job, GError **error) {
  for (guint i = 0; i < job->model->all_step_count; i++) {
    const WorkflowStep *model = job->model->all_steps[i];
    g_autoptr(GError) inner = NULL;
    if (model->kind != STEP_USES)
      continue;
    ActionUse *use = action_use_find(job, model->uses.text, NULL, false, &inner);
    if (inner != NULL) {
      g_propagate_prefixed_error(error, g_steal_pointer(&inner), "%s:%u: ", model->uses.location.file, model->uses.location.line);
      return false;
    }
    g_autofree char *key = g_strdup_printf("%u", model->index);
    if (use != NULL)
      action_use_bind(job, key, use);
  }
  return true;
}

static void run_pre(Job *job) {
  for (guint i = 0; i < job->model->all_step_count; i++) {
    g_autofree char *key = g_strdup_printf("%u", job->model->all_steps[i]->index);
    const ActionUse *use = g_hash_table_lookup(job->uses, key);
    if (use != NULL && action_use_has_pre(use))
      run_one(job, job->model->all_steps[i], STAGE_PRE);
  }
}

static void run_main(Job *job) {
  for (guint i = 0; i < job->model->step_count; i++) {
    const WorkflowStep *model = job->model->steps[i];
    for (guint member = 0; member < model->parallel_count; member++)
      run_one(job, model->parallel[member], STAGE_MAIN);
    run_one(job, model, STAGE_MAIN);
  }
  background_wait_rest(job->background);
}

/* A composite action's was promised for those in it: nothing is to be done when none of them did. */
static bool has_something(Job *job, const char *key) {
  const ActionUse *use = g_hash_table_lookup(job->uses, key);
  return use != NULL && (use->kind != USE_COMPOSITE || action_post_promised(job, key, true));
}

static void run_post(Job *job) {
  json_auto_t *posts = json_copy(job->state.posts);
  for (size_t i = json_array_size(posts); i > 0; i--) {
    const char *key = json_string_value(json_array_get(posts, i - 1));
    guint index = (guint)g_ascii_strtoull(key, NULL, 10);
    if (strchr(key, '/') == NULL && index < job->model->all_step_count && has_something(job, key))
      run_one(job, job->model->all_steps[index], STAGE_POST);
  }
}

void job_run_steps(Job *job) {
  run_pre(job);
  run_main(job);
  run_post(job);
  job_note_stopped(job);
  set_job_status(job);
}
