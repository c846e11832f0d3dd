/* What drover lint tells of its rules. */
#pragma once

#include "cli/command.h"

/* Shows the page of the rule `id`; USAGE with what comes near it where there is none. */
bool lint_rules_explain(Invocation *invocation, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void lint_rules_list(Invocation *invocation);
