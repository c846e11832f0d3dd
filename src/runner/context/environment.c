#include "runner/context/facts.h"

#include <string.h>

/* https://docs.github.com/actions/reference/workflows-and-actions/variables#default-environment-variables, and what else GitHub's own
 * runner sets from its contexts. Those of a step (env, output, ...) are there once the step has put them into the github context. */
static const struct {
  const char *name;
  const char *github; /* the member of the github context, or */
  const char *runner; /* of the runner context, or */
  const char *value;  /* always this */
} variables[] = {
  {"CI", .value = "true"},
  {"GITHUB_ACTION", .github = "action"},
  {"GITHUB_ACTIONS", .value = "true"},
  {"GITHUB_ACTION_PATH", .github = "action_path"},
  {"GITHUB_ACTION_REF", .github = "action_ref"},
  {"GITHUB_ACTION_REPOSITORY", .github = "action_repository"},
  {"GITHUB_ACTOR", .github = "actor"},
  {"GITHUB_ACTOR_ID", .github = "actor_id"},
  {"GITHUB_API_URL", .github = "api_url"},
  {"GITHUB_ARTIFACTS", .github = "artifacts"},
  {"GITHUB_ARTIFACTS_LIST", .github = "artifacts_list"},
  {"GITHUB_BASE_REF", .github = "base_ref"},
  {"GITHUB_ENV", .github = "env"},
  {"GITHUB_EVENT_NAME", .github = "event_name"},
  {"GITHUB_EVENT_PATH", .github = "event_path"},
  {"GITHUB_GRAPHQL_URL", .github = "graphql_url"},
  {"GITHUB_HEAD_REF", .github = "head_ref"},
  {"GITHUB_JOB", .github = "job"},
  {"GITHUB_OUTPUT", .github = "output"},
  {"GITHUB_PATH", .github = "path"},
  {"GITHUB_REF", .github = "ref"},
  {"GITHUB_REF_NAME", .github = "ref_name"},
  {"GITHUB_REF_PROTECTED", .github = "ref_protected"},
  {"GITHUB_REF_TYPE", .github = "ref_type"},
  {"GITHUB_REPOSITORY", .github = "repository"},
  {"GITHUB_REPOSITORY_ID", .github = "repository_id"},
  {"GITHUB_REPOSITORY_OWNER", .github = "repository_owner"},
  {"GITHUB_REPOSITORY_OWNER_ID", .github = "repository_owner_id"},
  {"GITHUB_RETENTION_DAYS", .github = "retention_days"},
  {"GITHUB_RUN_ATTEMPT", .github = "run_attempt"},
  {"GITHUB_RUN_ID", .github = "run_id"},
  {"GITHUB_RUN_NUMBER", .github = "run_number"},
  {"GITHUB_SERVER_URL", .github = "server_url"},
  {"GITHUB_SHA", .github = "sha"},
  {"GITHUB_STATE", .github = "state"},
  {"GITHUB_STEP_SUMMARY", .github = "step_summary"},
  {"GITHUB_TRIGGERING_ACTOR", .github = "triggering_actor"},
  {"GITHUB_WORKFLOW", .github = "workflow"},
  {"GITHUB_WORKFLOW_REF", .github = "workflow_ref"},
  {"GITHUB_WORKFLOW_SHA", .github = "workflow_sha"},
  {"GITHUB_WORKSPACE", .github = "workspace"},
  {"RUNNER_ARCH", .runner = "arch"},
  {"RUNNER_DEBUG", .runner = "debug"},
  {"RUNNER_ENVIRONMENT", .runner = "environment"},
  {"RUNNER_NAME", .runner = "name"},
  {"RUNNER_OS", .runner = "os"},
  {"RUNNER_TEMP", .runner = "temp"},
  {"RUNNER_TOOL_CACHE", .runner = "tool_cache"},
  {"RUNNER_WORKSPACE", .runner = "workspace"},
};

json_t *context_environment(const json_t *github, const json_t *runner) {
  json_t *environment = json_object();
  for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
    const json_t *member = variables[i].github != NULL   ? json_object_get(github, variables[i].github)
                           : variables[i].runner != NULL ? json_object_get(runner, variables[i].runner)
                                                         : NULL;
    const char *text = json_is_boolean(member) ? (json_is_true(member) ? "true" : "false") : json_string_value(member);
    text = variables[i].value != NULL ? variables[i].value : text;
    if (text != NULL)
      context_set(environment, variables[i].name, text);
  }
  return environment;
}
