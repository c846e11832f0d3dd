#include "base/scalar_walk.h"

#include <string.h>

/* Blanks and line breaks from `*at` on. `folding`: behind an escaped line break, which reads as nothing itself. */
static bool walk_blanks(ScalarWalk *walk, size_t from, size_t *at, bool folding) {
  g_autoptr(GString) first = g_string_new(NULL);
  g_autoptr(GString) more = g_string_new(NULL);
  for (size_t length; (length = scalar_break_at(walk, *at)) > 0 || scalar_blank_at(walk, *at); *at += MAX(length, 1)) {
    scalar_append_break(folding ? more : first, walk, *at);
    folding = folding || length > 0;
  }
  if (!folding)
    return scalar_add_piece(walk, walk->text + from, *at - from, from, *at);
  if (strcmp(first->str, "\n") == 0)
    g_string_assign(first, more->len == 0 ? " " : "");
  g_string_append_len(first, more->str, (gssize)more->len);
  return scalar_add_piece(walk, first->str, first->len, from, *at);
}

static bool walk_hex(ScalarWalk *walk, size_t *at, size_t digits) {
  gunichar code = 0;
  char read[6];
  size_t from = *at;
  if (digits + 2 > walk->end - from)
    return false;
  for (*at += 2; *at < from + 2 + digits; ++*at) {
    if (!g_ascii_isxdigit(walk->text[*at]))
      return false;
    code = (code << 4) | (gunichar)g_ascii_xdigit_value(walk->text[*at]);
  }
  return code <= 0x10FFFF && scalar_add_piece(walk, read, (size_t)g_unichar_to_utf8(code, read), from, *at);
}

/* YAML 1.2, 5.7: what stands behind a backslash in double quotes. */
static bool walk_escape(ScalarWalk *walk, size_t *at) {
  static const char letters[] = "0abt\tnvfre \"/\\N_LP";
  static const char *const reads[] = {"",     "\a", "\b", "\t", "\t", "\n",       "\v",       "\f",           "\r",
                                      "\x1b", " ",  "\"", "/",  "\\", "\xc2\x85", "\xc2\xa0", "\xe2\x80\xa8", "\xe2\x80\xa9"};
  size_t from = *at;
  if (scalar_break_at(walk, from + 1) > 0) {
    *at += 1 + scalar_break_at(walk, from + 1);
    return walk_blanks(walk, from, at, true);
  }
  char letter = from + 1 < walk->end ? walk->text[from + 1] : '\0';
  if (letter == 'x' || letter == 'u' || letter == 'U')
    return walk_hex(walk, at, letter == 'x' ? 2 : letter == 'u' ? 4 : 8);
  const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
  *at += 2;
  return found != NULL && scalar_add_piece(walk, reads[found - letters], found == letters ? 1 : strlen(reads[found - letters]), from, *at);
}

bool scalar_walk_flow(ScalarWalk *walk, size_t at) {
  ScalarStyle style = walk->map->writing.style;
  for (bool good = true; at < walk->end;) {
    size_t from = at;
    if (scalar_blank_at(walk, at) || scalar_break_at(walk, at) > 0) {
      good = walk_blanks(walk, from, &at, false);
    } else if (style == SCALAR_SINGLE && walk->text[at] == '\'') {
      good = scalar_add_piece(walk, "'", 1, from, at += 2);
    } else if (style == SCALAR_DOUBLE && walk->text[at] == '\\') {
      good = walk_escape(walk, &at);
    } else {
      char stop = style == SCALAR_SINGLE ? '\'' : style == SCALAR_DOUBLE ? '\\' : '\0';
      while (at < walk->end && walk->text[at] != stop && !scalar_blank_at(walk, at) && scalar_break_at(walk, at) == 0)
        at++;
      good = at > from && scalar_add_piece(walk, walk->text + from, at - from, from, at);
    }
    if (!good)
      return false;
  }
  return true;
}
