#include "runner/run.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>
#include <unistd.h>

static Status status_called(const char *name) {
  static const Status statuses[] = {STATUS_SUCCESS, STATUS_FAILURE, STATUS_CANCELLED, STATUS_SKIPPED};
  for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++)
    if (g_strcmp0(status_name(statuses[i]), name) == 0)
      return statuses[i];
  return STATUS_FAILURE;
}

bool run_recorded(const char *key, JobResult *result, void *user) {
  const Run *run = user;
  const json_t *told = run_record_result(run->spec->record, key);
  const char *outcome = NULL, *conclusion = NULL, *failure = NULL;
  json_t *outputs = NULL, *steps = NULL, *annotations = NULL;
  if (told == NULL || json_unpack((json_t *)told, "{s:s, s:s, s?s, s?o, s?o, s?o}", "outcome", &outcome, "conclusion", &conclusion, "failure",
                                  &failure, "outputs", &outputs, "steps", &steps, "annotations", &annotations) != 0)
    return false;
  *result = (JobResult){
    .outcome = status_called(outcome),
    .conclusion = status_called(conclusion),
    .failure = g_strdup(failure),
    .outputs = outputs != NULL ? json_deep_copy(outputs) : NULL,
    .steps = steps != NULL ? json_deep_copy(steps) : NULL,
    .annotations = annotations != NULL ? json_deep_copy(annotations) : NULL,
  };
  return true;
}

static bool is_of_record(const char *name) {
  static const char *const names[] = {"journal", "request.json", "record"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], name) == 0)
      return true;
  return false;
}

bool run_folder_tidy(const char *folder, GError **error) {
  g_autoptr(GError) inner = NULL;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, &inner);
  if (dir == NULL)
    return g_error_matches(inner, G_FILE_ERROR, G_FILE_ERROR_NOENT) || error_set(error, DROVER_ERROR_IO, "%s", inner->message);
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (!is_of_record(name) && !fs_remove_tree(path, error))
      return false;
  }
  (void)!rmdir(folder); /* where nothing is kept in it */
  return true;
}
