#include "runner/job.h"

#include "base/error.h"
#include "base/fs.h"

#include <math.h>
#include <string.h>

#define TIMEOUT_DEFAULT_MINUTES 360
#define CLEANUP_MINUTES 5 /* for steps that run although the job was stopped */
#define MINUTE_US (60 * G_USEC_PER_SEC)
#define KILL_WAIT_MS 5000

void job_run_free(JobRun *job) {
  json_t *trees[] = {job->matrix, job->strategy, job->needs, job->env, job->steps, job->outputs, job->report, job->notes};
  for (size_t i = 0; i < G_N_ELEMENTS(trees); i++)
    json_decref(trees[i]);
  char *texts[] = {job->name, job->marker, job->dir, job->workspace, job->home, job->temp, job->tools, job->event_path, job->failure};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_clear_object(&job->cancellable);
  g_clear_pointer(&job->mask, mask_free);
  g_clear_pointer(&job->paths, g_ptr_array_unref);
  g_free(job);
}

void job_fail(JobRun *job, const WorkflowStep *step, const char *step_name, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  if (job->status == STATUS_SUCCESS)
    job->status = STATUS_FAILURE;
  if (job->failure != NULL)
    return;
  g_autofree char *file = g_path_get_basename(job->spec->workflow->file);
  g_autofree char *whole = step == NULL ? g_strdup(text) : g_strdup_printf("step \"%s\" (%s:%u) %s", step_name, file, step->location.line, text);
  job->failure = mask_apply(job->mask, whole, strlen(whole), false, NULL);
}

/* ---- before the steps ---- */

static bool make_folders(JobRun *job, GError **error) {
  const struct {
    char **path;
    const char *name;
    mode_t mode; /* a step may become another user, who must reach the workspace */
  } folders[] = {{&job->workspace, "work", 0755}, {&job->home, "home", 0700}, {&job->temp, "temp", 0755}, {&job->tools, "tools", 0755}};
  for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
    *folders[i].path = g_build_filename(job->dir, folders[i].name, NULL);
    if (!fs_make_dirs(*folders[i].path, folders[i].mode, error))
      return false;
  }
  job->event_path = g_build_filename(job->temp, "event.json", NULL);
  json_auto_t *github = old_context_github(job->spec, job);
  char *event = json_dumps(json_object_get(github, "event"), JSON_INDENT(2));
  bool written = fs_write(job->event_path, event, strlen(event), 0644, error);
  free(event);
  return written;
}

/* Where it runs: labels that expressions gave are known only now. */
static bool check_labels(const JobRun *job, const ExpressionScope *scope, GError **error) {
  json_auto_t *labels = json_array();
  bool self_hosted = false;
  for (guint i = 0; i < job->job->runs_on.labels.count; i++) {
    g_auto(ExpressionValue) value = {0};
    if (!expand_value(&job->job->runs_on.labels.items[i], scope, &value, error))
      return false;
    json_t *json = expression_value_to_json(&value);
    if (json_is_array(json))
      json_array_extend(labels, json), json_decref(json);
    else
      json_array_append_new(labels, json);
  }
  for (size_t i = 0; i < json_array_size(labels); i++) {
    const char *label = json_string_value(json_array_get(labels, i));
    self_hosted = self_hosted || (label != NULL && g_ascii_strcasecmp(label, "self-hosted") == 0);
  }
  for (size_t i = 0; i < json_array_size(labels); i++) {
    const char *label = json_string_value(json_array_get(labels, i));
    g_autofree char *why = NULL;
    if (label == NULL || *label == '\0')
      return error_set(error, DROVER_ERROR_INPUT, "runs-on gave a label that is no text");
    if (!workflow_label_served(label, self_hosted, &why))
      return error_set(error, DROVER_ERROR_INPUT, "runs-on \"%s\": %s", label, why);
  }
  return json_array_size(labels) > 0 || error_set(error, DROVER_ERROR_INPUT, "runs-on gave no label");
}

static bool prepare(JobRun *job, GError **error) {
  job->mask = mask_new();
  json_auto_t *secrets = old_context_secrets(job->spec);
  const char *key;
  json_t *value;
  json_object_foreach (secrets, key, value)
    mask_add(job->mask, json_string_value(value));
  job->env = json_object();
  job->steps = json_object();
  job->report = json_array();
  job->notes = json_array();
  job->outputs = json_object();
  job->paths = g_ptr_array_new_with_free_func(g_free);
  if (!make_folders(job, error))
    return false;
  g_autoptr(JobScope) scope = job_scope_new(job, NULL);
  json_auto_t *env = json_object();
  double minutes;
  if (!expand_pairs(&job->spec->workflow->env, &scope->scope, env, error) || !expand_pairs(&job->job->env, &scope->scope, env, error) ||
      !check_labels(job, &scope->scope, error) || !expand_number(&job->job->timeout_minutes, TIMEOUT_DEFAULT_MINUTES, &scope->scope, &minutes, error))
    return false;
  json_object_update(job->env, env);
  job->deadline_us = g_get_monotonic_time() + (int64_t)(fmin(minutes, 1e6) * (double)MINUTE_US);
  return true;
}

