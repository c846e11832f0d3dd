/* What is well written and still surely not meant. Private to this folder. */
#pragma once

#include "workflow/workflow.h"

/* Applies every rule to a workflow that parses. */
void rules_apply(const Workflow *workflow, Diagnostics *diagnostics);
