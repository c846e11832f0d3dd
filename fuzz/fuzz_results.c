/* Reads any bytes as a list of blocks, a Content-Range, a block's id, a token and a link's code, and holds what is accepted to what the
 * services rely on. */
#include "results/block_list.h"
#include "results/grant.h"
#include "results/link.h"
#include "results/token.h"

#include <string.h>

static const uint8_t secret[SECRET_BYTES] = {1};

static void check_list(const char *bytes, size_t size) {
  g_autoptr(GPtrArray) ids = block_list_parse(bytes, size, NULL);
  if (ids == NULL)
    return;
  g_assert_cmpuint(ids->len, <=, BLOCKS_MAX);
  for (guint i = 0; i < ids->len; i++)
    g_assert_true(block_id_is_valid(g_ptr_array_index(ids, i)));
}

static void check_range(const char *text) {
  int64_t first = -1, last = -1;
  if (!chunk_range_parse(text, &first, &last))
    return;
  g_assert_cmpint(first, >=, 0);
  g_assert_cmpint(last, >=, first);
  g_assert_cmpint(last, <, INT64_MAX);
}

static void check_block_id(const char *text) {
  if (block_id_is_valid(text))
    g_assert_cmpuint(strlen(text), <=, BLOCK_ID_MAX_BYTES);
}

/* Nobody without the secret writes a token or a code that passes. */
static void check_token(const char *text) {
  const Link link = {.use = LINK_READ, .subject = text, .expires_s = 100};
  g_assert_null(token_verify(secret, text, 1));
  g_assert_false(link_is_valid(secret, &link, text, 1));
}

/* What is signed may hold anything, and is read back with care. */
static void check_claims(const char *bytes, size_t size) {
  json_auto_t *claims = json_loadb(bytes, size, 0, NULL);
  for (int use = GRANT_RUNTIME; claims != NULL && use <= GRANT_IDENTITY; use++) {
    g_autoptr(Grant) grant = grant_read(claims, (GrantUse)use);
    g_assert_true(grant == NULL || (grant->repository != NULL && grant->run != NULL && grant->job != NULL));
  }
}

static void check_base64url(const char *text) {
  size_t size = 0;
  g_autofree uint8_t *bytes = base64url_decode(text, strlen(text), &size);
  if (bytes != NULL)
    g_assert_cmpuint(size, <=, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autofree char *range = g_strconcat("bytes ", text, NULL);
  check_list((const char *)data, size);
  check_range(text);
  check_range(range);
  check_block_id(text);
  check_token(text);
  check_claims((const char *)data, size);
  check_base64url(text);
  return 0;
}
