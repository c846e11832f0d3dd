#include "runner/job/record.h"

#include "runner/record/record.h"
#include "runner/step/background.h"

static const char *const stages[] = {[STAGE_PRE] = "pre", [STAGE_MAIN] = "main", [STAGE_POST] = "post"};

/* Takes `entry`. */
static void add(Job *job, const char *kind, json_t *entry) {
  g_autoptr(GError) error = NULL;
  if (!run_record_add(job->run->spec->record, kind, job->spec->key, entry, &error))
    job_say(job, "##[warning]the run's record: %s", error->message);
}

void job_record_begin(Job *job) {
  if (job->run->spec->record != NULL)
    add(job, "job.started", NULL);
}

void job_record_start(const Step *step) {
  if (step->job->run->spec->record != NULL)
    add(step->job, "step.started",
        json_pack("{s:i, s:i, s:s, s:s*, s:s}", "position", (int)step->number - 1, "number", (int)step->number, "name", step->name, "id",
                  step->model->id, "stage", stages[step->stage]));
}

void job_record_end(const Step *step) {
  if (step->job->run->spec->record != NULL)
    add(step->job, "step.ended",
        json_pack("{s:i, s:s, s:s}", "position", (int)step->number - 1, "outcome", status_name(step->outcome), "conclusion",
                  status_name(step->conclusion)));
}

void job_record_checkpoint(Job *job) {
  if (job->run->spec->record == NULL || background_running(job->background))
    return;
  json_auto_t *state = job_state_json(&job->state);
  add(job, "checkpoint", json_pack("{s:i, s:o}", "position", (int)job->step_count, "state", record_hide(state, job->secrets)));
}

void job_record_result(Job *job) {
  const JobResult *result = job->result;
  if (job->run->spec->record == NULL)
    return;
  json_t *told =
    json_pack("{s:s, s:s, s:O*, s:s*, s:O*, s:O*}", "outcome", status_name(result->outcome), "conclusion", status_name(result->conclusion), "outputs",
              result->outputs, "failure", result->failure, "steps", result->steps, "annotations", result->annotations);
  add(job, "job.ended", json_pack("{s:o}", "result", told));
}
