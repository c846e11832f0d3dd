#include "workflow/schema.h"

#include <string.h>

/* Leaves. */
static const Shape text = {.kinds = KIND_TEXT};
static const Shape filled = {.kinds = KIND_FILLED};
static const Shape boolean = {.kinds = KIND_BOOLEAN};

/* Nothing may take no time at all, and GitHub has no other word for "without limit" than leaving the key out. */
static void check_positive(Check *check, const YamlNode *node) {
  double value;
  if (scalar_is_number(node, &value) && !(value > 0))
    check_advise(check, node->location, "syntax-check", "%s: expected a number above 0, found %s", check->key, node->text);
}

static const Shape number = {.kinds = KIND_NUMBER, .check = check_positive};
static const Shape condition = {.name = "if", .kinds = KIND_CONDITION, .wants_text = true};
static const Shape script = {.name = "run", .kinds = KIND_TEXT, .wants_text = true};
static const Shape list = {.kinds = KIND_LIST, .may_be_empty = true};
static const Shape names = {.kinds = KIND_FILLED | KIND_LIST};
static const Shape anything = {.anything = true};

static const Shape environment_variables = {.name = "env", .kinds = KIND_MAPPING | KIND_WHOLE, .value = &text, .keys_are_expressions = true};
static const Shape inputs_given = {.name = "with", .kinds = KIND_MAPPING | KIND_WHOLE, .value = &text};
static const Shape outputs = {.name = "outputs", .kinds = KIND_MAPPING, .value = &text};

/* ---- concurrency, defaults, environment ---- */

static const char *const queues[] = {"single", "max", NULL};
static const Shape queue = {.name = "queue", .kinds = KIND_WORD, .words = queues};
static const ShapeKey concurrency_keys[] = {
  {"group", &filled, .required = true},
  {"cancel-in-progress", &boolean},
  {"queue", &queue, AVAILABLE_NOTHING},
  {0},
};

/* A queue of everything and throwing away what runs contradict each other. */
static void check_concurrency(Check *check, const YamlNode *node) {
  const YamlNode *queued = yaml_get(node, "queue"), *cancels = yaml_get(node, "cancel-in-progress");
  bool flag = false;
  if (queued != NULL && queued->kind == YAML_SCALAR && strcmp(queued->text, "max") == 0 && cancels != NULL && scalar_is_bool(cancels, &flag) && flag)
    check_advise(check, queued->location, "syntax-check", "\"queue: max\" keeps every run, \"cancel-in-progress: true\" ends them: take one of both");
}

static const Shape concurrency = {.name = "concurrency",
                                  .kinds = KIND_FILLED | KIND_MAPPING | KIND_WHOLE,
                                  .keys = concurrency_keys,
                                  .check = check_concurrency};
static const Shape workflow_concurrency = {
  .name = "concurrency", .kinds = KIND_TEXT | KIND_MAPPING | KIND_WHOLE, .keys = concurrency_keys, .wants_text = true, .check = check_concurrency};

static const ShapeKey default_run_keys[] = {{"shell", &filled}, {"working-directory", &filled}, {0}};
static const Shape default_run = {.name = "defaults.run", .kinds = KIND_MAPPING | KIND_WHOLE, .keys = default_run_keys};
static const ShapeKey workflow_default_keys[] = {{"run", &default_run, AVAILABLE_WORKFLOW}, {0}};
static const ShapeKey job_default_keys[] = {{"run", &default_run, AVAILABLE_JOB_ENV_CONTEXT}, {0}};
#define DEFAULTS_NEED "defaults need \"run\""

static void check_defaults(Check *check, const YamlNode *node) {
  if (node->kind == YAML_MAPPING && yaml_get(node, "run") == NULL)
    check_advise(check, node->location, "syntax-check", DEFAULTS_NEED);
}

static const Shape workflow_defaults = {
  .name = "defaults", .kinds = KIND_MAPPING, .keys = workflow_default_keys, .needs = DEFAULTS_NEED, .check = check_defaults};
