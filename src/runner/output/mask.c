#include "runner/output/mask.h"

#include <jansson.h>
#include <string.h>

#define LINE_SHORTEST 4
#define ENCODED_SHORTEST 6

typedef struct {
  size_t length;
  char *text;
} Needle;

struct Mask {
  GPtrArray *needles; /* the longest first, so that the longest match wins */
  GHashTable *known;
  bool begins[256]; /* whether a needle begins with this byte */
  size_t longest;
};

static void needle_free(void *data) {
  Needle *needle = data;
  g_free(needle->text);
  g_free(needle);
}

Mask *mask_new(void) {
  Mask *mask = g_new0(Mask, 1);
  mask->needles = g_ptr_array_new_with_free_func(needle_free);
  mask->known = g_hash_table_new(g_str_hash, g_str_equal);
  return mask;
}

void mask_free(Mask *mask) {
  g_hash_table_unref(mask->known);
  g_ptr_array_unref(mask->needles);
  g_free(mask);
}

static int longest_first(const void *left, const void *right) {
  size_t a = (*(const Needle *const *)left)->length, b = (*(const Needle *const *)right)->length;
  return a < b ? 1 : a > b ? -1 : 0;
}

static void add_needle(Mask *mask, const char *text, size_t length) {
  g_autofree char *copy = g_strndup(text, length);
  if (length == 0 || g_hash_table_contains(mask->known, copy))
    return;
  Needle *needle = g_new0(Needle, 1);
  needle->length = length;
  needle->text = g_steal_pointer(&copy);
  g_ptr_array_add(mask->needles, needle);
  g_hash_table_add(mask->known, needle->text);
  mask->begins[(unsigned char)*needle->text] = true;
  mask->longest = MAX(mask->longest, length);
}

/* The base64 of a text that has the value in its middle, at each of the three alignments: the characters that depend on what
 * stands before or behind the value are left out. */
static void add_base64(Mask *mask, const char *value, size_t length) {
  for (size_t shift = 0; shift < 3; shift++) {
    g_autofree char *shifted = g_strdup_printf("xx%s", value);
    g_autofree char *text = g_base64_encode((const unsigned char *)shifted + 2 - shift, length + shift);
    size_t before = shift == 0 ? 0 : shift + 1; /* characters that hold bits of what stands before */
    size_t bits = (length + shift) * 8;
    size_t sure = bits / 6; /* characters that hold nothing of what comes behind */
    if (sure <= before)
      continue;
    add_needle(mask, text + before, sure - before);
    add_needle(mask, text + before, strlen(text + before)); /* at the end of what was encoded */
  }
}

static void add_escapes(Mask *mask, const char *value) {
  json_auto_t *json = json_string(value);
  char *text = json != NULL ? json_dumps(json, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
  char *plain = json != NULL ? json_dumps(json, JSON_ENCODE_ANY) : NULL;
  if (text != NULL)
    add_needle(mask, text + 1, strlen(text) - 2);
  if (plain != NULL)
    add_needle(mask, plain + 1, strlen(plain) - 2);
  free(text), free(plain);
  g_autofree char *uri = g_uri_escape_string(value, NULL, false);
  add_needle(mask, uri, strlen(uri));
}

void mask_add(Mask *mask, const char *value) {
  g_autofree char *trimmed = g_strstrip(g_strdup(value));
  if (*trimmed == '\0')
    return;
  add_needle(mask, value, strlen(value));
  add_needle(mask, trimmed, strlen(trimmed));
  if (strchr(trimmed, '\n') != NULL) {
    g_auto(GStrv) lines = g_strsplit(trimmed, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
      if (strlen(g_strstrip(*line)) >= LINE_SHORTEST)
        add_needle(mask, *line, strlen(*line));
  }
  if (strlen(trimmed) >= ENCODED_SHORTEST) {
    add_base64(mask, value, strlen(value));
    add_base64(mask, trimmed, strlen(trimmed));
    add_escapes(mask, trimmed);
  }
  g_ptr_array_sort(mask->needles, longest_first);
}

/* The length of the longest needle that stands at the start of `text`; 0: none. */
static size_t match(const Mask *mask, const char *text, size_t length) {
  if (!mask->begins[(unsigned char)*text])
    return 0;
  for (guint i = 0; i < mask->needles->len; i++) {
    const Needle *needle = g_ptr_array_index(mask->needles, i);
    if (needle->length <= length && memcmp(needle->text, text, needle->length) == 0)
      return needle->length;
  }
  return 0;
}

char *mask_apply(const Mask *mask, const char *text, size_t length, bool more, size_t *used) {
  GString *result = g_string_sized_new(length);
  size_t at = 0;
  while (at < length && !(more && length - at < mask->longest)) {
    size_t hidden = match(mask, text + at, length - at);
    if (hidden > 0)
      g_string_append(result, "***");
    else
      g_string_append_c(result, text[at]);
    at += hidden > 0 ? hidden : 1;
  }
  if (used != NULL)
    *used = at;
  return g_string_free(result, FALSE);
}

bool mask_finds(const Mask *mask, const char *text) {
  for (size_t length = strlen(text); length > 0; text++, length--)
    if (match(mask, text, length) > 0)
      return true;
  return false;
}
