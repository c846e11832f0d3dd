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
  const char *at;
  const char *end;
  unsigned number;
} Lines;

/* The next line without its end ("\n" or "\r\n"), transfer full; NULL at the end. */
static char *next_line(Lines *lines) {
  if (lines->at >= lines->end)
    return NULL;
  const char *newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
  const char *stop = newline != NULL ? newline : lines->end;
  size_t length = (size_t)(stop - lines->at);
  if (length > 0 && stop[-1] == '\r')
    length--;
  char *line = g_strndup(lines->at, length);
  lines->at = newline != NULL ? newline + 1 : lines->end;
  lines->number++;
  return line;
}

/* The lines up to the one that is `mark`; NULL when none is. */
static char *read_block(Lines *lines, const char *mark) {
  g_autoptr(GString) value = g_string_new(NULL);
  for (bool first = true;; first = false) {
    g_autofree char *line = next_line(lines);
    if (line == NULL)
      return NULL;
    if (strcmp(line, mark) == 0)
      return g_strdup(value->str);
    g_string_append_printf(value, "%s%s", first ? "" : "\n", line);
  }
}

static FilePair *parse_pair(const char *file, char *line, Lines *lines, GError **error) {
  unsigned number = lines->number;
  char *equals = strchr(line, '='), *mark = strstr(line, "<<");
  bool block = mark != NULL && (equals == NULL || mark < equals);
  if (!block && equals == NULL) {
    error_set(error, DROVER_ERROR_INPUT, "%s, line %u: expected NAME=VALUE or NAME<<MARK, found \"%.60s\"", file, number, line);
    return NULL;
  }
  *(block ? mark : equals) = '\0';
  if (*line == '\0') {
    error_set(error, DROVER_ERROR_INPUT, "%s, line %u: the name is empty", file, number);
    return NULL;
  }
  g_autofree char *value = NULL;
  if (!block) {
    value = g_strdup(equals + 1);
  } else if (mark[2] == '\0') {
    error_set(error, DROVER_ERROR_INPUT, "%s, line %u: expected a mark behind \"%s<<\"", file, number, line);
    return NULL;
  } else if ((value = read_block(lines, mark + 2)) == NULL) {
    error_set(error, DROVER_ERROR_INPUT, "%s, line %u: the line \"%s\" that ends the value of \"%s\" is missing", file, number, mark + 2, line);
    return NULL;
  }
  FilePair *pair = g_new0(FilePair, 1);
  pair->name = g_strdup(line);
  pair->value = g_steal_pointer(&value);
  return pair;
}

GPtrArray *files_parse_pairs(const char *file, const char *text, size_t size, GError **error) {
  g_autoptr(GPtrArray) pairs = g_ptr_array_new_with_free_func(pair_free);
  Lines lines = {.at = text, .end = text + size};
  for (;;) {
    g_autofree char *line = next_line(&lines);
    if (line == NULL)
      return g_steal_pointer(&pairs);
    if (*line == '\0')
      continue;
    FilePair *pair = parse_pair(file, line, &lines, error);
    if (pair == NULL)
      return NULL;
    g_ptr_array_add(pairs, pair);
  }
}

GPtrArray *files_parse_lines(const char *text, size_t size) {
  GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
  Lines lines = {.at = text, .end = text + size};
  for (char *line; (line = next_line(&lines)) != NULL;) {
    if (*line != '\0')
      g_ptr_array_add(found, line);
    else
      g_free(line);
  }
  return found;
}