static const Shape job_defaults = {
  .name = "defaults", .kinds = KIND_MAPPING, .keys = job_default_keys, .needs = DEFAULTS_NEED, .check = check_defaults};

static const Shape environment_name = {.name = "name", .kinds = KIND_TEXT, .wants_text = true};
static const ShapeKey environment_keys[] = {
  {"name", &environment_name, .required = true},
  {"url", &text, AVAILABLE_RUNNER_PUBLIC},
  {"deployment", &boolean},
  {0},
};
static const Shape environment = {.name = "environment",
                                  .kinds = KIND_TEXT | KIND_MAPPING | KIND_WHOLE,
                                  .keys = environment_keys,
                                  .wants_text = true};

/* ---- containers ---- */

static const ShapeKey credential_keys[] = {{"username", &filled}, {"password", &filled}, {0}};
#define CREDENTIALS_NEED "credentials need both \"username\" and \"password\""

/* GitHub finds out when the job starts. */
static void check_credentials(Check *check, const YamlNode *node) {
  if (node->kind == YAML_MAPPING && (yaml_get(node, "username") == NULL || yaml_get(node, "password") == NULL))
    check_advise(check, check_place(check, node), "syntax-check", CREDENTIALS_NEED);
}

static const Shape credentials = {
  .name = "credentials", .kinds = KIND_MAPPING | KIND_WHOLE, .keys = credential_keys, .needs = CREDENTIALS_NEED, .check = check_credentials};

/* A container without an image may still be written as expressions that GitHub checks later. */
static void check_image(Check *check, const YamlNode *node) {
  if (node->kind == YAML_MAPPING && yaml_get(node, "image") == NULL)
    check_report(check, check_place(check, node), "a container needs \"image\"");
}

#define CONTAINER_KEYS                                                                                                                               \
  {"image", &filled}, {"options", &text}, {"env", &environment_variables, AVAILABLE_RUNNER}, {"ports", &list}, {"volumes", &list}, {                 \
    "credentials", &credentials, AVAILABLE_CREDENTIALS                                                                                               \
  }
static const ShapeKey container_keys[] = {CONTAINER_KEYS, {0}};
static const ShapeKey service_keys[] = {CONTAINER_KEYS, {"entrypoint", &text}, {"command", &text}, {0}};
static const Shape container = {
  .name = "container", .kinds = KIND_TEXT | KIND_MAPPING | KIND_WHOLE, .keys = container_keys, .wants_text = true, .check = check_image};
static const Shape service = {.name = "a service", .kinds = KIND_FILLED | KIND_MAPPING | KIND_WHOLE, .keys = service_keys, .check = check_image};
static const Shape services = {.name = "services", .kinds = KIND_MAPPING | KIND_WHOLE, .value = &service};

/* ---- strategy ---- */

static const Shape combination = {.name = "a combination", .kinds = KIND_MAPPING | KIND_WHOLE, .value = &anything};
static const Shape combinations = {.name = "a list of combinations", .kinds = KIND_LIST | KIND_WHOLE, .item = &combination};
static const Shape vector = {.name = "the values of a matrix key", .kinds = KIND_LIST | KIND_WHOLE, .item = &anything};
static const ShapeKey matrix_keys[] = {{"include", &combinations}, {"exclude", &combinations}, {0}};
static const Shape matrix = {.name = "matrix", .kinds = KIND_MAPPING | KIND_WHOLE, .keys = matrix_keys, .value = &vector};
static const ShapeKey strategy_keys[] = {{"fail-fast", &boolean}, {"max-parallel", &number}, {"matrix", &matrix}, {0}};
static const Shape strategy = {.name = "strategy", .kinds = KIND_MAPPING | KIND_WHOLE, .keys = strategy_keys};

/* ---- runs-on, snapshot ---- */

static const struct { const char *prefix; } group_owners[] = {{"org"}, {"organization"}, {"ent"}, {"enterprise"}};

