#include "runner/output/encodings.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* ---- base64 and hexadecimal digits ---- */

static void take_both_alphabets(const char *text, size_t length, EncodingFunc take, void *user) {
  g_autofree char *url = g_strndup(text, length);
  g_strdelimit(g_strdelimit(url, "+", '-'), "/", '_');
  take(text, length, user);
  take(url, length, user);
}

/* As it stands in the middle of something else that was encoded, at each of the three alignments; and at its end, padded or not. */
static void each_base64(const char *value, size_t length, EncodingFunc take, void *user) {
  for (size_t shift = 0; shift < 3; shift++) {
    g_autofree unsigned char *shifted = g_malloc0(shift + length);
    memcpy(shifted + shift, value, length);
    g_autofree char *text = g_base64_encode(shifted, shift + length);
    size_t before = shift == 0 ? 0 : shift + 1; /* characters that hold bits of what stands before */
    size_t sure = (shift + length) * 8 / 6;     /* those behind hold bits of what comes after */
    if (sure <= before)
      continue;
    take_both_alphabets(text + before, sure - before, take, user);
    take_both_alphabets(text + before, strcspn(text, "=") - before, take, user);
    take_both_alphabets(text + before, strlen(text) - before, take, user);
  }
}

#define WRAPPED_SHORTEST 8 /* a shorter last line stands in other texts, too */

/* Programs break base64 into lines: MIME and coreutils at 76 characters, PEM and OpenSSL at 64. */
static void each_base64_line(const char *value, size_t length, EncodingFunc take, void *user) {
  static const size_t widths[] = {64, 76};
  g_autofree char *text = g_base64_encode((const unsigned char *)value, length);
  size_t size = strlen(text);
  for (size_t i = 0; i < G_N_ELEMENTS(widths); i++)
    for (size_t at = 0; size > widths[i] && at < size; at += widths[i])
      if (size - at >= WRAPPED_SHORTEST)
        take(text + at, MIN(widths[i], size - at), user);
}

static void each_hex(const char *value, size_t length, EncodingFunc take, void *user) {
  g_autoptr(GString) lower = g_string_sized_new(length * 2);
  for (size_t i = 0; i < length; i++)
    g_string_append_printf(lower, "%02x", (unsigned char)value[i]);
  g_autofree char *upper = g_ascii_strup(lower->str, (gssize)lower->len);
  take(lower->str, lower->len, user);
  take(upper, lower->len, user);
}

/* ---- escapes ---- */

typedef enum {
  AS_IT_IS,
  PERCENT_UPPER, /* %2F */
  PERCENT_LOWER, /* %2f */
  UNICODE,       /* \u001f */
  OCTAL,         /* \037 */
  BACKSLASH,     /* \/ */
} Style;

typedef enum {
  CONTROL,  /* control characters */
  SPECIAL,  /* ASCII that is neither letter nor digit */
  RESERVED, /* all but letters and digits */
} Class;

typedef struct {
  const char *what;
  const char *from;   /* each of these characters becomes ... */
  const char *to[13]; /* ... the text of the same place */
  Style style;        /* how the others of `class` are written, */
  Class class;
  const char *kept; /* save these */
} Escape;

#define JSON_FROM "\"\\\n\r\t\b\f"
#define JSON_TO "\\\"", "\\\\", "\\n", "\\r", "\\t", "\\b", "\\f"
#define QUOTE_IN_SINGLE "'\"'\"'"

