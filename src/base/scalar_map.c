#include "base/scalar_map.h"

#include <string.h>

/* A part of the text and its writing. The text ends where the next piece's begins. */
typedef struct {
  size_t offset;
  size_t byte, byte_end;
  bool itself; /* written as it is, byte by byte */
} Piece;

struct ScalarMap {
  GArray *pieces; /* Piece */
  size_t length;  /* how much of the text is mapped */
  bool whole;     /* which is all of it */
  size_t body;    /* where the writing of the first character would stand */
  ScalarWriting writing;
};

typedef struct {
  const char *text;
  size_t end;
  const YamlNode *scalar;
  ScalarMap *map;
} Walk;

size_t yaml_break_length(const char *text, size_t at, size_t size) {
  const unsigned char *c = (const unsigned char *)text + at;
  size_t left = size - at;
  switch (*c) {
  case '\n':
    return 1;
  case '\r':
    return left > 1 && c[1] == '\n' ? 2 : 1;
  case 0xC2:
    return left > 1 && c[1] == 0x85 ? 2 : 0;
  case 0xE2:
    return left > 2 && c[1] == 0x80 && (c[2] == 0xA8 || c[2] == 0xA9) ? 3 : 0;
  default:
    return 0;
  }
}

static size_t break_at(const Walk *walk, size_t at) {
  return at < walk->end ? yaml_break_length(walk->text, at, walk->end) : 0;
}

static bool is_blank(const Walk *walk, size_t at) {
  return at < walk->end && (walk->text[at] == ' ' || walk->text[at] == '\t');
}

/* What a line break reads as: all but the two Unicode separators become a line feed. */
static void append_break(GString *out, const Walk *walk, size_t at) {
  size_t length = break_at(walk, at);
  if (length == 3)
    g_string_append_len(out, walk->text + at, 3);
  else if (length > 0)
    g_string_append_c(out, '\n');
}

/* The bytes [from, to) write `count` bytes of the text, which are `read`; false when the text says otherwise. */
static bool add_piece(Walk *walk, const char *read, size_t count, size_t from, size_t to) {
  ScalarMap *map = walk->map;
  if (count > walk->scalar->length - map->length || memcmp(walk->scalar->text + map->length, read, count) != 0)
    return false;
  Piece piece = {.offset = map->length, .byte = from, .byte_end = to};
  piece.itself = count == to - from && memcmp(walk->text + from, read, count) == 0;
  if (count > 0)
    g_array_append_val(map->pieces, piece);
  map->length += count;
  return true;
}

/* ---- plain and quoted ---- */

/* Blanks and line breaks from `*at` on. `folding`: behind an escaped line break, which reads as nothing itself. */
static bool walk_blanks(Walk *walk, size_t from, size_t *at, bool folding) {
  g_autoptr(GString) first = g_string_new(NULL);
  g_autoptr(GString) more = g_string_new(NULL);
  for (size_t length; (length = break_at(walk, *at)) > 0 || is_blank(walk, *at); *at += MAX(length, 1)) {
    append_break(folding ? more : first, walk, *at);
    folding = folding || length > 0;
  }
  if (!folding)
    return add_piece(walk, walk->text + from, *at - from, from, *at);
  if (strcmp(first->str, "\n") == 0)
    g_string_assign(first, more->len == 0 ? " " : "");
  g_string_append_len(first, more->str, (gssize)more->len);
  return add_piece(walk, first->str, first->len, from, *at);
}

static bool walk_hex(Walk *walk, size_t *at, size_t digits) {
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
  return code <= 0x10FFFF && add_piece(walk, read, (size_t)g_unichar_to_utf8(code, read), from, *at);
}

/* YAML 1.2, 5.7: what stands behind a backslash in double quotes. */
static bool walk_escape(Walk *walk, size_t *at) {
  static const char letters[] = "0abt\tnvfre \"/\\N_LP";
  static const char *const reads[] = {"",     "\a", "\b", "\t", "\t", "\n",       "\v",       "\f",           "\r",
                                      "\x1b", " ",  "\"", "/",  "\\", "\xc2\x85", "\xc2\xa0", "\xe2\x80\xa8", "\xe2\x80\xa9"};
  size_t from = *at;
  if (break_at(walk, from + 1) > 0) {
    *at += 1 + break_at(walk, from + 1);
    return walk_blanks(walk, from, at, true);
  }
  char letter = from + 1 < walk->end ? walk->text[from + 1] : '\0';
  if (letter == 'x' || letter == 'u' || letter == 'U')
    return walk_hex(walk, at, letter == 'x' ? 2 : letter == 'u' ? 4 : 8);
  const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
  *at += 2;
  return found != NULL && add_piece(walk, reads[found - letters], found == letters ? 1 : strlen(reads[found - letters]), from, *at);
}

