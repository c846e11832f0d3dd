#include "workflow/schema.h"

#include <string.h>

/* workflow_dispatch and workflow_call: inputs, and what their keys say together: a type, a default that has it, the choices there are. */

#define RULE "events"
/* https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_dispatch */
#define DISPATCH_INPUTS_MAX 25

static const Shape any_text = {.kinds = KIND_TEXT};
static const Shape boolean = {.kinds = KIND_BOOLEAN};
static const Shape preset = {.name = "default", .kinds = KIND_TEXT};
static const Shape choice = {.name = "an option", .kinds = KIND_TEXT, .wants_text = true};
static const Shape choices = {.name = "options", .kinds = KIND_LIST, .item = &choice};
static const Shape output_value = {.name = "value", .kinds = KIND_TEXT, .wants_text = true};

static const char *text_of(const YamlNode *mapping, const char *key) {
  const YamlNode *node = yaml_get(mapping, key);
  return node != NULL && node->kind == YAML_SCALAR ? node->text : "";
}

static bool is_boolean(const YamlNode *value) {
  return g_ascii_strcasecmp(value->text, "true") == 0 || g_ascii_strcasecmp(value->text, "false") == 0;
}

static bool is_number(const YamlNode *value) {
  YamlNode plain = *value;
  double number;
  plain.plain = true;
  return yaml_to_number(&plain, &number);
}

static const struct {
  const char *type;
  bool (*fits)(const YamlNode *value);
  const char *expected;
} types[] = {{"boolean", is_boolean, "true or false"}, {"number", is_number, "a number"}};

static void check_default(Check *check, const YamlNode *input) {
  const YamlNode *value = yaml_get(input, "default");
  if (value == NULL || value->kind != YAML_SCALAR || strstr(value->text, "${{") != NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
    if (strcmp(text_of(input, "type"), types[i].type) != 0 || types[i].fits(value))
      continue;
    g_autofree char *shown = check_excerpt(value->text);
    check_report_rule(check, value->location, RULE, "default: expected %s, as the input's type is %s, found \"%s\"", types[i].expected, types[i].type,
                      shown);
  }
}

/* ---- choices ---- */

static int by_text(gconstpointer left, gconstpointer right) {
  return strcmp(left, right);
}

static void check_choices(Check *check, const YamlNode *input, const YamlNode *options) {
  g_autoptr(GTree) seen = g_tree_new(by_text);
  for (guint i = 0; i < options->count; i++) {
    const YamlNode *option = options->items[i];
    if (option->kind != YAML_SCALAR)
      continue;
    if (g_tree_lookup(seen, option->text) == NULL) {
      g_tree_insert(seen, (gpointer)option->text, (gpointer)option);
      continue;
    }
    g_autofree char *shown = check_excerpt(option->text);
    check_advise(check, option->location, RULE, "the option \"%s\" is there twice", shown);
  }
  const YamlNode *value = yaml_get(input, "default");
  if (value == NULL || value->kind != YAML_SCALAR || g_tree_lookup(seen, value->text) != NULL)
    return;
  g_autofree char *shown = check_excerpt(value->text);
  check_advise(check, value->location, RULE, "default: \"%s\" is none of the options", shown);
}

static void check_dispatch_input(Check *check, const YamlNode *input) {
  const YamlNode *options = yaml_get(input, "options");
  bool is_choice = strcmp(text_of(input, "type"), "choice") == 0;
  guint count = options != NULL && options->kind == YAML_SEQUENCE ? options->count : 0;
  if (is_choice && count == 0)
    check_report_rule(check, check_place(check, input), RULE, "an input with the type choice needs \"options\"");
  else if (is_choice)
    check_choices(check, input, options);
  else if (count > 0)
    check_report_rule(check, check_place(check, input), RULE, "\"options\" has no meaning unless the input's type is choice");
  check_default(check, input);
}

static void check_dispatch_inputs(Check *check, const YamlNode *inputs) {
  if (inputs->kind == YAML_MAPPING && inputs->count > DISPATCH_INPUTS_MAX)
    check_advise(check, check_place(check, inputs), RULE, "inputs: %u of them, at most %d", inputs->count, DISPATCH_INPUTS_MAX);
}

static const char *const dispatch_types[] = {"string", "boolean", "number", "choice", "environment", NULL};
static const Shape dispatch_type = {.name = "type", .kinds = KIND_WORD, .words = dispatch_types};
static const ShapeKey dispatch_input_keys[] = {
  {"description", &any_text}, {"type", &dispatch_type}, {"required", &boolean}, {"default", &preset}, {"options", &choices}, {0},
};
static const Shape dispatch_input = {
  .name = "an input", .kinds = KIND_MAPPING | KIND_NOTHING, .keys = dispatch_input_keys, .may_be_empty = true, .check = check_dispatch_input};
static const Shape dispatch_inputs = {
  .name = "inputs", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &dispatch_input, .may_be_empty = true, .check = check_dispatch_inputs};
static const ShapeKey dispatch_keys[] = {{"inputs", &dispatch_inputs}, {0}};
const Shape shape_dispatch = {.name = "workflow_dispatch", .kinds = KIND_MAPPING | KIND_NOTHING, .keys = dispatch_keys, .may_be_empty = true};

/* ---- of a called workflow ---- */

static void check_call_input(Check *check, const YamlNode *input) {
  const YamlNode *value = yaml_get(input, "default"), *required = yaml_get(input, "required");
  bool is_required = false;
  check_default(check, input);
  if (value != NULL && required != NULL && scalar_is_bool(required, &is_required) && is_required)
    check_advise(check, value->location, RULE, "this default is never used, as every caller must give the input: it is required");
}

static const char *const call_types[] = {"string", "boolean", "number", NULL};
static const Shape call_type = {.name = "type", .kinds = KIND_WORD, .words = call_types};
static const ShapeKey call_input_keys[] = {
  {"description", &any_text}, {"required", &boolean}, {"type", &call_type, .required = true}, {"default", &preset, AVAILABLE_WORKFLOW}, {0},
};
static const Shape call_input = {.name = "an input", .kinds = KIND_MAPPING, .keys = call_input_keys, .may_be_empty = true, .check = check_call_input};
static const Shape call_inputs = {.name = "inputs", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &call_input, .may_be_empty = true};
static const ShapeKey call_secret_keys[] = {{"description", &any_text}, {"required", &boolean}, {0}};
static const Shape call_secret = {.name = "a secret", .kinds = KIND_MAPPING | KIND_NOTHING, .keys = call_secret_keys, .may_be_empty = true};
static const Shape call_secrets = {.name = "secrets", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &call_secret, .may_be_empty = true};
static const ShapeKey call_output_keys[] = {{"description", &any_text}, {"value", &output_value, AVAILABLE_WORKFLOW_OUTPUT, .required = true}, {0}};
static const Shape call_output = {.name = "an output", .kinds = KIND_MAPPING, .keys = call_output_keys, .may_be_empty = true};
static const Shape call_outputs = {.name = "outputs", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &call_output, .may_be_empty = true};
static const ShapeKey call_keys[] = {{"inputs", &call_inputs}, {"secrets", &call_secrets}, {"outputs", &call_outputs}, {0}};
const Shape shape_call = {.name = "workflow_call", .kinds = KIND_MAPPING | KIND_NOTHING, .keys = call_keys, .may_be_empty = true};
