#include "base/id.h"
#include "cli/commands.h"
#include "cli/run/execute.h"
#include "cli/support.h"

#include <string.h>

static const ArgumentRow arguments[] = {
  {{VALUE_TEXT, "RUN"}, ARITY_ONE, "the run, as `drover runs` lists it"},
  {{0}},
};

static const OptionRow options[] = {
  {"job", {VALUE_TEXT, "NAME"}, .alias = 'j', .says = "the job, by its id or key; default: the one that failed, or the only one"},
  {"from",
   {VALUE_TEXT, "STEP"},
   .alias = 'f',
   .says = "the first step to run again, by number, id or name; default: the one that failed, else the first"},
  {"break-on-failure", {VALUE_FLAG}, .says = "open a shell in the job's sandbox where a step fails"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover replay 01JF3Y0E", "run the job that failed again, from the step that failed"},
  {"drover replay 01JF3Y0E --job test --from 3", "run a job again from its third step"},
  {0},
};

/* The job that is meant: {"key", "id", "failed"?} of the summary. Borrowed from it. */
static const json_t *choose_job(const json_t *summary, const char *name, GError **error) {
  const json_t *jobs = json_object_get(summary, "jobs"), *found = NULL, *failed = NULL;
  for (size_t i = 0; i < json_array_size(jobs); i++) {
    const json_t *job = json_array_get(jobs, i);
    const char *key = json_string_value(json_object_get(job, "key")), *id = json_string_value(json_object_get(job, "id"));
    if (name != NULL && g_strcmp0(key, name) != 0 && g_strcmp0(id, name) != 0)
      continue;
    if (name != NULL && g_strcmp0(key, name) == 0)
      return job;
    if (failed == NULL && json_object_get(job, "failed") != NULL)
      failed = job;
    found = found == NULL ? job : NULL;
    if (found == NULL && name != NULL && failed == NULL) {
      error_set(error, DROVER_ERROR_INPUT, "several jobs are called \"%s\": name the one by its key, as \"%s\"", name, key);
      return NULL;
    }
  }
  if (failed != NULL || found != NULL)
    return failed != NULL ? failed : found;
  error_set(error, DROVER_ERROR_NOT_FOUND, name != NULL ? "the run has no job \"%s\"" : "no job failed: name one with --job%s",
            name != NULL ? name : "");
  return NULL;
}

static bool choose_step(const RunRecord *record, const json_t *job, const char *name, int *position, GError **error) {
  const char *key = json_string_value(json_object_get(job, "key"));
  *position = name != NULL ? run_record_position(record, key, name) : (int)json_integer_value(json_object_get(job, "failed"));
  return *position >= 0 || error_set(error, DROVER_ERROR_NOT_FOUND, "the job %s has run no step \"%s\"", key, name);
}

static RunSetup *open_setup(const Invocation *invocation, const char *folder, GError **error) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(GError) inner = NULL;
  json_t *request = run_record_request(folder, &inner);
  RunSetup *setup = request != NULL ? run_setup_new(request, invocation->data_dir, diagnostics, &inner) : NULL;
  if (error_is(inner, DROVER_ERROR_NOT_FOUND) && request == NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "nothing is recorded of a run %s (drover runs lists those that are)",
              invocation_argument(invocation, 0));
  else if (inner != NULL)
    g_propagate_error(error, g_steal_pointer(&inner));
  else if (setup == NULL)
    (void)!diagnostics_to_error(diagnostics, error);
  return setup;
}

static bool run(Invocation *invocation, GError **error) {
  g_autofree char *folder = runner_folder(invocation_argument(invocation, 0), invocation->data_dir), *id = id_new();
  g_autoptr(RunSetup) setup = open_setup(invocation, folder, error);
  g_autoptr(RunRecord) record = setup != NULL ? run_record_read(folder, error) : NULL;
  if (record == NULL)
    return false;
  json_auto_t *summary = run_record_summary(record);
  const json_t *job = choose_job(summary, invocation_text(invocation, "job"), error);
  if (job == NULL || !choose_step(record, job, invocation_text(invocation, "from"), &setup->spec.replay_from, error))
    return false;
  setup->spec.replay = record;
  setup->spec.replay_job = json_string_value(json_object_get(job, "key"));
  g_autoptr(RunView) view = run_view_for(invocation);
  invocation->answered = invocation->json;
  return run_execute(invocation, setup, id, view, invocation_flag(invocation, "break-on-failure"), error);
}

const Command command_replay = {
  .name = "replay",
  .group = GROUP_WORKFLOW,
  .summary = "run a job of an earlier run again, from any of its steps",
  .description =
    "Workspace, system, environment and outputs are put back to what they were before that step, and the job goes on from there, as a run of its "
    "own. The commit and everything else are those of the earlier run; secrets are read again from where they came.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
