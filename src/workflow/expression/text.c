#include "workflow/expression/internal.h"

#include <math.h>
#include <string.h>

gunichar expression_char_next(const char **at, const char *end) {
  unsigned char first = (unsigned char)**at;
  if (first < 0x80) {
    (*at)++;
    return first;
  }

  gunichar c = g_utf8_get_char_validated(*at, end - *at);
  bool valid = c != (gunichar)-1 && c != (gunichar)-2;
  *at += valid ? g_unichar_to_utf8(c, NULL) : 1;
  return valid ? c : first;
}

bool expression_char_is_space(gunichar c) {
  if (c < 0x80)
    return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || g_unichar_isspace(c);
}

size_t expression_utf16_length(const char *text, size_t length) {
  size_t units = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    bool continuation = (byte & 0xC0) == 0x80;
    units += continuation ? 0 : byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

/* Dotless i and long s have an ASCII capital in Unicode, and none in an ordinal comparison on .NET. */
static gunichar upper(gunichar c) {
  if (c < 0x80)
    return (gunichar)g_ascii_toupper((char)c);
  return c == 0x131 || c == 0x17F ? c : g_unichar_toupper(c);
}

/* UTF-16 puts the characters beyond the first plane before U+E000. */
static gunichar first_unit(gunichar c) {
  return c < 0x10000 ? c : 0xD800 + ((c - 0x10000) >> 10);
}

static int compare_chars(gunichar left, gunichar right) {
  if (left >= 0x10000 && right >= 0x10000)
    return left < right ? -1 : 1;
  return first_unit(left) < first_unit(right) ? -1 : 1;
}

int expression_text_compare(const char *left, size_t left_length, const char *right, size_t right_length) {
  const char *left_end = left + left_length;
  const char *right_end = right + right_length;

  while (left < left_end && right < right_end) {
    gunichar a = upper(expression_char_next(&left, left_end));
    gunichar b = upper(expression_char_next(&right, right_end));
    if (a != b)
      return compare_chars(a, b);
  }
  return (left < left_end) - (right < right_end);
}

GString *expression_text_fold(const char *text, size_t length) {
  GString *folded = g_string_sized_new(length);
  const char *end = text + length;

  while (text < end) {
    gunichar c = upper(expression_char_next(&text, end));
    if (c < 0x80)
      g_string_append_c(folded, (char)c);
    else
      g_string_append_unichar(folded, c);
  }
  return folded;
}

static void trim(const char **text, size_t *length) {
  const char *at = *text;
  const char *end = at + *length;
  const char *first = NULL;
  const char *last = at;

  while (at < end) {
    const char *start = at;
    if (expression_char_is_space(expression_char_next(&at, end)))
      continue;
    first = first == NULL ? start : first;
    last = at;
  }
  *text = first == NULL ? *text : first;
  *length = first == NULL ? 0 : (size_t)(last - first);
}

static const char *skip_digits(const char *at, const char *end) {
  while (at < end && g_ascii_isdigit(*at))
    at++;
  return at;
}

static const char *skip_sign(const char *at, const char *end) {
  return at < end && (*at == '+' || *at == '-') ? at + 1 : at;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit on at least one side of the point. */
static bool is_decimal(const char *at, const char *end) {
  at = skip_sign(at, end);
  const char *whole = at;
  at = skip_digits(at, end);
  size_t digits = (size_t)(at - whole);

  if (at < end && *at == '.') {
    const char *fraction = ++at;
    at = skip_digits(at, end);
    digits += (size_t)(at - fraction);
  }
  if (digits == 0)
    return false;
  if (at == end)
    return true;
  if (*at != 'e' && *at != 'E')
    return false;

  const char *exponent = skip_sign(at + 1, end);
  return exponent < end && skip_digits(exponent, end) == end;
}

static double decimal(const char *text, size_t length) {
  g_autofree char *copy = g_strndup(text, length);
  return g_ascii_strtod(copy, NULL);
}

/* GitHub reads hexadecimal and octal into 32 bits with a sign: 0xffffffff is -1, and one more is no number. */
static double radix(const char *digits, size_t length, unsigned bits) {
  guint64 number = 0;
  for (size_t i = 0; i < length; i++) {
    int digit = g_ascii_xdigit_value(digits[i]);
    if (digit < 0 || digit >= 1 << bits)
      return NAN;
    number = number << bits | (guint64)digit;
    if (number > G_MAXUINT32)
      return NAN;
  }
  return (double)(gint32)(guint32)number;
}

static bool is_text(const char *text, size_t length, const char *wanted) {
  return length == strlen(wanted) && memcmp(text, wanted, length) == 0;
}

double expression_number_parse(const char *text, size_t length) {
  trim(&text, &length);
  if (length == 0)
    return 0;
  if (is_decimal(text, text + length))
    return decimal(text, length);
  if (length > 2 && text[0] == '0' && text[1] == 'x')
    return radix(text + 2, length - 2, 4);
  if (length > 2 && text[0] == '0' && text[1] == 'o')
    return radix(text + 2, length - 2, 3);
  if (is_text(text, length, "Infinity") || is_text(text, length, "+Infinity"))
    return INFINITY;
  if (is_text(text, length, "-Infinity"))
    return -INFINITY;
  return NAN;
}

const char *expression_number_format(double number, char buffer[G_ASCII_DTOSTR_BUF_SIZE]) {
  if (isnan(number))
    return "NaN";
  if (isinf(number))
    return number > 0 ? "Infinity" : "-Infinity";
  if (number == 0)
    return "0";
  return g_ascii_formatd(buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.15G", number);
}
