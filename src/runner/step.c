#include "runner/job.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/files.h"
#include "runner/shell.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define MINUTE_US (60 * G_USEC_PER_SEC)
#define SUMMARY_MAX_BYTES ((size_t)1 << 20)
#define NAME_MAX_CHARACTERS 80

/* One step while it runs. */
typedef struct {
  JobRun *job;
  const WorkflowStep *step;
  char *name;
  json_t *env;
  json_t *outputs;
  Status outcome;
  bool continue_on_error;
  double timeout_minutes; /* INFINITY: none */
  char *failure;          /* how it ended, behind the step's name: "ended with status 1" */
  char *summary;          /* what it wrote into GITHUB_STEP_SUMMARY, masked, or NULL */
  int64_t began_us;
} StepRun;

/* ---- names ---- */

/* As GitHub calls a step without a name: "Run" and the first line of the script, or the action. */
static char *default_name(const WorkflowStep *step) {
  const char *text = step->run.text != NULL ? step->run.text : step->uses.text;
  while (g_ascii_isspace(*text))
    text++;
  g_autofree char *line = g_strndup(text, strcspn(text, "\r\n"));
  g_autofree char *valid = g_utf8_make_valid(line, -1);
  if (g_utf8_strlen(valid, -1) > NAME_MAX_CHARACTERS) {
    g_autofree char *cut = g_utf8_substring(valid, 0, NAME_MAX_CHARACTERS);
    return g_strdup_printf("Run %s...", cut);
  }
  return g_strdup_printf("Run %s", valid);
}

static char *step_name(const JobRun *job, const WorkflowStep *step, json_t *env) {
  g_autofree char *name = NULL;
  if (step->name.text != NULL && *step->name.text != '\0') {
    g_autoptr(JobScope) scope = job_scope_new(job, env);
    g_autoptr(GError) error = NULL;
    name = expand_text(&step->name, &scope->scope, &error);
    if (name == NULL)
      name = g_strdup(step->name.text); /* the name alone must not fail a step */
  } else {
    name = default_name(step);
  }
  return mask_apply(job->mask, name, strlen(name), false, NULL);
}

/* ---- the process ---- */

static bool make_file(char **path, const JobRun *job, const char *name, const char *extension, const char *text, GError **error) {
  g_autofree char *file = g_strdup_printf("%s/%s-%u%s", job->temp, name, job->step_number, extension);
  if (!fs_write(file, text, strlen(text), 0600, error))
    return false;
  *path = g_steal_pointer(&file);
  return true;
}

static bool make_files(StepFiles *files, const JobRun *job, GError **error) {
  return make_file(&files->env, job, "env", "", "", error) && make_file(&files->output, job, "output", "", "", error) &&
         make_file(&files->path, job, "path", "", "", error) && make_file(&files->state, job, "state", "", "", error) &&
         make_file(&files->summary, job, "summary", "", "", error);
}

/* The first of the texts that is there, filled in; NULL without an error when none is. */
static char *expand_first(const WorkflowText *const *texts, const ExpressionScope *scope, GError **error) {
  for (; *texts != NULL; texts++)
    if ((*texts)->text != NULL && *(*texts)->text != '\0')
      return expand_text(*texts, scope, error);
  return NULL;
}

static char *working_directory(const StepRun *run, const ExpressionScope *scope, GError **error) {
  const WorkflowText *const texts[] = {&run->step->working_directory, &run->job->job->defaults.working_directory,
                                       &run->job->spec->workflow->defaults.working_directory, NULL};
  g_autoptr(GError) inner = NULL;
  g_autofree char *folder = expand_first(texts, scope, &inner);
  if (inner != NULL) {
    g_propagate_error(error, g_steal_pointer(&inner));
    return NULL;
  }
  g_autofree char *path = folder == NULL               ? g_strdup(run->job->workspace)
                          : g_path_is_absolute(folder) ? g_strdup(folder)
                                                       : g_build_filename(run->job->workspace, folder, NULL);
  if (g_file_test(path, G_FILE_TEST_IS_DIR))
    return g_steal_pointer(&path);
  error_set(error, DROVER_ERROR_INPUT, "working-directory \"%s\" is not there%s", folder != NULL ? folder : "",
            g_file_test(run->job->workspace, G_FILE_TEST_IS_DIR) ? "; does a step check the repository out before this one?" : "");
  return NULL;
}

