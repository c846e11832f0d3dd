#include "runner/output/mask.h"

#include "runner/output/encodings.h"
#include "runner/output/needles.h"

#include <string.h>

#define LINE_SHORTEST 4
#define ENCODED_SHORTEST 6
#define ENCODED_LONGEST ((size_t)64 << 10)
#define ENCODED_SIZE_MAX ((size_t)256 << 20) /* of all needles: beyond, values are added as they are */

struct Mask {
  GRWLock lock; /* of the needles */
  Needles *needles;
};

Mask *mask_new(void) {
  Mask *mask = g_new0(Mask, 1);
  g_rw_lock_init(&mask->lock);
  mask->needles = needles_new();
  return mask;
}

void mask_free(Mask *mask) {
  needles_free(mask->needles);
  g_rw_lock_clear(&mask->lock);
  g_free(mask);
}

/* ---- what is hidden of a value ---- */

static void add_needle(const char *text, size_t length, void *user) {
  needles_add(user, text, length);
}

static void add_text(Needles *needles, const char *text, size_t length) {
  needles_add(needles, text, length);
  if (length >= ENCODED_SHORTEST && length <= ENCODED_LONGEST && needles_size(needles) < ENCODED_SIZE_MAX)
    encodings_each(text, length, add_needle, needles);
}

static void add_lines(Needles *needles, const char *value) {
  g_auto(GStrv) lines = g_strsplit_set(value, "\r\n", -1);
  if (lines[0] == NULL || lines[1] == NULL)
    return;
  for (char **line = lines; *line != NULL; line++)
    if (strlen(g_strstrip(*line)) >= LINE_SHORTEST)
      add_text(needles, *line, strlen(*line));
  g_auto(GStrv) parts = g_strsplit(value, "\r\n", -1); /* what a step prints is shown with plain newlines */
  g_autofree char *plain = g_strjoinv("\n", parts);
  needles_add(needles, plain, strlen(plain));
}

void mask_add(Mask *mask, const char *value) {
  g_autofree char *trimmed = g_strstrip(g_strdup(value));
  if (*trimmed == '\0')
    return;
  g_rw_lock_writer_lock(&mask->lock);
  add_text(mask->needles, trimmed, strlen(trimmed));
  if (strcmp(trimmed, value) != 0 && strlen(trimmed) >= ENCODED_SHORTEST)
    add_text(mask->needles, value, strlen(value));
  else
    needles_add(mask->needles, value, strlen(value));
  add_lines(mask->needles, trimmed);
  g_rw_lock_writer_unlock(&mask->lock);
}

/* ---- hiding ---- */

static GArray *find(const Mask *mask, const char *text, size_t length, size_t *unfinished) {
  GRWLock *lock = &((Mask *)mask)->lock;
  g_rw_lock_reader_lock(lock);
  GArray *ranges = needles_find(mask->needles, text, length);
  if (unfinished != NULL)
    *unfinished = needles_unfinished(mask->needles, text, length);
  g_rw_lock_reader_unlock(lock);
  return ranges;
}

/* A range that begins in what is used is written now, though it may reach beyond; one that begins later is found again later. */
size_t mask_piece(const Mask *mask, MaskSeam *seam, const char *text, size_t length, bool more, GString *result) {
  size_t used = length;
  g_autoptr(GArray) ranges = find(mask, text, length, more ? &used : NULL);
  size_t at = seam->hidden;
  bool joined = seam->joined;
  for (guint i = 0; i < ranges->len; i++) {
    const NeedleRange *range = &g_array_index(ranges, NeedleRange, i);
    if (range->start >= used)
      break;
    if (!joined || range->start > at) {
      g_string_append_len(result, text + at, (gssize)(range->start - at));
      g_string_append(result, "***");
    }
    at = MAX(at, range->end);
    joined = true;
  }
  if (at < used)
    g_string_append_len(result, text + at, (gssize)(used - at));
  *seam = (MaskSeam){.joined = joined && at >= used, .hidden = at > used ? at - used : 0};
  return used;
}

char *mask_apply(const Mask *mask, const char *text, size_t length, bool more, size_t *used) {
  GString *result = g_string_sized_new(length);
  MaskSeam seam = {0};
  size_t covered = mask_piece(mask, &seam, text, length, more, result);
  if (used != NULL)
    *used = covered + seam.hidden;
  return g_string_free(result, FALSE);
}

bool mask_finds(const Mask *mask, const char *text) {
  g_autoptr(GArray) ranges = find(mask, text, strlen(text), NULL);
  return ranges->len > 0;
}
