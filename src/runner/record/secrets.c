#include "runner/record/record.h"

#include <string.h>

#define MARK "\x1f" /* no program's text has it around a name */
#define SECRET_MIN 4

typedef char *(*TextFunc)(const char *text, const json_t *secrets);

static char *replaced(char *text, const char *from, const char *to) {
  if (strstr(text, from) == NULL)
    return text;
  GString *whole = g_string_new(text);
  g_string_replace(whole, from, to, 0);
  g_free(text);
  return g_string_free(whole, FALSE);
}

typedef void (*PieceFunc)(const char *mark, const char *piece, char **text);

/* A secret and each of its lines: what a job does with one that has several may cut it anywhere between them. The whole comes first. */
static void each_piece(const char *name, const char *value, PieceFunc piece, char **text) {
  g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
  g_autofree char *whole = g_strconcat(MARK, name, MARK, NULL);
  piece(whole, value, text);
  for (guint i = 0; lines[0] != NULL && lines[1] != NULL && lines[i] != NULL; i++) {
    g_autofree char *mark = g_strdup_printf(MARK "%s:%u" MARK, name, i);
    piece(mark, lines[i], text);
  }
}

static void hide_piece(const char *mark, const char *piece, char **text) {
  if (strlen(piece) >= SECRET_MIN)
    *text = replaced(*text, piece, mark);
}

static void reveal_piece(const char *mark, const char *piece, char **text) {
  *text = replaced(*text, mark, piece);
}

static char *hide_text(const char *text, const json_t *secrets) {
  char *result = g_strdup(text);
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)secrets, name, value)
    each_piece(name, json_string_value(value), hide_piece, &result);
  return result;
}

static char *reveal_text(const char *text, const json_t *secrets) {
  char *result = g_strdup(text);
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)secrets, name, value)
    each_piece(name, json_string_value(value), reveal_piece, &result);
  return result;
}

static json_t *map_texts(const json_t *value, const json_t *secrets, TextFunc text) {
  if (json_is_string(value)) {
    g_autofree char *mapped = text(json_string_value(value), secrets);
    return json_string(mapped);
  }
  if (!json_is_object(value) && !json_is_array(value))
    return json_deep_copy(value);
  json_t *mapped = json_is_object(value) ? json_object() : json_array();
  const char *key;
  json_t *item;
  json_object_foreach ((json_t *)value, key, item)
    json_object_set_new(mapped, key, map_texts(item, secrets, text));
  for (size_t i = 0; i < json_array_size(value); i++)
    json_array_append_new(mapped, map_texts(json_array_get(value, i), secrets, text));
  return mapped;
}

json_t *record_hide(const json_t *value, const json_t *secrets) {
  return map_texts(value, secrets, hide_text);
}

json_t *record_reveal(const json_t *value, const json_t *secrets) {
  return map_texts(value, secrets, reveal_text);
}