static bool in_path(const char *program, void *path) {
  g_auto(GStrv) folders = g_strsplit(path, ":", -1);
  for (char **folder = folders; *folder != NULL; folder++) {
    g_autofree char *file = g_build_filename(**folder != '\0' ? *folder : ".", program, NULL);
    if (access(file, X_OK) == 0)
      return true;
  }
  return false;
}

static char **command_of(const StepRun *run, const ExpressionScope *scope, const char *path, GError **error) {
  const WorkflowText *const texts[] = {&run->step->shell, &run->job->job->defaults.shell, &run->job->spec->workflow->defaults.shell, NULL};
  g_autoptr(GError) inner = NULL;
  g_autofree char *shell = expand_first(texts, scope, &inner);
  g_autofree char *script = inner == NULL ? expand_text(&run->step->run, scope, &inner) : NULL;
  g_autofree char *filled = script != NULL ? shell_script(shell, script) : NULL;
  g_autofree char *file = NULL;
  if (filled == NULL || !make_file(&file, run->job, "script", shell_extension(shell), filled, &inner)) {
    g_propagate_error(error, g_steal_pointer(&inner));
    return NULL;
  }
  return shell_argv(shell, file, in_path, (void *)path, error);
}

/* How long the step may run, in milliseconds from now, and whose limit that is. */
static int64_t limit_ms(const StepRun *run) {
  int64_t now_us = g_get_monotonic_time();
  int64_t until_us = run->job->cleanup_us != 0 ? run->job->cleanup_us : run->job->deadline_us;
  double own_us = run->timeout_minutes * (double)MINUTE_US;
  if (isfinite(own_us) && own_us < (double)(until_us - now_us))
    until_us = now_us + (int64_t)own_us;
  return MAX((until_us - now_us + 999) / 1000, 1);
}

static void fail_step(StepRun *run, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void fail_step(StepRun *run, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (run->failure == NULL)
    run->failure = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  if (run->outcome == STATUS_SUCCESS)
    run->outcome = STATUS_FAILURE;
}

static void note_stop(StepRun *run, const GError *error) {
  JobRun *job = run->job;
  if (error_is(error, DROVER_ERROR_CANCELLED)) {
    run->outcome = STATUS_CANCELLED;
    fail_step(run, "was stopped: cancelled");
  } else if (error_is(error, DROVER_ERROR_TIMEOUT) && job->cleanup_us == 0 && g_get_monotonic_time() >= job->deadline_us) {
    job->timed_out = true;
    fail_step(run, "was stopped: the job's timeout-minutes were over");
  } else if (error_is(error, DROVER_ERROR_TIMEOUT)) {
    fail_step(run, "was stopped: its timeout-minutes were over");
  } else {
    fail_step(run, "could not be run: %s", error->message);
  }
}

/* ---- what it left in its files ---- */

static bool read_pairs(const char *path, const char *variable, const Mask *mask, GPtrArray **pairs, GError **error) {
  size_t size = 0;
  g_autoptr(GError) inner = NULL;
  g_autofree char *text = fs_read(path, FILES_MAX_BYTES, &size, &inner);
  if (text == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND)) {
    *pairs = g_ptr_array_new(); /* a script may remove it */
    return true;
  }
  g_autoptr(GPtrArray) read = text != NULL ? files_parse_pairs(variable, text, size, &inner) : NULL;
  if (read == NULL) {
    g_autofree char *masked = mask_apply(mask, inner->message, strlen(inner->message), false, NULL);
    return error_set(error, DROVER_ERROR_INPUT, "%s", masked);
  }
  *pairs = g_steal_pointer(&read);
  return true;
}

static void put_pairs(json_t *target, const GPtrArray *pairs) {
  for (guint i = 0; pairs != NULL && i < pairs->len; i++) {
    const FilePair *pair = g_ptr_array_index(pairs, i);
    g_autofree char *name = g_utf8_make_valid(pair->name, -1), *value = g_utf8_make_valid(pair->value, -1);
    json_object_set_new(target, name, json_string(value));
  }
}

