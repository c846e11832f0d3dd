#include "cli/commands.h"
#include "cli/support.h"
#include "cli/values.h"

static const ArgumentRow name_argument[] = {
  {{VALUE_TEXT, "NAME"}, ARITY_ONE, "the secret's name, as drover.yaml lists it"},
  {{0}},
};

static bool set_run(Invocation *invocation, GError **error) {
  return values_set_run(invocation, VALUES_SECRETS, error);
}

static bool list_run(Invocation *invocation, GError **error) {
  return values_list_run(invocation, VALUES_SECRETS, error);
}

static bool remove_run(Invocation *invocation, GError **error) {
  return values_remove_run(invocation, VALUES_SECRETS, error);
}

static const OptionRow set_options[] = {
  OPTION_VALUES_ENVIRONMENT,
  OPTION_PROJECT,
  {"from-file", {VALUE_PATH, "FILE"}, .alias = 'f', .says = "read the value from FILE instead of standard input"},
  {0},
};

static const ExampleRow set_examples[] = {
  {"drover secret set DATABASE_URL --env production", "type the value, which is not shown"},
  {"openssl rand -hex 32 | drover secret set DJANGO_SECRET_KEY --env dev", "take it from another program"},
  {0},
};

static const Command command_set = {
  .name = "set",
  .summary = "set a secret's value",
  .description = "The value is typed at a terminal, without being shown, or read from standard input or a file; one line end behind it is left out. "
                 "It never stands on the command line, where others could read it.",
  .arguments = name_argument,
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
  {"drover secret list --env production", "which are set, and which are missing"},
  {0},
};

static const Command command_list_names = {
  .name = "list",
  .summary = "list the secrets that are set or asked for, without their values",
  .options = place_options,
  .examples = list_examples,
  .has_json = true,
  .run = list_run,
};

static const ExampleRow remove_examples[] = {
  {"drover secret remove OLD_TOKEN --env production", "forget a value"},
  {0},
};

static const Command command_remove = {
  .name = "remove",
  .summary = "forget a secret's value",
  .arguments = name_argument,
  .options = place_options,
  .examples = remove_examples,
  .has_json = true,
  .run = remove_run,
};

static const Command *const commands[] = {&command_set, &command_list_names, &command_remove, NULL};

static const ExampleRow examples[] = {
  {"drover secret set DATABASE_URL --env production", "set a value"},
  {"drover secret list --env production", "see what is missing"},
  {0},
};

const Command command_secret = {
  .name = "secret",
  .group = GROUP_OPERATE,
  .summary = "set, list and remove the values that services and runs get as secrets",
  .description = "Secrets are named in drover.yaml and never written there. Each environment has its own values; those of the "
                 "repository itself are for runs of workflows.",
  .examples = examples,
  .commands = commands,
  .has_json = true,
};
