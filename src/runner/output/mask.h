/* Hides secrets in text: each occurrence of a value, of a line of it, or of a usual encoding of it becomes "***"; occurrences that
 * overlap or touch become one. Private to the runner. Thread-safe: steps that run at once add and search side by side. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Mask Mask;

Mask *mask_new(void);
void mask_free(Mask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mask, mask_free)

/* Adds a value; blanks only are no secret. What is hidden: the value, with and without blanks around it; each of its lines that is
 * longer than three characters (shorter ones would blot out the whole log); and of those of six characters and more the forms of
 * encodings.h. Values of more than 64 KiB are hidden as they are, not encoded. */
void mask_add(Mask *mask, const char *value);

/* The text with what is to be hidden hidden; transfer full, NUL-terminated. With `more` to come the end of the text may be the
 * beginning of a secret: `used` says how many bytes the result covers, and the caller puts the rest before what comes. Without,
 * all is used. `used` may be NULL when `more` is false. For a text in many pieces see MaskSeam. */
char *mask_apply(const Mask *mask, const char *text, size_t length, bool more, size_t *used);

/* What lies between two pieces of one text; all zero before the first. */
typedef struct {
  bool joined;   /* the last that was written is a "***" that touches the next piece, */
  size_t hidden; /* of which so many bytes belong to it */
} MaskSeam;

/* Appends a piece to `result`, what is to be hidden hidden, and returns how many bytes of it that covers; the rest, a few hundred
 * bytes at most, is to be put before the next piece. Without `more` all is used. However a text is cut into pieces, the result is the same. */
size_t mask_piece(const Mask *mask, MaskSeam *seam, const char *text, size_t length, bool more, GString *result);

/* Whether a text holds something that is to be hidden. */
bool mask_finds(const Mask *mask, const char *text);
