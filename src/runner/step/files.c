#include "runner/step/step.h"

#include "base/error.h"
#include "runner/artifacts.h"
#include "runner/files.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define JOB_SUMMARY_MAX_BYTES ((size_t)8 << 20)

static bool take_env(Step *step, const char *text, size_t size, GError **error);
static bool take_output(Step *step, const char *text, size_t size, GError **error);
static bool take_state(Step *step, const char *text, size_t size, GError **error);
static bool take_path(Step *step, const char *text, size_t size, GError **error);
static bool take_summary(Step *step, const char *text, size_t size, GError **error);
static bool take_artifacts(Step *step, const char *text, size_t size, GError **error);

/* The files of a step, in the order in which GitHub reads them. */
static const struct {
  const char *context; /* the member of the github context */
  const char *name;    /* of the variable, for messages */
  size_t max_bytes;
  bool (*take)(Step *step, const char *text, size_t size, GError **error);
  bool forgiven; /* the step does not fail for it */
} rows[] = {
  {"path", "GITHUB_PATH", FILES_MAX_BYTES, take_path, false},
  {"env", "GITHUB_ENV", FILES_MAX_BYTES, take_env, false},
  {"step_summary", "GITHUB_STEP_SUMMARY", FILES_SUMMARY_MAX_BYTES, take_summary, true},
  {"state", "GITHUB_STATE", FILES_MAX_BYTES, take_state, false},
  {"output", "GITHUB_OUTPUT", FILES_MAX_BYTES, take_output, false},
  {"artifacts", "GITHUB_ARTIFACTS", ARTIFACTS_MAX_BYTES, take_artifacts, false},
};

static char *file_name(const Step *step, size_t row) {
  g_autofree char *place = g_strdelimit(g_strdup(step->key), "/", '-');
  return g_strdup_printf("%s-%s-%d", rows[row].context, place, (int)step->stage);
}

/* What the steps so far declared, for this one to read. */
static bool put_artifacts_list(Step *step, GError **error) {
  Job *job = step->job;
  g_mutex_lock(&job->lock);
  json_auto_t *list = artifacts_list(job->artifacts);
  g_mutex_unlock(&job->lock);
  g_autofree char *place = g_strdelimit(g_strdup(step->key), "/", '-');
  g_autofree char *name = g_strdup_printf("artifacts_list-%s-%d", place, (int)step->stage);
  g_autofree char *inside = g_build_filename(job->folders.temp.inside, "_runner_file_commands", name, NULL);
  char *text = json_dumps(list, JSON_COMPACT);
  bool put = job_file_put(job->folders.commands_fd, name, text, strlen(text), 0644, error);
  free(text);
  job_set_text(step->github, "artifacts_list", inside);
  return put;
}

bool step_files_open(Step *step, GError **error) {
  const JobFolders *folders = &step->job->folders;
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = file_name(step, i);
    g_autofree char *inside = g_build_filename(folders->temp.inside, "_runner_file_commands", name, NULL);
    if (!job_file_put(folders->commands_fd, name, "", 0, 0666, error))
      return false;
    job_set_text(step->github, rows[i].context, inside);
  }
  return put_artifacts_list(step, error);
}

/* ---- what they say ---- */

void step_set_env(Step *step, const char *name, const char *value) {
  const Step *root = step_root(step);
  job_set_text(step_job_env(step), name, value);
  if (root->background)
    job_set_text(root->late_env, name, value);
}

static void add_path(json_t *paths, const char *folder) {
  for (size_t i = json_array_size(paths); i > 0; i--)
    if (strcmp(json_string_value(json_array_get(paths, i - 1)), folder) == 0)
      json_array_remove(paths, i - 1);
  g_autofree char *valid = g_utf8_make_valid(folder, -1);
  json_array_append_new(paths, json_string(valid));
}

void step_add_path(Step *step, const char *folder) {
  const Step *root = step_root(step);
  add_path(step_job_paths(step), folder);
  if (root->background)
    add_path(root->late_paths, folder);
}

