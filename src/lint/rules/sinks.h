/* Where a text becomes code once its expressions are put in: scripts, and inputs that actions evaluate. */
#pragma once

#include "lint/rule.h"

typedef enum {
  SINKS_COMMON, /* run: and the script of actions/github-script */
  SINKS_ALL,
} Sinks;

bool sink_evaluates(LintFile *file, const WorkflowExpression *expression, Sinks which);
