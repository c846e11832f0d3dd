#include "workflow/read.h"

#include "workflow/schema.h"

#include <string.h>

/* ---- steps ---- */

static const struct {
  const char *key;
  WorkflowStepKind kind;
} step_kinds[] = {
  {"run", STEP_RUN}, {"uses", STEP_USES}, {"wait", STEP_WAIT}, {"wait-all", STEP_WAIT_ALL}, {"cancel", STEP_CANCEL}, {"parallel", STEP_PARALLEL},
};

static WorkflowStepKind step_kind(const YamlNode *node) {
  for (size_t i = 0; i < G_N_ELEMENTS(step_kinds); i++)
    if (yaml_get(node, step_kinds[i].key) != NULL)
      return step_kinds[i].kind;
  return STEP_NONE;
}

typedef struct {
  Arena *arena;
  const WorkflowJob *job;
  GPtrArray *all;
} StepReader;

static WorkflowStep **read_list(const StepReader *reader, const YamlNode *node, const WorkflowStep *group, guint *count);

static WorkflowStep *read_step(const StepReader *reader, const YamlNode *node, const WorkflowStep *group) {
  WorkflowStep *step = arena_alloc(reader->arena, sizeof *step);
  step->kind = step_kind(node);
  step->index = reader->all->len;
  step->job = reader->job;
  step->group = group;
  step->node = node;
  step->location = node->location;
  step->id = model_key(node, "id").text;
  step->name = model_key(node, "name");
  step->condition = model_key(node, "if");
  step->run = model_key(node, "run");
  step->uses = model_key(node, "uses");
  step->shell = model_key(node, "shell");
  step->working_directory = model_key(node, "working-directory");
  step->continue_on_error = model_key(node, "continue-on-error");
  step->timeout_minutes = model_key(node, "timeout-minutes");
  step->background = model_key(node, "background");
  step->wait = model_texts(reader->arena, yaml_get(node, step->kind == STEP_CANCEL ? "cancel" : "wait"));
  step->env = model_pairs(reader->arena, yaml_get(node, "env"));
  step->with = model_pairs(reader->arena, yaml_get(node, "with"));
  g_ptr_array_add(reader->all, step);
  if (step->kind == STEP_PARALLEL)
    step->parallel = read_list(reader, yaml_get(node, "parallel"), step, &step->parallel_count);
  return step;
}

/* The depth is that of the YAML tree, which has a limit. */
static WorkflowStep **read_list(const StepReader *reader, const YamlNode *node, const WorkflowStep *group, guint *count) {
  *count = 0;
  if (node == NULL || node->kind != YAML_SEQUENCE)
    return NULL;
  WorkflowStep **steps = arena_array(reader->arena, WorkflowStep *, node->count);
  for (guint i = 0; i < node->count; i++)
    if (node->items[i]->kind == YAML_MAPPING)
      steps[(*count)++] = read_step(reader, node->items[i], group);
  return steps;
}

WorkflowStep **model_steps(Arena *arena, const YamlNode *node, const WorkflowJob *job, guint *count, WorkflowStep ***all, guint *all_count) {
  g_autoptr(GPtrArray) collected = g_ptr_array_new();
  StepReader reader = {.arena = arena, .job = job, .all = collected};
  WorkflowStep **steps = read_list(&reader, node, NULL, count);
  *all_count = collected->len;
  *all = arena_memdup(arena, collected->pdata, collected->len * sizeof *collected->pdata);
  return steps;
}

/* ---- containers ---- */

static WorkflowContainer read_container(Arena *arena, const YamlNode *key, const YamlNode *node) {
  bool mapping = node != NULL && node->kind == YAML_MAPPING;
  const YamlNode *credentials = yaml_get(node, "credentials");
  return (WorkflowContainer){
    .key = key,
    .node = node,
    .image = mapping ? model_key(node, "image") : model_text(node),
    .options = model_key(node, "options"),
    .env = model_pairs(arena, yaml_get(node, "env")),
    .ports = model_texts(arena, yaml_get(node, "ports")),
    .volumes = model_texts(arena, yaml_get(node, "volumes")),
    .credentials = credentials,
    .username = model_key(credentials, "username"),
    .password = model_key(credentials, "password"),
    .entrypoint = model_key(node, "entrypoint"),
    .command = model_key(node, "command"),
  };
}

