/* Whether an image's name says which image is meant, or one that changes under it. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
  IMAGE_FIXED,    /* a digest, or a tag that is no floating one; or nobody can know from here */
  IMAGE_UNTAGGED, /* neither a tag nor a digest: latest */
  IMAGE_FLOATING, /* a tag that moves: latest, main, stable-alpine */
  IMAGE_BRANCH,   /* the tag is the name of the branch that is built, by an expression */
} ImageFloat;

/* `text` may hold expansions: $NAME, ${NAME}, $(...), `...`, ${{ ... }}. What is behind them is not known. */
ImageFloat image_name_floats(const char *text);

/* The same of a tag alone. */
ImageFloat image_tag_floats(const char *tag);
