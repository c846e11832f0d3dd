#include "base/version.h"

#include <glib.h>
#include <string.h>

#define DIGITS "0123456789"
#define IDENTIFIER DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"

/* Reads a decimal number that fits; returns what follows, or NULL. */
static const char *read_number(const char *text, uint64_t *number) {
  size_t length = strspn(text, DIGITS);
  uint64_t value = 0;
  for (size_t i = 0; i < length; i++)
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
      return NULL;
  *number = value;
  return length > 0 ? text + length : NULL;
}

/* Skips identifiers with dots between; returns what follows, or NULL where one is empty. */
static const char *skip_identifiers(const char *text) {
  for (;;) {
    size_t length = strspn(text, IDENTIFIER);
    if (length == 0)
      return NULL;
    text += length;
    if (*text != '.')
      return text;
    text++;
  }
}

bool semver_parse(const char *text, Semver *version) {
  if (text == NULL)
    return false;
  Semver read = {.prefixed = *text == 'v'};
  const char *rest = read.prefixed ? text + 1 : text;
  do {
    rest = read_number(read.count > 0 ? rest + 1 : rest, &read.numbers[read.count]);
    read.count++;
  } while (rest != NULL && *rest == '.' && read.count < G_N_ELEMENTS(read.numbers));
  if (rest != NULL && *rest == '-') {
    read.pre = rest + 1;
    rest = skip_identifiers(read.pre);
    read.pre_length = rest != NULL ? (size_t)(rest - read.pre) : 0;
  }
  if (rest != NULL && *rest == '+')
    rest = skip_identifiers(rest + 1);
  if (rest == NULL || *rest != '\0')
    return false;
  *version = read;
  return true;
}

static int compare_numbers(uint64_t a, uint64_t b) {
  return (a > b) - (a < b);
}

/* One identifier of each, not terminated: numbers by value and below words, words by bytes. */
static int compare_identifiers(const char *a, size_t a_length, const char *b, size_t b_length) {
  bool a_is_number = strspn(a, DIGITS) >= a_length;
  bool b_is_number = strspn(b, DIGITS) >= b_length;
  if (a_is_number != b_is_number)
    return a_is_number ? -1 : 1;
  if (a_is_number) {
    for (; a_length > 1 && *a == '0'; a++, a_length--)
      ;
    for (; b_length > 1 && *b == '0'; b++, b_length--)
      ;
    if (a_length != b_length)
      return a_length < b_length ? -1 : 1;
  }
  int order = memcmp(a, b, MIN(a_length, b_length));
  return order != 0 ? order : compare_numbers(a_length, b_length);
}

/* The pre-releases of two versions with equal numbers; a release is newer than any of them. */
static int compare_pre(const Semver *a, const Semver *b) {
  if (a->pre_length == 0 || b->pre_length == 0)
    return (a->pre_length == 0) - (b->pre_length == 0);
  const char *left = a->pre;
  const char *right = b->pre;
  const char *left_end = left + a->pre_length;
  const char *right_end = right + b->pre_length;
  while (left < left_end && right < right_end) {
    size_t left_length = strcspn(left, ".+");
    size_t right_length = strcspn(right, ".+");
    int order = compare_identifiers(left, left_length, right, right_length);
    if (order != 0)
      return order;
    left += left_length + 1;
    right += right_length + 1;
  }
  return (left < left_end) - (right < right_end);
}

int semver_compare(const Semver *a, const Semver *b) {
  for (size_t i = 0; i < G_N_ELEMENTS(a->numbers); i++) {
    int order = compare_numbers(a->numbers[i], b->numbers[i]);
    if (order != 0)
      return order;
  }
  return compare_pre(a, b);
}

bool semver_is_within(const Semver *full, const Semver *moving) {
  if (full->pre_length > 0 || moving->pre_length > 0)
    return full->count == moving->count && semver_compare(full, moving) == 0;
  return full->count >= moving->count && memcmp(full->numbers, moving->numbers, moving->count * sizeof *full->numbers) == 0;
}

bool semver_in_range(const Semver *version, const SemverRange *range) {
  Semver bound;
  if (semver_parse(range->introduced, &bound) && semver_compare(version, &bound) < 0)
    return false;
  if (semver_parse(range->fixed, &bound) && semver_compare(version, &bound) >= 0)
    return false;
  return !semver_parse(range->last_affected, &bound) || semver_compare(version, &bound) <= 0;
}
