#include "runner/files.h"

#include "base/error.h"

#include <string.h>

static void pair_free(void *data) {
  FilePair *pair = data;
  g_free(pair->name);
  g_free(pair->value);
  g_free(pair);
}

typedef struct {
  const char *file;
  const char *at;
  const char *end;
  unsigned number; /* of the line before `at` */
} Lines;

typedef struct {
  const char *text;
  size_t length; /* without the "\n" */
  bool ended;    /* a "\n" stood behind it */
} Line;

static bool next_line(Lines *lines, Line *line) {
  if (lines->at >= lines->end)
    return false;
  const char *newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
  const char *stop = newline != NULL ? newline : lines->end;
  *line = (Line){lines->at, (size_t)(stop - lines->at), newline != NULL};
  lines->at = newline != NULL ? newline + 1 : lines->end;
  lines->number++;
  return true;
}

static const char *find(const Line *line, const char *what) {
  return g_strstr_len(line->text, (gssize)line->length, what);
}

static char *part(const char *from, const char *to) {
  return g_strndup(from, (gsize)(to - from));
}

/* What stands between `lines` and the line that is `mark`, without the last "\n". */
static char *read_block(Lines *lines, const char *name, const char *mark, GError **error) {
  const char *start = lines->at;
  unsigned number = lines->number;
  for (Line line; next_line(lines, &line) && (line.ended || line.length == strlen(mark));)
    if (line.length == strlen(mark) && memcmp(line.text, mark, line.length) == 0)
      return part(start, line.text > start ? line.text - 1 : start);
  error_set(error, DROVER_ERROR_INPUT, "%s, line %u: the line \"%.60s\" that ends the value of \"%.60s\" is missing", lines->file, number, mark,
            name);
  return NULL;
}

static FilePair *pair_new(const char *name, char *value) {
  FilePair *pair = g_new0(FilePair, 1);
  pair->name = g_strdup(name);
  pair->value = value;
  return pair;
}

static FilePair *parse_block(Lines *lines, const Line *line, const char *arrows, GError **error) {
  g_autofree char *name = part(line->text, arrows), *mark = part(arrows + 2, line->text + line->length);
  if (*name == '\0' || *mark == '\0') {
    error_set(error, DROVER_ERROR_INPUT, "%s, line %u: expected a %s \"<<\"", lines->file, lines->number,
              *name == '\0' ? "name before" : "mark behind");
    return NULL;
  }
  char *value = read_block(lines, name, mark, error);
  return value != NULL ? pair_new(name, value) : NULL;
}

static FilePair *parse_pair(Lines *lines, const Line *line, GError **error) {
  const char *equals = find(line, "="), *arrows = find(line, "<<");
  if (arrows != NULL && (equals == NULL || arrows < equals))
    return parse_block(lines, line, arrows, error);
  if (equals == NULL) {
    g_autofree char *start = g_strndup(line->text, MIN(line->length, 60)), *shown = g_strescape(start, NULL);
    error_set(error, DROVER_ERROR_INPUT, "%s, line %u: expected NAME=VALUE or NAME<<MARK, found \"%s\"", lines->file, lines->number, shown);
    return NULL;
  }
  g_autofree char *name = part(line->text, equals);
  if (*name != '\0')
    return pair_new(name, part(equals + 1, line->text + line->length));
  error_set(error, DROVER_ERROR_INPUT, "%s, line %u: the name is empty", lines->file, lines->number);
  return NULL;
}

/* Valid UTF-8 without the mark of the byte order that some editors write. */
static char *clean(const char *text, size_t size, size_t *clean_size) {
  static const char mark[] = "\xef\xbb\xbf";
  bool marked = size >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0;
  size_t skipped = marked ? strlen(mark) : 0;
  char *valid = g_utf8_make_valid(text + skipped, (gssize)(size - skipped));
  *clean_size = strlen(valid);
  return valid;
}

GPtrArray *files_parse_pairs(const char *file, const char *text, size_t size, GError **error) {
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(pair_free);
  size_t clean_size;
  g_autofree char *valid = clean(text, size, &clean_size);
  Lines lines = {.file = file, .at = valid, .end = valid + clean_size};
  for (Line line; next_line(&lines, &line);) {
    FilePair *pair = line.length > 0 ? parse_pair(&lines, &line, error) : NULL;
    if (pair == NULL && line.length > 0)
      return NULL;
    if (pair != NULL)
      g_ptr_array_add(pairs, pair);
  }
  return g_steal_pointer(&pairs);
}

GPtrArray *files_parse_lines(const char *text, size_t size) {
  GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
  size_t clean_size;
  g_autofree char *valid = clean(text, size, &clean_size);
  for (const char *at = valid; *at != '\0';) {
    size_t length = strcspn(at, "\r\n");
    if (length > 0)
      g_ptr_array_add(found, g_strndup(at, length));
    at += length + (at[length] != '\0');
  }
  return found;
}

/* Newest first, each once; then turned round. */
void files_add_paths(GPtrArray *paths, const GPtrArray *lines) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  GPtrArray *kept = g_ptr_array_new();
  for (guint i = 0; i < lines->len; i++)
    g_ptr_array_add(paths, g_strdup(g_ptr_array_index(lines, i)));
  for (guint i = paths->len; i > 0; i--)
    if (g_hash_table_add(seen, g_ptr_array_index(paths, i - 1)))
      g_ptr_array_add(kept, g_strdup(g_ptr_array_index(paths, i - 1)));
  g_ptr_array_set_size(paths, 0);
  for (guint i = kept->len; i > 0; i--)
    g_ptr_array_add(paths, g_ptr_array_index(kept, i - 1));
  g_ptr_array_free(kept, TRUE);
}

const char *files_env_refusal(const char *name) {
  static const struct {
    const char *name; /* case does not matter */
    const char *why;
  } refused[] = {
    {"NODE_OPTIONS", "GITHUB_ENV may not set NODE_OPTIONS, which would run code in the actions of later steps; set it in the step's env"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
    if (g_ascii_strcasecmp(name, refused[i].name) == 0)
      return refused[i].why;
  return NULL;
}

char *files_summary_refusal(size_t size) {
  return g_strdup_printf("the step's summary is left out: GITHUB_STEP_SUMMARY holds %zu KiB, and %zu KiB is the most that is shown",
                         (size + 1023) / 1024, FILES_SUMMARY_MAX_BYTES / 1024);
}
