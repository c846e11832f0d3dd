#include "runner/job/resume.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/action/use.h"
#include "runner/job/record.h"
#include "runner/record/snapshot.h"

#include <stdlib.h>
#include <string.h>

#define MASKS_MAX_BYTES ((size_t)64 << 20)

/* What to go on from; NULL: nothing. */
static const RunRecord *source_of(const Job *job) {
  const RunSpec *spec = job->run->spec;
  return spec->replay != NULL ? spec->replay : spec->resume ? spec->record : NULL;
}

/* ---- the folder ---- */

static guint recorded_number(const RunRecord *record, const char *key) {
  return (guint)json_integer_value(json_object_get(run_record_start(record, key), "number"));
}

/* That of the try before, as files may name the folder; one that no job of it had for a job that is new. */
static guint folder_number(const Job *job) {
  guint highest = 0, own = 0;
  g_auto(GStrv) keys = job->run->spec->resume ? run_record_keys(job->run->spec->record) : NULL;
  for (char **key = keys; key != NULL && *key != NULL; key++) {
    guint number = recorded_number(job->run->spec->record, *key);
    highest = MAX(highest, number);
    own = strcmp(*key, job->spec->key) == 0 ? number : own;
  }
  return own != 0 ? own : highest + job->spec->number;
}

static bool put_back(const Job *job, const char *dir, int position, GError **error) {
  g_autofree char *pictures = run_record_pictures(source_of(job), job->spec->key), *name = g_strdup_printf("p%d", position);
  g_autoptr(Snapshots) snapshots = snapshots_open(pictures, dir, JOB_RECORD_MAX_BYTES, error);
  return snapshots != NULL && snapshot_restore(snapshots, name, error);
}

char *job_resume_folder(Job *job) {
  const RunSpec *spec = job->run->spec;
  job->folder_number = folder_number(job);
  char *dir = g_strdup_printf("%s/runs/%s/%u", spec->data_dir, spec->id, job->folder_number);
  g_autoptr(GError) error = NULL;
  int wanted = spec->replay != NULL ? spec->replay_from : -1;
  job->resumed = source_of(job) != NULL ? run_record_checkpoint(source_of(job), job->spec->key, wanted) : NULL;
  int position = (int)json_integer_value(json_object_get(job->resumed, "position"));
  if (job->resumed != NULL && (!fs_make_dirs(dir, 0711, &error) || !put_back(job, dir, position, &error))) {
    job_say(job, "##[warning]the job begins anew: what is recorded of its folder cannot be put back: %s", error->message);
    g_clear_pointer(&job->resumed, json_decref);
    fs_remove_tree(dir, NULL);
    position = 0;
  }
  if (position < wanted)
    job_say(job, "##[warning]no state is recorded before step %d: the job goes on from step %d", wanted + 1, position + 1);
  job->behind = (guint)position;
  return dir;
}

/* ---- the state ---- */

static bool read_masks(Job *job, GError **error) {
  g_autofree char *file = job_record_masks(source_of(job), job->spec->key);
  g_autoptr(GError) inner = NULL;
  size_t size, index;
  json_t *value;
  g_autofree char *text = fs_read(file, MASKS_MAX_BYTES, &size, &inner);
  json_t *masks = text != NULL ? json_loadb(text, size, 0, NULL) : NULL;
  if (text == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND))
    return true;
  if (!json_is_array(masks)) {
    json_decref(masks);
    return error_set(error, DROVER_ERROR_CORRUPT, "%s: %s", file, inner != NULL ? inner->message : "is not what was written");
  }
  json_decref(job->masked);
  job->masked = masks;
  json_array_foreach (masks, index, value)
    if (json_is_string(value))
      mask_add(job->mask, json_string_value(value));
  return true;
}

static void take_list(const Job *job, const char *member, json_t **list) {
  json_decref(*list);
  *list = json_incref(json_object_get(job->resumed, member));
}

bool job_resume_state(Job *job, GError **error) {
  if (job->resumed == NULL)
    return true;
  if (!read_masks(job, error))
    return false;
  json_auto_t *names = job_record_names(job), *state = record_reveal(json_object_get(job->resumed, "state"), names);
  if (!job_state_load(&job->state, state, error))
    return false;
  take_list(job, "report", &job->report);
  take_list(job, "annotations", &job->annotations);
  job->failure = g_strdup(json_string_value(json_object_get(job->resumed, "failure")));
  job_say(job, "goes on behind step %u", job->behind);
  return true;
}

/* ---- actions ---- */

static ActionUse *use_of(const Job *job, const char *key) {
  return g_hash_table_lookup(job->uses, key);
}

/* A step of the job. */
static ActionUse *find_outer(Job *job, guint index, GError **error) {
  const WorkflowStep *model = index < job->model->all_step_count ? job->model->all_steps[index] : NULL;
  if (model == NULL || model->uses.text == NULL)
    return error_set(error, DROVER_ERROR_CORRUPT, "the record promises a post step to what is no action"), NULL;
  return action_use_find(job, model->uses.text, NULL, true, error);
}

/* A step of a composite action, which stands before it in the list of promises. */
static ActionUse *find_inner(Job *job, const char *outer_key, guint index, GError **error) {
  const ActionUse *outer = use_of(job, outer_key);
  bool good = outer != NULL && outer->steps != NULL && index < outer->action->step_count && outer->action->steps[index]->uses.text != NULL;
  if (!good)
    return error_set(error, DROVER_ERROR_CORRUPT, "the record promises a post step to what is no action"), NULL;
  ActionUse *use = action_use_find(job, outer->action->steps[index]->uses.text, outer, true, error);
  outer->steps[index] = use;
  return use;
}

static bool find_again(Job *job, const char *key, GError **error) {
  const char *slash = strrchr(key, '/');
  g_autofree char *outer = slash != NULL ? g_strndup(key, (size_t)(slash - key)) : NULL;
  guint index = (guint)g_ascii_strtoull(slash != NULL ? slash + 1 : key, NULL, 10);
  if (use_of(job, key) != NULL)
    return true;
  ActionUse *use = slash != NULL ? find_inner(job, outer, index, error) : find_outer(job, index, error);
  if (use != NULL)
    action_use_bind(job, key, use);
  return use != NULL;
}

bool job_resume_actions(Job *job, GError **error) {
  size_t index;
  json_t *key;
  json_array_foreach (job->state.posts, index, key)
    if (job->resumed != NULL && !find_again(job, json_string_value(key), error))
      return false;
  return true;
}
