#include "runner/job/job.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/action/layout.h"
#include "runner/expand.h"
#include "runner/job/containers.h"
#include "runner/job/record.h"
#include "runner/job/resume.h"
#include "runner/job/steps.h"
#include "runner/step/background.h"

#include <math.h>
#include <string.h>

#define TIMEOUT_DEFAULT_MINUTES 360
#define CANCEL_TIMEOUT_DEFAULT_MINUTES 5
#define MINUTE_US (60 * G_USEC_PER_SEC)

/* ---- making and freeing ---- */

static void use_free(void *use) {
  action_use_free(use);
}

static void free_frame(void *frame) {
  frame_free(frame);
}

static void job_init(Job *job, const JobSpec *spec, JobResult *result, Run *run) {
  *job = (Job){
    .run = run,
    .spec = spec,
    .model = spec->plan->job,
    .workflow = spec->plan->workflow->workflow,
    .result = result,
    .identity = json_object(),
    .artifacts = json_object(),
    .secrets = json_copy(spec->secrets),
    .vars = json_copy(run->vars),
    .mask = mask_new(),
    .matchers = matchers_new(),
    .frames = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_frame),
    .uses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    .all_uses = g_ptr_array_new_with_free_func(use_free),
    .names = step_action_names(spec->plan->job),
    .report = json_array(),
    .annotations = json_array(),
    .masked = json_array(),
    .began_us = g_get_monotonic_time(),
    .folders = {.temp_fd = -1, .commands_fd = -1},
  };
  if (job->secrets == NULL)
    job->secrets = json_object();
  job_state_init(&job->state);
  g_mutex_init(&job->lock);
}

static void job_clear(Job *job) {
  json_t *trees[] = {job->base_env, job->services, job->identity,    job->artifacts, job->secrets,
                     job->vars,     job->report,   job->annotations, job->resumed,   job->masked};
  for (size_t i = 0; i < G_N_ELEMENTS(trees); i++)
    json_decref(trees[i]);
  background_free(job->background);
  job_record_free(job->recording);
  frame_free(job->top);
  g_hash_table_unref(job->frames);
  g_hash_table_unref(job->uses);
  g_ptr_array_unref(job->all_uses);
  g_ptr_array_unref(job->names);
  job_clock_free(job->clock);
  job_state_clear(&job->state);
  job_folders_clear(&job->folders);
  matchers_free(job->matchers);
  mask_free(job->mask);
  g_mutex_clear(&job->lock);
  g_free(job->environment);
  g_free(job->failure);
}

/* ---- before the steps ---- */

static void mask_secrets(const Job *job) {
  const char *name;
  json_t *value;
  json_object_foreach (job->secrets, name, value)
    if (json_is_string(value))
      mask_add(job->mask, json_string_value(value));
}

/* The environment's secrets and variables lie over the run's. */
static bool open_environment(Job *job, GError **error) {
  const WorkflowEnvironment *environment = &job->model->environment;
  const RunSpec *spec = job->run->spec;
  if (environment->node == NULL || environment->name.text == NULL)
    return true;
  json_auto_t *contexts = job_contexts_new(job), *secrets = NULL, *vars = NULL;
  JobScope scope;
  job_scope_init(&scope, job, contexts, STATUS_SUCCESS);
  job->environment = expand_text(&environment->name, &scope.scope, error);
  if (job->environment == NULL)
    return false;
  if (*job->environment == '\0')
    g_clear_pointer(&job->environment, g_free);
  if (job->environment == NULL || spec->environment == NULL)
    return true;
  if (!spec->environment(job->environment, &secrets, &vars, spec->environment_user, error))
    return false;
  json_object_update(job->secrets, secrets);
  json_object_update(job->vars, vars);
  return true;
}

static void add_labels(json_t *labels, const ExpressionValue *value) {
  json_t *json = expression_value_to_json(value);
  if (json_is_array(json))
    json_array_extend(labels, json);
  else
    json_array_append(labels, json);
  json_decref(json);
}

static bool read_labels(const Job *job, const ExpressionScope *scope, json_t *labels, GError **error) {
  const WorkflowRunsOn *runs_on = &job->model->runs_on;
  for (guint i = 0; i < runs_on->labels.count; i++) {
    g_auto(ExpressionValue) value = {0};
    if (!expand_value(&runs_on->labels.items[i], scope, &value, error))
      return false;
    add_labels(labels, &value);
  }
  return json_array_size(labels) > 0 || runs_on->group.text != NULL || error_set(error, DROVER_ERROR_INPUT, "runs-on gave no label");
}

/* Where it runs: labels that expressions gave are known only now. */
static bool check_labels(const Job *job, const ExpressionScope *scope, GError **error) {
  json_auto_t *labels = json_array();
  bool self_hosted = false;
  if (!read_labels(job, scope, labels, error))
    return false;
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
  return true;
}

static bool start_clock(Job *job, const ExpressionScope *scope, GError **error) {
  double minutes, grace;
  if (!expand_number(&job->model->timeout_minutes, TIMEOUT_DEFAULT_MINUTES, scope, &minutes, error) ||
      !expand_number(&job->model->cancel_timeout_minutes, CANCEL_TIMEOUT_DEFAULT_MINUTES, scope, &grace, error))
    return false;
  job->clock =
    job_clock_new(job->spec->cancellable, (int64_t)(fmin(minutes, 1e6) * (double)MINUTE_US), (int64_t)(fmin(grace, 1e6) * (double)MINUTE_US));
  return true;
}

