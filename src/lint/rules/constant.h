/* Parts of expressions whose value does not depend on a run: literals, and what comparisons, `&&`, `||` and functions make of them. */
#pragma once

#include "lint/rule.h"
#include "workflow/expression/ast.h"

bool constant_is(const ExpressionNode *node);

/* Whether a constant part of `expression` counts as false where a condition stands; false for one that has no value. */
bool constant_is_falsy(const WorkflowExpression *expression, const ExpressionNode *node);

/* The value of a constant part as text; transfer full, NULL when it has none. */
char *constant_text(const WorkflowExpression *expression, const ExpressionNode *node);
