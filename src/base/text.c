#include "base/text.h"

#include <string.h>

bool text_letter_is_control(gunichar letter) {
  GUnicodeType type = g_unichar_type(letter);
  return type == G_UNICODE_CONTROL || (type == G_UNICODE_FORMAT && letter != 0x200d); /* a joiner makes one picture of two */
}

static bool is_plain(const char *text) {
  while (*text >= ' ' && *text < 0x7f)
    text++;
  return *text == '\0';
}

char *text_harmless(const char *text, bool lines) {
  if (is_plain(text))
    return g_strdup(text);
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *harmless = g_string_sized_new(strlen(valid));
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar letter = g_utf8_get_char(at);
    if (letter == '\n' || letter == '\t')
      g_string_append_c(harmless, lines ? (char)letter : ' ');
    else if (text_letter_is_control(letter))
      g_string_append(harmless, "\xef\xbf\xbd");
    else
      g_string_append_unichar(harmless, letter);
  }
  return g_string_free(harmless, FALSE);
}

unsigned text_letter_width(gunichar letter) {
  return g_unichar_iszerowidth(letter) ? 0 : g_unichar_iswide(letter) ? 2 : 1;
}

size_t text_width(const char *text) {
  size_t width = 0;
  for (; *text != '\0'; text = g_utf8_next_char(text))
    width += text_letter_width(g_utf8_get_char(text));
  return width;
}
