/* What `drover secret` and `drover variable` share: values of a project, its repository's or an environment's. */
#pragma once

#include "cli/command.h"
#include "release/secrets.h"

#define OPTION_VALUES_ENVIRONMENT                                                                                                                    \
  { "env", {VALUE_TEXT, "NAME"}, .alias = 'e', .says = "the environment; without it, the value is the repository's, for runs of workflows" }

/* Each is a command's `run`, for one kind of value. */
bool values_set_run(Invocation *invocation, ValuesKind kind, GError **error);
bool values_list_run(Invocation *invocation, ValuesKind kind, GError **error);
bool values_remove_run(Invocation *invocation, ValuesKind kind, GError **error);
