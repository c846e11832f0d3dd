/* Links that carry their own leave, as Azure's shared access signatures do: to write one upload, or to read one blob, until a time.
 * Private to results/. */
#pragma once

#include "results/keys.h"

typedef enum { LINK_WRITE, LINK_READ } LinkUse;

typedef struct {
  LinkUse use;
  const char *subject; /* an upload's id, or a blob's digest without "sha256:" */
  int64_t expires_s;
  const char *type; /* the media type to answer with; NULL: bytes */
  const char *name; /* the file's name to answer with; NULL: none */
} Link;

#define LINK_WRITE_PATH "/results-blobs/write/"
#define LINK_READ_PATH "/results-blobs/read/"

/* `base` is "http://127.0.0.1:43121". Transfer full. */
char *link_make(const uint8_t secret[SECRET_BYTES], const char *base, const Link *link);

/* Whether `code` is the one of this link, and its time is not over. `code` may be NULL. */
bool link_is_valid(const uint8_t secret[SECRET_BYTES], const Link *link, const char *code, int64_t now_s);
