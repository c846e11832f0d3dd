/* `drover expression --batch`: one JSON line in, one JSON answer out, so that other programs can measure or use the
 * evaluator without starting it anew for each expression. */
#pragma once

#include <jansson.h>

/* Evaluates `{"expr": text, "contexts": {name: value}}` and answers `{"kind": ..., "value": ...}` or
 * `{"error": {"kind": "lexing|parsing|evaluation", "message": ...}}`; only the contexts given and the language's own
 * functions exist. A line of another form is answered with the error kind "protocol". Transfer full, never NULL. Any
 * thread. */
json_t *expression_batch_line(const char *line);
