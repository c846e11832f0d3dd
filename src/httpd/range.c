#include "httpd/range.h"

#include <string.h>

#define DIGITS "0123456789"

/* Reads digits, at least one, and stays at INT64_MAX beyond it. Returns what follows, or NULL. */
static const char *read_digits(const char *text, int64_t *number, bool *saturated) {
  size_t length = strspn(text, DIGITS);
  int64_t value = 0;
  *saturated = false;
  for (size_t i = 0; i < length; i++)
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text[i] - '0', &value)) {
      value = INT64_MAX;
      *saturated = true;
      break;
    }
  *number = value;
  return length > 0 ? text + length : NULL;
}

bool range_number(const char *text, int64_t *number) {
  int64_t value = 0;
  bool saturated = false;
  const char *end = text != NULL ? read_digits(text, &value, &saturated) : NULL;
  if (end == NULL || *end != '\0' || saturated)
    return false;
  *number = value;
  return true;
}

static RangeKind range_suffix(const char *text, int64_t size, int64_t *first, int64_t *length) {
  int64_t wanted = 0;
  bool saturated = false;
  const char *end = read_digits(text, &wanted, &saturated);
  if (end == NULL || *end != '\0')
    return RANGE_WHOLE;
  if (wanted == 0 || size == 0)
    return RANGE_UNSATISFIABLE;
  *length = MIN(wanted, size);
  *first = size - *length;
  return RANGE_PART;
}

RangeKind range_parse(const char *header, int64_t size, int64_t *first, int64_t *length) {
  if (header == NULL || g_ascii_strncasecmp(header, "bytes=", 6) != 0)
    return RANGE_WHOLE;
  const char *text = header + 6;
  if (*text == '-')
    return range_suffix(text + 1, size, first, length);
  int64_t start = 0;
  int64_t last = INT64_MAX;
  bool saturated = false;
  const char *rest = read_digits(text, &start, &saturated);
  if (rest == NULL || *rest++ != '-')
    return RANGE_WHOLE;
  const char *end = *rest != '\0' ? read_digits(rest, &last, &saturated) : rest;
  if (end == NULL || *end != '\0' || last < start)
    return RANGE_WHOLE;
  if (start >= size)
    return RANGE_UNSATISFIABLE;
  *first = start;
  *length = MIN(last, size - 1) - start + 1;
  return RANGE_PART;
}

bool content_range_parse(const char *header, int64_t *first, int64_t *last) {
  int64_t from = 0;
  int64_t to = 0;
  bool from_saturated = false;
  bool to_saturated = false;
  const char *rest = read_digits(header, &from, &from_saturated);
  if (rest == NULL || *rest++ != '-')
    return false;
  const char *end = read_digits(rest, &to, &to_saturated);
  if (end == NULL || *end != '\0' || to < from || from_saturated || to_saturated || to == INT64_MAX) /* last + 1 is a length */
    return false;
  *first = from;
  *last = to;
  return true;
}
