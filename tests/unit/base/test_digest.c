#include "base/digest.h"
#include "base/id.h"
#include "base/secret.h"

#include <string.h>

/* FIPS 180-4's examples and NIST's million letters. */
static const struct {
  const char *claim;
  const char *text;
  unsigned times;
  const char *digest;
} vectors[] = {
  {"nothing", "", 1, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
  {"one-block", "abc", 1, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
  {"two-blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
   "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
  {"a-million", "a", 1000000, "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void test_vector(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  DigestStream *stream = digest_stream_new();
  for (unsigned k = 0; k < vectors[i].times; k++)
    digest_stream_update(stream, vectors[i].text, strlen(vectors[i].text));
  Digest digest = digest_stream_end(stream);
  g_assert_cmpstr(digest.text, ==, vectors[i].digest);
  g_assert_true(digest_is_valid(digest.text));
  g_assert_cmpstr(digest_hex(digest.text), ==, vectors[i].digest + 7);
  if (vectors[i].times == 1)
    g_assert_cmpstr(digest_bytes(vectors[i].text, strlen(vectors[i].text)).text, ==, vectors[i].digest);
}

#define HEX63 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"

static void test_validity(void) {
  static const struct {
    const char *text;
    bool valid;
  } rows[] = {
    {"sha256:" HEX63 "5", true},
    {"sha256:" HEX63, false},
    {"sha256:" HEX63 "55", false},
    {"sha256:" HEX63 "F", false},
    {"sha256:" HEX63 "g", false},
    {"SHA256:" HEX63 "5", false},
    {"sha512:" HEX63 "5", false},
    {HEX63 "5", false},
    {"", false},
    {NULL, false},
    {"sha256:", false},
    {"sha256:" HEX63 "5\n", false},
    {" sha256:" HEX63 "5", false},
    {"sha256:../" HEX63, false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpint(digest_is_valid(rows[i].text), ==, rows[i].valid);
}

static void test_a_stream_can_be_given_up(void) {
  g_autoptr(DigestStream) stream = digest_stream_new();
  digest_stream_update(stream, "x", 1);
}

static void test_ids_sort_by_time(void) {
  g_autofree char *before = id_new();
  for (gint64 then = g_get_real_time() / 1000; g_get_real_time() / 1000 <= then;)
    ; /* the next millisecond */
  g_autofree char *after = id_new();
  g_assert_cmpstr(before, <, after);
}

static void test_ids_are_all_different(void) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < 10000; i++) {
    char *id = id_new();
    g_assert_cmpuint(strlen(id), ==, 26);
    g_assert_cmpuint(strspn(id, "0123456789abcdefghjkmnpqrstvwxyz"), ==, 26);
    g_assert_true(g_hash_table_add(seen, id));
  }
}

static void test_secret_is_a_copy(void) {
  char value[] = "hidden";
  g_autoptr(Secret) secret = secret_new(value);
  value[0] = 'x';
  g_autoptr(Secret) copy = secret_copy(secret);
  g_assert_cmpstr(secret_reveal(copy), ==, "hidden");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
    g_autofree char *path = g_strconcat("/base/digest/", vectors[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_vector);
  }
  g_test_add_func("/base/digest/validity", test_validity);
  g_test_add_func("/base/digest/a-stream-can-be-given-up", test_a_stream_can_be_given_up);
  g_test_add_func("/base/id/sort-by-time", test_ids_sort_by_time);
  g_test_add_func("/base/id/are-all-different", test_ids_are_all_different);
  g_test_add_func("/base/secret/is-a-copy", test_secret_is_a_copy);
  return g_test_run();
}
