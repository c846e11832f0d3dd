/* What to write instead of an expression in a script: a variable of the environment, as the script's shell reads it. */
#pragma once

#include "lint/taint/context_path.h"
#include "lint/rule.h"

/* `path` NULL: the expression is more than one context. Transfer full. */
char *injection_help(const LintFile *file, const WorkflowExpression *expression, const ContextPath *path);

/* Gives the step a variable with the expression's value, and reads that; or reads the variable that the runner sets anyway. NULL where
 * nobody asks for fixes, the expression is more than one context, or its place in the script expands no variables. */
Fix *injection_fix(LintFile *file, const WorkflowExpression *expression, const ContextPath *path);