static bool take_env(StepRun *run, const StepFiles *files, GError **error) {
  g_autoptr(GPtrArray) pairs = NULL;
  if (!read_pairs(files->env, "GITHUB_ENV", run->job->mask, &pairs, error))
    return false;
  for (guint i = 0; i < pairs->len; i++) {
    const FilePair *pair = g_ptr_array_index(pairs, i);
    const char *refusal = files_env_refusal(pair->name);
    if (refusal != NULL)
      job_say(run->job, "error: %s", refusal);
    else
      json_object_set_new(run->job->env, pair->name, json_string(pair->value));
  }
  return true;
}

static bool take_paths(StepRun *run, const StepFiles *files, GError **error) {
  size_t size = 0;
  g_autoptr(GError) inner = NULL;
  g_autofree char *text = fs_read(files->path, FILES_MAX_BYTES, &size, &inner);
  if (text == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND))
    return true;
  if (text == NULL) {
    g_propagate_prefixed_error(error, g_steal_pointer(&inner), "GITHUB_PATH: ");
    return false;
  }
  g_autoptr(GPtrArray) lines = files_parse_lines(text, size);
  files_add_paths(run->job->paths, lines);
  return true;
}

/* Markdown for people; as at GitHub a step does not fail for it. */
static void take_summary(StepRun *run, const StepFiles *files) {
  size_t size = 0;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = fs_read(files->summary, SUMMARY_MAX_BYTES, &size, &error);
  if (text == NULL && !error_is(error, DROVER_ERROR_NOT_FOUND))
    job_say(run->job, "warning: the step's summary is left out: %s", error->message);
  if (size > 0)
    run->summary = mask_apply(run->job->mask, text, size, false, NULL);
}

static bool take_files(StepRun *run, const StepFiles *files, GError **error) {
  g_autoptr(GPtrArray) outputs = NULL, state = NULL;
  if (!take_env(run, files, error) || !take_paths(run, files, error) ||
      !read_pairs(files->output, "GITHUB_OUTPUT", run->job->mask, &outputs, error) ||
      !read_pairs(files->state, "GITHUB_STATE", run->job->mask, &state, error))
    return false;
  put_pairs(run->outputs, outputs);
  return true;
}

/* ---- running ---- */

static void run_script(StepRun *run, const ExpressionScope *scope) {
  JobRun *job = run->job;
  g_auto(StepFiles) files = {0};
  g_autoptr(GError) error = NULL;
  if (!make_files(&files, job, &error)) {
    fail_step(run, "could not be run: %s", error->message);
    return;
  }
  g_auto(GStrv) env = step_environment(job, run->step->id != NULL ? run->step->id : "__run", run->env, &files);
  g_autofree char *folder = working_directory(run, scope, &error);
  g_auto(GStrv) argv = folder != NULL ? command_of(run, scope, g_environ_getenv(env, "PATH"), &error) : NULL;
  if (argv == NULL) {
    fail_step(run, "could not be run: %s", error->message);
    return;
  }
  Output output;
  output_begin(&output, job, run->outputs);
  g_auto(ProcessResult) result = {0};
  ProcessSpec spec = {
    .argv = (const char *const *)argv,
    .env = (const char *const *)env,
    .cwd = folder,
    .deadline_ms = limit_ms(run),
    .output_max_bytes = 1, /* shown as it comes; nothing is kept */
    .on_line = output_line,
    .data = &output,
    .cancellable = job->cleanup_us == 0 ? job->cancellable : NULL,
  };
  if (!process_run(&spec, &result, &error))
    note_stop(run, error);
  else if (result.exit_status != 0)
    fail_step(run, "ended with status %d", result.exit_status);
  else if (output.failure != NULL)
    fail_step(run, "%s", output.failure);
  output_end(&output);
  g_clear_error(&error);
  take_summary(run, &files);
  if (!take_files(run, &files, &error))
    fail_step(run, "wrote what cannot be read: %s", error->message);
}

