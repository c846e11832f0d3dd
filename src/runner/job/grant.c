#include "runner/job/job.h"

#include "base/error.h"

#include <string.h>

#define LIFETIME_S 86400

bool job_has_identity(const Job *job) {
  const WorkflowPermissions *permissions = job->spec->plan->permissions;
  if (permissions == NULL || permissions->node == NULL)
    return false;
  if (permissions->all.text != NULL)
    return strcmp(permissions->all.text, "write-all") == 0;
  const WorkflowPair *pair = workflow_pair(&permissions->scopes, "id-token");
  return pair != NULL && g_strcmp0(pair->value.text, "write") == 0;
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

/* As GitHub writes a token's subject: the environment, else the pull request, else the ref. */
static char *subject_of(const Job *job, const char *environment) {
  const json_t *github = job->spec->github;
  const char *repository = job->run->repository;
  if (environment != NULL)
    return g_strdup_printf("repo:%s:environment:%s", repository, environment);
  if (g_str_has_prefix(text_of(github, "event_name"), "pull_request"))
    return g_strdup_printf("repo:%s:pull_request", repository);
  return g_strdup_printf("repo:%s:ref:%s", repository, text_of(github, "ref"));
}

static json_t *identity_of(const Job *job) {
  static const char *const copied[] = {
    "ref",        "sha",         "repository", "repository_owner", "repository_id", "repository_owner_id", "run_id",
    "run_number", "run_attempt", "actor",      "actor_id",         "workflow",      "workflow_ref",        "workflow_sha",
    "head_ref",   "base_ref",    "event_name", "ref_protected",    "ref_type",
  };
  const json_t *github = job->spec->github;
  g_autofree char *subject = subject_of(job, job->environment);
  json_t *claims = json_object();
  job_set_text(claims, "sub", subject);
  for (size_t i = 0; i < G_N_ELEMENTS(copied); i++) {
    json_t *value = json_object_get(github, copied[i]);
    bool flag = json_is_boolean(value);
    job_set_text(claims, copied[i], flag ? (json_is_true(value) ? "true" : "false") : json_string_value(value));
  }
  const char *called = text_of(github, "job_workflow_ref"), *called_sha = text_of(github, "job_workflow_sha");
  job_set_text(claims, "job_workflow_ref", *called != '\0' ? called : text_of(github, "workflow_ref"));
  job_set_text(claims, "job_workflow_sha", *called_sha != '\0' ? called_sha : text_of(github, "workflow_sha"));
  job_set_text(claims, "runner_environment", "self-hosted");
  if (job->environment != NULL)
    job_set_text(claims, "environment", job->environment);
  return claims;
}

/* Own ref, then that of the pull request's base, then the default branch. */
static char **cache_scopes(const Job *job) {
  const json_t *github = job->spec->github;
  g_autoptr(GPtrArray) scopes = g_ptr_array_new_with_free_func(g_free);
  const char *base = text_of(github, "base_ref");
  const char *branch = text_of(json_object_get(json_object_get(github, "event"), "repository"), "default_branch");
  g_ptr_array_add(scopes, g_strdup(text_of(github, "ref")));
  if (*base != '\0')
    g_ptr_array_add(scopes, g_strconcat("refs/heads/", base, NULL));
  if (*branch != '\0')
    g_ptr_array_add(scopes, g_strconcat("refs/heads/", branch, NULL));
  g_ptr_array_add(scopes, NULL);
  return (char **)g_ptr_array_steal(scopes, NULL);
}

/* A job's key in the letters of an id: "deploy/test[2]" is "deploy.test.2". No two keys give the same, as an id of a job has no
 * dot and does not begin with a digit. */
static char *id_of(const char *key) {
  g_autoptr(GString) id = g_string_new(NULL);
  for (; *key != '\0'; key++)
    if (*key != ']')
      g_string_append_c(id, *key == '/' || *key == '[' ? '.' : *key);
  return g_string_free(g_steal_pointer(&id), FALSE);
}

static void keep(Job *job, json_t *all) {
  const char *name;
  json_t *value;
  json_object_foreach (all, name, value) {
    if (g_str_has_prefix(name, "ACTIONS_ID_TOKEN_"))
      json_object_set(job->identity, name, value);
    if (g_str_has_suffix(name, "_TOKEN"))
      mask_add(job->mask, json_string_value(value));
  }
  job->services = json_incref(all);
}

bool job_services_open(Job *job, GError **error) {
  if (job->services != NULL)
    return true;
  g_auto(GStrv) scopes = cache_scopes(job);
  g_autofree char *id = id_of(job->spec->key);
  json_auto_t *identity = job_has_identity(job) ? identity_of(job) : NULL;
  const ResultsGrant grant = {
    .repository = job->run->repository,
    .run = job->run->spec->id,
    .job = id,
    .cache_write_scope = *scopes[0] != '\0' ? scopes[0] : NULL,
    .cache_reads = (const char *const *)scopes,
    .identity = identity,
    .lifetime_s = LIFETIME_S,
  };
  bool own_network = job->isolated && job->run->spec->network != NULL && strcmp(job->run->spec->network, "host") != 0;
  json_auto_t *all = run_services_environment(job->run, &grant, own_network ? job->executor : NULL, error);
  if (all == NULL)
    return false;
  keep(job, all);
  return true;
}
