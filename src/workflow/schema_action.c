#include "workflow/schema.h"

#include <string.h>

/* action.yml: https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax */

static const Shape text = {.kinds = KIND_TEXT};
static const Shape filled = {.kinds = KIND_FILLED};
static const Shape flag = {.kinds = KIND_TEXT};
static const Shape boolean = {.kinds = KIND_BOOLEAN};
static const Shape condition = {.name = "if", .kinds = KIND_CONDITION, .wants_text = true};
static const Shape texts = {.kinds = KIND_LIST, .item = &text, .may_be_empty = true};
static const Shape environment_variables = {.name = "env", .kinds = KIND_MAPPING | KIND_WHOLE, .value = &text, .keys_are_expressions = true};
static const Shape inputs_given = {.name = "with", .kinds = KIND_MAPPING | KIND_WHOLE, .value = &text};

/* ---- inputs and outputs ---- */

/* A message that says nothing helps nobody. */
static void check_deprecation(Check *check, const YamlNode *node) {
  if (node->kind == YAML_SCALAR && strspn(node->text, " \t\r\n") == node->length)
    check_advise(check, check_place(check, node), check->rule, "deprecationMessage: say what to use instead, or leave the key out");
}

static const Shape deprecation = {.name = "deprecationMessage", .kinds = KIND_TEXT, .check = check_deprecation};
static const ShapeKey input_keys[] = {
  {"description", &text}, {"required", &flag}, {"default", &text, AVAILABLE_ACTION_INPUT}, {"deprecationMessage", &deprecation}, {0},
};
static const Shape input = {.name = "an input", .kinds = KIND_MAPPING | KIND_NOTHING, .keys = input_keys, .loose = true, .may_be_empty = true};
static const Shape inputs = {.name = "inputs", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &input, .may_be_empty = true};
static const ShapeKey output_keys[] = {{"description", &text}, {"value", &text, AVAILABLE_ACTION_STEP}, {0}};
static const Shape output = {.name = "an output", .kinds = KIND_MAPPING | KIND_NOTHING, .keys = output_keys, .may_be_empty = true};
static const Shape outputs = {.name = "outputs", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &output, .may_be_empty = true};

/* ---- runs ---- */

enum { AS_RUN = 1 << 0, AS_USES = 1 << 1 };
static const ShapeVariant step_variants[] = {{"run", "a step that runs a script"}, {"uses", "a step that uses an action"}, {0}};
static const ShapeKey step_keys[] = {
  {"id", &filled, AVAILABLE_NOTHING},
  {"name", &text, AVAILABLE_ACTION_STEP},
  {"if", &condition, AVAILABLE_ACTION_IF},
  {"run", &text, AVAILABLE_ACTION_STEP, AS_RUN},
  {"shell", &filled, AVAILABLE_ACTION_STEP, AS_RUN},
  {"working-directory", &text, AVAILABLE_ACTION_STEP, AS_RUN},
  {"uses", &filled, AVAILABLE_NOTHING, AS_USES},
  {"with", &inputs_given, AVAILABLE_ACTION_STEP, AS_USES},
  {"env", &environment_variables, AVAILABLE_ACTION_STEP},
  {"continue-on-error", &boolean, AVAILABLE_ACTION_STEP},
  {0},
};

/* A workflow has defaults.run.shell, an action has none. */
static void check_step(Check *check, const YamlNode *node) {
  if (node->kind == YAML_MAPPING && yaml_get(node, "run") != NULL && yaml_get(node, "shell") == NULL)
    check_report(check, node->location, "a step that runs a script needs \"shell\" in an action");
}

static const Shape step = {.name = "a step",
                           .scope = SCOPE_STEP,
                           .kinds = KIND_MAPPING,
                           .keys = step_keys,
                           .variants = step_variants,
                           .needs = "a step needs \"run\" or \"uses\"",
                           .check = check_step};
static const Shape steps = {.name = "steps", .kinds = KIND_LIST, .item = &step, .may_be_empty = true, .check = check_steps};

static const ShapeKey runs_keys[] = {
  {"using", &filled, .required = true},
  {"main", &filled},
  {"pre", &filled},
  {"pre-if", &condition, AVAILABLE_ACTION_AROUND},
  {"post", &filled},
  {"post-if", &condition, AVAILABLE_ACTION_AROUND},
  {"image", &filled},
  {"entrypoint", &text},
  {"pre-entrypoint", &text},
  {"post-entrypoint", &text},
  {"args", &texts, AVAILABLE_ACTION_CONTAINER},
  {"env", &environment_variables, AVAILABLE_ACTION_CONTAINER},
  {"steps", &steps},
  {0},
};
static const Shape runs = {.name = "runs", .kinds = KIND_MAPPING, .keys = runs_keys, .check = check_action_runs};

/* ---- the file ---- */

static const ShapeKey action_keys[] = {
  {"name", &text, AVAILABLE_NOTHING, .wanted = true},
  {"author", &text, AVAILABLE_NOTHING},
  {"description", &text, AVAILABLE_NOTHING, .wanted = true},
  {"inputs", &inputs, AVAILABLE_NOTHING},
  {"outputs", &outputs, AVAILABLE_NOTHING},
  {"runs", &runs, AVAILABLE_NOTHING, .required = true},
  {"branding", &shape_branding, AVAILABLE_NOTHING},
  {0},
};
const Shape shape_action = {.name = "an action",
                            .rule = "action",
                            .scope = SCOPE_SECTION,
                            .kinds = KIND_MAPPING,
                            .keys = action_keys,
                            .loose = true,
                            .check = check_action_outputs};