static bool walk_flow(Walk *walk, size_t at) {
  ScalarStyle style = walk->map->writing.style;
  for (bool good = true; at < walk->end;) {
    size_t from = at;
    if (is_blank(walk, at) || break_at(walk, at) > 0) {
      good = walk_blanks(walk, from, &at, false);
    } else if (style == SCALAR_SINGLE && walk->text[at] == '\'') {
      good = add_piece(walk, "'", 1, from, at += 2);
    } else if (style == SCALAR_DOUBLE && walk->text[at] == '\\') {
      good = walk_escape(walk, &at);
    } else {
      char stop = style == SCALAR_SINGLE ? '\'' : style == SCALAR_DOUBLE ? '\\' : '\0';
      while (at < walk->end && walk->text[at] != stop && !is_blank(walk, at) && break_at(walk, at) == 0)
        at++;
      good = at > from && add_piece(walk, walk->text + from, at - from, from, at);
    }
    if (!good)
      return false;
  }
  return true;
}

/* ---- blocks ---- */

/* The spaces before the first line that holds more than spaces; where there is none, the most that a line has. */
static size_t first_indent(const char *text, size_t at, size_t end, bool *found) {
  size_t most = 0;
  *found = false;
  while (at < end) {
    size_t spaces = 0, length;
    for (; at < end && text[at] == ' '; at++)
      spaces++;
    most = MAX(most, spaces);
    length = at < end ? yaml_break_length(text, at, end) : 0;
    if (at < end && length == 0) {
      *found = true;
      return spaces;
    }
    at += length;
  }
  return most;
}

/* The line breaks from `*at` on, and the indentation behind each; false when the line that follows is indented less. */
static bool skip_breaks(const Walk *walk, size_t *at, GArray *breaks) {
  for (;;) {
    size_t spaces = 0, length;
    for (; spaces < walk->map->writing.indent && *at < walk->end && walk->text[*at] == ' '; ++*at)
      spaces++;
    length = break_at(walk, *at);
    if (length == 0)
      return *at < walk->end && spaces == walk->map->writing.indent;
    g_array_append_val(breaks, *at);
    *at += length;
  }
}

static bool add_break(Walk *walk, size_t at) {
  g_autoptr(GString) read = g_string_new(NULL);
  append_break(read, walk, at);
  return add_piece(walk, read->str, read->len, at, at + break_at(walk, at));
}

/* Between two lines that are folded, one line break is a space and one of several is nothing. */
static bool add_breaks(Walk *walk, const GArray *breaks, bool fold) {
  guint i = 0;
  if (fold && breaks->len > 0 && break_at(walk, g_array_index(breaks, size_t, 0)) < 3) {
    size_t at = g_array_index(breaks, size_t, i++);
    if (breaks->len == 1)
      return add_piece(walk, " ", 1, at, at + break_at(walk, at));
  }
  for (; i < breaks->len; i++)
    if (!add_break(walk, g_array_index(breaks, size_t, i)))
      return false;
  return true;
}

/* The line breaks at the end; how many of them belong to the text is for the text to say. */
static bool end_block(Walk *walk, const GArray *breaks) {
  ScalarMap *map = walk->map;
  for (guint i = 0; i < breaks->len && map->length < walk->scalar->length; i++) {
    size_t at = g_array_index(breaks, size_t, i);
    if (!add_break(walk, at))
      return false;
    if (i > 0)
      map->writing.end = at + break_at(walk, at);
  }
  return true;
}

