#include "base/digest.h"

#include <openssl/evp.h>
#include <string.h>

#define PREFIX "sha256:"

struct DigestStream {
  EVP_MD_CTX *context;
};

DigestStream *digest_stream_new(void) {
  DigestStream *stream = g_new(DigestStream, 1);
  stream->context = EVP_MD_CTX_new();
  if (stream->context == NULL || EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL) != 1)
    g_error("OpenSSL has no SHA-256"); /* nothing of drover can be trusted without it */
  return stream;
}

void digest_stream_update(DigestStream *stream, const void *bytes, size_t size) {
  EVP_DigestUpdate(stream->context, bytes, size);
}

void digest_stream_free(DigestStream *stream) {
  EVP_MD_CTX_free(stream->context);
  g_free(stream);
}

Digest digest_stream_end(DigestStream *stream) {
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(stream->context, raw, &size);
  digest_stream_free(stream);
  Digest digest = {.text = PREFIX};
  static const char digits[] = "0123456789abcdef";
  char *out = digest.text + strlen(PREFIX);
  for (unsigned i = 0; i < size; i++) {
    *out++ = digits[raw[i] >> 4];
    *out++ = digits[raw[i] & 15];
  }
  return digest;
}

Digest digest_bytes(const void *bytes, size_t size) {
  DigestStream *stream = digest_stream_new();
  digest_stream_update(stream, bytes, size);
  return digest_stream_end(stream);
}

bool digest_is_valid(const char *text) {
  if (text == NULL || !g_str_has_prefix(text, PREFIX))
    return false;
  const char *hex = text + strlen(PREFIX);
  return strspn(hex, "0123456789abcdef") == 64 && hex[64] == '\0';
}

const char *digest_hex(const char *digest) {
  return digest + strlen(PREFIX);
}
