#include "workflow/expression/type_internal.h"

/* Tables are sorted as type.h says, which a test checks.
 * https://docs.github.com/actions/reference/workflows-and-actions/contexts */

static const TypeProperty github_properties[] = {
  {"action", &type_string},
  {"action_path", &type_string},
  {"action_ref", &type_string},
  {"action_repository", &type_string},
  {"action_status", &type_string},
  {"actor", &type_string},
  {"actor_id", &type_string},
  {"api_url", &type_string},
  {"artifact_cache_size_limit", &type_number}, /* not documented */
  {"base_ref", &type_string},
  {"env", &type_string},
  {"event", &type_any_object},
  {"event_name", &type_string},
  {"event_path", &type_string},
  {"graphql_url", &type_string},
  {"head_ref", &type_string},
  {"job", &type_string},
  {"output", &type_string}, /* not documented */
  {"path", &type_string},
  {"ref", &type_string},
  {"ref_name", &type_string},
  {"ref_protected", &type_bool},
  {"ref_type", &type_string},
  {"repository", &type_string},
  {"repositoryUrl", &type_string},
  {"repository_id", &type_string},
  {"repository_owner", &type_string},
  {"repository_owner_id", &type_string},
  {"repository_visibility", &type_string}, /* not documented */
  {"retention_days", &type_number},
  {"run_attempt", &type_string},
  {"run_id", &type_string},
  {"run_number", &type_string},
  {"secret_source", &type_string},
  {"server_url", &type_string},
  {"sha", &type_string},
  {"state", &type_string},        /* not documented */
  {"step_summary", &type_string}, /* not documented */
  {"token", &type_string},
  {"triggering_actor", &type_string},
  {"workflow", &type_string},
  {"workflow_ref", &type_string},
  {"workflow_sha", &type_string},
  {"workspace", &type_string},
};
const Type type_github = TYPE_STRICT(github_properties);

static const TypeProperty runner_properties[] = {
  {"arch", &type_string}, {"debug", &type_string}, {"environment", &type_string}, {"name", &type_string},
  {"os", &type_string},   {"temp", &type_string},  {"tool_cache", &type_string},
};
const Type type_runner = TYPE_STRICT(runner_properties);

/* --- job --- */

static const TypeProperty container_properties[] = {
  {"id", &type_string},
  {"network", &type_string},
};
static const Type container = TYPE_STRICT(container_properties);

static const Type text_map = TYPE_MAP(&type_string);

static const TypeProperty service_properties[] = {
  {"id", &type_string},
  {"network", &type_string},
  {"ports", &text_map},
};
static const Type service = TYPE_STRICT(service_properties);
static const Type services = TYPE_MAP(&service);

static const TypeProperty job_properties[] = {
  {"check_run_id", &type_number},
  {"container", &container},
  {"services", &services},
  {"status", &type_string},
  {"workflow_file_path", &type_string},
  {"workflow_ref", &type_string},
  {"workflow_repository", &type_string},
  {"workflow_sha", &type_string},
};
const Type type_job = TYPE_STRICT(job_properties);

/* --- what a job or step leaves behind --- */

static const TypeProperty step_properties[] = {
  {"conclusion", &type_string},
  {"outcome", &type_string},
  {"outputs", &text_map},
};
const Type type_step = TYPE_STRICT(step_properties);

static const TypeProperty need_properties[] = {
  {"outputs", &text_map},
  {"result", &type_string},
};
const Type type_need = TYPE_STRICT(need_properties);

/* --- the open ones --- */

static const TypeProperty strategy_properties[] = {
  {"fail-fast", &type_bool},
  {"job-index", &type_number},
  {"job-total", &type_number},
  {"max-parallel", &type_number},
};
const Type type_strategy = TYPE_OPEN(strategy_properties, &type_any);

static const TypeProperty secrets_properties[] = {
  {"ACTIONS_RUNNER_DEBUG", &type_string},
  {"ACTIONS_STEP_DEBUG", &type_string},
  {"GITHUB_TOKEN", &type_string},
};
const Type type_secrets = TYPE_OPEN(secrets_properties, &type_string);

const Type type_env = TYPE_MAP(&type_string);
const Type type_vars = TYPE_MAP(&type_string);

static const TypeProperty contexts[] = {
  {"env", &type_env},         {"github", &type_github},     {"job", &type_job},   {"runner", &type_runner},
  {"secrets", &type_secrets}, {"strategy", &type_strategy}, {"vars", &type_vars},
};

const Type *type_of_context(const char *name) {
  for (size_t i = 0; i < G_N_ELEMENTS(contexts); i++) {
    if (g_ascii_strcasecmp(contexts[i].name, name) == 0)
      return contexts[i].type;
  }
  return NULL;
}
