#include "base/source.h"

#include <string.h>

struct Source {
  const char *text;
  size_t size;
  GArray *lines; /* size_t: where each line starts */
};

Source *source_new(const char *text, size_t size) {
  Source *source = g_new0(Source, 1);
  source->text = text;
  source->size = size;
  source->lines = g_array_new(FALSE, FALSE, sizeof(size_t));
  size_t start = 0;
  g_array_append_val(source->lines, start);
  for (const char *at = text; at != NULL && (at = memchr(at, '\n', size - (size_t)(at - text))) != NULL; at++) {
    start = (size_t)(at - text) + 1;
    g_array_append_val(source->lines, start);
  }
  return source;
}

void source_free(Source *source) {
  g_array_unref(source->lines);
  g_free(source);
}

/* The byte of a place; columns count characters. */
static size_t source_byte(const Source *source, Location location) {
  if (location.line == 0 || location.line > source->lines->len)
    return source->size;
  size_t at = g_array_index(source->lines, size_t, location.line - 1);
  for (unsigned column = 1; column < location.column && at < source->size; column++) {
    at++;
    while (at < source->size && ((unsigned char)source->text[at] & 0xC0) == 0x80)
      at++;
  }
  return MIN(at, source->size);
}

static Location source_place(const Source *source, Location from, size_t byte) {
  Location place = from;
  while (place.line < source->lines->len && g_array_index(source->lines, size_t, place.line) <= byte)
    place.line++;
  place.column = 1;
  for (size_t at = g_array_index(source->lines, size_t, place.line - 1); at < byte && at < source->size; at++)
    place.column += ((unsigned char)source->text[at] & 0xC0) != 0x80;
  return place;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Past an anchor or tag, and then past what opens the scalar: a quote, or the header line of a block. */
static size_t skip_opening(const Source *source, size_t at, bool *block) {
  const char *text = source->text;
  while (at < source->size && (text[at] == '&' || text[at] == '!')) {
    while (at < source->size && !is_blank(text[at]))
      at++;
    while (at < source->size && is_blank(text[at]))
      at++;
  }
  *block = at < source->size && (text[at] == '|' || text[at] == '>');
  if (*block) {
    const char *line_end = memchr(text + at, '\n', source->size - at);
    return line_end != NULL ? (size_t)(line_end - text) + 1 : source->size;
  }
  return at + (at < source->size && (text[at] == '"' || text[at] == '\''));
}

/* How far a block is indented: the blanks before its first line with text, less those that are part of the text. */
static size_t block_indent(const Source *source, size_t at, const YamlNode *scalar) {
  size_t in_text = 0, in_source = 0;
  for (size_t i = 0; i < scalar->length && is_blank(scalar->text[i]); i++)
    in_text = scalar->text[i] == '\n' ? 0 : in_text + 1;
  for (; at < source->size && is_blank(source->text[at]); at++)
    in_source = source->text[at] == '\n' ? 0 : in_source + 1;
  return in_source > in_text ? in_source - in_text : 0;
}

/* Walks the scalar's text and its writing in the file side by side: line breaks may have been folded, indentation and
 * backslashes taken off. */
Location source_locate(const Source *source, const YamlNode *scalar, size_t offset) {
  bool block;
  size_t end = source_byte(source, scalar->end);
  size_t at = skip_opening(source, source_byte(source, scalar->location), &block);
  size_t indent = block ? block_indent(source, at, scalar) : 0;
  bool line_start = block;
  for (size_t i = 0; at < end; i++) {
    for (size_t skipped = 0; line_start && skipped < indent && at < end && source->text[at] == ' '; skipped++)
      at++;
    char wanted = i < scalar->length ? scalar->text[i] : '\0';
    while (i < offset && at < end && source->text[at] != wanted && !(wanted == ' ' && source->text[at] == '\n') &&
           (is_blank(source->text[at]) || source->text[at] == '\\' || source->text[at] == '\''))
      at++;
    if (i == offset) {
      if (wanted != '\0' && source->text[at] != wanted)
        break;
      return source_place(source, scalar->location, at);
    }
    if (at >= end || (source->text[at] != wanted && !(wanted == ' ' && source->text[at] == '\n')))
      break;
    if (wanted == '\'' && source->text[at] == '\'' && at + 1 < end && source->text[at + 1] == '\'' &&
        (i + 1 >= scalar->length || scalar->text[i + 1] != '\''))
      at++; /* '' in a single-quoted scalar */
    line_start = block && source->text[at] == '\n';
    at++;
    while (!block && at < end && source->text[at - 1] == '\n' && is_blank(source->text[at]))
      at++;
  }
  return scalar->location;
}
