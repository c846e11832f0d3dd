/* Commands that check something (tests, linters, scanners), and how scripts let a failure pass. For rules about both. */
#pragma once

#include "lint/view.h"

/* Whether the command tests, lints or scans. */
bool command_checks(const ShellCommand *command);

/* Whether the step does: one of its commands, or the action that it uses. */
bool step_checks(LintFile *file, const WorkflowStep *step);

/* Whether the failure of the n-th command is thrown away: `|| true`, `|| :`, `|| exit 0`, `|| echo ...`, also behind the pipe that it
 * stands in. `text` is the script; `end` becomes the end of what throws it away. */
bool command_failure_ignored(const ShellScript *script, const char *text, guint index, size_t *end);

/* Whether `continue-on-error:` says true, and not what an expression gives. */
bool failure_is_allowed(const WorkflowText *continue_on_error);
