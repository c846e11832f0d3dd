#include "workflow/schema.h"

/* https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability, and the schema of GitHub's
 * parser where the two differ: the wider one counts. */

#define STATUS_FUNCTIONS                                                                                                                             \
  {"always", 0, 0}, {"cancelled", 0, 0}, {"failure", 0, EXPRESSION_MAX_ARGUMENTS}, {                                                                 \
    "success", 0, EXPRESSION_MAX_ARGUMENTS                                                                                                           \
  }
#define HASH_FILES                                                                                                                                   \
  { "hashFiles", 1, EXPRESSION_MAX_ARGUMENTS }
#define NAMES(list, ...)                                                                                                                             \
  { .contexts = (const char *const[]){__VA_ARGS__, NULL}, .functions = list }

static const ExpressionFunction no_functions[] = {{0}};
static const ExpressionFunction status_functions[] = {STATUS_FUNCTIONS, {0}};
static const ExpressionFunction step_functions[] = {HASH_FILES, {0}};
static const ExpressionFunction step_if_functions[] = {STATUS_FUNCTIONS, HASH_FILES, {0}};

static const ExpressionNames rows[AVAILABLE_COUNT] = {
  [AVAILABLE_WORKFLOW] = NAMES(no_functions, "github", "inputs", "vars"),
  [AVAILABLE_WORKFLOW_ENV] = NAMES(no_functions, "github", "inputs", "vars", "secrets"),
  [AVAILABLE_WORKFLOW_OUTPUT] = NAMES(no_functions, "github", "inputs", "vars", "jobs"),
  [AVAILABLE_NEEDS] = NAMES(no_functions, "github", "inputs", "vars", "needs"),
  [AVAILABLE_JOB_IF] = NAMES(status_functions, "github", "inputs", "vars", "needs"),
  [AVAILABLE_JOB] = NAMES(no_functions, "github", "inputs", "vars", "needs", "strategy", "matrix"),
  [AVAILABLE_JOB_SECRETS] = NAMES(no_functions, "github", "inputs", "vars", "needs", "strategy", "matrix", "secrets"),
  [AVAILABLE_JOB_ENV_CONTEXT] = NAMES(no_functions, "github", "inputs", "vars", "needs", "strategy", "matrix", "env"),
  [AVAILABLE_CREDENTIALS] = NAMES(no_functions, "github", "inputs", "vars", "needs", "strategy", "matrix", "secrets", "env"),
  [AVAILABLE_RUNNER] = NAMES(no_functions, "github", "inputs", "vars", "needs", "strategy", "matrix", "secrets", "steps", "job", "runner", "env"),
  [AVAILABLE_RUNNER_PUBLIC] = NAMES(no_functions, "github", "inputs", "vars", "needs", "strategy", "matrix", "steps", "job", "runner", "env"),
  [AVAILABLE_STEP] = NAMES(step_functions, "github", "inputs", "vars", "needs", "strategy", "matrix", "secrets", "steps", "job", "runner", "env"),
  [AVAILABLE_STEP_IF] = NAMES(step_if_functions, "github", "inputs", "vars", "needs", "strategy", "matrix", "steps", "job", "runner", "env"),
  [AVAILABLE_ACTION_INPUT] = NAMES(step_functions, "github", "strategy", "matrix", "job", "runner"),
  [AVAILABLE_ACTION_CONTAINER] = NAMES(step_functions, "inputs"),
  [AVAILABLE_ACTION_STEP] = NAMES(step_functions, "github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env"),
  [AVAILABLE_ACTION_AROUND] = NAMES(step_if_functions, "github", "inputs", "strategy", "matrix", "job", "runner", "env"),
  [AVAILABLE_ACTION_IF] = NAMES(step_if_functions, "github", "inputs", "strategy", "matrix", "steps", "job", "runner", "env"),
  [AVAILABLE_DEPENDABOT] = NAMES(no_functions, "secrets"),
};

const ExpressionNames *availability_names(Availability availability) {
  return rows[availability].contexts != NULL ? &rows[availability] : NULL;
}