static bool make_folders(Job *job, GError **error) {
  const RunSpec *spec = job->run->spec;
  g_autofree char *dir = job_resume_folder(job);
  FoldersLayout layout = job_wants_container(job) ? FOLDERS_CONTAINER : spec->isolation == ISOLATION_FULL ? FOLDERS_SANDBOX : FOLDERS_HERE;
  return job_folders_make(&job->folders, dir, job->run->repository, layout, job->run->event_text, error);
}

static bool prepare(Job *job, GError **error) {
  mask_secrets(job);
  if (!make_folders(job, error) || !open_environment(job, error))
    return false;
  mask_secrets(job);
  if (!job_resume_state(job, error))
    return false;
  job_record_begin(job);
  json_t *contexts = job_contexts_new(job);
  job->top = frame_new_top(job, contexts);
  job->background = background_new(job);
  JobScope scope;
  job_scope_init(&scope, job, contexts, STATUS_SUCCESS);
  return check_labels(job, &scope.scope, error) && (job->resumed != NULL || job_expand_env(job, error)) && start_clock(job, &scope.scope, error) &&
         job_containers_open(job, error) && job_place_open(job, error) && (!job_has_identity(job) || job_services_open(job, error)) &&
         job_find_actions(job, error) && job_resume_actions(job, error);
}

/* ---- after the steps ---- */

static void scope_of_end(const Job *job, json_t **contexts, JobScope *scope) {
  *contexts = json_copy(job->top->contexts);
  json_object_set(*contexts, "env", job->state.env);
  job_scope_init(scope, job, *contexts, job->state.status);
}

static void tell_environment(Job *job) {
  const WorkflowText *url = &job->model->environment.url;
  json_auto_t *contexts = NULL;
  g_autoptr(GError) error = NULL;
  JobScope scope;
  if (job->environment == NULL || url->text == NULL)
    return;
  scope_of_end(job, &contexts, &scope);
  g_autofree char *text = expand_text(url, &scope.scope, &error);
  if (text == NULL)
    job_say(job, "##[warning]the environment's url: %s", error->message);
  else if (*text != '\0')
    job_say(job, "environment %s: %s", job->environment, text);
}

static Status conclusion_of(Job *job) {
  json_auto_t *contexts = NULL;
  g_autoptr(GError) error = NULL;
  JobScope scope;
  bool forgiven = false;
  if (job->state.status != STATUS_FAILURE || job->top == NULL)
    return job->state.status;
  scope_of_end(job, &contexts, &scope);
  if (!expand_bool(&job->model->continue_on_error, false, &scope.scope, &forgiven, &error))
    job_say(job, "##[error]continue-on-error: %s", error->message);
  return forgiven ? STATUS_SUCCESS : STATUS_FAILURE;
}

static void keep_workspace(const Job *job) {
  const char *target = job->run->spec->keep_workspace;
  g_autoptr(GError) error = NULL;
  if (target == NULL || job->folders.work.path == NULL)
    return;
  g_mutex_lock(&job->run->lock);
  bool kept = fs_remove_tree(target, &error) && folder_copy(job->folders.work.path, target, &error);
  g_mutex_unlock(&job->run->lock);
  if (!kept)
    job_say((Job *)job, "##[warning]the workspace was not kept: %s", error->message);
}

static void clean(Job *job) {
  g_autoptr(GError) error = NULL;
  job_place_close(job);
  job_containers_close(job);
  keep_workspace(job);
  if (!job_folders_remove(&job->folders, &error))
    job_say(job, "##[warning]%s", error->message);
}

static void conclude(Job *job) {
  JobResult *result = job->result;
  result->outcome = job->state.status;
  result->conclusion = conclusion_of(job);
  result->failure = g_strdup(job->failure);
  result->steps = json_incref(job->report);
  result->annotations = json_incref(job->annotations);
  job_record_result(job);
  json_auto_t *detail = json_object();
  if (result->outputs != NULL)
    json_object_set(detail, "outputs", result->outputs);
  job_emit(job, (RunEvent){
                  .kind = RUN_EVENT_JOB_ENDED,
                  .outcome = result->outcome,
                  .conclusion = result->conclusion,
                  .duration_ms = (g_get_monotonic_time() - job->began_us) / 1000,
                  .message = result->failure,
                  .detail = detail,
                });
}

void job_run(const JobSpec *spec, JobResult *result, void *run) {
  Job job;
  g_autoptr(GError) error = NULL;
  job_init(&job, spec, result, run);
  g_autofree char *file = g_path_get_basename(job.workflow->file);
  g_autofree char *place = g_strdup_printf("%s:%u", file, job.model->location.line);
  job_emit(&job, (RunEvent){.kind = RUN_EVENT_JOB_STARTED, .place = place});
  if (prepare(&job, &error)) {
    job_run_steps(&job);
    job_gather_outputs(&job);
    tell_environment(&job);
  } else {
    job_note_stopped(&job);
    job_fail(&job, "could not be started: %s", error->message);
  }
  clean(&job);
  conclude(&job);
  job_clear(&job);
}
