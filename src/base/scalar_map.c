#include "base/scalar_walk.h"

#include <string.h>

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

size_t scalar_break_at(const ScalarWalk *walk, size_t at) {
  return at < walk->end ? yaml_break_length(walk->text, at, walk->end) : 0;
}

bool scalar_blank_at(const ScalarWalk *walk, size_t at) {
  return at < walk->end && (walk->text[at] == ' ' || walk->text[at] == '\t');
}

void scalar_append_break(GString *out, const ScalarWalk *walk, size_t at) {
  size_t length = scalar_break_at(walk, at);
  if (length == 3)
    g_string_append_len(out, walk->text + at, 3);
  else if (length > 0)
    g_string_append_c(out, '\n');
}

bool scalar_add_piece(ScalarWalk *walk, const char *read, size_t count, size_t from, size_t to) {
  ScalarMap *map = walk->map;
  if (count > walk->scalar->length - map->length || memcmp(walk->scalar->text + map->length, read, count) != 0)
    return false;
  ScalarPiece piece = {.offset = map->length, .byte = from, .byte_end = to};
  piece.itself = count == to - from && memcmp(walk->text + from, read, count) == 0;
  if (count > 0)
    g_array_append_val(map->pieces, piece);
  map->length += count;
  return true;
}

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
  map->pieces = g_array_new(FALSE, FALSE, sizeof(ScalarPiece));
  ScalarWalk walk = {.text = text, .end = end, .scalar = scalar, .map = map};
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
  bool good = map->writing.style >= SCALAR_LITERAL ? scalar_walk_block(&walk, at) : scalar_walk_flow(&walk, map->body);
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
    if (g_array_index(map->pieces, ScalarPiece, middle).offset <= offset)
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
    *byte = map->length > 0 ? g_array_index(map->pieces, ScalarPiece, map->pieces->len - 1).byte_end : map->body;
    return true;
  }
  const ScalarPiece *piece = &g_array_index(map->pieces, ScalarPiece, find_piece(map, offset));
  *byte = piece->itself ? piece->byte + (offset - piece->offset) : piece->byte;
  return piece->itself;
}

bool scalar_map_range(const ScalarMap *map, size_t offset, size_t length, size_t *start, size_t *end) {
  if (!map->whole || offset > map->length || length > map->length - offset)
    return false;
  size_t from = 0, to = 0;
  if (!scalar_map_byte(map, offset, &from) && g_array_index(map->pieces, ScalarPiece, find_piece(map, offset)).offset != offset)
    return false;
  if (length == 0) {
    *start = *end = from;
    return true;
  }
  guint last = find_piece(map, offset + length - 1);
  const ScalarPiece *piece = &g_array_index(map->pieces, ScalarPiece, last);
  size_t piece_end = last + 1 < map->pieces->len ? piece[1].offset : map->length;
  to = piece->itself ? piece->byte + (offset + length - piece->offset) : piece->byte_end;
  if (!piece->itself && piece_end != offset + length)
    return false;
  *start = from;
  *end = to;
  return true;
}
