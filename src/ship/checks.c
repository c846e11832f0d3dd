#include "ship/line.h"

#include "base/error.h"
#include "base/id.h"
#include "runner/runner.h"

#include <string.h>
#include <unistd.h>

#define RUNS_MODE 0711 /* a step may become another user, who has to reach its job's folder and need not see the others */

static char *runs_folder(const Line *line) {
  return g_build_filename(line->spec->data_dir, "runs", NULL);
}

GPtrArray *checks_load(const Line *line, GError **error) {
  g_autoptr(GPtrArray) workflows = g_ptr_array_new_with_free_func((GDestroyNotify)workflow_free);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  for (char **path = line->project->checks; path != NULL && *path != NULL; path++) {
    size_t size = 0;
    g_autofree char *text = commit_read_file(line->commit, *path, &size, error);
    if (text == NULL) {
      g_prefix_error(error, "drover.yaml names the check %s: ", *path);
      return NULL;
    }
    Workflow *workflow = workflow_parse(*path, text, size, diagnostics);
    if (workflow == NULL)
      continue;
    g_ptr_array_add(workflows, workflow);
    (void)!runner_check(workflow, diagnostics);
  }
  return diagnostics_to_error(diagnostics, error) ? g_steal_pointer(&workflows) : NULL;
}

/* "NAME=VALUE" for the secrets context; wiped by the caller. */
static char **secret_values(const SecretSet *secrets) {
  g_auto(GStrv) names = secret_set_names(secrets);
  GPtrArray *pairs = g_ptr_array_new();
  for (char **name = names; *name != NULL; name++)
    g_ptr_array_add(pairs, g_strconcat(*name, "=", secret_reveal(secret_set_get(secrets, *name)), NULL));
  g_ptr_array_add(pairs, NULL);
  return (char **)g_ptr_array_free(pairs, FALSE);
}

static void wipe_values(char **pairs) {
  for (char **pair = pairs; *pair != NULL; pair++)
    explicit_bzero(*pair, strlen(*pair));
  g_strfreev(pairs);
}

static const char *outcome_of(bool good, const GError *failure) {
  if (good)
    return "success";
  return error_is(failure, DROVER_ERROR_CANCELLED) ? "cancelled" : "failure";
}

static bool run_workflow(const Line *line, const Workflow *workflow, const CheckRun *run, GError **error) {
  g_autofree char *log = g_build_filename(line->spec->data_dir, run->log, NULL);
  g_autofree char *work = runs_folder(line);
  if (!progress_log_to(line->spec->progress, log, error))
    return false;
  char **secrets = secret_values(line->secrets);
  RunSpec spec = {
    .id = run->id,
    .workflow = workflow,
    .commit = line->commit,
    .project = line->project->name,
    .event = "push",
    .work_dir = work,
    .secrets = (const char *const *)secrets,
    .progress = line->spec->progress,
    .cancellable = line->spec->cancellable,
  };
  bool good = runner_run(&spec, NULL, error);
  wipe_values(secrets);
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

static bool check_commit(const Line *line, const Workflow *workflow, char **run_id, GError **error) {
  g_autofree char *id = id_new();
  g_autofree char *log = g_strdup_printf("logs/%s.log", id);
  FileLock *lock = run_lock(line, id, error);
  if (lock == NULL)
    return false;
  CheckRun run = {.id = id,
                  .project = line->project->name,
                  .commit = line->commit->commit,
                  .workflow = (char *)workflow->file,
                  .outcome = "running",
                  .started_us = g_get_real_time(),
                  .log = log};
  g_autoptr(GError) failure = NULL;
  bool good = check_run_begin(line->store, &run, &failure) && run_workflow(line, workflow, &run, &failure);
  g_autoptr(GError) unsaved = NULL;
  bool saved = check_run_end(line->store, id, outcome_of(good, failure), g_get_real_time(), &unsaved);
  run_unlock(line, id, lock);
  if (!good || !saved) {
    g_propagate_prefixed_error(error, good ? g_steal_pointer(&unsaved) : g_steal_pointer(&failure), "check %s: ", workflow->file);
    return false;
  }
  *run_id = g_steal_pointer(&id);
  return true;
}

bool checks_run(const Line *line, GPtrArray *workflows, json_t **checks, GError **error) {
  json_auto_t *evidence = json_array();
  for (guint i = 0; i < workflows->len; i++) {
    const Workflow *workflow = g_ptr_array_index(workflows, i);
    g_autoptr(GError) failure = NULL;
    g_autoptr(CheckRun) earlier = check_run_find_success(line->store, line->project->name, line->commit->commit, workflow->file, &failure);
    if (failure != NULL) {
      g_propagate_error(error, g_steal_pointer(&failure));
      return false;
    }
    g_autofree char *id = earlier != NULL ? g_strdup(earlier->id) : NULL;
    if (earlier != NULL)
      progress_note(line->spec->progress, "check %s: succeeded on this commit already", workflow->file);
    else if (!check_commit(line, workflow, &id, error))
      return false;
    json_array_append_new(evidence, json_pack("{s:s, s:s, s:s}", "workflow", workflow->file, "run", id, "outcome", "success"));
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
    g_autofree char *work = runs_folder(line);
    bool cleaned = runner_clean(run->id, work, error) && check_run_end(line->store, run->id, "cancelled", g_get_real_time(), error);
    run_unlock(line, run->id, lock);
    if (!cleaned)
      return false;
    progress_note(line->spec->progress, "check %s: its drover was killed; cleaned up", run->workflow);
  }
  return running != NULL;
}
