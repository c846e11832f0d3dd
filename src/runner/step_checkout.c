#include "runner/job.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>

static const char *input(const json_t *inputs, const char *name) {
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)inputs, key, value) {
    if (g_ascii_strcasecmp(key, name) == 0)
      return json_string_value(value);
  }
  return "";
}

/* The tested commit is the only one that is there. */
static bool check_same(const JobRun *job, const char *name, const char *given, const char *const *same, GError **error) {
  if (*given == '\0' || g_strv_contains(same, given))
    return true;
  return error_set(error, DROVER_ERROR_INPUT, "actions/checkout: %s \"%s\": not supported yet; the tested commit %.12s is checked out", name, given,
                   job->spec->commit->commit);
}

static bool check_inputs(const JobRun *job, const json_t *inputs, const json_t *github, GError **error) {
  const char *const refs[] = {job->spec->commit->commit, json_string_value(json_object_get(github, "ref")),
                              json_string_value(json_object_get(github, "ref_name")), NULL};
  const char *const repositories[] = {json_string_value(json_object_get(github, "repository")), NULL};
  return check_same(job, "ref", input(inputs, "ref"), refs, error) && check_same(job, "repository", input(inputs, "repository"), repositories, error);
}

/* A folder below the workspace, "" for the workspace itself. */
static bool path_is_inside(const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  return !g_path_is_absolute(path) && !g_strv_contains((const char *const *)parts, "..");
}

bool step_checkout(JobRun *job, const WorkflowStep *step, const ExpressionScope *scope, json_t *outputs, GError **error) {
  json_auto_t *inputs = json_object();
  const json_t *github = json_object_get(scope->contexts, "github");
  if (!expand_pairs(&step->with, scope, inputs, error) || !check_inputs(job, inputs, github, error))
    return false;
  const char *path = input(inputs, "path");
  if (!path_is_inside(path))
    return error_set(error, DROVER_ERROR_INPUT, "actions/checkout: path \"%s\": expected a folder below the workspace", path);
  g_autofree char *target = g_build_filename(job->workspace, path, NULL);
  if (!fs_remove_tree(target, error) || !fs_make_dirs(target, 0755, error) ||
      !commit_checkout(job->spec->commit, target, job->cleanup_us == 0 ? job->cancellable : NULL, error))
    return false;
  job_say(job, "checked out %.12s %s", job->spec->commit->commit, job->spec->commit->subject);
  json_object_set_new(outputs, "commit", json_string(job->spec->commit->commit));
  json_object_set(outputs, "ref", json_object_get(github, "ref"));
  return true;
}
