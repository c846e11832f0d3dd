#include "lint/edit/edit_layout.h"

#include <string.h>

static bool is_printable(gunichar c) {
  return (c >= 0x20 && c < 0x7F) || (c >= 0xA0 && c != 0x2028 && c != 0x2029 && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF);
}

bool write_is_printable(const char *text) {
  for (; *text != '\0'; text = g_utf8_next_char(text))
    if (!is_printable(g_utf8_get_char(text)))
      return false;
  return true;
}

/* YAML 1.2, 7.3.3, on the safe side: a tab, and any indicator in front but a - before a word, asks for quotes. */
static bool fits_plain(const char *text, bool in_flow) {
  size_t length = strlen(text);
  if (length == 0 || *text == ' ' || text[length - 1] == ' ' || text[length - 1] == ':' || !write_is_printable(text))
    return false;
  if (strchr("?:,[]{}#&*!|>'\"%@`", *text) != NULL || (*text == '-' && (text[1] == ' ' || text[1] == '\0')))
    return false;
  if (g_str_has_prefix(text, "---") || g_str_has_prefix(text, "...") || strstr(text, ": ") != NULL || strstr(text, " #") != NULL)
    return false;
  return !in_flow || (strpbrk(text, ",[]{}") == NULL && !g_str_has_prefix(text, "-"));
}

bool write_reads_as_text(const YamlNode *scalar) {
  bool yes;
  double number;
  return !yaml_is_null(scalar) && !yaml_to_bool(scalar, &yes) && !yaml_to_number(scalar, &number);
}

/* YAML 1.2, 5.7. */
static void append_escaped(GString *out, gunichar c) {
  if (c == '"' || c == '\\')
    g_string_append_printf(out, "\\%c", (char)c);
  else if (c == '\n' || c == '\t' || c == '\r')
    g_string_append(out, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r");
  else if (is_printable(c))
    g_string_append_unichar(out, c);
  else
    g_string_append_printf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
}

void write_inside(GString *out, const char *text, ScalarStyle style) {
  for (; *text != '\0'; text = g_utf8_next_char(text)) {
    gunichar c = g_utf8_get_char(text);
    if (style == SCALAR_DOUBLE)
      append_escaped(out, c);
    else
      g_string_append_unichar(out, c);
    if (style == SCALAR_SINGLE && c == '\'')
      g_string_append_c(out, '\'');
  }
}

char *write_scalar(const char *text, ScalarStyle style, bool in_flow, bool as_text) {
  const YamlNode plain = {.kind = YAML_SCALAR, .plain = true, .text = text, .length = strlen(text)};
  if (style == SCALAR_PLAIN && fits_plain(text, in_flow) && (!as_text || write_reads_as_text(&plain)))
    return g_strdup(text);
  bool printable = write_is_printable(text);
  if (!printable || (style != SCALAR_SINGLE && strchr(text, '\'') != NULL))
    style = SCALAR_DOUBLE;
  else if (style != SCALAR_DOUBLE)
    style = SCALAR_SINGLE;
  const char *quote = style == SCALAR_DOUBLE ? "\"" : "'";
  GString *out = g_string_new(quote);
  write_inside(out, text, style);
  g_string_append(out, quote);
  return g_string_free(out, FALSE);
}
