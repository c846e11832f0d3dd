#include "runner/glob.h"

#include "base/error.h"
#include "runner/glob_segment.h"

#include <string.h>

typedef struct {
  bool negated;
  bool folders_only; /* "a/" */
  bool implied;      /* all below "a", which comes with "a" */
  GPtrArray *segments;
} Pattern;

struct GlobSet {
  GPtrArray *patterns;
};

static void pattern_free(void *data) {
  Pattern *pattern = data;
  g_ptr_array_unref(pattern->segments);
  g_free(pattern);
}

static const GlobSegment *segment_at(const Pattern *pattern, guint index) {
  return g_ptr_array_index(pattern->segments, index);
}

static bool ends_deep(const Pattern *pattern) {
  return pattern->segments->len > 0 && glob_segment_is_deep(segment_at(pattern, pattern->segments->len - 1));
}

/* ---- reading ---- */

static void add_parts(GPtrArray *segments, const char *path, bool literal) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_ptr_array_add(segments, glob_segment_new(*part, literal));
}

/* "." may only be the first part, and ".." none. */
static bool check_parts(const char *text, GError **error) {
  g_autoptr(GPtrArray) segments = g_ptr_array_new_with_free_func((GDestroyNotify)glob_segment_free);
  add_parts(segments, text, false);
  for (guint i = 0; i < segments->len; i++) {
    const char *literal = glob_segment_literal(g_ptr_array_index(segments, i));
    if (g_strcmp0(literal, "..") == 0 || (g_strcmp0(literal, ".") == 0 && (i > 0 || *text == '/')))
      return error_set(error, DROVER_ERROR_INPUT, "hashFiles: the pattern \"%.200s\" may not have \".\" or \"..\" in it", text);
  }
  return true;
}

static Pattern *pattern_new(const char *text, bool negated, bool implied, const char *workspace, const char *home) {
  Pattern *pattern = g_new0(Pattern, 1);
  pattern->segments = g_ptr_array_new_with_free_func((GDestroyNotify)glob_segment_free);
  pattern->negated = negated;
  pattern->implied = implied;
  bool dotted = *text == '.' && strchr("/", text[1]) != NULL, at_home = *text == '~' && strchr("/", text[1]) != NULL;
  if (*text != '/')
    add_parts(pattern->segments, at_home ? home : workspace, true);
  add_parts(pattern->segments, text + (dotted || at_home), false);
  pattern->folders_only = g_str_has_suffix(text, "/") && !implied;
  if (implied)
    g_ptr_array_add(pattern->segments, glob_segment_new("**", false));
  return pattern;
}

static bool add_line(GlobSet *set, char *line, const char *workspace, const char *home, GError **error) {
  bool negated = false;
  const char *text = g_strstrip(line);
  for (; *text == '!'; text += 1 + strspn(text + 1, " \t"))
    negated = !negated;
  if (*text == '\0')
    return error_set(error, DROVER_ERROR_INPUT, "hashFiles: a pattern is missing behind \"!\"");
  if (strlen(text) > GLOB_PATTERN_MAX_BYTES)
    return error_set(error, DROVER_ERROR_INPUT, "hashFiles: a pattern is longer than %d bytes", GLOB_PATTERN_MAX_BYTES);
  if (!check_parts(text, error))
    return false;
  Pattern *pattern = pattern_new(text, negated, false, workspace, home);
  g_ptr_array_add(set->patterns, pattern);
  if (pattern->folders_only || !ends_deep(pattern))
    g_ptr_array_add(set->patterns, pattern_new(text, negated, true, workspace, home));
  return true;
}

GlobSet *glob_set_new(const char *patterns, const char *workspace, const char *home, GError **error) {
  g_autoptr(GlobSet) set = g_new0(GlobSet, 1);
  set->patterns = g_ptr_array_new_with_free_func(pattern_free);
  g_autofree char *valid = g_utf8_make_valid(patterns, -1);
  g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    const char *text = g_strstrip(*line);
    if (*text != '\0' && *text != '#' && !add_line(set, *line, workspace, home, error))
      return NULL;
  }
  return g_steal_pointer(&set);
}

void glob_set_free(GlobSet *set) {
  g_ptr_array_unref(set->patterns);
  g_free(set);
}

/* ---- matching ---- */

