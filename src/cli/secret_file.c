#include "cli/secret_file.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 20)

/* How long the name is that `line` begins with: [A-Za-z_][A-Za-z0-9_]*. */
static size_t name_length(const char *line, size_t length) {
  size_t used = 0;
  while (used < length && (g_ascii_isalpha(line[used]) || line[used] == '_' || (used > 0 && g_ascii_isdigit(line[used]))))
    used++;
  return used;
}

static bool has_name(const GPtrArray *pairs, const char *line, size_t length) {
  for (guint i = 0; i < pairs->len; i++)
    if (strncmp(g_ptr_array_index(pairs, i), line, length + 1) == 0) /* up to and with the equals sign */
      return true;
  return false;
}

static bool add_line(const char *name, unsigned number, const char *line, size_t length, GPtrArray *pairs, GError **error) {
  size_t named = name_length(line, length);
  if (named == 0 || named == length || line[named] != '=')
    return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%zu: a line NAME=VALUE is expected, with a name of letters, digits and _", name, number,
                     named + 1);
  if (has_name(pairs, line, named))
    return error_set(error, DROVER_ERROR_INPUT, "%s:%u:1: %.*s is given twice", name, number, (int)named, line);
  if (memchr(line, '\0', length) != NULL || !g_utf8_validate(line, (gssize)length, NULL))
    return error_set(error, DROVER_ERROR_INPUT, "%s:%u:%zu: the value of %.*s is not text in UTF-8", name, number, named + 2, (int)named, line);
  g_ptr_array_add(pairs, g_strndup(line, length));
  return true;
}

bool secret_file_parse(const char *name, const char *text, size_t size, GPtrArray *pairs, GError **error) {
  unsigned number = 0;
  for (size_t at = 0; at < size; at++) {
    const char *line = text + at, *end = memchr(line, '\n', size - at);
    size_t length = end != NULL ? (size_t)(end - line) : size - at;
    at += length;
    number++;
    if (length > 0 && line[length - 1] == '\r')
      length--;
    if (length > 0 && line[0] != '#' && !add_line(name, number, line, length, pairs, error))
      return false;
  }
  return true;
}

bool secret_file_read(const char *path, GPtrArray *pairs, GError **error) {
  size_t size;
  g_autofree char *text = fs_read(path, FILE_MAX_BYTES, &size, error);
  if (text == NULL)
    return false;
  bool good = secret_file_parse(path, text, size, pairs, error);
  explicit_bzero(text, size);
  return good;
}
