#include "base/source.h"

#include <stdint.h>
#include <string.h>

#define MARK_EVERY 64

typedef struct {
  size_t byte;
  size_t character;
} Line;

/* Where lines and characters are. */
typedef struct {
  size_t characters;
  GArray *lines; /* Line: where each starts */
  GArray *marks; /* size_t: the byte of every 64th character, so that long lines cost no more than short ones */
} Index;

/* What is worked out when somebody asks: of most files nobody does. */
typedef struct {
  gsize index; /* Index *, made once */
  GMutex lock; /* over the map of the scalar that was asked about last */
  const YamlNode *scalar;
  ScalarMap *map;
} Last;

struct Source {
  const char *text;
  size_t size;
  Last *last;
};

static bool starts_character(char c) {
  return ((unsigned char)c & 0xC0) != 0x80;
}

static void read_lines(const Source *source, Index *index) {
  const char *text = source->text;
  size_t at = source->size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  Line line = {.byte = at};
  g_array_append_val(index->lines, line);
  for (size_t line_break; at < source->size; at++) {
    if (starts_character(text[at]) && index->characters++ % MARK_EVERY == 0)
      g_array_append_val(index->marks, at);
    if (text[at] >= ' ')
      continue; /* most bytes: ASCII that ends no line */
    line_break = yaml_break_length(text, at, source->size);
    if (line_break == 0 || (line_break == 2 && text[at] == '\r'))
      continue; /* of CR LF, the LF ends the line: both are characters */
    line = (Line){.byte = at + line_break, .character = index->characters};
    g_array_append_val(index->lines, line);
  }
}

static const Index *index_of(const Source *source) {
  if (g_once_init_enter(&source->last->index)) {
    Index *index = g_new0(Index, 1);
    index->lines = g_array_new(FALSE, FALSE, sizeof(Line));
    index->marks = g_array_new(FALSE, FALSE, sizeof(size_t));
    read_lines(source, index);
    g_once_init_leave(&source->last->index, (gsize)index);
  }
  return (const Index *)source->last->index; // NOLINT(performance-no-int-to-ptr): what g_once_init_enter() keeps
}

Source *source_new(const char *text, size_t size) {
  bool wide = size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
  Source *source = g_new0(Source, 1);
  source->text = text;
  source->size = wide ? 0 : size;
  source->last = g_new0(Last, 1);
  g_mutex_init(&source->last->lock);
  return source;
}

void source_free(Source *source) {
  Index *index = source->last->index != 0 ? (Index *)index_of(source) : NULL;
  if (index != NULL) {
    g_array_unref(index->lines);
    g_array_unref(index->marks);
    g_free(index);
  }
  g_clear_pointer(&source->last->map, scalar_map_free);
  g_mutex_clear(&source->last->lock);
  g_free(source->last);
  g_free(source);
}

const char *source_text(const Source *source, size_t *size) {
  *size = source->size;
  return source->text;
}

/* ---- places ---- */

size_t source_byte(const Source *source, Location location) {
  const Index *index = index_of(source);
  if (location.line == 0 || location.line > index->lines->len)
    return source->size;
  size_t character = g_array_index(index->lines, Line, location.line - 1).character + (location.column > 0 ? location.column - 1 : 0);
  if (character >= index->characters)
    return source->size;
  size_t at = g_array_index(index->marks, size_t, character / MARK_EVERY);
  for (size_t left = character % MARK_EVERY; left > 0; left--)
    for (at++; at < source->size && !starts_character(source->text[at]); at++)
      ;
  return at;
}

static guint line_of(const Source *source, size_t byte) {
  const Index *index = index_of(source);
  guint low = 0, high = index->lines->len;
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(index->lines, Line, middle).byte <= byte)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* How many characters start before `byte`. */
static size_t characters_before(const Source *source, size_t byte) {
  const Index *index = index_of(source);
  guint low = 0, high = index->marks->len;
  if (high == 0 || byte <= g_array_index(index->marks, size_t, 0))
    return 0;
  while (high - low > 1) {
    guint middle = low + (high - low) / 2;
    if (g_array_index(index->marks, size_t, middle) <= byte)
      low = middle;
    else
      high = middle;
  }
  size_t count = (size_t)low * MARK_EVERY;
  for (size_t at = g_array_index(index->marks, size_t, low); at < byte; at++)
    count += starts_character(source->text[at]);
  return count;
}

Location source_place(const Source *source, const char *file, size_t byte) {
  byte = MIN(byte, source->size);
  guint line = line_of(source, byte);
  size_t column = characters_before(source, byte) - g_array_index(index_of(source)->lines, Line, line).character;
  return (Location){.file = file, .line = line + 1, .column = (unsigned)column + 1};
}

const char *source_line(const Source *source, unsigned line, size_t *length) {
  const Index *index = index_of(source);
  if (line == 0 || line > index->lines->len)
    return NULL;
  size_t start = g_array_index(index->lines, Line, line - 1).byte;
  size_t end = line < index->lines->len ? g_array_index(index->lines, Line, line).byte : source->size;
  if (line < index->lines->len) {
    size_t last = end - 1;
    while (!starts_character(source->text[last]))
      last--;
    end = last > start && source->text[last] == '\n' && source->text[last - 1] == '\r' ? last - 1 : last;
  }
  *length = end - start;
  return source->text + start;
}

/* ---- scalars ---- */

/* The lock must be held as long as the map is used. */
static const ScalarMap *map_of(const Source *source, const YamlNode *scalar) {
  Last *last = source->last;
  if (last->scalar == scalar)
    return last->map;
  g_clear_pointer(&last->map, scalar_map_free);
  last->scalar = scalar;
  last->map = scalar_map_new(source->text, source_byte(source, scalar->location), source_byte(source, scalar->end), scalar);
  return last->map;
}

Location source_locate(const Source *source, const YamlNode *scalar, size_t offset) {
  size_t byte = SIZE_MAX;
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&source->last->lock);
  if (!scalar_map_byte(map_of(source, scalar), offset, &byte) && byte == SIZE_MAX)
    return scalar->location;
  return source_place(source, scalar->location.file, byte);
}

bool source_offset_of(const Source *source, const YamlNode *scalar, size_t offset, size_t *byte) {
  size_t found;
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&source->last->lock);
  if (!scalar_map_byte(map_of(source, scalar), offset, &found))
    return false;
  *byte = found;
  return true;
}

bool source_range_of(const Source *source, const YamlNode *scalar, size_t offset, size_t length, size_t *start, size_t *end) {
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&source->last->lock);
  return scalar_map_range(map_of(source, scalar), offset, length, start, end);
}

ScalarWriting source_writing(const Source *source, const YamlNode *scalar) {
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&source->last->lock);
  return scalar_map_writing(map_of(source, scalar));
}
