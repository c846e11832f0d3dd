/* Texts that prove that drover wrote them: JSON Web Tokens (RFC 7519, HS256 and RS256) and codes over links. A token holds all that its
 * bearer may do, so any process with the same folder can serve it. Private to results/. */
#pragma once

#include "results/keys.h"

#include <jansson.h>
#include <stddef.h>

#define TOKEN_MAX_BYTES ((size_t)32 << 10)

/* RFC 4648, section 5, without padding; transfer full. */
char *base64url(const void *bytes, size_t size);
/* NULL when `text` is not of that form. */
uint8_t *base64url_decode(const char *text, size_t length, size_t *size);

/* The claims as a token; transfer full. */
char *token_sign(const uint8_t secret[SECRET_BYTES], const json_t *claims);

/* The claims of a token that was signed with `secret` and is valid at `now_s`; transfer full. NULL for any other text, without a word
 * on what is wrong with it. */
json_t *token_verify(const uint8_t secret[SECRET_BYTES], const char *token, int64_t now_s);

/* The same claims for strangers: signed with RSA, so that they can be checked with the public half. Transfer full. */
char *token_sign_identity(EVP_PKEY *key, const json_t *claims, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The public half as RFC 7517 has it, in a set of one; transfer full. */
json_t *token_key_set(EVP_PKEY *key);

/* A code over `text`, and whether `code` is that of `text`, compared in constant time. Transfer full. */
char *code_make(const uint8_t secret[SECRET_BYTES], const char *text);
bool code_is(const uint8_t secret[SECRET_BYTES], const char *text, const char *code);