static void read_services(Arena *arena, WorkflowJob *job, const YamlNode *node) {
  job->services_node = node;
  if (node == NULL || node->kind != YAML_MAPPING)
    return;
  job->service_count = node->count;
  job->services = arena_array(arena, WorkflowContainer, node->count);
  for (guint i = 0; i < node->count; i++) {
    job->services[i] = read_container(arena, yaml_key(node, i), yaml_value(node, i));
    job->services[i].id = yaml_key(node, i)->text;
  }
}

/* ---- jobs ---- */

static WorkflowRunsOn read_runs_on(Arena *arena, const YamlNode *node) {
  bool mapping = node != NULL && node->kind == YAML_MAPPING;
  return (WorkflowRunsOn){.node = node, .group = model_key(node, "group"), .labels = model_texts(arena, mapping ? yaml_get(node, "labels") : node)};
}

static WorkflowEnvironment read_environment(const YamlNode *node) {
  bool mapping = node != NULL && node->kind == YAML_MAPPING;
  return (WorkflowEnvironment){
    .node = node,
    .name = mapping ? model_key(node, "name") : model_text(node),
    .url = model_key(node, "url"),
    .deployment = model_key(node, "deployment"),
  };
}

static WorkflowStrategy read_strategy(const YamlNode *node) {
  return (WorkflowStrategy){
    .node = node,
    .matrix = yaml_get(node, "matrix"),
    .fail_fast = model_key(node, "fail-fast"),
    .max_parallel = model_key(node, "max-parallel"),
  };
}

static void read_call(Arena *arena, WorkflowJob *job, const YamlNode *node) {
  const YamlNode *secrets = yaml_get(node, "secrets");
  job->uses = model_key(node, "uses");
  job->with = model_pairs(arena, yaml_get(node, "with"));
  job->secrets = model_pairs(arena, secrets);
  job->secrets_inherit = secrets != NULL && secrets->kind == YAML_SCALAR && strcmp(secrets->text, "inherit") == 0;
}

static void read_job(Arena *arena, WorkflowJob *job, const YamlNode *key, const YamlNode *node) {
  job->id = key->text;
  job->key = key;
  job->node = node;
  job->location = key->location;
  job->name = model_key(node, "name");
  job->needs = model_texts(arena, yaml_get(node, "needs"));
  job->condition = model_key(node, "if");
  job->runs_on = read_runs_on(arena, yaml_get(node, "runs-on"));
  job->permissions = model_permissions(arena, yaml_get(node, "permissions"));
  job->env = model_pairs(arena, yaml_get(node, "env"));
  job->outputs = model_pairs(arena, yaml_get(node, "outputs"));
  job->defaults = model_defaults(node);
  job->concurrency = model_concurrency(yaml_get(node, "concurrency"));
  job->environment = read_environment(yaml_get(node, "environment"));
  job->strategy = read_strategy(yaml_get(node, "strategy"));
  job->container = read_container(arena, model_key_node(node, "container"), yaml_get(node, "container"));
  job->snapshot = yaml_get(node, "snapshot");
  job->continue_on_error = model_key(node, "continue-on-error");
  job->timeout_minutes = model_key(node, "timeout-minutes");
  job->cancel_timeout_minutes = model_key(node, "cancel-timeout-minutes");
  read_services(arena, job, yaml_get(node, "services"));
  read_call(arena, job, node);
  job->steps = model_steps(arena, yaml_get(node, "steps"), job, &job->step_count, &job->all_steps, &job->all_step_count);
}

WorkflowJob *model_jobs(Arena *arena, const YamlNode *node, guint *count) {
  *count = 0;
  if (node == NULL || node->kind != YAML_MAPPING)
    return NULL;
  WorkflowJob *jobs = arena_array(arena, WorkflowJob, node->count);
  *count = node->count;
  for (guint i = 0; i < node->count; i++) {
    jobs[i].index = i;
    read_job(arena, &jobs[i], yaml_key(node, i), yaml_value(node, i));
  }
  return jobs;
}
