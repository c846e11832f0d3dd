#include "runner/run.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"
#include "engine/scope.h"
#include "runner/context/context.h"
#include "runner/job/job.h"

#include <string.h>
#include <unistd.h>

#define RUNS_MODE 0711 /* a step may become another user, who has to reach its job's folder and need not see the others */
#define TOKEN_BYTES 20
#define MARK "DROVER_RUN"

char *runner_folder(const char *id, const char *data_dir) {
  return g_build_filename(data_dir, "runs", id, NULL);
}

static bool id_is_usable(const char *id, GError **error) {
  bool good = id != NULL && *id != '\0' && *id != '.' && strchr(id, '/') == NULL;
  return good || error_set(error, DROVER_ERROR_INTERNAL, "a run's id must be a file's name");
}

void run_emit(Run *run, RunEvent *event) {
  if (run->spec->on_event == NULL)
    return;
  event->run = run->spec->id;
  event->at_us = g_get_real_time();
  g_mutex_lock(&run->events);
  run->spec->on_event(event, run->spec->event_user);
  g_mutex_unlock(&run->events);
}

/* ---- what is checked before ---- */

typedef bool (*PlanWorkflowFunc)(const PlanWorkflow *workflow, const char *const *jobs, void *user);

static bool wanted_by(const PlanWorkflow *workflow, const PlanJob *job, const char *only) {
  if (only == NULL || g_ascii_strcasecmp(job->job->id, only) == 0)
    return true;
  const PlanJob *target = NULL;
  for (guint i = 0; i < workflow->job_count; i++)
    if (g_ascii_strcasecmp(workflow->jobs[i].job->id, only) == 0)
      target = &workflow->jobs[i];
  for (guint i = 0; target != NULL && i < target->need_count; i++)
    if (wanted_by(workflow, job, target->needs[i]->job->id))
      return true;
  return false;
}

static void check_workflow(const PlanWorkflow *workflow, const char *only, Diagnostics *diagnostics) {
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  for (guint i = 0; i < workflow->job_count; i++) {
    const PlanJob *job = &workflow->jobs[i];
    if (!wanted_by(workflow, job, only))
      continue;
    g_ptr_array_add(ids, (gpointer)job->job->id);
    if (job->called != NULL)
      check_workflow(job->called, NULL, diagnostics);
    else if (job->job->uses.text != NULL)
      diagnostics_add(diagnostics, job->job->uses.location,
                      "the workflow \"%s\" was not found: name the folder that has its repository with --actions", job->job->uses.text);
  }
  g_ptr_array_add(ids, NULL);
  (void)!workflow_check_runnable(workflow->workflow, (const char *const *)ids->pdata, diagnostics);
}

bool runner_check(const Plan *plan, const char *only_job, Diagnostics *diagnostics) {
  const PlanWorkflow *top = plan_top(plan);
  guint before = diagnostics_count(diagnostics);
  if (only_job != NULL && workflow_job(top->workflow, only_job) == NULL)
    diagnostics_add(diagnostics, (Location){.file = top->file}, "there is no job \"%s\"", only_job);
  else
    check_workflow(top, only_job, diagnostics);
  return diagnostics_count(diagnostics) == before;
}

static bool check(const RunSpec *spec, GError **error) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  if (spec->only_job != NULL && workflow_job(plan_top(spec->plan)->workflow, spec->only_job) == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s has no job \"%s\"", plan_top(spec->plan)->file, spec->only_job);
  return runner_check(spec->plan, spec->only_job, diagnostics) || diagnostics_to_error(diagnostics, error);
}

/* ---- making what jobs share ---- */

/* Nobody takes it: what asks for a token gets one that looks like GitHub's. */
static char *made_up_token(void) {
  GString *token = g_string_new("ghs_");
  for (int i = 0; i < TOKEN_BYTES; i++)
    g_string_append_printf(token, "%02x", (unsigned)g_random_int_range(0, 256));
  return g_string_free(token, FALSE);
}

static json_t *copy_or_empty(const json_t *object) {
  return object != NULL ? json_copy((json_t *)object) : json_object();
}

static void set_secrets(Run *run) {
  run->secrets = copy_or_empty(run->spec->secrets);
  run->vars = copy_or_empty(run->spec->vars);
  const char *given = json_string_value(json_object_get(run->secrets, "GITHUB_TOKEN"));
  run->token = given != NULL ? g_strdup(given) : made_up_token();
  job_set_text(run->secrets, "GITHUB_TOKEN", run->token);
}

