/* A set of texts that are looked for in other texts, all at once: what the mask is made of. Private to this folder.
 *
 * Searching costs about the same whatever the number of needles: tables of the four-byte pieces that needles hold are asked at
 * every n-th byte, and only where they say "maybe" a tree of the needles is walked. A needle longer than NEEDLE_MAX_BYTES is kept as
 * pieces of that size, each found by itself. So no byte of a text costs more than NEEDLE_MAX_BYTES steps, whoever chose both.
 * Searches may run side by side; adding needs the set alone.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define NEEDLE_MAX_BYTES ((size_t)512)

typedef struct Needles Needles;

typedef struct {
  size_t start, end; /* bytes; `end` is the first that is no longer part of it */
} NeedleRange;

Needles *needles_new(void);
void needles_free(Needles *needles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Needles, needles_free)

/* An empty needle is no needle; one that is there already changes nothing. */
void needles_add(Needles *needles, const char *text, size_t length);

/* Bytes that the set takes for its needles, more or less. */
size_t needles_size(const Needles *needles);

/* All occurrences, as NeedleRange in order; those that overlap or touch are one. Transfer full. */
GArray *needles_find(const Needles *needles, const char *text, size_t length);

/* Where the longest end of the text begins that a needle begins with, but goes on after; `length` when there is none. */
size_t needles_unfinished(const Needles *needles, const char *text, size_t length);
