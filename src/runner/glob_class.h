/* Sets of letters in patterns, "[a-z]". Private to glob_segment.c. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct GlobClass GlobClass;

/* Reads the set that begins at text[0], "[". `used` is how many units it takes, 0 where it is never closed and "[" is a letter. NULL
 * with `used` above 0: nothing can match it. Transfer full. */
GlobClass *glob_class_parse(const gunichar2 *text, size_t length, size_t *used);
void glob_class_free(GlobClass *class);

bool glob_class_has(const GlobClass *class, gunichar2 unit);

/* The one unit that it stands for, or 0: "[*]" is a way to write a star. */
gunichar2 glob_class_single(const GlobClass *class);
