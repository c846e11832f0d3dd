/* How drover lint answers: the report in the format that is asked for, or what fixes would change. */
#pragma once

#include "cli/command.h"
#include "lint/report/report.h"

/* Fills in what the terminal is like, prints, and sets the status: 1 when something is found, or would be changed. */
void lint_answer(Invocation *invocation, const Report *report);
