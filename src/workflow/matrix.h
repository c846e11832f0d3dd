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

/* What an evaluated matrix becomes. */
typedef struct {
  json_t *combinations; /* a list of objects in GitHub's order, at least one; owned */
  size_t multiplied;    /* so many of the first are products of the vectors, the others items of `include` */
  size_t vectors;       /* how many of a product's first values come from vectors; `include` added the rest */
} MatrixLegs;

void matrix_legs_clear(MatrixLegs *legs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MatrixLegs, matrix_legs_clear)

/* The product of the vectors, less `exclude` (items match by what they name), then `include`. Where everything is excluded, the job
 * runs once, without values. Errors (INPUT) begin with `where`. */
bool matrix_expand(const json_t *matrix, Location where, MatrixLegs *legs, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "test (tenants, 3.11)": a job's name with the scalars of a combination, but not with what `include` added to it; at most 100
 * characters. Transfer full. */
char *matrix_job_name(const char *name, const MatrixLegs *legs, size_t index);