static void run_body(StepRun *run) {
  g_autoptr(JobScope) scope = job_scope_new(run->job, run->env);
  g_autoptr(GError) error = NULL;
  if (!expand_bool(&run->step->continue_on_error, false, &scope->scope, &run->continue_on_error, &error) ||
      !expand_number(&run->step->timeout_minutes, INFINITY, &scope->scope, &run->timeout_minutes, &error)) {
    fail_step(run, "could not be run: %s", error->message);
    return;
  }
  if (run->step->run.text != NULL)
    run_script(run, &scope->scope);
  else if (!step_checkout(run->job, run->step, &scope->scope, run->outputs, &error)) {
    run->outcome = error_is(error, DROVER_ERROR_CANCELLED) ? STATUS_CANCELLED : STATUS_FAILURE;
    fail_step(run, "failed: %s", error->message);
  }
}

/* ---- choosing and telling ---- */

/* Fills env and decides whether the step runs. A condition that has no value fails the step. */
static bool chosen(StepRun *run) {
  g_autoptr(GError) error = NULL;
  bool met = false;
  g_autoptr(JobScope) before = job_scope_new(run->job, NULL);
  bool readable = expand_pairs(&run->step->env, &before->scope, run->env, &error);
  if (!readable && run->job->status != STATUS_SUCCESS)
    return false; /* its env may rest on steps that did not run */
  g_autoptr(JobScope) scope = job_scope_new(run->job, run->env);
  if (!readable || !expand_condition(&run->step->condition, &scope->scope, &met, &error)) {
    fail_step(run, "could not be run: %s", error->message);
    return true;
  }
  return met;
}

static void add_text(json_t *object, const char *key, const char *text) {
  g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;
  if (valid != NULL)
    json_object_set_new(object, key, json_string(valid));
}

static void publish(const StepRun *run, Status conclusion) {
  json_t *report = json_object();
  double seconds = (double)(g_get_monotonic_time() - run->began_us) / G_USEC_PER_SEC;
  json_object_set_new(report, "name", json_string(run->name));
  json_object_set_new(report, "line", json_integer(run->step->location.line));
  json_object_set_new(report, "outcome", json_string(status_name(run->outcome)));
  json_object_set_new(report, "conclusion", json_string(status_name(conclusion)));
  json_object_set_new(report, "seconds", json_real(run->outcome == STATUS_SKIPPED ? 0 : seconds));
  add_text(report, "message", run->failure);
  add_text(report, "summary", run->summary);
  json_array_append_new(run->job->report, report);
  if (run->step->id == NULL)
    return;
  json_t *context = json_object();
  json_object_set(context, "outputs", run->outputs);
  json_object_set_new(context, "outcome", json_string(status_name(run->outcome)));
  json_object_set_new(context, "conclusion", json_string(status_name(conclusion)));
  json_object_set_new(run->job->steps, run->step->id, context);
}

static void conclude(StepRun *run) {
  JobRun *job = run->job;
  bool forgiven = run->outcome == STATUS_FAILURE && run->continue_on_error && !job->timed_out;
  Status conclusion = forgiven ? STATUS_SUCCESS : run->outcome;
  if (run->failure != NULL) {
    g_autofree char *masked = mask_apply(job->mask, run->failure, strlen(run->failure), false, NULL);
    g_free(run->failure);
    run->failure = g_steal_pointer(&masked);
    job_say(job, "%s: the step %s", forgiven ? "warning" : "error", run->failure);
  }
  if (conclusion == STATUS_FAILURE)
    job_fail(job, run->step, run->name, "%s", run->failure);
  publish(run, conclusion);
}

void step_run(JobRun *job, const WorkflowStep *step) {
  StepRun run = {
    .job = job,
    .step = step,
    .env = json_object(),
    .outputs = json_object(),
    .outcome = STATUS_SUCCESS,
    .timeout_minutes = INFINITY,
    .began_us = g_get_monotonic_time(),
  };
  job->step_number++;
  bool runs = chosen(&run);
  run.name = step_name(job, step, run.env);
  if (!runs) {
    run.outcome = STATUS_SKIPPED;
    job_say(job, "== %s (skipped)", run.name);
  } else {
    job_say(job, "== %s", run.name);
    if (run.failure == NULL)
      run_body(&run);
  }
  conclude(&run);
  json_decref(run.env);
  json_decref(run.outputs);
  g_free(run.name);
  g_free(run.failure);
  g_free(run.summary);
}
