/* Which machine a job asks for, as far as its labels tell.
 *
 * Labels are those of `runs-on`; where one is `${{ matrix.NAME }}`, the values that the matrix spells out stand for it. What only a run
 * can tell is left out. Linear in the size of the job; any thread.
 */
#pragma once

#include "lint/rule.h"

#include <jansson.h>

typedef struct {
  const char *text;
  const YamlNode *node;
  guint group;         /* which label of `runs-on` it stands for: of those of one group a run has one */
  bool is_alternative; /* it comes out of the matrix */
  const json_t *facts; /* its line of runner-labels.jsonl; NULL: GitHub has no such label */
} RunnerLabel;

/* Of RunnerLabel, in the order of `runs-on`; transfer full. */
GArray *lint_runner_labels(const WorkflowJob *job);

typedef enum { SYSTEM_UNKNOWN, SYSTEM_UNIX, SYSTEM_WINDOWS } RunnerSystem;

/* SYSTEM_UNKNOWN also where a matrix has several. */
RunnerSystem lint_runner_system(const WorkflowJob *job);
