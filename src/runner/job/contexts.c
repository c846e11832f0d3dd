#include "runner/job/job.h"

#include "base/error.h"
#include "runner/expand.h"

#include <string.h>

void job_set_text(json_t *object, const char *key, const char *value) {
  g_autofree char *valid = g_utf8_make_valid(value != NULL ? value : "", -1);
  json_object_set_new(object, key, json_string(valid));
}

/* ---- functions ---- */

static bool call_hash_files(const JobScope *scope, const ExpressionValue *arguments, size_t count, ExpressionValue *result, GError **error) {
  if (scope->place.root == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "hashFiles() is not available here");
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (size_t i = 0; i < count; i++)
    g_ptr_array_add(texts, expression_value_to_string(&arguments[i], NULL));
  g_ptr_array_add(texts, NULL);
  g_autofree char *digest = hash_files(&scope->place, (const char *const *)texts->pdata, error);
  if (digest == NULL)
    return false;
  *result = expression_value_string(digest, strlen(digest));
  return true;
}

static bool call(const char *name, const ExpressionValue *arguments, size_t count, ExpressionValue *result, void *user, GError **error) {
  const JobScope *scope = user;
  const struct {
    const char *name;
    bool value;
  } rows[] = {{"success", scope->status == STATUS_SUCCESS},
              {"failure", scope->status == STATUS_FAILURE},
              {"cancelled", scope->cancelled},
              {"always", true}};
  if (g_ascii_strcasecmp(name, "hashFiles") == 0)
    return call_hash_files(scope, arguments, count, result, error);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (g_ascii_strcasecmp(name, rows[i].name) != 0)
      continue;
    *result = expression_value_boolean(rows[i].value);
    return true;
  }
  return error_set(error, DROVER_ERROR_INPUT, "there is no function %s()", name);
}

void job_scope_init(JobScope *scope, const Job *job, json_t *contexts, Status status) {
  static const char *const exact[] = {"env", NULL};
  *scope = (JobScope){
    .contexts = contexts,
    .status = status,
    .cancelled = job->state.status == STATUS_CANCELLED,
    .place = {.root = job->folders.work.path, .inside = job->folders.work.inside, .home = job->folders.home.inside},
  };
  scope->scope = (ExpressionScope){.contexts = contexts, .call = call, .user = scope, .exact = exact};
}

/* ---- contexts ---- */

static json_t *github_of(const Job *job) {
  json_t *github = json_copy((json_t *)job->spec->github);
  job_set_text(github, "job", job->model->id);
  job_set_text(github, "workspace", job->folders.work.inside);
  job_set_text(github, "event_path", job->folders.event_path);
  return github;
}

static json_t *runner_of(const Job *job) {
  json_t *runner = json_copy(job->run->runner);
  g_autofree char *around = g_path_get_dirname(job->folders.work.inside);
  job_set_text(runner, "temp", job->folders.temp.inside);
  job_set_text(runner, "tool_cache", job->folders.tools.inside);
  job_set_text(runner, "workspace", around);
  return runner;
}

static void set_or_empty(json_t *contexts, const char *key, json_t *value) {
  if (json_is_object(value))
    json_object_set(contexts, key, value);
  else
    json_object_set_new(contexts, key, json_object());
}

json_t *job_contexts_new(const Job *job) {
  const JobSpec *spec = job->spec;
  json_t *contexts = json_object();
  json_object_set_new(contexts, "github", github_of(job));
  json_object_set_new(contexts, "runner", runner_of(job));
  json_object_set_new(contexts, "job", json_pack("{s:s}", "status", status_name(job->state.status)));
  json_object_set(contexts, "secrets", job->secrets);
  json_object_set(contexts, "vars", job->vars);
  set_or_empty(contexts, "inputs", spec->inputs);
  set_or_empty(contexts, "needs", spec->needs);
  json_object_set_new(contexts, "matrix", spec->matrix != NULL ? json_incref(spec->matrix) : json_null());
  set_or_empty(contexts, "strategy", spec->strategy);
  return contexts;
}

bool job_expand_env(Job *job, GError **error) {
  json_auto_t *contexts = job_contexts_new(job);
  json_auto_t *env = json_object();
  JobScope scope;
  job_scope_init(&scope, job, contexts, STATUS_SUCCESS);
  json_object_set(contexts, "env", env);
  json_auto_t *whole = json_object();
  if (!expand_pairs(&job->workflow->env, &scope.scope, whole, error))
    return false;
  json_object_update(env, whole);
  if (!expand_pairs(&job->model->env, &scope.scope, whole, error))
    return false;
  json_object_update(job->state.env, whole);
  return true;
}