static const Escape escapes[] = {
  {"JSON", JSON_FROM, {JSON_TO}, UNICODE, CONTROL, ""},
  {"JSON with the slash", JSON_FROM "/", {JSON_TO, "\\/"}, UNICODE, CONTROL, ""},
  {"JSON that is safe in HTML, as Go has it", JSON_FROM "<>&", {JSON_TO, "\\u003c", "\\u003e", "\\u0026"}, UNICODE, CONTROL, ""},
  {"JSON that is safe in HTML, as .NET has it",
   "\\\n\r\t\b\f\"<>&'+`",
   {"\\\\", "\\n", "\\r", "\\t", "\\b", "\\f", "\\u0022", "\\u003C", "\\u003E", "\\u0026", "\\u0027", "\\u002B", "\\u0060"},
   UNICODE,
   CONTROL,
   ""},
  {"JSON in JSON", JSON_FROM, {"\\\\\\\"", "\\\\\\\\", "\\\\n", "\\\\r", "\\\\t", "\\\\b", "\\\\f"}, AS_IT_IS, CONTROL, ""},
  {"URI, RFC 3986", "", {NULL}, PERCENT_UPPER, RESERVED, "-._~"},
  {"URI in lower case", "", {NULL}, PERCENT_LOWER, RESERVED, "-._~"},
  {"encodeURIComponent", "", {NULL}, PERCENT_UPPER, RESERVED, "-._~!'()*"},
  {"encodeURI", "", {NULL}, PERCENT_UPPER, RESERVED, "-._~!'()*;/?:@&=+$,#"},
  {"the path of a URI", "", {NULL}, PERCENT_UPPER, RESERVED, "-._~/"},
  {"a form", " ", {"+"}, PERCENT_UPPER, RESERVED, "-._*"},
  {"a form in lower case", " ", {"+"}, PERCENT_LOWER, RESERVED, "-._*"},
  {"a form, as Python has it", " ", {"+"}, PERCENT_UPPER, RESERVED, "-._~"},
  {"the user of a URI", "", {NULL}, PERCENT_UPPER, RESERVED, "-._~!$&'()*+,;="},
  {"XML", "&<>\"'", {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"}, AS_IT_IS, CONTROL, ""},
  {"XML, text", "&<>", {"&amp;", "&lt;", "&gt;"}, AS_IT_IS, CONTROL, ""},
  {"XML, attribute", "&<>\"", {"&amp;", "&lt;", "&gt;", "&quot;"}, AS_IT_IS, CONTROL, ""},
  {"HTML", "&<>\"'", {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}, AS_IT_IS, CONTROL, ""},
  {"HTML, as Go has it", "&<>\"'", {"&amp;", "&lt;", "&gt;", "&#34;", "&#39;"}, AS_IT_IS, CONTROL, ""},
  {"HTML, as Python has it", "&<>\"'", {"&amp;", "&lt;", "&gt;", "&quot;", "&#x27;"}, AS_IT_IS, CONTROL, ""},
  {"single quotes of a shell", "'", {QUOTE_IN_SINGLE}, AS_IT_IS, CONTROL, ""},
  {"single quotes of a shell, with a backslash", "'", {"'\\''"}, AS_IT_IS, CONTROL, ""},
  {"double quotes of a shell", "\"$`\\", {"\\\"", "\\$", "\\`", "\\\\"}, AS_IT_IS, CONTROL, ""},
  {"double quotes of a shell, with !", "\"$`\\!", {"\\\"", "\\$", "\\`", "\\\\", "\\!"}, AS_IT_IS, CONTROL, ""},
  {"backslashes of a shell", "", {NULL}, BACKSLASH, SPECIAL, "%+-./:=@_"},
  {"backslashes of a shell, careful ones", "", {NULL}, BACKSLASH, SPECIAL, "-./_"},
  {"dollar quotes of a shell", "'\\\n\r\t\b\f\v\a\033", {"\\'", "\\\\", "\\n", "\\r", "\\t", "\\b", "\\f", "\\v", "\\a", "\\E"}, OCTAL, CONTROL, ""},
  {"single quotes doubled: expressions, SQL, YAML, PowerShell", "'", {"''"}, AS_IT_IS, CONTROL, ""},
  {"double quotes of a command line", "\"", {"\\\""}, AS_IT_IS, CONTROL, ""},
  {"a string of C or Python", "\\\"\n\r\t", {"\\\\", "\\\"", "\\n", "\\r", "\\t"}, AS_IT_IS, CONTROL, ""},
  {"a string of Python in single quotes", "\\'\n\r\t", {"\\\\", "\\'", "\\n", "\\r", "\\t"}, AS_IT_IS, CONTROL, ""},
  {"a list of such strings", "\\\n\r\t", {"\\\\", "\\n", "\\r", "\\t"}, AS_IT_IS, CONTROL, ""},
  {"the data of a workflow command", "%\r\n", {"%25", "%0D", "%0A"}, AS_IT_IS, CONTROL, ""},
  {"a property of a workflow command", "%\r\n:,", {"%25", "%0D", "%0A", "%3A", "%2C"}, AS_IT_IS, CONTROL, ""},
};

static bool is_of_class(Class class, unsigned char byte) {
  if (class == CONTROL)
    return byte < 0x20 || byte == 0x7f;
  return !g_ascii_isalnum(byte) && (class == RESERVED || byte < 0x80);
}

static void append_styled(GString *text, Style style, unsigned char byte) {
  if (style == PERCENT_UPPER)
    g_string_append_printf(text, "%%%02X", byte);
  else if (style == PERCENT_LOWER)
    g_string_append_printf(text, "%%%02x", byte);
  else if (style == UNICODE)
    g_string_append_printf(text, "\\u%04x", byte);
  else if (style == OCTAL)
    g_string_append_printf(text, "\\%03o", byte);
  else
    g_string_append_printf(text, "%s%c", style == BACKSLASH ? "\\" : "", byte);
}

static void escape(const Escape *row, const char *value, size_t length, GString *text) {
  g_string_truncate(text, 0);
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)value[i];
    const char *from = byte != '\0' ? strchr(row->from, byte) : NULL;
    if (from != NULL)
      g_string_append(text, row->to[from - row->from]);
    else if (is_of_class(row->class, byte) && strchr(row->kept, byte) == NULL)
      append_styled(text, row->style, byte);
    else
      g_string_append_c(text, (char)byte);
  }
}