static void check_group(Check *check, const YamlNode *node) {
  const char *slash = strchr(node->text, '/');
  if (slash == NULL || scalar_is_expression(node))
    return;
  bool owner = false;
  for (size_t i = 0; i < G_N_ELEMENTS(group_owners); i++)
    owner = owner || (strlen(group_owners[i].prefix) == (size_t)(slash - node->text) &&
                      strncmp(node->text, group_owners[i].prefix, (size_t)(slash - node->text)) == 0);
  if (!owner || slash[1] == '\0' || strchr(slash + 1, '/') != NULL)
    check_report(check, node->location, "group: expected a name, or organization/NAME or enterprise/NAME, found \"%s\"", node->text);
}

static const Shape group = {.name = "group", .kinds = KIND_FILLED, .check = check_group};
static const ShapeKey runs_on_keys[] = {{"group", &group}, {"labels", &names}, {0}};
static const Shape runs_on = {.name = "runs-on", .kinds = KIND_FILLED | KIND_LIST | KIND_MAPPING | KIND_WHOLE, .keys = runs_on_keys};

static const ShapeKey snapshot_keys[] = {{"image-name", &filled, .required = true}, {"if", &condition, AVAILABLE_JOB}, {"version", &filled}, {0}};
static const Shape snapshot = {.name = "snapshot", .kinds = KIND_FILLED | KIND_MAPPING, .keys = snapshot_keys};

/* ---- steps ---- */

enum { AS_RUN = 1 << 0, AS_USES = 1 << 1, AS_WAIT = 1 << 2, AS_WAIT_ALL = 1 << 3, AS_CANCEL = 1 << 4, AS_PARALLEL = 1 << 5 };
#define AS_WORKS (AS_RUN | AS_USES)
#define AS_NAMED (AS_RUN | AS_USES | AS_WAIT | AS_WAIT_ALL | AS_CANCEL)

static const ShapeVariant step_variants[] = {
  {"run", "a step that runs a script"},
  {"uses", "a step that uses an action"},
  {"wait", "a step that waits"},
  {"wait-all", "a step that waits"},
  {"cancel", "a step that cancels others"},
  {"parallel", "a group of parallel steps"},
  {0},
};
static const Shape group_steps;

static void check_wait_all(Check *check, const YamlNode *node) {
  bool flag = true;
  if (scalar_is_bool(node, &flag) && !flag)
    check_report(check, node->location, "wait-all: expected true or nothing, as a step that waits for none does nothing");
}

static const Shape wait_all = {.name = "wait-all", .kinds = KIND_BOOLEAN | KIND_NOTHING, .check = check_wait_all};
static const ShapeKey step_keys[] = {
  {"id", &filled, AVAILABLE_NOTHING, AS_NAMED},
  {"name", &text, AVAILABLE_STEP, AS_NAMED},
  {"if", &condition, AVAILABLE_STEP_IF, AS_WORKS},
  {"run", &script, AVAILABLE_STEP, AS_RUN},
  {"uses", &filled, AVAILABLE_NOTHING, AS_USES},
  {"with", &inputs_given, AVAILABLE_STEP, AS_USES},
  {"env", &environment_variables, AVAILABLE_STEP, AS_WORKS},
  {"shell", &filled, AVAILABLE_STEP, AS_RUN},
  {"working-directory", &text, AVAILABLE_STEP, AS_RUN},
  {"continue-on-error", &boolean, AVAILABLE_STEP, AS_NAMED},
  {"timeout-minutes", &number, AVAILABLE_STEP, AS_WORKS},
  {"background", &boolean, AVAILABLE_NOTHING, AS_WORKS},
  {"wait", &names, AVAILABLE_NOTHING, AS_WAIT},
  {"wait-all", &wait_all, AVAILABLE_NOTHING, AS_WAIT_ALL},
  {"cancel", &filled, AVAILABLE_NOTHING, AS_CANCEL},
  {"parallel", &group_steps, AVAILABLE_NOTHING, AS_PARALLEL},
  {0},
};
static const Shape step = {.name = "a step",
                           .scope = SCOPE_STEP,
                           .kinds = KIND_MAPPING,
                           .keys = step_keys,
                           .variants = step_variants,
                           .needs = "a step needs \"run\" or \"uses\""};