/* The path's parts; the text is cut up. */
static GPtrArray *split(char *path) {
  GPtrArray *parts = g_ptr_array_new();
  char *rest = path;
  for (char *part; (part = strsep(&rest, "/")) != NULL;)
    if (*part != '\0')
      g_ptr_array_add(parts, part);
  return parts;
}

/* A "**" at the end of an implied pattern wants a part at least: the folder itself is chosen by the pattern it came with. */
static bool match_all(const Pattern *pattern, const GPtrArray *parts) {
  guint at = 0, deep_at = 0, segment = 0, behind_deep = 0, count = pattern->segments->len;
  while (at < parts->len) {
    if (segment < count && glob_segment_is_deep(segment_at(pattern, segment))) {
      behind_deep = ++segment;
      deep_at = at;
    } else if (segment < count && glob_segment_matches(segment_at(pattern, segment), g_ptr_array_index(parts, at))) {
      segment++;
      at++;
    } else if (behind_deep > 0) {
      segment = behind_deep;
      at = ++deep_at;
    } else {
      return false;
    }
  }
  bool over = segment < count;
  while (segment < count && glob_segment_is_deep(segment_at(pattern, segment)))
    segment++;
  return segment == count && !(over && pattern->implied);
}

static bool match_begin(const Pattern *pattern, const GPtrArray *parts) {
  for (guint i = 0; i < parts->len; i++) {
    if (i == pattern->segments->len)
      return false;
    if (glob_segment_is_deep(segment_at(pattern, i)))
      return true;
    if (!glob_segment_matches(segment_at(pattern, i), g_ptr_array_index(parts, i)))
      return false;
  }
  return true;
}

unsigned glob_set_match(const GlobSet *set, const char *path) {
  g_autofree char *text = g_utf8_make_valid(path, -1);
  g_autoptr(GPtrArray) parts = split(text);
  unsigned match = 0;
  for (guint i = 0; i < set->patterns->len; i++) {
    const Pattern *pattern = g_ptr_array_index(set->patterns, i);
    unsigned bits = GLOB_FOLDER | (pattern->folders_only ? 0 : GLOB_FILE);
    if ((pattern->negated ? match & bits : bits & ~match) != 0 && match_all(pattern, parts))
      match = pattern->negated ? match & ~bits : match | bits;
  }
  return match;
}

bool glob_set_reaches(const GlobSet *set, const char *path) {
  g_autofree char *text = g_utf8_make_valid(path, -1);
  g_autoptr(GPtrArray) parts = split(text);
  for (guint i = 0; i < set->patterns->len; i++) {
    const Pattern *pattern = g_ptr_array_index(set->patterns, i);
    if (!pattern->negated && match_begin(pattern, parts))
      return true;
  }
  return false;
}

/* ---- where to look ---- */

static char *start_of(const Pattern *pattern) {
  GString *start = g_string_new(NULL);
  for (guint i = 0; i < pattern->segments->len; i++) {
    const char *literal = glob_segment_literal(segment_at(pattern, i));
    if (literal == NULL)
      break;
    g_string_append_printf(start, "/%s", literal);
  }
  return g_string_free(start->len > 0 ? start : g_string_assign(start, "/"), FALSE);
}

static bool has_above(GHashTable *starts, const char *start) {
  g_autofree char *above = g_strdup(start);
  while (strcmp(above, "/") != 0) {
    char *slash = strrchr(above, '/');
    slash[slash == above] = '\0';
    if (g_hash_table_contains(starts, above))
      return true;
  }
  return false;
}

char **glob_set_starts(const GlobSet *set) {
  g_autoptr(GHashTable) all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) ordered = g_ptr_array_new();
  for (guint i = 0; i < set->patterns->len; i++) {
    const Pattern *pattern = g_ptr_array_index(set->patterns, i);
    g_autofree char *start = pattern->negated ? NULL : start_of(pattern);
    if (start == NULL || g_hash_table_contains(all, start))
      continue;
    g_ptr_array_add(ordered, start);
    g_hash_table_add(all, g_steal_pointer(&start));
  }
  GPtrArray *starts = g_ptr_array_new();
  for (guint i = 0; i < ordered->len; i++)
    if (!has_above(all, g_ptr_array_index(ordered, i)))
      g_ptr_array_add(starts, g_strdup(g_ptr_array_index(ordered, i)));
  g_ptr_array_add(starts, NULL);
  return (char **)g_ptr_array_free(starts, FALSE);
}