static const WorkflowInputs *declared_inputs(const Workflow *workflow) {
  static const WorkflowInputs none;
  const WorkflowEvent *event = workflow_event(workflow, "workflow_dispatch");
  return event != NULL ? &event->inputs : &none;
}

static bool set_contexts(Run *run, GError **error) {
  const RunSpec *spec = run->spec;
  const Workflow *workflow = plan_top(spec->plan)->workflow;
  const char *event = spec->event != NULL ? spec->event : "push";
  g_autofree char *server = g_strdup_printf("http://drover.localhost:%u", run->port);
  bool dispatch = strcmp(event, "workflow_dispatch") == 0;
  run->inputs = dispatch ? context_inputs(declared_inputs(workflow), spec->inputs, error) : copy_or_empty(spec->inputs);
  if (run->inputs == NULL)
    return false;
  const ContextSpec context = {
    .commit = spec->commit,
    .repository = run->repository,
    .workflow = workflow,
    .event = event,
    .payload = spec->payload,
    .inputs = dispatch ? run->inputs : NULL,
    .run_id = spec->id,
    .run_number = spec->number != 0 ? spec->number : 1,
    .run_attempt = 1,
    .server_url = server,
    .token = run->token,
  };
  json_auto_t *payload = context_event(&context, error);
  run->github = payload != NULL ? context_github(&context, payload, error) : NULL;
  if (run->github == NULL)
    return false;
  run->runner = context_runner(spec->debug);
  run->event_text = json_dumps(json_object_get(run->github, "event"), JSON_INDENT(2));
  return true;
}

static bool open_actions(Run *run, GError **error) {
  const RunSpec *spec = run->spec;
  g_autofree char *cache = g_build_filename(spec->data_dir, "actions", NULL);
  g_autofree char *lock_file = g_build_filename(spec->commit->root, ACTIONS_LOCK_PATH, NULL);
  g_autofree char *worktree_mark = g_build_filename(spec->commit->root, ".git", NULL);
  bool writes = spec->write_lock && g_file_test(worktree_mark, G_FILE_TEST_EXISTS); /* a bare repository has no files of its own */
  g_autofree char *lock = spec->update_lock ? NULL : commit_read_file(spec->commit, ACTIONS_LOCK_PATH, NULL, NULL);
  run->actions = action_store_open(
    &(ActionStoreSpec){
      .folders = spec->action_folders,
      .cache_dir = cache,
      .server_url = spec->action_server_url,
      .lock_text = lock,
      .lock_file = writes ? lock_file : NULL,
      .locked = spec->locked,
    },
    error);
  return run->actions != NULL;
}

static bool run_open(Run *run, const RunSpec *spec, GError **error) {
  g_autofree char *folder = runner_folder(spec->id, spec->data_dir), *runs = g_build_filename(spec->data_dir, "runs", NULL);
  *run = (Run){.spec = spec, .listener = -1, .node_major = -1};
  g_mutex_init(&run->lock);
  g_mutex_init(&run->events);
  g_mutex_init(&run->failures);
  run->repository = spec->repository != NULL ? g_strdup(spec->repository) : repository_slug(spec->commit->root);
  if (run->repository == NULL)
    run->repository = g_strconcat("local/", spec->project, NULL);
  set_secrets(run);
  return fs_make_dirs(runs, RUNS_MODE, error) && fs_make_dirs(folder, RUNS_MODE, error) && run_services_open(run, error) &&
         run_repository_open(run, error) && open_actions(run, error) && set_contexts(run, error);
}

static void run_close(Run *run) {
  run_services_close(run);
  g_clear_pointer(&run->actions, action_store_free);
  json_t *trees[] = {run->github, run->runner, run->inputs, run->secrets, run->vars};
  for (size_t i = 0; i < G_N_ELEMENTS(trees); i++)
    json_decref(trees[i]);
  char *texts[] = {run->repository, run->token, run->git_dir, run->objects_dir, run->repository_dir};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  free(run->event_text); /* jansson's */
  g_mutex_clear(&run->lock);
  g_mutex_clear(&run->events);
  g_mutex_clear(&run->failures);
}

/* ---- the whole ---- */

static void tell_start(Run *run) {
  g_auto(GStrv) checks = plan_checks(run->spec->plan);
  json_auto_t *jobs = json_array();
  for (char **name = checks; *name != NULL; name++)
    json_array_append_new(jobs, json_string(*name));
  json_auto_t *detail = json_pack("{s:s, s:s, s:O, s:O}", "project", run->spec->project, "commit", run->spec->commit->commit, "event",
                                  json_object_get(run->github, "event_name"), "jobs", jobs);
  if (run->spec->resume)
    json_object_set_new(detail, "resumed", json_true());
  run_emit(run, &(RunEvent){.kind = RUN_EVENT_RUN_STARTED, .detail = detail});
}