static bool take_env(Step *step, const char *text, size_t size, GError **error) {
  g_autoptr(GPtrArray) pairs = files_parse_pairs("GITHUB_ENV", text, size, error);
  for (guint i = 0; pairs != NULL && i < pairs->len; i++) {
    const FilePair *pair = g_ptr_array_index(pairs, i);
    const char *refusal = files_env_refusal(pair->name);
    if (refusal != NULL)
      step_say(step, "##[error]%s", refusal);
    else
      step_set_env(step, pair->name, pair->value);
  }
  return pairs != NULL;
}

static bool take_pairs(json_t *target, const char *file, const char *text, size_t size, GError **error) {
  g_autoptr(GPtrArray) pairs = files_parse_pairs(file, text, size, error);
  for (guint i = 0; pairs != NULL && i < pairs->len; i++) {
    const FilePair *pair = g_ptr_array_index(pairs, i);
    job_set_text(target, pair->name, pair->value);
  }
  return pairs != NULL;
}

static bool take_output(Step *step, const char *text, size_t size, GError **error) {
  return take_pairs(step->outputs, "GITHUB_OUTPUT", text, size, error);
}

static bool take_state(Step *step, const char *text, size_t size, GError **error) {
  return take_pairs(step->state, "GITHUB_STATE", text, size, error);
}

static bool take_path(Step *step, const char *text, size_t size, G_GNUC_UNUSED GError **error) {
  g_autoptr(GPtrArray) lines = files_parse_lines(text, size);
  for (guint i = 0; i < lines->len; i++)
    step_add_path(step, g_ptr_array_index(lines, i));
  return true;
}

static bool take_summary(Step *step, const char *text, size_t size, GError **error) {
  Step *root = step_root(step);
  if (root->summary == NULL)
    root->summary = g_string_new(NULL);
  if (root->summary->len + size > JOB_SUMMARY_MAX_BYTES)
    return error_set(error, DROVER_ERROR_INPUT, "all that the steps of the action wrote is larger than %zu KiB", JOB_SUMMARY_MAX_BYTES >> 10);
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)size);
  g_autofree char *masked = job_mask(step->job, valid);
  g_string_append(root->summary, masked);
  return true;
}

static bool read_artifact(const Step *step, Artifact *artifact, GError **error) {
  const JobFolders *folders = &step->job->folders;
  if (artifact->path == NULL)
    return true;
  g_autofree char *inside =
    g_path_is_absolute(artifact->path) ? g_strdup(artifact->path) : g_build_filename(folders->work.inside, artifact->path, NULL);
  int fd = job_folders_open_file(folders, inside);
  if (fd < 0)
    return error_set_errno(error, errno, "GITHUB_ARTIFACTS, line %u: %s", artifact->line, artifact->path);
  g_autofree char *opened = g_strdup_printf("/proc/self/fd/%d", fd);
  bool good = artifact_read(artifact, opened, error);
  close(fd);
  return good;
}

static bool take_artifacts(Step *step, const char *text, size_t size, GError **error) {
  Job *job = step->job;
  g_autoptr(GPtrArray) artifacts = artifacts_parse(text, size, error);
  for (guint i = 0; artifacts != NULL && i < artifacts->len; i++)
    if (!read_artifact(step, g_ptr_array_index(artifacts, i), error))
      return false;
  g_mutex_lock(&job->lock);
  bool good = artifacts != NULL && artifacts_declare(job->artifacts, artifacts, error);
  g_mutex_unlock(&job->lock);
  return good;
}

static void take(Step *step, size_t row) {
  g_autoptr(GError) error = NULL;
  g_autofree char *name = file_name(step, row);
  size_t size = 0;
  g_autofree char *text = job_file_take(step->job->folders.commands_fd, name, rows[row].max_bytes, &size, &error);
  bool absent = text == NULL && error_is(error, DROVER_ERROR_NOT_FOUND); /* a script may remove it */
  bool good = absent || (text != NULL && (size == 0 || rows[row].take(step, text, size, &error)));
  if (good)
    return;
  if (text == NULL) /* named by the variable, not by the file that drover gave it */
    g_prefix_error(&error, "%s: ", rows[row].name);
  if (rows[row].forgiven)
    step_say(step, "##[error]the step's summary is left out: %s", error->message);
  else
    step_fail(step, "wrote what cannot be read: %s", error->message);
}

void step_files_take(Step *step) {
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    take(step, i);
}