static const Shape steps = {.name = "steps", .kinds = KIND_LIST, .item = &step, .may_be_empty = true, .check = check_steps};
static const Shape group_steps = {.name = "parallel", .kinds = KIND_LIST, .item = &step, .may_be_empty = true, .check = check_parallel};

/* ---- jobs ---- */

enum { JOB_OWN = 1 << 0, JOB_CALL = 1 << 1 };

static const ShapeVariant job_variants[] = {{"runs-on", "a job with steps"}, {"uses", "a job that calls a workflow"}, {0}};
static const char *const inherit[] = {"inherit", NULL};
static const Shape secrets_given = {.name = "secrets", .kinds = KIND_MAPPING | KIND_WORD, .words = inherit, .value = &text};
static const ShapeKey job_keys[] = {
  {"name", &text, AVAILABLE_JOB},
  {"needs", &names, AVAILABLE_NOTHING},
  {"if", &condition, AVAILABLE_JOB_IF},
  {"runs-on", &runs_on, AVAILABLE_JOB, JOB_OWN},
  {"environment", &environment, AVAILABLE_JOB, JOB_OWN},
  {"permissions", &shape_permissions, AVAILABLE_NOTHING},
  {"concurrency", &concurrency, AVAILABLE_JOB},
  {"outputs", &outputs, AVAILABLE_RUNNER, JOB_OWN},
  {"env", &environment_variables, AVAILABLE_JOB_SECRETS, JOB_OWN},
  {"defaults", &job_defaults, AVAILABLE_NOTHING, JOB_OWN},
  {"steps", &steps, AVAILABLE_NOTHING, JOB_OWN},
  {"timeout-minutes", &number, AVAILABLE_JOB, JOB_OWN},
  {"cancel-timeout-minutes", &number, AVAILABLE_JOB, JOB_OWN},
  {"continue-on-error", &boolean, AVAILABLE_JOB, JOB_OWN},
  {"strategy", &strategy, AVAILABLE_NEEDS},
  {"container", &container, AVAILABLE_JOB, JOB_OWN},
  {"services", &services, AVAILABLE_JOB, JOB_OWN},
  {"snapshot", &snapshot, AVAILABLE_NOTHING, JOB_OWN},
  {"uses", &filled, AVAILABLE_WORKFLOW, JOB_CALL},
  {"with", &inputs_given, AVAILABLE_JOB, JOB_CALL},
  {"secrets", &secrets_given, AVAILABLE_JOB_SECRETS, JOB_CALL},
  {0},
};
static const Shape job = {.name = "a job",
                          .scope = SCOPE_JOB,
                          .kinds = KIND_MAPPING,
                          .keys = job_keys,
                          .variants = job_variants,
                          .needs = "a job needs \"runs-on\", or \"uses\" where it calls a workflow"};
static const Shape jobs = {.name = "jobs", .kinds = KIND_MAPPING, .value = &job, .may_be_empty = true, .check = check_jobs};

/* ---- the file ---- */

static const ShapeKey workflow_keys[] = {
  {"name", &text, AVAILABLE_NOTHING},
  {"description", &text, AVAILABLE_NOTHING},
  {"run-name", &text, AVAILABLE_WORKFLOW},
  {"on", &shape_events, AVAILABLE_NOTHING, .required = true},
  {"permissions", &shape_permissions, AVAILABLE_NOTHING},
  {"env", &environment_variables, AVAILABLE_WORKFLOW_ENV},
  {"defaults", &workflow_defaults, AVAILABLE_NOTHING},
  {"concurrency", &workflow_concurrency, AVAILABLE_WORKFLOW},
  {"jobs", &jobs, AVAILABLE_NOTHING, .required = true},
  {0},
};
const Shape shape_workflow = {.name = "a workflow", .rule = "syntax-check", .scope = SCOPE_SECTION, .kinds = KIND_MAPPING, .keys = workflow_keys};