/* JSON of ASCII alone: the letters beyond it as UTF-16 in hexadecimal digits of either case. */
static void each_ascii_json(const char *json, size_t length, EncodingFunc take, void *user) {
  glong count = 0;
  g_autofree gunichar2 *units = g_utf8_to_utf16(json, (glong)length, NULL, &count, NULL);
  g_autoptr(GString) lower = g_string_new(NULL), upper = g_string_new(NULL);
  for (glong i = 0; units != NULL && i < count; i++) {
    g_string_append_printf(lower, units[i] < 0x80 ? "%c" : "\\u%04x", units[i]);
    g_string_append_printf(upper, units[i] < 0x80 ? "%c" : "\\u%04X", units[i]);
  }
  take(lower->str, lower->len, user);
  take(upper->str, upper->len, user);
}

/* ---- pieces ---- */

/* PowerShell colours one letter behind an "&" when a command line fails: what stands before and behind it is printed apart. */
static void each_ampersand_part(const char *value, size_t length, EncodingFunc take, void *user) {
  const char *plus = g_strstr_len(value, (gssize)length, "&+"), *last = memrchr(value, '&', length);
  if (last == NULL)
    return;
  size_t before = (size_t)((plus != NULL ? plus + 2 : last + 1) - value);
  size_t skipped = MIN(length, before + (plus != NULL ? 1 : 0));
  const size_t shortest = 6;
  if (before >= shortest)
    take(value, before, user);
  if (length - skipped >= shortest)
    take(value + skipped, length - skipped, user);
}

static void each_unquoted(const char *value, size_t length, EncodingFunc take, void *user) {
  if (length > 8 && value[0] == '"' && value[length - 1] == '"')
    take(value + 1, length - 2, user);
}

void encodings_each(const char *value, size_t length, EncodingFunc take, void *user) {
  g_autoptr(GString) text = g_string_sized_new(length);
  for (size_t i = 0; i < G_N_ELEMENTS(escapes); i++) {
    escape(&escapes[i], value, length, text);
    take(text->str, text->len, user);
    if (escapes[i].style == UNICODE)
      each_ascii_json(text->str, text->len, take, user);
  }
  each_base64(value, length, take, user);
  each_base64_line(value, length, take, user);
  each_hex(value, length, take, user);
  each_ampersand_part(value, length, take, user);
  each_unquoted(value, length, take, user);
}