/* ---- the steps ---- */

/* A job that was cancelled or ran out of time goes on to those steps that want to run all the same, for a while. */
static void note_stopped(JobRun *job) {
  if (job->cleanup_us != 0)
    return;
  bool cancelled = g_cancellable_is_cancelled(job->cancellable);
  if (!cancelled && !job->timed_out && g_get_monotonic_time() < job->deadline_us)
    return;
  if (cancelled)
    job->status = STATUS_CANCELLED;
  else
    job_fail(job, NULL, NULL, "was stopped: its timeout-minutes were over");
  job->cleanup_us = g_get_monotonic_time() + CLEANUP_MINUTES * MINUTE_US;
}

static void run_steps(JobRun *job) {
  for (guint i = 0; i < job->job->step_count; i++) {
    note_stopped(job);
    step_run(job, job->job->steps[i]);
  }
  note_stopped(job);
}

/* ---- after the steps ---- */

/* What GitHub does not hand on either: an output that holds a secret would be readable in every job that needs this one. */
static void drop_secret_outputs(JobRun *job) {
  const char *name;
  void *next;
  json_t *value;
  json_object_foreach_safe(job->outputs, next, name, value) {
    if (!mask_finds(job->mask, json_string_value(value)))
      continue;
    job_say(job, "warning: the output \"%s\" is left out: it may hold a secret", name);
    json_object_del(job->outputs, name);
  }
}

static void gather_outputs(JobRun *job) {
  g_autoptr(JobScope) scope = job_scope_new(job, NULL);
  g_autoptr(GError) error = NULL;
  if (!expand_pairs(&job->job->outputs, &scope->scope, job->outputs, &error))
    job_fail(job, NULL, NULL, "outputs: %s", error->message);
  drop_secret_outputs(job);
}

/* Kills what the job's steps left running and waits until it is gone. */
static void end_processes(JobRun *job) {
  unsigned ended = process_kill_marked("DROVER_JOB", job->marker);
  if (ended > 0)
    job_say(job, "ended %u process%s that the job had left running", ended, ended == 1 ? "" : "es");
  for (int waited = 0; ended > 0 && waited < KILL_WAIT_MS; waited += 10) {
    g_usleep(10 * 1000);
    ended = process_kill_marked("DROVER_JOB", job->marker);
  }
}

static void conclude(JobRun *job) {
  job->outcome = job->status;
  job->conclusion = job->status;
  if (job->outcome != STATUS_FAILURE)
    return;
  g_autoptr(JobScope) scope = job_scope_new(job, NULL);
  g_autoptr(GError) error = NULL;
  bool forgiven = false;
  if (!expand_bool(&job->job->continue_on_error, false, &scope->scope, &forgiven, &error))
    job_say(job, "error: continue-on-error: %s", error->message);
  if (forgiven)
    job->conclusion = STATUS_SUCCESS;
}

static const struct {
  ProgressOutcome outcome;
  const char *word;
} endings[] = {
  [STATUS_SUCCESS] = {PROGRESS_OK, ""},
  [STATUS_FAILURE] = {PROGRESS_FAILED, ""},
  [STATUS_CANCELLED] = {PROGRESS_FAILED, "cancelled"},
  [STATUS_SKIPPED] = {PROGRESS_SKIPPED, ""},
};

void job_run(JobRun *job) {
  g_autoptr(GError) error = NULL;
  progress_begin(job->spec->progress, job->name);
  if (prepare(job, &error)) {
    run_steps(job);
    gather_outputs(job);
  } else {
    job_fail(job, NULL, NULL, "could not be started: %s", error->message);
  }
  end_processes(job);
  conclude(job);
  g_clear_error(&error);
  if (!fs_remove_tree(job->dir, &error))
    job_say(job, "warning: %s", error->message);
  bool forgiven = job->conclusion == STATUS_SUCCESS && job->outcome == STATUS_FAILURE;
  progress_end(job->spec->progress, job->name, forgiven ? PROGRESS_WARNED : endings[job->conclusion].outcome, "%s",
               job->failure != NULL ? job->failure : endings[job->conclusion].word);
}
