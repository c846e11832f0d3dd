#include "base/scalar_walk.h"

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
static bool skip_breaks(const ScalarWalk *walk, size_t *at, GArray *breaks) {
  for (;;) {
    size_t spaces = 0, length;
    for (; spaces < walk->map->writing.indent && *at < walk->end && walk->text[*at] == ' '; ++*at)
      spaces++;
    length = scalar_break_at(walk, *at);
    if (length == 0)
      return *at < walk->end && spaces == walk->map->writing.indent;
    g_array_append_val(breaks, *at);
    *at += length;
  }
}

static bool add_break(ScalarWalk *walk, size_t at) {
  g_autoptr(GString) read = g_string_new(NULL);
  scalar_append_break(read, walk, at);
  return scalar_add_piece(walk, read->str, read->len, at, at + scalar_break_at(walk, at));
}

/* Between two lines that are folded, one line break is a space and one of several is nothing. */
static bool add_breaks(ScalarWalk *walk, const GArray *breaks, bool fold) {
  guint i = 0;
  if (fold && breaks->len > 0 && scalar_break_at(walk, g_array_index(breaks, size_t, 0)) < 3) {
    size_t at = g_array_index(breaks, size_t, i++);
    if (breaks->len == 1)
      return scalar_add_piece(walk, " ", 1, at, at + scalar_break_at(walk, at));
  }
  for (; i < breaks->len; i++)
    if (!add_break(walk, g_array_index(breaks, size_t, i)))
      return false;
  return true;
}

/* The line breaks at the end; how many of them belong to the text is for the text to say. */
static bool end_block(ScalarWalk *walk, const GArray *breaks) {
  ScalarMap *map = walk->map;
  for (guint i = 0; i < breaks->len && map->length < walk->scalar->length; i++) {
    size_t at = g_array_index(breaks, size_t, i);
    if (!add_break(walk, at))
      return false;
    if (i > 0)
      map->writing.end = at + scalar_break_at(walk, at);
  }
  return true;
}

bool scalar_walk_block(ScalarWalk *walk, size_t at) {
  bool in_file, in_text, after_blank = true;
  ScalarMap *map = walk->map;
  while (at < walk->end && scalar_break_at(walk, at) == 0)
    at++;
  map->writing.end = at;
  at += scalar_break_at(walk, at);
  size_t spaces = first_indent(walk->text, at, walk->end, &in_file);
  size_t of_text = first_indent(walk->scalar->text, 0, walk->scalar->length, &in_text);
  if (in_file != in_text || of_text > spaces)
    return false;
  map->writing.indent = (unsigned)(spaces - of_text);
  map->body = at;
  g_autoptr(GArray) breaks = g_array_new(FALSE, FALSE, sizeof(size_t));
  while (skip_breaks(walk, &at, breaks)) {
    bool folded = map->writing.style == SCALAR_FOLDED && !after_blank && !scalar_blank_at(walk, at);
    size_t from = at;
    if (!add_breaks(walk, breaks, folded))
      return false;
    g_array_set_size(breaks, 0);
    after_blank = scalar_blank_at(walk, at);
    while (at < walk->end && scalar_break_at(walk, at) == 0)
      at++;
    if (!scalar_add_piece(walk, walk->text + from, at - from, from, at))
      return false;
    map->writing.end = at;
  }
  return end_block(walk, breaks);
}
