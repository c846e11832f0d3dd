#include "results/block_list.h"

#include "base/error.h"
#include "httpd/range.h"

#include <string.h>

#define BLANKS " \t\r\n"

bool block_id_is_valid(const char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
  size_t length = text != NULL ? strspn(text, digits) : 0;
  return length > 0 && length <= BLOCK_ID_MAX_BYTES - 2 && strspn(text + length, "=") <= 2 && text[length + strspn(text + length, "=")] == '\0';
}

/* What is left to read; never moves beyond `end`. */
typedef struct {
  const char *at;
  const char *end;
} Rest;

static void skip_blanks(Rest *rest) {
  while (rest->at < rest->end && strchr(BLANKS, *rest->at) != NULL && *rest->at != '\0')
    rest->at++;
}

static bool take(Rest *rest, const char *text) {
  size_t length = strlen(text);
  if ((size_t)(rest->end - rest->at) < length || memcmp(rest->at, text, length) != 0)
    return false;
  rest->at += length;
  return true;
}

static bool take_until(Rest *rest, const char *text, size_t max, char **taken) {
  const char *found = memmem(rest->at, MIN((size_t)(rest->end - rest->at), max + strlen(text)), text, strlen(text));
  if (found == NULL)
    return false;
  if (taken != NULL)
    *taken = g_strndup(rest->at, (gsize)(found - rest->at));
  rest->at = found + strlen(text);
  return true;
}

static bool take_id(Rest *rest, char **id) {
  static const struct {
    const char *open;
    const char *close;
  } rows[] = {{"<Latest>", "</Latest>"}, {"<Uncommitted>", "</Uncommitted>"}, {"<Committed>", "</Committed>"}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (take(rest, rows[i].open))
      return take_until(rest, rows[i].close, BLOCK_ID_MAX_BYTES, id);
  return false;
}

static bool take_items(Rest *rest, GPtrArray *ids) {
  for (;;) {
    char *id = NULL;
    skip_blanks(rest);
    if (take(rest, "</BlockList>"))
      return true;
    if (ids->len == BLOCKS_MAX || !take_id(rest, &id))
      return false;
    g_ptr_array_add(ids, id);
    if (!block_id_is_valid(id))
      return false;
  }
}

static bool take_list(Rest *rest, GPtrArray *ids) {
  skip_blanks(rest);
  if (take(rest, "<?xml") && !take_until(rest, "?>", 200, NULL))
    return false;
  skip_blanks(rest);
  bool is_taken = take(rest, "<BlockList/>") || take(rest, "<BlockList />") || (take(rest, "<BlockList>") && take_items(rest, ids));
  skip_blanks(rest);
  return is_taken && rest->at == rest->end;
}

GPtrArray *block_list_parse(const char *text, size_t size, GError **error) {
  Rest rest = {.at = text, .end = text + size};
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  if (take_list(&rest, ids))
    return g_steal_pointer(&ids);
  error_set(error, DROVER_ERROR_INPUT, "the list of blocks is not one: expected <BlockList> with at most %d <Latest> in it", BLOCKS_MAX);
  return NULL;
}

bool chunk_range_parse(const char *header, int64_t *first, int64_t *last) {
  if (header == NULL || !g_str_has_prefix(header, "bytes "))
    return false;
  const char *range = header + strlen("bytes ");
  const char *slash = strchr(range, '/');
  if (slash == NULL)
    return false;
  int64_t size = INT64_MAX;
  g_autofree char *numbers = g_strndup(range, (gsize)(slash - range));
  bool is_open = strcmp(slash + 1, "*") == 0;
  return content_range_parse(numbers, first, last) && (is_open || range_number(slash + 1, &size)) && *last < size;
}
