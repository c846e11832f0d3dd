/* SHA-256 over OpenSSL's EVP, written as OCI writes digests: "sha256:" and 64 hexadecimal digits. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define DIGEST_TEXT_SIZE (7 + 64 + 1)

/* A digest as text, NUL-terminated. */
typedef struct {
  char text[DIGEST_TEXT_SIZE];
} Digest;

typedef struct DigestStream DigestStream;

/* A running digest. One thread at a time. digest_stream_end() frees the stream. */
DigestStream *digest_stream_new(void);
void digest_stream_update(DigestStream *stream, const void *bytes, size_t size);
Digest digest_stream_end(DigestStream *stream);
void digest_stream_free(DigestStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DigestStream, digest_stream_free)

Digest digest_bytes(const void *bytes, size_t size);

/* Whether `text` is "sha256:" and 64 lower-case hexadecimal digits, and nothing else. */
bool digest_is_valid(const char *text);

/* The 64 digits behind "sha256:"; `digest` must be valid. Points into it. */
const char *digest_hex(const char *digest);
