#include "runner/job.h"

#include <string.h>

void step_files_clear(StepFiles *files) {
  char **all[] = {&files->env, &files->output, &files->path, &files->state, &files->summary};
  for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
    g_clear_pointer(all[i], g_free);
}

/* The members of the github context that are variables too: GITHUB_ and the name in capitals.
 * https://docs.github.com/actions/reference/workflows-and-actions/variables#default-environment-variables */
static const char *const github_variables[] = {
  "actor",      "api_url",    "base_ref",      "event_name",       "event_path", "graphql_url",      "head_ref",     "job",
  "ref",        "ref_name",   "ref_protected", "ref_type",         "repository", "repository_owner", "run_attempt",  "run_id",
  "run_number", "server_url", "sha",           "triggering_actor", "workflow",   "workflow_ref",     "workflow_sha", "workspace",
};
static const char *const runner_variables[] = {"arch", "environment", "name", "os", "temp", "tool_cache"};

static char **put(char **env, const char *prefix, const char *name, const char *value) {
  g_autofree char *joined = g_strconcat(prefix, name, NULL);
  g_autofree char *variable = *prefix != '\0' ? g_ascii_strup(joined, -1) : g_strdup(joined);
  return g_environ_setenv(env, variable, value, TRUE);
}

static char **put_context(char **env, const char *prefix, const json_t *context, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    json_t *value = json_object_get(context, names[i]);
    const char *text = json_is_boolean(value) ? (json_is_true(value) ? "true" : "false") : json_string_value(value);
    env = put(env, prefix, names[i], text != NULL ? text : "");
  }
  return env;
}

/* What a name may be: the kernel takes anything but "=", and setenv() would abort on it. */
static bool usable(const char *name) {
  return *name != '\0' && strchr(name, '=') == NULL;
}

static char **put_object(char **env, const json_t *values) {
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)values, name, value) {
    if (usable(name))
      env = put(env, "", name, json_string_value(value));
  }
  return env;
}

static char **put_path(char **env, const JobRun *job) {
  g_autoptr(GString) path = g_string_new(NULL);
  for (guint i = job->paths->len; i > 0; i--)
    g_string_append_printf(path, "%s:", (const char *)g_ptr_array_index(job->paths, i - 1));
  g_string_append(path, g_environ_getenv(env, "PATH"));
  return put(env, "", "PATH", path->str);
}

char **step_environment(const JobRun *job, const char *action, json_t *env, const StepFiles *files) {
  g_autoptr(JobScope) scope = job_scope_new(job, NULL);
  const char *path = g_getenv("PATH");
  char **result = g_new0(char *, 1);
  result = put(result, "", "PATH", path != NULL ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  result = put(result, "", "HOME", job->home);
  result = put(result, "", "LANG", "C.UTF-8");
  result = put(result, "", "CI", "true"); /* the one default that a workflow may change */
  result = put_object(result, job->env);
  if (env != NULL)
    result = put_object(result, env);
  result = put_path(result, job);
  result = put(result, "", "GITHUB_ACTIONS", "true");
  result = put(result, "", "GITHUB_ACTION", action);
  result = put_context(result, "GITHUB_", json_object_get(scope->contexts, "github"), github_variables, G_N_ELEMENTS(github_variables));
  result = put_context(result, "RUNNER_", json_object_get(scope->contexts, "runner"), runner_variables, G_N_ELEMENTS(runner_variables));
  result = put(result, "", "GITHUB_ENV", files->env);
  result = put(result, "", "GITHUB_OUTPUT", files->output);
  result = put(result, "", "GITHUB_PATH", files->path);
  result = put(result, "", "GITHUB_STATE", files->state);
  result = put(result, "", "GITHUB_STEP_SUMMARY", files->summary);
  result = put(result, "", "DROVER_RUN", job->spec->id);
  return put(result, "", "DROVER_JOB", job->marker);
}
