/* Names of container images: the grammar of a registry's names, and references as people write them,
 * "ghcr.io/owner/image:1.0@sha256:...". Pure functions over outside bytes; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The grammars of OCI Distribution 1.1. `text` may be NULL in all three. */

/* <name>: at most 255 bytes of lower-case components. */
bool image_is_repository(const char *text);
/* <tag-or-digest> as a tag. */
bool image_is_tag(const char *text);
/* algorithm:encoded of the image specification, whatever the algorithm; base/digest.h says whether it is one of ours. */
bool image_is_digest(const char *text);

/* A part of a text: what it says, and where it starts, in bytes. `text` NULL: absent. */
typedef struct {
  char *text;
  size_t offset;
} TextPart;

/* The bytes from `start` up to `end` of `text` as a part; transfer full. */
TextPart text_part(const char *text, size_t start, size_t end);

typedef struct {
  TextPart host;       /* "ghcr.io", "localhost:5000"; absent: Docker Hub */
  TextPart repository; /* as written: Docker Hub's "alpine" stays without "library/" */
  TextPart tag;
  TextPart digest; /* sha256 and sha512 have their full length */
} ImageReference;

/* Reads a reference, as distribution/reference does: a first component with a dot, a colon or an upper-case letter, or
 * "localhost", is the host. INPUT says what was expected; `offset` (may be NULL) is then set to the byte that it is about. */
bool image_reference_parse(const char *text, ImageReference *image, size_t *offset, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void image_reference_clear(ImageReference *image);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImageReference, image_reference_clear)
