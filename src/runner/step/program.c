#include "runner/step/step.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>

#define MATCHER_MAX_BYTES ((size_t)1 << 20)

/* ---- what its output asks for ---- */

static void on_lines(const char *text, size_t size, void *user) {
  Step *step = user;
  const Step *root = step_root(step);
  job_emit(step->job, (RunEvent){.kind = RUN_EVENT_OUTPUT, .step = root->name, .step_number = root->number, .text = text, .text_size = size});
}

static void on_annotation(const json_t *annotation, void *user) {
  Step *step = user;
  const Step *root = step_root(step);
  job_annotate(step->job, annotation);
  job_emit(step->job, (RunEvent){.kind = RUN_EVENT_ANNOTATION, .step = root->name, .step_number = root->number, .detail = annotation});
}

static void on_output(const char *name, const char *value, void *user) {
  job_set_text(((Step *)user)->outputs, name, value);
}

static void on_state(const char *name, const char *value, void *user) {
  job_set_text(((Step *)user)->state, name, value);
}

static void on_env(const char *name, const char *value, void *user) {
  step_set_env(user, name, value);
}

static void on_prepend(const char *folder, void *user) {
  step_add_path(user, folder);
}

static void on_masked(const char *value, void *user) {
  Job *job = ((Step *)user)->job;
  g_mutex_lock(&job->lock);
  json_array_append_new(job->masked, json_string(value));
  g_mutex_unlock(&job->lock);
}

/* "src/a.c" for a file of the workspace. */
static char *on_path(const char *inside, void *user) {
  const char *work = ((Step *)user)->job->folders.work.inside;
  size_t length = strlen(work);
  bool below = strncmp(inside, work, length) == 0 && inside[length] == '/';
  return below ? g_strdup(inside + length + 1) : NULL;
}

static char *on_read(const char *inside, size_t *size, void *user) {
  const JobFolders *folders = &((Step *)user)->job->folders;
  g_autofree char *absolute = g_path_is_absolute(inside) ? g_strdup(inside) : g_build_filename(folders->work.inside, inside, NULL);
  const JobFolder *const places[] = {&folders->work, &folders->temp, &folders->actions, &folders->tools, &folders->home};
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
    size_t length = strlen(places[i]->inside);
    if (strncmp(absolute, places[i]->inside, length) == 0 && absolute[length] == '/')
      return fs_read_beneath(places[i]->path, absolute + length + 1, MATCHER_MAX_BYTES, size, NULL);
  }
  return NULL;
}

static bool allows(const Step *step, const char *variable) {
  const char *value = json_string_value(json_object_get(step->env, variable));
  return value != NULL && g_ascii_strcasecmp(value, "true") == 0;
}

Output *step_output_new(Step *step) {
  static const OutputSink sink = {
    .lines = on_lines,
    .annotation = on_annotation,
    .output = on_output,
    .state = on_state,
    .env = on_env,
    .prepend = on_prepend,
    .masked = on_masked,
    .path = on_path,
    .read = on_read,
  };
  const Job *job = step->job;
  return output_new(&(OutputSpec){
    .mask = job->mask,
    .matchers = job->matchers,
    .sink = &sink,
    .user = step,
    .debug = job->run->spec->debug,
    .unsecure = allows(step, "ACTIONS_ALLOW_UNSECURE_COMMANDS"),
    .unsecure_tokens = allows(step, "ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS"),
  });
}

void step_output_end(Step *step, Output *output) {
  g_autofree char *failure = NULL;
  output_free(output, &failure);
  if (failure != NULL)
    step_fail(step, "%s", failure);
}

/* ---- running it ---- */

GCancellable *step_cancellable(const Step *step) {
  const Step *root = step_root((Step *)step);
  if (root->background)
    return root->own;
  return step->stopped_late ? job_clock_doom(step->job->clock) : job_clock_stop(step->job->clock);
}

int64_t step_left_ms(const Step *step) {
  if (step->deadline_us == 0)
    return 0;
  return MAX((step->deadline_us - g_get_monotonic_time() + 999) / 1000, 1);
}

static void write_output(const char *bytes, size_t size, void *output) {
  output_write(output, bytes, size);
}

/* Shows a person what failed, where it failed. */
static void break_on_failure(Step *step, const ExecutorSpec *spec) {
  Run *run = step->job->run;
  if (run->spec->on_failure == NULL || step->outcome != STATUS_FAILURE || job_clock_stopped(step->job->clock))
    return;
  g_mutex_lock(&run->failures);
  run->spec->on_failure(step->job->spec->name, step_root(step)->name, step->job->executor, spec, run->spec->failure_user);
  g_mutex_unlock(&run->failures);
}

static void note_missing(Step *step, const GError *error, const char *cwd) {
  const JobFolder *work = &step->job->folders.work;
  size_t length = strlen(work->inside);
  bool below = strncmp(cwd, work->inside, length) == 0 && cwd[length] == '/';
  if (!error_is(error, DROVER_ERROR_NOT_FOUND))
    step_note_stop(step, error);
  else
    step_fail(step, "could not be run: working-directory \"%s\" is not there; does a step before it make it, or check the repository out?",
              below ? cwd + length + 1 : cwd);
}

void step_run_program(Step *step, const char *const *argv, const char *const *env, const char *cwd) {
  g_autoptr(GError) error = NULL;
  int status = 0;
  Output *output = step_output_new(step);
  ExecutorSpec spec = {
    .argv = argv,
    .env = env,
    .cwd = cwd,
    .on_output = write_output,
    .data = output,
    .deadline_ms = step_left_ms(step),
    .cancellable = step_cancellable(step),
  };
  if (!executor_run(step->job->executor, &spec, &status, &error))
    note_missing(step, error, cwd);
  else if (status != 0)
    step_fail(step, "ended with status %d", status);
  step_output_end(step, output);
  spec.on_output = NULL, spec.data = NULL;
  break_on_failure(step, &spec);
}
