#include "runner/job.h"

#include "base/error.h"
#include "runner/hash.h"

#include <string.h>
#include <sys/utsname.h>

/* ---- functions ---- */

static bool call_hash_files(const StatusView *view, const ExpressionValue *arguments, size_t count, ExpressionValue *result, GError **error) {
  if (view->workspace == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "hashFiles() is not available here");
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (size_t i = 0; i < count; i++)
    g_ptr_array_add(texts, expression_value_to_string(&arguments[i], NULL));
  g_ptr_array_add(texts, NULL);
  g_autofree char *digest = hash_files(&(HashPlace){.root = view->workspace}, (const char *const *)texts->pdata, error);
  if (digest == NULL)
    return false;
  *result = expression_value_string(digest, strlen(digest));
  return true;
}

bool status_call(const char *name, const ExpressionValue *arguments, size_t count, ExpressionValue *result, void *user, GError **error) {
  const StatusView *view = user;
  const struct {
    const char *name;
    bool value;
  } rows[] = {{"success", view->success}, {"failure", view->failure}, {"cancelled", view->cancelled}, {"always", true}};
  if (g_ascii_strcasecmp(name, "hashFiles") == 0)
    return call_hash_files(view, arguments, count, result, error);
  if (count > 0)
    return error_set(error, DROVER_ERROR_INPUT, "%s() with names: not supported yet", name);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (g_ascii_strcasecmp(name, rows[i].name) != 0)
      continue;
    *result = expression_value_boolean(rows[i].value);
    return true;
  }
  return error_set(error, DROVER_ERROR_INPUT, "there is no function %s()", name);
}

/* ---- contexts ---- */

static void set(json_t *object, const char *key, const char *value) {
  g_autofree char *valid = g_utf8_make_valid(value != NULL ? value : "", -1);
  json_object_set_new(object, key, json_string(valid));
}

json_t *old_context_secrets(const RunSpec *spec) {
  json_t *secrets = json_object();
  for (const char *const *secret = spec->secrets; secret != NULL && *secret != NULL; secret++) {
    const char *equals = strchr(*secret, '=');
    if (equals == NULL)
      continue;
    g_autofree char *name = g_strndup(*secret, (size_t)(equals - *secret));
    set(secrets, name, equals + 1);
  }
  return secrets;
}

/* "owner/name": a project has no owner here. */
static char *repository_of(const RunSpec *spec) {
  return strchr(spec->project, '/') != NULL ? g_strdup(spec->project) : g_strdup_printf("local/%s", spec->project);
}

static char *ref_of(const Commit *commit) {
  return commit->branch != NULL ? g_strconcat("refs/heads/", commit->branch, NULL) : g_strdup(commit->commit);
}

static json_t *event_of(const RunSpec *spec) {
  const Commit *commit = spec->commit;
  g_autofree char *repository = repository_of(spec), *ref = ref_of(commit);
  json_t *event = json_object(), *head = json_object(), *repo = json_object();
  set(event, "ref", ref);
  set(event, "after", commit->commit);
  set(head, "id", commit->commit);
  set(head, "message", commit->subject);
  json_object_set_new(event, "head_commit", head);
  set(repo, "name", strrchr(repository, '/') + 1);
  set(repo, "full_name", repository);
  json_object_set_new(event, "repository", repo);
  return event;
}

static void set_commit(json_t *github, const RunSpec *spec) {
  const Commit *commit = spec->commit;
  g_autofree char *repository = repository_of(spec), *ref = ref_of(commit);
  g_autofree char *owner = g_strndup(repository, strcspn(repository, "/"));
  set(github, "repository", repository);
  set(github, "repository_owner", owner);
  set(github, "sha", commit->commit);
  set(github, "ref", ref);
  set(github, "ref_name", commit->branch != NULL ? commit->branch : commit->commit);
  set(github, "ref_type", "branch");
  json_object_set_new(github, "ref_protected", json_false());
  set(github, "head_ref", "");
  set(github, "base_ref", "");
}

