/* strategy.matrix: from YAML to the list of combinations that become jobs, as GitHub expands it. */
#pragma once

#include "base/yaml.h"
#include "workflow/expression/expression.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#define MATRIX_JOBS_MAX 256 /* GitHub's limit */

/* A YAML tree as JSON: plain scalars by YAML 1.2's core schema, each text that is one ${{ }} as the value it gives, other
 * texts expanded. `scope` evaluates them; NULL where there are none. NULL with INPUT and the place of the expression. */
json_t *matrix_evaluate(const YamlNode *node, const ExpressionScope *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether nothing in a matrix depends on a run: it names no context, and no function that asks one. */
bool matrix_is_constant(const YamlNode *node);

/* A YAML tree as JSON, with each ${{ }} as the text that it is. Transfer full. */
json_t *matrix_as_written(const YamlNode *node);

/* The combinations of an evaluated matrix, in GitHub's order: a list of objects (transfer full). The product of the vectors,
 * less `exclude` (objects match by the keys they name), then `include`. Errors (INPUT) begin with `where`. */
json_t *matrix_expand(const json_t *matrix, Location where, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "test (tenants, 3.11)": a job's name with the scalars of its combination, at most 100 characters in brackets. `combination`
 * NULL or empty: `name` alone. Transfer full. */
char *matrix_job_name(const char *name, const json_t *combination);
