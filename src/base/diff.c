#include "base/diff.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define CONTEXT_LINES 3
#define DISTANCE_MAX 1000 /* its square is what the search keeps */

typedef struct {
  const char *text;
  size_t length; /* with its line end */
  guint hash;
} Line;

typedef struct {
  GArray *lines; /* Line */
  bool *changed; /* one a line: it has no like on the other side */
} Side;

static guint hash_of(const char *text, size_t length) {
  guint hash = 5381;
  for (size_t i = 0; i < length; i++)
    hash = hash * 33 + (unsigned char)text[i];
  return hash;
}

static Side side_new(const char *text, size_t size) {
  Side side = {.lines = g_array_new(FALSE, FALSE, sizeof(Line))};
  for (size_t at = 0; at < size;) {
    const char *end = memchr(text + at, '\n', size - at);
    Line line = {.text = text + at, .length = end != NULL ? (size_t)(end - text) + 1 - at : size - at};
    line.hash = hash_of(line.text, line.length);
    g_array_append_val(side.lines, line);
    at += line.length;
  }
  side.changed = g_new0(bool, side.lines->len + 1);
  return side;
}

static void side_clear(Side *side) {
  g_array_unref(side->lines);
  g_free(side->changed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Side, side_clear)

static const Line *line_at(const Side *side, guint index) {
  return &g_array_index(side->lines, Line, index);
}

static bool is_equal(const Line *a, const Line *b) {
  return a->hash == b->hash && a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* ---- which lines changed: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" ---- */

/* What is left of both sides without what is alike at their starts and ends. */
typedef struct {
  Side *old, *new;
  guint start;
  int old_count, new_count;
} Middle;

static Middle middle_of(Side *old, Side *new) {
  guint start = 0, old_end = old->lines->len, new_end = new->lines->len;
  while (start < MIN(old_end, new_end) && is_equal(line_at(old, start), line_at(new, start)))
    start++;
  while (MIN(old_end, new_end) > start && is_equal(line_at(old, old_end - 1), line_at(new, new_end - 1)))
    old_end--, new_end--;
  return (Middle){.old = old, .new = new, .start = start, .old_count = (int)(old_end - start), .new_count = (int)(new_end - start)};
}

/* Whether the best way of `distance` changes to the diagonal comes from the one above it: by a line that is new. `reached` are the
 * ways of one change less, its diagonal 0 in the middle. */
static bool comes_by_new_line(const int *reached, int distance, int diagonal) {
  return diagonal == -distance || (diagonal != distance && reached[diagonal - 1] < reached[diagonal + 1]);
}

/* One more change on every diagonal; true when the end of both is reached. */
static bool go_further(const Middle *middle, const int *before, int *reached, int distance) {
  for (int diagonal = -distance; diagonal <= distance; diagonal += 2) {
    int x = 0;
    if (distance > 0)
      x = comes_by_new_line(before, distance, diagonal) ? before[diagonal + 1] : before[diagonal - 1] + 1;
    while (x < middle->old_count && x - diagonal < middle->new_count &&
           is_equal(line_at(middle->old, middle->start + (guint)x), line_at(middle->new, middle->start + (guint)(x - diagonal))))
      x++;
    reached[diagonal] = x;
    if (x == middle->old_count && x - diagonal == middle->new_count)
      return true;
  }
  return false;
}

/* The diagonal 0 of the ways of `distance` changes. */
static int *ways(const GPtrArray *trace, int distance) {
  return (int *)g_ptr_array_index(trace, (guint)distance) + distance;
}

static void mark_way_back(const Middle *middle, const GPtrArray *trace) {
  int x = middle->old_count, y = middle->new_count;
  for (int distance = (int)trace->len - 1; distance > 0; distance--) {
    const int *before = ways(trace, distance - 1);
    bool is_new = comes_by_new_line(before, distance, x - y);
    int diagonal = x - y + (is_new ? 1 : -1);
    x = before[diagonal], y = x - diagonal;
    if (is_new)
      middle->new->changed[middle->start + (guint)y] = true;
    else
      middle->old->changed[middle->start + (guint)x] = true;
  }
}

static void mark_changes(const Middle *middle) {
  g_autoptr(GPtrArray) trace = g_ptr_array_new_with_free_func(g_free);
  for (int distance = 0; distance <= DISTANCE_MAX; distance++) {
    g_ptr_array_add(trace, g_new0(int, 2 * distance + 1));
    if (go_further(middle, distance > 0 ? ways(trace, distance - 1) : NULL, ways(trace, distance), distance)) {
      mark_way_back(middle, trace);
      return;
    }
  }
  for (int i = 0; i < middle->old_count; i++)
    middle->old->changed[middle->start + (guint)i] = true;
  for (int i = 0; i < middle->new_count; i++)
    middle->new->changed[middle->start + (guint)i] = true;
}

/* ---- writing it down ---- */

/* A place on both sides. */
typedef struct {
  guint old, new;
} At;

static bool is_changed(const Side *side, guint index) {
  return index < side->lines->len && side->changed[index];
}

/* Past the changes that start here, or past one line that is alike. */
static At step(const Side *old, const Side *new, At at, bool *changes) {
  *changes = is_changed(old, at.old) || is_changed(new, at.new);
  if (!*changes)
    return (At){at.old + 1, at.new + 1};
  while (is_changed(old, at.old))
    at.old++;
  while (is_changed(new, at.new))
    at.new ++;
  return at;
}

/* Where the piece that starts with the changes at `at` ends: with the last one that so few lines part from those before that their
 * contexts meet. */
static At end_of_piece(const Side *old, const Side *new, At at) {
  bool changes;
  At end = step(old, new, at, &changes);
  for (At next = end; next.old - end.old <= 2 * CONTEXT_LINES && (next.old < old->lines->len || is_changed(new, next.new));) {
    next = step(old, new, next, &changes);
    if (changes)
      end = next;
  }
  return end;
}

static void put_line(GString *out, char mark, const Line *line) {
  g_string_append_c(out, mark);
  g_string_append_len(out, line->text, (gssize)line->length);
  if (line->text[line->length - 1] != '\n')
    g_string_append(out, "\n\\ No newline at end of file\n");
}

static void put_lines(GString *out, const Side *old, const Side *new, At at, At end) {
  while (at.old < end.old || at.new < end.new) {
    bool changes;
    At next = step(old, new, at, &changes);
    for (guint i = at.old; i < next.old; i++)
      put_line(out, changes ? '-' : ' ', line_at(old, i));
    for (guint i = at.new; i < next.new &&changes; i++)
      put_line(out, '+', line_at(new, i));
    at = next;
  }
}

/* Lines count from 1; a piece without lines stands behind the one that it names. */
static void put_piece(GString *out, const Side *old, const Side *new, At at, At end) {
  guint above = MIN(at.old, CONTEXT_LINES), below = MIN(old->lines->len - end.old, CONTEXT_LINES);
  At start = {at.old - above, at.new - above};
  end.old += below, end.new += below;
  guint old_count = end.old - start.old, new_count = end.new - start.new;
  g_string_append_printf(out, "@@ -%u,%u +%u,%u @@\n", start.old + (old_count > 0), old_count, start.new + (new_count > 0), new_count);
  put_lines(out, old, new, start, end);
}

/* A name with control characters, quotes or backslashes is quoted as git does. */
static void put_name(GString *out, const char *mark, const char *side, const char *path) {
  g_autofree char *whole = g_strconcat(*path == '/' ? "" : side, path, NULL);
  g_autofree char *escaped = g_strescape(whole, NULL);
  if (strcmp(escaped, whole) == 0)
    g_string_append_printf(out, "%s %s\n", mark, whole);
  else
    g_string_append_printf(out, "%s \"%s\"\n", mark, escaped);
}

char *diff_unified(const char *path, const char *before, size_t before_size, const char *after, size_t after_size) {
  g_auto(Side) old = side_new(before, before_size), new = side_new(after, after_size);
  Middle middle = middle_of(&old, &new);
  if (middle.old_count == 0 && middle.new_count == 0)
    return NULL;
  mark_changes(&middle);
  GString *out = g_string_new(NULL);
  put_name(out, "---", "a/", path);
  put_name(out, "+++", "b/", path);
  for (At at = {0, 0}; at.old < old.lines->len || at.new < new.lines->len;) {
    bool changes;
    At next = step(&old, &new, at, &changes);
    if (changes) {
      next = end_of_piece(&old, &new, at);
      put_piece(out, &old, &new, at, next);
    }
    at = next;
  }
  return g_string_free(out, FALSE);
}
