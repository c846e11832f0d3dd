#include "cli/commands.h"
#include "cli/support.h"
#include "cli/values.h"

static const ArgumentRow name_argument[] = {
  {{VALUE_TEXT, "NAME"}, ARITY_ONE, "the variable's name"},
  {{0}},
};

static const ArgumentRow set_arguments[] = {
  {{VALUE_TEXT, "NAME"}, ARITY_ONE, "the variable's name"},
  {{VALUE_TEXT, "VALUE"}, ARITY_OPTIONAL, "its value; default: typed, or read from standard input"},
  {{0}},
};

static bool set_run(Invocation *invocation, GError **error) {
  return values_set_run(invocation, VALUES_VARIABLES, error);
}

static bool list_run(Invocation *invocation, GError **error) {
  return values_list_run(invocation, VALUES_VARIABLES, error);
}

static bool remove_run(Invocation *invocation, GError **error) {
  return values_remove_run(invocation, VALUES_VARIABLES, error);
}

static const OptionRow set_options[] = {
  OPTION_VALUES_ENVIRONMENT,
  OPTION_PROJECT,
  {"from-file", {VALUE_PATH, "FILE"}, .alias = 'f', .says = "read the value from FILE"},
  {0},
};

static const ExampleRow set_examples[] = {
  {"drover variable set REGION eu-north", "a value for all runs of the project's workflows"},
  {"drover variable set REGION eu-west --env production", "another one for jobs of an environment"},
  {0},
};

static const Command command_set = {
  .name = "set",
  .summary = "set a variable's value",
  .description = "Variables are shown to everyone who may see a run: what must stay hidden is a secret.",
  .arguments = set_arguments,
  .options = set_options,
  .examples = set_examples,
  .has_json = true,
  .run = set_run,
};

static const OptionRow place_options[] = {
  OPTION_VALUES_ENVIRONMENT,
  OPTION_PROJECT,
  {0},
};

static const ExampleRow list_examples[] = {
  {"drover variable list", "the repository's own"},
  {0},
};

static const Command command_list_values = {
  .name = "list",
  .summary = "list the variables with their values",
  .options = place_options,
  .examples = list_examples,
  .has_json = true,
  .run = list_run,
};

static const ExampleRow remove_examples[] = {
  {"drover variable remove REGION --env production", "forget a value"},
  {0},
};

static const Command command_remove = {
  .name = "remove",
  .summary = "forget a variable's value",
  .arguments = name_argument,
  .options = place_options,
  .examples = remove_examples,
  .has_json = true,
  .run = remove_run,
};

static const Command *const commands[] = {&command_set, &command_list_values, &command_remove, NULL};

static const ExampleRow examples[] = {
  {"drover variable set REGION eu-north", "set a value"},
  {"drover variable list --env production", "see those of an environment"},
  {0},
};

const Command command_variable = {
  .name = "variable",
  .group = GROUP_OPERATE,
  .summary = "set, list and remove the values that runs get as vars",
  .description = "A job sees the repository's variables, and those of its environment over them, in the vars context.",
  .examples = examples,
  .commands = commands,
  .has_json = true,
};
