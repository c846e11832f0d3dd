/* Actions that do something or not, depending on their inputs: "setup-node caches unless package-manager-cache is false". Private
 * to rules/.
 */
#pragma once

#include "lint/rules/used.h"

typedef enum {
  INPUT_BOOLEAN, /* anything but "false" counts as true, as most actions read it */
  INPUT_FILLED,  /* any text that is not empty */
  INPUT_ONE_OF,  /* one of `words` */
} InputKind;

/* What an input has to be. */
typedef struct {
  const char *input; /* NULL: no demand */
  InputKind kind;
  bool is_off;     /* the input prevents it */
  bool by_default; /* it holds, too, where the input is not given */
  const char *const *words;
} InputRow;

/* Rows of one action are alternatives; all inputs of a row have to hold. A table ends with an empty row. */
typedef struct {
  const char *action; /* owner/repo or owner/repo/path */
  unsigned below;     /* holds only in versions before this major one; 0: in all */
  InputRow inputs[3];
} CoordinateRow;

typedef enum { USAGE_OFF, USAGE_MAYBE, USAGE_ON } Usage;

/* Whether the step does what the table is about. `row` (may be NULL) becomes the row that says so. */
Usage coordinate_usage(const Used *used, const CoordinateRow *table, const CoordinateRow **row);
