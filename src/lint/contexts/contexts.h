/* The types of contexts where an expression stands: what is known of github.event, inputs, needs, matrix, steps and the others
 * before anything runs.
 *
 * Each is made when it is first asked for, once a file or once a job, and lies in file->arena. What the file does not decide is
 * `any`, so that nothing is said of it. One thread at a time, as all that looks at one file.
 */
#pragma once

#include "lint/rule.h"
#include "workflow/expression/type.h"

/* The type of the context `name` where `expression` stands; NULL: nothing is known of it. */
const Type *lint_context(LintFile *file, const WorkflowExpression *expression, const char *name);

/* The type of an expression's value. `report` (may be NULL) is told what is wrong in it. */
const Type *lint_expression_type(LintFile *file, const WorkflowExpression *expression, void (*report)(const TypeFinding *finding, void *user),
                                 void *user);

/* The type of a scalar of a job's matrix or of its `with`: the value of its one ${{ }}, or of the text that stands there. */
const Type *lint_scalar_type(LintFile *file, const YamlNode *scalar, const WorkflowJob *job);

/* The type that an input has by its `type`; any without one: such an input of workflow_dispatch is often compared with true. */
const Type *lint_input_type(const WorkflowInput *input);

/* The path, as repository.h takes it, of what `uses:` names in this repository with ./ or $/ in front. NULL: it lies elsewhere, or may
 * do so, as `..` leads up. */
const char *lint_local_path(LintFile *file, const char *uses);
/* lint_repository_action() and lint_repository_workflow() of that path. NULL, and LOOKUP_MISSING without `why`, for what lies
 * elsewhere. */
const Action *lint_local_action(LintFile *file, const char *uses, LookupState *state, const char **why);
const Workflow *lint_local_workflow(LintFile *file, const char *uses, LookupState *state, const char **why);

/* The line of data/actions.jsonl for an action of another repository, whose owner may be spelled in lower case; NULL: none. */
const json_t *lint_known_action(const char *uses);