static void on_schedule_event(const RunEvent *event, void *user) {
  RunEvent copy = *event;
  run_emit(user, &copy);
}

static bool schedule(Run *run, json_t **document, GError **error) {
  const RunSpec *spec = run->spec;
  g_autofree char *groups_dir = g_build_filename(spec->data_dir, "concurrency", NULL);
  g_autoptr(ConcurrencyGroups) groups = concurrency_open(groups_dir, error);
  if (groups == NULL)
    return false;
  return schedule_run(
    &(ScheduleSpec){
      .run = spec->id,
      .plan = spec->plan,
      .only_job = spec->only_job,
      .github = run->github,
      .inputs = run->inputs,
      .secrets = run->secrets,
      .vars = run->vars,
      .parallel_max = spec->parallel_max,
      .concurrency = groups,
      .run_job = job_run,
      .user = run,
      .recorded = spec->resume ? run_recorded : NULL,
      .on_event = on_schedule_event,
      .event_user = run,
      .cancellable = spec->cancellable,
    },
    document, error);
}

static Status status_of(bool good, const GError *error) {
  if (good)
    return STATUS_SUCCESS;
  return error_is(error, DROVER_ERROR_CANCELLED) ? STATUS_CANCELLED : STATUS_FAILURE;
}

static bool run_jobs(Run *run, json_t **document, GError **error) {
  json_auto_t *made = NULL;
  g_autoptr(GError) failure = NULL;
  guint added = 0;
  int64_t began_us = g_get_monotonic_time();
  tell_start(run);
  bool good = run->spec->replay != NULL ? run_replay(run, &made, &failure) : schedule(run, &made, &failure);
  if (good && !action_store_save_lock(run->actions, &added, &failure))
    good = false;
  Status status = status_of(good, failure);
  if (run->spec->record != NULL && !run_record_end(run->spec->record, status_name(status), good ? &failure : NULL))
    good = false;
  run_emit(run, &(RunEvent){
                  .kind = RUN_EVENT_RUN_ENDED,
                  .outcome = status,
                  .conclusion = status,
                  .duration_ms = (g_get_monotonic_time() - began_us) / 1000,
                  .message = failure != NULL ? failure->message : NULL,
                  .detail = made,
                });
  if (document != NULL)
    *document = json_incref(made);
  if (!good)
    g_propagate_error(error, g_steal_pointer(&failure));
  return good;
}

/* Asks the engine only where a job of the run had asked it for a container. */
static bool clean_containers(const char *id, const char *folder, GError **error) {
  g_autofree char *mark = g_build_filename(folder, RUN_CONTAINERS_MARK, NULL);
  if (!g_file_test(mark, G_FILE_TEST_EXISTS))
    return true;
  g_autoptr(Engine) engine = engine_new(NULL, error);
  return engine != NULL && engine_clean_run(engine, id, NULL, error);
}

static bool clean(const char *id, const char *data_dir, bool keep_record, GError **error) {
  enum { WAIT_MS = 5000 };
  for (int waited = 0; process_kill_marked(MARK, id) > 0 && waited < WAIT_MS; waited += 10)
    g_usleep(10 * 1000);
  g_autofree char *folder = runner_folder(id, data_dir), *runs = g_path_get_dirname(folder);
  if (!clean_containers(id, folder, error) || !(keep_record ? run_folder_tidy(folder, error) : fs_remove_tree(folder, error)))
    return false;
  (void)!rmdir(runs); /* goes when it is empty: other runs may have their folders in it */
  return true;
}

bool runner_clean(const char *id, const char *data_dir, GError **error) {
  return id_is_usable(id, error) && clean(id, data_dir, false, error);
}

bool runner_run(const RunSpec *spec, json_t **document, GError **error) {
  Run run;
  g_autoptr(GError) left = NULL;
  bool recorded = spec->record != NULL;
  if (!id_is_usable(spec->id, error) || !check(spec, error) || (spec->resume && !clean(spec->id, spec->data_dir, true, error)))
    return false;
  bool good = run_open(&run, spec, error) && run_jobs(&run, document, error);
  run_close(&run);
  if (clean(spec->id, spec->data_dir, recorded, &left) || !good)
    return good;
  g_propagate_error(error, g_steal_pointer(&left));
  if (document != NULL)
    g_clear_pointer(document, json_decref);
  return false;
}
