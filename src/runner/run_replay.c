#include "runner/run.h"

#include "base/error.h"
#include "runner/job/job.h"

#include <string.h>

/* ---- the job in the plan ---- */

/* "deploy/test[2]" without what tells legs apart: the job's id. */
static char *id_of(const char *key) {
  GString *id = g_string_new(NULL);
  bool inside = false;
  for (; *key != '\0'; key++) {
    inside = *key == '[' || (inside && *key != '/');
    if (!inside)
      g_string_append_c(id, *key);
  }
  return g_string_free(id, FALSE);
}

static const PlanJob *job_called(const PlanWorkflow *workflow, const char *id) {
  for (guint i = 0; i < workflow->job_count; i++)
    if (strcmp(workflow->jobs[i].job->id, id) == 0)
      return &workflow->jobs[i];
  return NULL;
}

static const PlanJob *find_job(const Plan *plan, const char *id) {
  const PlanWorkflow *workflow = plan_top(plan);
  const PlanJob *job = NULL;
  g_auto(GStrv) parts = g_strsplit(id, "/", -1);
  for (char **part = parts; *part != NULL; part++) {
    job = workflow != NULL ? job_called(workflow, *part) : NULL;
    workflow = job != NULL ? job->called : NULL;
  }
  return job != NULL && job->called == NULL ? job : NULL;
}

/* ---- what it saw ---- */

typedef struct {
  const char *name;
  json_t *matrix, *strategy; /* borrowed */
  json_t *github, *needs, *inputs, *secrets;
  bool success, failure;
} Seen;

static void seen_clear(Seen *seen) {
  json_t *trees[] = {seen->github, seen->needs, seen->inputs, seen->secrets};
  for (size_t i = 0; i < G_N_ELEMENTS(trees); i++)
    json_decref(trees[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Seen, seen_clear)

static void copy_member(json_t *github, const char *name, json_t *value) {
  if (value != NULL)
    json_object_set(github, name, value);
}

static bool read_seen(const Run *run, Seen *seen, GError **error) {
  json_t *start = (json_t *)run_record_start(run->spec->replay, run->spec->replay_job);
  json_t *needs, *inputs, *secrets;
  int success, failure;
  if (json_unpack(start, "{s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "name", &seen->name, "matrix", &seen->matrix, "strategy", &seen->strategy,
                  "needs", &needs, "inputs", &inputs, "secrets", &secrets, "success", &success, "failure", &failure) != 0)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "the run has no job \"%s\" that can run again", run->spec->replay_job);
  seen->github = json_copy(run->github);
  copy_member(seen->github, "job_workflow_ref", json_object_get(start, "workflow_ref"));
  copy_member(seen->github, "job_workflow_sha", json_object_get(start, "workflow_sha"));
  seen->needs = record_reveal(needs, run->secrets);
  seen->inputs = record_reveal(inputs, run->secrets);
  seen->secrets = record_reveal(secrets, run->secrets);
  seen->success = success != 0;
  seen->failure = failure != 0;
  return true;
}

/* ---- running it ---- */

static void result_clear(JobResult *result) {
  g_free(result->failure);
  json_decref(result->outputs);
  json_decref(result->steps);
  json_decref(result->annotations);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(JobResult, result_clear)

static bool conclude(const char *id, const JobSpec *spec, const JobResult *result, json_t **document, GError **error) {
  *document = json_pack("{s:s, s:[o]}", "conclusion", status_name(result->conclusion), "jobs", schedule_entry(id, spec->key, spec->name, result));
  if (result->conclusion == STATUS_CANCELLED)
    return error_set(error, DROVER_ERROR_CANCELLED, "stopped");
  return result->conclusion != STATUS_FAILURE || error_set(error, DROVER_ERROR_FAILED, "job \"%s\": %s", spec->name, result->failure);
}

bool run_replay(Run *run, json_t **document, GError **error) {
  const char *key = run->spec->replay_job;
  g_autofree char *id = id_of(key);
  g_autoptr(GCancellable) cancellable = run->spec->cancellable != NULL ? g_object_ref(run->spec->cancellable) : g_cancellable_new();
  g_auto(Seen) seen = {0};
  g_auto(JobResult) result = {0};
  const PlanJob *job = find_job(run->spec->plan, id);
  if (job == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s has no job \"%s\"", plan_top(run->spec->plan)->file, id);
  if (!read_seen(run, &seen, error))
    return false;
  const JobSpec spec = {
    .plan = job,
    .number = 1,
    .key = key,
    .name = seen.name,
    .matrix = seen.matrix,
    .strategy = seen.strategy,
    .needs = seen.needs,
    .inputs = seen.inputs,
    .secrets = seen.secrets,
    .github = seen.github,
    .success = seen.success,
    .failure = seen.failure,
    .cancellable = cancellable,
  };
  job_run(&spec, &result, run);
  return conclude(id, &spec, &result, document, error);
}
