/* Options with which tests and scans succeed whatever they find. For rules on checks (failures.h tells what a check is). */
#pragma once

#include "lint/view.h"

/* The place of such an option in the script: [start, end). False when the command has none. */
bool lenient_command(const ShellCommand *command, size_t *start, size_t *end);

/* The input of an action that says the same; NULL: there is none. */
const WorkflowPair *lenient_input(LintFile *file, const WorkflowStep *step);
