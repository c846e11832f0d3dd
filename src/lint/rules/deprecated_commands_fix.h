/* The fix of `echo "::set-output name=x::y"` and its like. Private to rules/. */
#pragma once

#include "lint/script/runner_file.h"
#include "lint/view.h"

/* Writes to the runner's file instead, where bash or one of its relatives reads the script, `echo` is a command of its own with that
 * one text, and nothing else takes what it prints. Safe where the text is fixed: a variable may hold a line break, which the command
 * cut off. Transfer full; NULL where nobody asks for fixes. */
Fix *deprecated_command_fix(LintFile *file, const WorkflowStep *step, const RunnerWrite *write);
