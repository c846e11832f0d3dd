/* Laying one JSON object over another. Private to this folder. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#define MERGE_MAX_BYTES ((size_t)10 << 20)
#define MERGE_MAX_DEPTH 100

/* Members of `over` win; where both have an object, its members do. Lists are replaced whole. INPUT when `over` is no object, or
 * deeper or larger than the limits; `target` then holds a part. */
bool merge_over(json_t *target, const json_t *over, GError **error) G_GNUC_WARN_UNUSED_RESULT;
