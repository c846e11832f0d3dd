/* What a step gives an action, held against what the action takes. */
#pragma once

#include "lint/rule.h"

/* Against an action of this repository. */
void action_check_local(LintFile *file, const WorkflowStep *step, const Action *action);
/* Against a line of data/actions.jsonl. */
void action_check_known(LintFile *file, const WorkflowStep *step, const json_t *fact);