/* Paths and addresses are those of this machine: what asks GitHub itself finds nobody, instead of the wrong one. */
static void set_server(json_t *github) {
  set(github, "server_url", "http://localhost");
  set(github, "api_url", "http://localhost/api/v3");
  set(github, "graphql_url", "http://localhost/api/graphql");
}

json_t *old_context_github(const RunSpec *spec, const JobRun *job) {
  const Workflow *workflow = spec->workflow;
  json_t *github = json_object();
  set_commit(github, spec);
  set_server(github);
  set(github, "event_name", spec->event);
  json_object_set_new(github, "event", event_of(spec));
  set(github, "run_id", spec->id);
  set(github, "run_number", "1");
  set(github, "run_attempt", "1");
  set(github, "actor", g_get_user_name());
  set(github, "triggering_actor", g_get_user_name());
  set(github, "workflow", workflow->name.text != NULL && *workflow->name.text != '\0' ? workflow->name.text : workflow->file);
  g_autofree char *repository = repository_of(spec), *ref = ref_of(spec->commit);
  g_autofree char *workflow_ref = g_strdup_printf("%s/%s@%s", repository, workflow->file, ref);
  set(github, "workflow_ref", workflow_ref);
  set(github, "workflow_sha", spec->commit->commit);
  json_auto_t *secrets = old_context_secrets(spec);
  set(github, "token", json_string_value(json_object_get(secrets, "GITHUB_TOKEN")));
  if (job != NULL) {
    set(github, "job", job->job->id);
    set(github, "workspace", job->workspace);
    set(github, "event_path", job->event_path);
  }
  return github;
}

static json_t *context_runner(const JobRun *job) {
  json_t *runner = json_object();
  struct utsname machine;
  uname(&machine);
  set(runner, "name", "drover");
  set(runner, "os", "Linux");
  set(runner, "arch", strcmp(machine.machine, "aarch64") == 0 ? "ARM64" : strcmp(machine.machine, "x86_64") == 0 ? "X64" : "ARM");
  set(runner, "environment", "self-hosted");
  set(runner, "temp", job->temp);
  set(runner, "tool_cache", job->tools);
  return runner;
}

JobScope *job_scope_new(const JobRun *job, json_t *env) {
  static const char *const exact[] = {"env", NULL};
  JobScope *scope = g_new0(JobScope, 1);
  json_t *merged = json_copy(job->env);
  if (env != NULL)
    json_object_update(merged, env);
  scope->contexts = json_object();
  json_object_set_new(scope->contexts, "github", old_context_github(job->spec, job));
  json_object_set_new(scope->contexts, "runner", context_runner(job));
  json_object_set_new(scope->contexts, "env", merged);
  json_object_set_new(scope->contexts, "job", json_pack("{s:s}", "status", status_name(job->status)));
  json_object_set_new(scope->contexts, "secrets", old_context_secrets(job->spec));
  json_object_set_new(scope->contexts, "vars", json_object());
  json_object_set_new(scope->contexts, "inputs", json_object());
  json_object_set(scope->contexts, "steps", job->steps);
  json_object_set(scope->contexts, "matrix", job->matrix);
  json_object_set(scope->contexts, "strategy", job->strategy);
  json_object_set(scope->contexts, "needs", job->needs);
  scope->view = (StatusView){
    .success = job->status == STATUS_SUCCESS,
    .failure = job->status == STATUS_FAILURE,
    .cancelled = job->status == STATUS_CANCELLED,
    .workspace = job->workspace,
  };
  scope->scope = (ExpressionScope){.contexts = scope->contexts, .call = status_call, .user = &scope->view, .exact = exact};
  return scope;
}

void job_scope_free(JobScope *scope) {
  json_decref(scope->contexts);
  g_free(scope);
}
