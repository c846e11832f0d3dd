/* Tokens, links and what clients write beside JSON. */
#include "results/block_list.h"
#include "results/grant.h"
#include "results/link.h"
#include "results/token.h"

#include <string.h>

static const uint8_t secret[SECRET_BYTES] = {1, 2, 3};
static const uint8_t other_secret[SECRET_BYTES] = {1, 2, 4};

static void test_base64url(void) {
  static const struct {
    const char *claim;
    const char *text;
    const char *bytes; /* NULL: it is none */
  } rows[] = {
    {"nothing", "", ""},
    {"one byte", "YQ", "a"},
    {"two bytes", "YWI", "ab"},
    {"three bytes", "YWJj", "abc"},
    {"its own letters", "_-7-", "\xff\xee\xfe"},
    {"padding", "YQ==", NULL},
    {"letters of the other alphabet", "+/==", NULL},
    {"a length that cannot be", "Y", NULL},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    size_t size = 0;
    g_autofree uint8_t *bytes = base64url_decode(rows[i].text, strlen(rows[i].text), &size);
    g_assert_true((bytes != NULL) == (rows[i].bytes != NULL));
    if (bytes == NULL)
      continue;
    g_assert_cmpmem(bytes, size, rows[i].bytes, strlen(rows[i].bytes));
    g_autofree char *again = base64url(bytes, size);
    g_assert_cmpstr(again, ==, rows[i].text);
  }
}

static char *token_of(const uint8_t *key, int64_t from_s, int64_t until_s) {
  json_auto_t *claims = json_pack("{s:s, s:I, s:I}", "use", "runtime", "nbf", (json_int_t)from_s, "exp", (json_int_t)until_s);
  return token_sign(key, claims);
}

