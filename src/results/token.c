#include "results/token.h"

#include "base/digest.h"
#include "base/error.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#define MAC_BYTES 32

char *base64url(const void *bytes, size_t size) {
  char *text = g_base64_encode(bytes, size);
  for (char *at = text; *at != '\0'; at++)
    *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
  text[strcspn(text, "=")] = '\0';
  return text;
}

uint8_t *base64url_decode(const char *text, size_t length, size_t *size) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (length % 4 == 1)
    return NULL;
  g_autofree uint8_t *bytes = g_malloc(length / 4 * 3 + 4);
  size_t put = 0;
  uint32_t bits = 0;
  for (size_t i = 0; i < length; i++) {
    const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
    if (digit == NULL)
      return NULL;
    bits = bits << 6 | (uint32_t)(digit - digits);
    if (i % 4 > 0)
      bytes[put++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
  }
  bytes[put] = '\0';
  *size = put;
  return g_steal_pointer(&bytes);
}

static void mac(const uint8_t secret[SECRET_BYTES], const char *text, size_t length, uint8_t out[MAC_BYTES]) {
  unsigned size = MAC_BYTES;
  if (HMAC(EVP_sha256(), secret, SECRET_BYTES, (const unsigned char *)text, length, out, &size) == NULL || size != MAC_BYTES)
    g_error("OpenSSL has no HMAC"); /* nothing could be trusted without it */
}

static bool mac_is(const uint8_t secret[SECRET_BYTES], const char *text, size_t length, const char *code) {
  uint8_t expected[MAC_BYTES];
  size_t size = 0;
  g_autofree uint8_t *given = base64url_decode(code, strlen(code), &size);
  mac(secret, text, length, expected);
  return given != NULL && size == MAC_BYTES && CRYPTO_memcmp(given, expected, MAC_BYTES) == 0;
}

char *code_make(const uint8_t secret[SECRET_BYTES], const char *text) {
  uint8_t made[MAC_BYTES];
  mac(secret, text, strlen(text), made);
  return base64url(made, sizeof made);
}

bool code_is(const uint8_t secret[SECRET_BYTES], const char *text, const char *code) {
  return mac_is(secret, text, strlen(text), code);
}

/* "<header>.<claims>", both base64url. */
static char *signed_part(const char *header, const json_t *claims) {
  g_autofree char *first = base64url(header, strlen(header));
  char *dumped = json_dumps(claims, JSON_COMPACT | JSON_SORT_KEYS);
  g_autofree char *second = base64url(dumped, strlen(dumped));
  free(dumped);
  return g_strconcat(first, ".", second, NULL);
}

char *token_sign(const uint8_t secret[SECRET_BYTES], const json_t *claims) {
  g_autofree char *text = signed_part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims);
  g_autofree char *code = code_make(secret, text);
  return g_strconcat(text, ".", code, NULL);
}

static bool is_now(const json_t *claims, int64_t now_s) {
  const json_t *from = json_object_get(claims, "nbf");
  const json_t *until = json_object_get(claims, "exp");
  return json_is_integer(from) && json_is_integer(until) && json_integer_value(from) <= now_s && now_s < json_integer_value(until);
}

/* The code is checked first and covers the header too, so nothing that a stranger wrote is ever parsed. */
json_t *token_verify(const uint8_t secret[SECRET_BYTES], const char *token, int64_t now_s) {
  if (strnlen(token, TOKEN_MAX_BYTES + 1) > TOKEN_MAX_BYTES)
    return NULL;
  const char *first = strchr(token, '.');
  const char *last = strrchr(token, '.');
  if (first == NULL || first == last || !mac_is(secret, token, (size_t)(last - token), last + 1))
    return NULL;
  size_t size = 0;
  g_autofree uint8_t *text = base64url_decode(first + 1, (size_t)(last - first - 1), &size);
  json_auto_t *claims = text != NULL ? json_loadb((const char *)text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
  return is_now(claims, now_s) ? g_steal_pointer(&claims) : NULL;
}

/* ---- RSA -------------------------------------------------------------------------------------------------------------- */

static char *number_text(EVP_PKEY *key, const char *name) {
  BIGNUM *number = NULL;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1)
    g_error("an RSA key has no %s", name);
  size_t size = (size_t)BN_num_bytes(number);
  g_autofree unsigned char *bytes = g_malloc(size);
  BN_bn2bin(number, bytes);
  BN_free(number);
  return base64url(bytes, size);
}

/* The key's thumbprint (RFC 7638). */
static char *key_id(const char *modulus, const char *exponent) {
  g_autofree char *text = g_strdup_printf("{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}", exponent, modulus);
  Digest digest = digest_bytes(text, strlen(text));
  return g_strdup(digest_hex(digest.text));
}

json_t *token_key_set(EVP_PKEY *key) {
  g_autofree char *modulus = number_text(key, OSSL_PKEY_PARAM_RSA_N);
  g_autofree char *exponent = number_text(key, OSSL_PKEY_PARAM_RSA_E);
  g_autofree char *id = key_id(modulus, exponent);
  return json_pack("{s:[{s:s, s:s, s:s, s:s, s:s, s:s}]}", "keys", "kty", "RSA", "alg", "RS256", "use", "sig", "kid", id, "n", modulus, "e",
                   exponent);
}

static char *rsa_signature(EVP_PKEY *key, const char *text) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  size_t size = (size_t)EVP_PKEY_get_size(key);
  g_autofree unsigned char *bytes = g_malloc(size);
  bool made = context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(context, bytes, &size, (const unsigned char *)text, strlen(text)) == 1;
  EVP_MD_CTX_free(context);
  return made ? base64url(bytes, size) : NULL;
}

char *token_sign_identity(EVP_PKEY *key, const json_t *claims, GError **error) {
  json_auto_t *set = token_key_set(key);
  const char *id = json_string_value(json_object_get(json_array_get(json_object_get(set, "keys"), 0), "kid"));
  g_autofree char *header = g_strdup_printf("{\"alg\":\"RS256\",\"kid\":\"%s\",\"typ\":\"JWT\"}", id);
  g_autofree char *text = signed_part(header, claims);
  g_autofree char *signature = rsa_signature(key, text);
  if (signature == NULL) {
    error_set(error, DROVER_ERROR_INTERNAL, "OpenSSL did not sign with the identity's key");
    return NULL;
  }
  return g_strconcat(text, ".", signature, NULL);
}
