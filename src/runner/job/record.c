#include "runner/job/record.h"

#include "base/fs.h"
#include "runner/job/containers.h"
#include "runner/job/resume.h"
#include "runner/record/snapshot.h"
#include "runner/step/background.h"

#include <stdlib.h>
#include <string.h>

struct JobRecording {
  RunRecord *record;
  Snapshots *snapshots; /* NULL: there are no checkpoints, or no more */
  size_t annotations;   /* that are written; under the job's lock */
  size_t masked;        /* likewise */
};

/* Takes `entry`. */
static void add(Job *job, const char *kind, json_t *entry) {
  g_autoptr(GError) error = NULL;
  if (!run_record_add(job->recording->record, kind, job->spec->key, entry, &error))
    job_say(job, "##[warning]the run's record: %s", error->message);
}

/* From here on the job could not go on any more. */
static void give_up(Job *job, const GError *error) {
  job_say(job, "##[warning]no more states of this job are recorded: %s", error->message);
  g_clear_pointer(&job->recording->snapshots, snapshots_free);
}

/* ---- names for what must not be written ---- */

json_t *job_record_names(const Job *job) {
  json_t *names = json_copy(job->run->secrets);
  json_object_update(names, job->secrets);
  for (size_t i = 0; i < json_array_size(job->masked); i++) {
    g_autofree char *name = g_strdup_printf("mask:%zu", i);
    json_object_set(names, name, json_array_get(job->masked, i));
  }
  json_object_set_new(names, "folder:", json_string(job->folders.dir)); /* a replay has another */
  return names;
}

char *job_record_masks(const RunRecord *record, const char *key) {
  g_autofree char *dir = run_record_pictures(record, key);
  return g_build_filename(dir, "masks", NULL);
}

static bool write_masks(Job *job, GError **error) {
  JobRecording *recording = job->recording;
  g_autofree char *file = job_record_masks(recording->record, job->spec->key);
  if (json_array_size(job->masked) == recording->masked)
    return true;
  char *text = json_dumps(job->masked, JSON_COMPACT);
  bool written = fs_write(file, text, strlen(text), 0600, error);
  free(text);
  recording->masked = json_array_size(job->masked);
  return written;
}

/* ---- the job's beginning and end ---- */

static json_t *start_entry(const Job *job) {
  const JobSpec *spec = job->spec;
  json_t *secrets = spec->secrets != NULL ? record_hide(spec->secrets, job->run->secrets) : json_object();
  json_t *needs = spec->needs != NULL ? record_hide(spec->needs, job->run->secrets) : json_object();
  json_t *inputs = spec->inputs != NULL ? record_hide(spec->inputs, job->run->secrets) : json_object();
  return json_pack("{s:i, s:i, s:s, s:s, s:b, s:b, s:O?, s:O?, s:o, s:o, s:o, s:O*, s:O*}", "from", (int)job->behind, "number",
                   (int)job->folder_number, "name", spec->name, "id", job->model->id, "success", spec->success, "failure", spec->failure, "matrix",
                   spec->matrix, "strategy", spec->strategy, "needs", needs, "inputs", inputs, "secrets", secrets, "workflow_ref",
                   json_object_get(spec->github, "job_workflow_ref"), "workflow_sha", json_object_get(spec->github, "job_workflow_sha"));
}

/* Pictures of an earlier try that this one does not go on from are of no use. */
static Snapshots *open_snapshots(const Job *job, GError **error) {
  g_autofree char *dir = run_record_pictures(job->recording->record, job->spec->key);
  if (job->behind == 0 && !fs_remove_tree(dir, error))
    return NULL;
  return snapshots_open(dir, job->folders.dir, JOB_RECORD_MAX_BYTES, error);
}

void job_record_begin(Job *job) {
  g_autoptr(GError) error = NULL;
  if (job->run->spec->record == NULL)
    return;
  job->recording = g_new0(JobRecording, 1);
  job->recording->record = job->run->spec->record;
  job->recording->masked = json_array_size(job->masked);
  job->recording->annotations = json_array_size(job->annotations);
  add(job, "job.started", start_entry(job));
  if (job_wants_container(job) || job->model->services_node != NULL)
    return;
  job->recording->snapshots = open_snapshots(job, &error);
  if (job->recording->snapshots == NULL)
    give_up(job, error);
}

void job_record_free(JobRecording *recording) {
  if (recording == NULL)
    return;
  g_clear_pointer(&recording->snapshots, snapshots_free);
  g_free(recording);
}

void job_record_result(Job *job) {
  const JobResult *result = job->result;
  if (job->recording == NULL)
    return;
  json_t *told =
    json_pack("{s:s, s:s, s:O*, s:s*, s:O*, s:O*}", "outcome", status_name(result->outcome), "conclusion", status_name(result->conclusion), "outputs",
              result->outputs, "failure", result->failure, "steps", result->steps, "annotations", result->annotations);
  add(job, "job.ended", json_pack("{s:o}", "result", told));
}

/* ---- steps ---- */

static json_t *step_entry(const Step *step) {
  return json_pack("{s:i, s:i, s:s, s:s*}", "position", (int)step->number - 1, "number", (int)step->number, "name", step->name, "id",
                   step->model->id);
}

void job_record_start(const Step *step) {
  if (step->job->recording != NULL)
    add(step->job, "step.started", step_entry(step));
}

/* Those that were not written yet. */
static json_t *new_annotations(Job *job) {
  json_t *fresh = NULL;
  g_mutex_lock(&job->lock);
  size_t count = json_array_size(job->annotations);
  if (count > job->recording->annotations)
    fresh = json_array();
  for (size_t i = job->recording->annotations; i < count; i++)
    json_array_append(fresh, json_array_get(job->annotations, i));
  job->recording->annotations = count;
  g_mutex_unlock(&job->lock);
  return fresh;
}

/* Puts what is needed to go on behind the step into its entry. */
static bool add_checkpoint(const Step *step, json_t *entry, GError **error) {
  Job *job = step->job;
  g_autofree char *name = g_strdup_printf("p%u", step->number);
  if (!write_masks(job, error) || !snapshot_take(job->recording->snapshots, name, error))
    return false;
  json_auto_t *state = job_state_json(&job->state), *names = job_record_names(job);
  json_object_set_new(entry, "state", record_hide(state, names));
  if (job->failure != NULL)
    json_object_set_new(entry, "failure", json_string(job->failure));
  return true;
}

void job_record_end(const Step *step, json_t *report) {
  Job *job = step->job;
  g_autoptr(GError) error = NULL;
  if (job->recording == NULL)
    return;
  json_t *entry = step_entry(step), *annotations = new_annotations(job);
  json_object_set_new(entry, "outcome", json_string(status_name(step->outcome)));
  json_object_set_new(entry, "conclusion", json_string(status_name(step->conclusion)));
  json_object_set(entry, "report", report);
  if (annotations != NULL)
    json_object_set_new(entry, "annotations", annotations);
  bool between = !step->background && job->recording->snapshots != NULL && !background_running(job->background);
  if (between && !add_checkpoint(step, entry, &error))
    give_up(job, error);
  add(job, "step.ended", entry);
}
