/* Texts that GitHub calls untrusted, in scripts. */
#pragma once

#include "lint/rule.h"

/* Reports each of them in the expression, when that becomes part of a script. */
void untrusted_input_check(LintFile *file, const WorkflowExpression *expression);
