#include "ship/line.h"

#include "base/error.h"
#include "base/id.h"
#include "runner/run_progress.h"
#include "runner/runner.h"

#include <string.h>
#include <unistd.h>

#define RUNS_MODE 0711 /* a step may become another user, who has to reach its job's folder and need not see the others */

static char *read_committed(const char *path, size_t *size, void *commit, GError **error) {
  return commit_read_file(commit, path, size, error);
}

static char *runs_folder(const Line *line) {
  return g_build_filename(line->spec->data_dir, "runs", NULL);
}

GPtrArray *checks_load(const Line *line, GError **error) {
  g_autoptr(GPtrArray) plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
  const PlanSpec spec = {.read = read_committed, .user = line->commit};
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  for (char **path = line->project->checks; path != NULL && *path != NULL; path++) {
    size_t size = 0;
    g_autofree char *text = commit_read_file(line->commit, *path, &size, error);
    if (text == NULL) {
      g_prefix_error(error, "drover.yaml names the check %s: ", *path);
      return NULL;
    }
    Plan *plan = plan_new(&spec, *path, text, size, diagnostics);
    if (plan == NULL)
      continue;
    g_ptr_array_add(plans, plan);
    (void)!runner_check(plan, NULL, diagnostics);
  }
  return diagnostics_to_error(diagnostics, error) ? g_steal_pointer(&plans) : NULL;
}

/* For the secrets context; transfer full. */
static json_t *secret_values(const SecretSet *secrets) {
  g_auto(GStrv) names = secret_set_names(secrets);
  json_t *values = json_object();
  for (char **name = names; *name != NULL; name++)
    json_object_set_new(values, *name, json_string(secret_reveal(secret_set_get(secrets, *name))));
  return values;
}

static const char *outcome_of(bool good, const GError *failure) {
  if (good)
    return "success";
  return error_is(failure, DROVER_ERROR_CANCELLED) ? "cancelled" : "failure";
}

static bool run_workflow(const Line *line, const Plan *plan, const CheckRun *run, GError **error) {
  g_autofree char *log = g_build_filename(line->spec->data_dir, run->log, NULL);
  if (!progress_log_to(line->spec->progress, log, error))
    return false;
  json_auto_t *secrets = secret_values(line->secrets);
  RunSpec spec = {
    .id = run->id,
    .plan = plan,
    .commit = line->commit,
    .project = line->project->name,
    .secrets = secrets,
    .data_dir = line->spec->data_dir,
    .action_server_url = RUN_ACTION_SERVER,
    .on_event = run_progress_event,
    .event_user = line->spec->progress,
    .cancellable = line->spec->cancellable,
  };
  bool good = runner_run(&spec, NULL, error);
  return progress_log_to(line->spec->progress, NULL, good ? error : NULL) && good;
}

/* Holds a lock for as long as the run goes on, so that another drover can tell a run whose owner died. */
static FileLock *run_lock(const Line *line, const char *id, GError **error) {
  g_autofree char *folder = runs_folder(line);
  g_autofree char *path = g_strdup_printf("%s/%s.lock", folder, id);
  return fs_make_dirs(folder, RUNS_MODE, error) ? file_lock_try(path, "a check run", error) : NULL;
}

static void run_unlock(const Line *line, const char *id, FileLock *lock) {
  g_autofree char *path = g_strdup_printf("%s/runs/%s.lock", line->spec->data_dir, id);
  unlink(path);
  file_lock_free(lock);
}

static bool check_commit(const Line *line, const Plan *plan, char **run_id, GError **error) {
  const char *file = plan_top(plan)->file;
  g_autofree char *id = id_new();
  g_autofree char *log = g_strdup_printf("logs/%s.log", id);
  FileLock *lock = run_lock(line, id, error);
  if (lock == NULL)
    return false;
  CheckRun run = {.id = id,
                  .project = line->project->name,
                  .commit = line->commit->commit,
                  .workflow = (char *)file,
                  .outcome = "running",
                  .started_us = g_get_real_time(),
                  .log = log};
  g_autoptr(GError) failure = NULL;
  bool good = check_run_begin(line->store, &run, &failure) && run_workflow(line, plan, &run, &failure);
  g_autoptr(GError) unsaved = NULL;
  bool saved = check_run_end(line->store, id, outcome_of(good, failure), g_get_real_time(), &unsaved);
  run_unlock(line, id, lock);
  if (!good || !saved) {
    g_propagate_prefixed_error(error, good ? g_steal_pointer(&unsaved) : g_steal_pointer(&failure), "check %s: ", file);
    return false;
  }
  *run_id = g_steal_pointer(&id);
  return true;
}

bool checks_run(const Line *line, GPtrArray *plans, json_t **checks, GError **error) {
  json_auto_t *evidence = json_array();
  for (guint i = 0; i < plans->len; i++) {
    const Plan *plan = g_ptr_array_index(plans, i);
    const char *file = plan_top(plan)->file;
    g_autoptr(GError) failure = NULL;
    g_autoptr(CheckRun) earlier = check_run_find_success(line->store, line->project->name, line->commit->commit, file, &failure);
    if (failure != NULL) {
      g_propagate_error(error, g_steal_pointer(&failure));
      return false;
    }
    g_autofree char *id = earlier != NULL ? g_strdup(earlier->id) : NULL;
    if (earlier != NULL)
      progress_note(line->spec->progress, "check %s: succeeded on this commit already", file);
    else if (!check_commit(line, plan, &id, error))
      return false;
    json_array_append_new(evidence, json_pack("{s:s, s:s, s:s}", "workflow", file, "run", id, "outcome", "success"));
  }
  *checks = g_steal_pointer(&evidence);
  return true;
}

bool checks_clean(const Line *line, const char *project, GError **error) {
  g_autoptr(GPtrArray) running = check_run_list_running(line->store, project, error);
  for (guint i = 0; running != NULL && i < running->len; i++) {
    const CheckRun *run = g_ptr_array_index(running, i);
    FileLock *lock = run_lock(line, run->id, NULL);
    if (lock == NULL)
      continue; /* its drover lives */
    bool cleaned = runner_clean(run->id, line->spec->data_dir, error) && check_run_end(line->store, run->id, "cancelled", g_get_real_time(), error);
    run_unlock(line, run->id, lock);
    if (!cleaned)
      return false;
    progress_note(line->spec->progress, "check %s: its drover was killed; cleaned up", run->workflow);
  }
  return running != NULL;
}
