/* Fixes that several rules make: one key more, another text. Private to rules/.
 *
 * Transfer full; NULL where nobody asks for fixes, or the change cannot be shown to be right.
 */
#pragma once

#include "lint/view.h"

/* What a new pair of a mapping is to be. */
typedef struct {
  const char *key;
  const char *yaml;          /* its value, indented from 0 */
  const char *const *behind; /* keys that it stands behind, the last of the file's; NULL-terminated; none is there: in front */
} FixPair;

Fix *fix_pair(LintFile *file, const YamlNode *mapping, const FixPair *pair, bool safe, const char *description);

Fix *fix_text(LintFile *file, const YamlNode *scalar, const char *text, bool safe, const char *description);

/* The same of [start, end) of an expression's own text. */
Fix *fix_expression(LintFile *file, const WorkflowExpression *expression, size_t start, size_t end, const char *text, bool safe,
                    const char *description);

/* Gives a job `timeout-minutes`, or a smaller number there, of at most `max` (0: no limit). Not safe: what takes longer is stopped. */
Fix *fix_time_limit(LintFile *file, const WorkflowJob *job, double max);