static void test_tokens(void) {
  g_autofree char *good = token_of(secret, 100, 200);
  g_autofree char *foreign = token_of(other_secret, 100, 200);
  g_autofree char *cut = g_strndup(good, strlen(good) - 1);
  g_autofree char *longer = g_strconcat(good, "A", NULL);
  g_autofree char *changed = g_strdup(good);
  changed[40] = changed[40] == 'A' ? 'B' : 'A';
  g_autofree char *unsigned_one = g_strconcat("eyJhbGciOiJub25lIn0", strchr(good, '.'), NULL);
  *strrchr(unsigned_one, '.') = '\0';
  g_autofree char *huge = g_strnfill(TOKEN_MAX_BYTES + 1, '.');
  const struct {
    const char *claim;
    const char *token;
    int64_t now_s;
    bool good;
  } rows[] = {
    {"a good one", good, 150, true},
    {"its first second", good, 100, true},
    {"too early", good, 99, false},
    {"too late", good, 200, false},
    {"of another secret", foreign, 150, false},
    {"cut", cut, 150, false},
    {"longer", longer, 150, false},
    {"changed", changed, 150, false},
    {"not signed", unsigned_one, 150, false},
    {"nothing", "", 150, false},
    {"dots", "..", 150, false},
    {"one dot", ".", 150, false},
    {"too large", huge, 150, false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    json_auto_t *claims = token_verify(secret, rows[i].token, rows[i].now_s);
    g_assert_cmpint(claims != NULL, ==, rows[i].good);
  }
}

static void test_grants(void) {
  g_autoptr(GError) error = NULL;
  const char *const reads[] = {"refs/pull/7/merge", "refs/heads/main", NULL};
  ResultsGrant grant = {
    .repository = "octo/shop", .run = "1-2", .job = "build", .cache_write_scope = "refs/pull/7/merge", .cache_reads = reads, .lifetime_s = 60};
  json_auto_t *claims = grant_claims(&grant, GRANT_RUNTIME, 100, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(json_string_value(json_object_get(claims, "scp")), ==, "Actions.Results:1-2:build");
  g_assert_cmpint(json_integer_value(json_object_get(claims, "exp")), ==, 160);
  g_autoptr(Grant) read = grant_read(claims, GRANT_RUNTIME);
  g_assert_cmpstr(read->repository, ==, "octo/shop");
  g_assert_cmpstr(read->run, ==, "1-2");
  g_assert_cmpstr(read->job, ==, "build");
  g_assert_cmpstr(read->write_scope, ==, "refs/pull/7/merge");
  g_assert_cmpuint(read->reads->len, ==, 2);
  g_assert_cmpstr(g_ptr_array_index(read->reads, 1), ==, "refs/heads/main");
  g_assert_null(grant_read(claims, GRANT_IDENTITY)); /* one token does not do for the other's use */
  grant.run = "1:2";
  g_assert_null(grant_claims(&grant, GRANT_RUNTIME, 100, &error));
}

static void test_links(void) {
  static const struct {
    const char *claim;
    Link link;
    int64_t now_s;
    bool good;
  } rows[] = {
    {"the same", {LINK_READ, "abc", 200, "text/plain", "a"}, 150, true},
    {"too late", {LINK_READ, "abc", 200, "text/plain", "a"}, 200, false},
    {"for writing", {LINK_WRITE, "abc", 200, "text/plain", "a"}, 150, false},
    {"of something else", {LINK_READ, "abd", 200, "text/plain", "a"}, 150, false},
    {"for longer", {LINK_READ, "abc", 300, "text/plain", "a"}, 150, false},
    {"of another type", {LINK_READ, "abc", 200, "text/html", "a"}, 150, false},
    {"under another name", {LINK_READ, "abc", 200, "text/plain", "b"}, 150, false},
  };
  g_autofree char *url = link_make(secret, "http://x", &rows[0].link);
  g_assert_true(g_str_has_prefix(url, "http://x/results-blobs/read/abc?se=200&"));
  const char *code = strstr(url, "sig=") + strlen("sig=");
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_assert_cmpint(link_is_valid(secret, &rows[i].link, code, rows[i].now_s), ==, rows[i].good);
  }
  g_assert_false(link_is_valid(secret, &rows[0].link, NULL, 150));
}

static void test_block_lists(void) {
  static const struct {
    const char *claim;
    const char *text;
    int count; /* -1: it is none */
  } rows[] = {
    {"two", "<BlockList><Latest>YQ==</Latest><Latest>Yg==</Latest></BlockList>", 2},
    {"with a declaration and blanks", "<?xml version=\"1.0\"?>\n<BlockList>\n <Latest>YQ==</Latest>\n</BlockList>\n", 1},
    {"of the other kinds", "<BlockList><Committed>YQ==</Committed><Uncommitted>Yg==</Uncommitted></BlockList>", 2},
    {"empty", "<BlockList></BlockList>", 0},
    {"empty in short", "<BlockList/>", 0},
    {"nothing", "", -1},
    {"not closed", "<BlockList><Latest>YQ==</Latest>", -1},
    {"an id that is not closed", "<BlockList><Latest>YQ==", -1},
    {"an id that is none", "<BlockList><Latest>../x</Latest></BlockList>", -1},
    {"an empty id", "<BlockList><Latest></Latest></BlockList>", -1},
    {"something behind it", "<BlockList></BlockList>x", -1},
    {"another element", "<BlockList><Other>YQ==</Other></BlockList>", -1},
    {"an entity", "<!DOCTYPE a [<!ENTITY b \"c\">]><BlockList></BlockList>", -1},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ids = block_list_parse(rows[i].text, strlen(rows[i].text), &error);
    g_assert_cmpint(ids != NULL ? (int)ids->len : -1, ==, rows[i].count);
  }
}

static void test_chunk_ranges(void) {
  static const struct {
    const char *claim;
    const char *text;
    bool good;
  } rows[] = {
    {"of an unknown size", "bytes 0-9/*", true},
    {"of a known size", "bytes 0-9/10", true},
    {"beyond the size", "bytes 0-9/9", false},
    {"the wrong way round", "bytes 9-0/*", false},
    {"without a size", "bytes 0-9", false},
    {"without the unit", "0-9/*", false},
    {"no number", "bytes a-b/*", false},
    {"more than fits", "bytes 0-9223372036854775807/*", false},
    {"nothing", "", false},
    {"NULL", NULL, false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    int64_t first = -1, last = -1;
    g_assert_cmpint(chunk_range_parse(rows[i].text, &first, &last), ==, rows[i].good);
    g_assert_true(!rows[i].good || (first == 0 && last == 9));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/results/parsing/base64url", test_base64url);
  g_test_add_func("/results/parsing/tokens", test_tokens);
  g_test_add_func("/results/parsing/grants", test_grants);
  g_test_add_func("/results/parsing/links", test_links);
  g_test_add_func("/results/parsing/block-lists", test_block_lists);
  g_test_add_func("/results/parsing/chunk-ranges", test_chunk_ranges);
  return g_test_run();
}
