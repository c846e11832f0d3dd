/* The numbers of HTTP's range headers. Pure functions over outside bytes. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { RANGE_WHOLE, RANGE_PART, RANGE_UNSATISFIABLE } RangeKind;

/* RFC 9110, section 14.2, for something of `size` bytes. One range is served; several, other units and bad syntax give the
 * whole, as the RFC allows. `first` and `length` are set for RANGE_PART only. `header` may be NULL. */
RangeKind range_parse(const char *header, int64_t size, int64_t *first, int64_t *length);

/* "<first>-<last>", both inclusive: the Content-Range of an upload's chunk in OCI Distribution. */
bool content_range_parse(const char *header, int64_t *first, int64_t *last);

/* Decimal digits only, and no more than fit. `text` may be NULL. */
bool range_number(const char *text, int64_t *number);