static bool walk_block(Walk *walk, size_t at) {
  bool in_file, in_text, after_blank = true;
  ScalarMap *map = walk->map;
  while (at < walk->end && break_at(walk, at) == 0)
    at++;
  map->writing.end = at;
  at += break_at(walk, at);
  size_t spaces = first_indent(walk->text, at, walk->end, &in_file);
  size_t of_text = first_indent(walk->scalar->text, 0, walk->scalar->length, &in_text);
  if (in_file != in_text || of_text > spaces)
    return false;
  map->writing.indent = (unsigned)(spaces - of_text);
  map->body = at;
  g_autoptr(GArray) breaks = g_array_new(FALSE, FALSE, sizeof(size_t));
  while (skip_breaks(walk, &at, breaks)) {
    bool folded = map->writing.style == SCALAR_FOLDED && !after_blank && !is_blank(walk, at);
    size_t from = at;
    if (!add_breaks(walk, breaks, folded))
      return false;
    g_array_set_size(breaks, 0);
    after_blank = is_blank(walk, at);
    while (at < walk->end && break_at(walk, at) == 0)
      at++;
    if (!add_piece(walk, walk->text + from, at - from, from, at))
      return false;
    map->writing.end = at;
  }
  return end_block(walk, breaks);
}

/* ---- the map ---- */

size_t yaml_skip_properties(const char *text, size_t at, size_t end) {
  while (at < end && (text[at] == '&' || text[at] == '!')) {
    while (at < end && text[at] != ' ' && text[at] != '\t' && yaml_break_length(text, at, end) == 0)
      at++;
    for (bool comment = false; at < end;) {
      size_t length = yaml_break_length(text, at, end);
      comment = length == 0 && (comment || text[at] == '#');
      if (!comment && length == 0 && text[at] != ' ' && text[at] != '\t')
        break;
      at += MAX(length, 1);
    }
  }
  return at;
}

ScalarMap *scalar_map_new(const char *text, size_t start, size_t end, const YamlNode *scalar) {
  ScalarMap *map = g_new0(ScalarMap, 1);
  map->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
  Walk walk = {.text = text, .end = end, .scalar = scalar, .map = map};
  size_t at = yaml_skip_properties(text, start, end);
  char first = at < end && !scalar->plain ? text[at] : '\0';
  map->writing = (ScalarWriting){.start = at, .end = end};
  map->writing.style = first == '"'    ? SCALAR_DOUBLE
                       : first == '\'' ? SCALAR_SINGLE
                       : first == '|'  ? SCALAR_LITERAL
                       : first == '>'  ? SCALAR_FOLDED
                                       : SCALAR_PLAIN;
  bool quoted = map->writing.style == SCALAR_DOUBLE || map->writing.style == SCALAR_SINGLE;
  map->body = at + quoted;
  walk.end -= quoted && end > at + 1;
  bool good = map->writing.style >= SCALAR_LITERAL ? walk_block(&walk, at) : walk_flow(&walk, map->body);
  map->whole = good && map->length == scalar->length;
  return map;
}

void scalar_map_free(ScalarMap *map) {
  g_array_unref(map->pieces);
  g_free(map);
}

ScalarWriting scalar_map_writing(const ScalarMap *map) {
  return map->writing;
}

/* The piece that holds byte `offset` of the text, which is mapped. */
static guint find_piece(const ScalarMap *map, size_t offset) {
  guint low = 0, high = map->pieces->len;
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(map->pieces, Piece, middle).offset <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

bool scalar_map_byte(const ScalarMap *map, size_t offset, size_t *byte) {
  if (offset >= map->length) {
    if (offset > map->length || !map->whole)
      return false;
    *byte = map->length > 0 ? g_array_index(map->pieces, Piece, map->pieces->len - 1).byte_end : map->body;
    return true;
  }
  const Piece *piece = &g_array_index(map->pieces, Piece, find_piece(map, offset));
  *byte = piece->itself ? piece->byte + (offset - piece->offset) : piece->byte;
  return piece->itself;
}

bool scalar_map_range(const ScalarMap *map, size_t offset, size_t length, size_t *start, size_t *end) {
  if (!map->whole || offset > map->length || length > map->length - offset)
    return false;
  size_t from = 0, to = 0;
  if (!scalar_map_byte(map, offset, &from) && g_array_index(map->pieces, Piece, find_piece(map, offset)).offset != offset)
    return false;
  if (length == 0) {
    *start = *end = from;
    return true;
  }
  guint last = find_piece(map, offset + length - 1);
  const Piece *piece = &g_array_index(map->pieces, Piece, last);
  size_t piece_end = last + 1 < map->pieces->len ? piece[1].offset : map->length;
  to = piece->itself ? piece->byte + (offset + length - piece->offset) : piece->byte_end;
  if (!piece->itself && piece_end != offset + length)
    return false;
  *start = from;
  *end = to;
  return true;
}
