/* Hides secrets in text: each occurrence of a value, of a line of it, or of a usual encoding of it becomes "***". Private to
 * this folder. One thread at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Mask Mask;

Mask *mask_new(void);
void mask_free(Mask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mask, mask_free)

/* Adds a value; blanks only are no secret. What is hidden: the value, each of its lines that is longer than three characters
 * (shorter ones would blot out the whole log), and, of values of six characters and more, their base64 at every alignment,
 * their JSON and their URI escapes. */
void mask_add(Mask *mask, const char *value);

/* The text with what is to be hidden hidden; transfer full, NUL-terminated. With `more` to come the end of the text may be the
 * beginning of a secret: `used` says how many bytes the result covers, and the caller puts the rest before what comes. Without,
 * all is used. `used` may be NULL when `more` is false. */
char *mask_apply(const Mask *mask, const char *text, size_t length, bool more, size_t *used);

/* Whether a text holds something that is to be hidden. */
bool mask_finds(const Mask *mask, const char *text);
