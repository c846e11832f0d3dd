#include "fixture.h"

#define A "QUFBMDAwMDA=" /* AAA00000 */
#define B "QUFBMDAwMDE=" /* AAA00001 */
#define X "eA=="         /* x: no number */

static char *begin_upload(const Fixture *fixture, const json_t *job, const char *key) {
  unsigned status = 0;
  g_autofree char *body = g_strdup_printf("{\"key\": \"%s\", \"version\": \"v\"}", key);
  json_auto_t *created = call(fixture, job, CACHE_SERVICE "CreateCacheEntry", body, &status);
  g_assert_cmpuint(status, ==, 200);
  return g_strdup(text_of(created, "signed_upload_url"));
}

static unsigned put_block(const Fixture *fixture, const char *link, const char *id, const char *text) {
  g_autofree char *escaped = g_uri_escape_string(id, NULL, FALSE);
  g_autofree char *url = g_strdup_printf("%s&comp=block&blockid=%s", link, escaped);
  g_auto(HttpResponse) response = ask(fixture, NULL, "PUT", url, NULL, text);
  return response.status;
}

static unsigned put_list(const Fixture *fixture, const char *link, const char *list) {
  g_autofree char *url = g_strconcat(link, "&comp=blocklist", NULL);
  g_autofree char *body = g_strdup_printf("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>%s</BlockList>", list);
  g_auto(HttpResponse) response = ask(fixture, NULL, "PUT", url, "Content-Type: application/xml", body);
  return response.status;
}

#define LATEST(id) "<Latest>" id "</Latest>"

static void test_block_lists(void) {
  static const struct {
    const char *claim;
    const char *blocks[4][2]; /* id and text, in the order they are sent */
    const char *list;
    unsigned status;
    const char *content;
  } rows[] = {
    {"in order", {{A, "one"}, {B, "two"}}, LATEST(A) LATEST(B), 201, "onetwo"},
    {"sent in another order", {{B, "two"}, {A, "one"}}, LATEST(A) LATEST(B), 201, "onetwo"},
    {"listed in another order", {{A, "one"}, {B, "two"}}, LATEST(B) LATEST(A), 201, "twoone"},
    {"the last is shorter", {{A, "one"}, {B, "2"}}, LATEST(A) LATEST(B), 201, "one2"},
    {"the shorter is sent first", {{B, "2"}, {A, "one"}}, LATEST(A) LATEST(B), 201, "one2"},
    {"without numbers", {{X, "one"}, {"eQ==", "two"}}, LATEST("eQ==") LATEST(X), 201, "twoone"},
    {"one that is not listed does not count", {{A, "one"}, {B, "two"}, {X, "three"}}, LATEST(A) LATEST(B), 201, "onetwo"},
    {"sent again, the second counts", {{A, "one"}, {B, "two"}, {A, "1"}}, LATEST(A) LATEST(B), 201, "1two"},
    {"listed twice", {{A, "one"}}, LATEST(A) LATEST(A), 201, "oneone"},
    {"an empty list", {{A, "one"}}, "", 201, ""},
    {"an empty block", {{A, ""}, {B, "two"}}, LATEST(A) LATEST(B), 201, "two"},
    {"one that was not sent", {{A, "one"}}, LATEST(A) LATEST(B), 400, NULL},
    {"no list", {{A, "one"}}, "<Entity/>", 400, NULL},
  };
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", "refs/heads/main");
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    unsigned status = 0;
    g_autofree char *key = g_strdup_printf("k%zu", i);
    g_autofree char *link = begin_upload(&fixture, job, key);
    for (size_t j = 0; j < G_N_ELEMENTS(rows[i].blocks) && rows[i].blocks[j][0] != NULL; j++)
      g_assert_cmpuint(put_block(&fixture, link, rows[i].blocks[j][0], rows[i].blocks[j][1]), ==, 201);
    g_assert_cmpuint(put_list(&fixture, link, rows[i].list), ==, rows[i].status);
    if (rows[i].content == NULL)
      continue;
    g_autofree char *text = NULL;
    g_autofree char *finalize = g_strdup_printf("{\"key\": \"%s\", \"version\": \"v\", \"size_bytes\": %zu}", key, strlen(rows[i].content));
    json_auto_t *done = call(&fixture, job, CACHE_SERVICE "FinalizeCacheEntryUpload", finalize, &status);
    g_assert_cmpuint(status, ==, 200);
    g_autofree char *found = restore_cache(&fixture, job, key, NULL, "v", &text);
    g_assert_cmpstr(text, ==, rows[i].content);
    json_auto_t *listed = results_caches(fixture.results, NULL, NULL);
    g_autofree char *blob =
      g_build_filename(fixture.dir, "results", "blobs", digest_hex(digest_bytes(rows[i].content, strlen(rows[i].content)).text), NULL);
    g_assert_true(g_file_test(blob, G_FILE_TEST_EXISTS)); /* the digest that was computed on the way is that of the content */
  }
}

static void test_ranges(void) {
  static const struct {
    const char *claim;
    const char *header;
    unsigned status;
    const char *content;
    const char *range;
  } rows[] = {
    {"the whole", NULL, 200, "0123456789", NULL},
    {"a part", "Range: bytes=2-4", 206, "234", "bytes 2-4/10"},
    {"a part, as Azure's clients ask", "x-ms-range: bytes=2-4", 206, "234", "bytes 2-4/10"},
    {"to the end", "Range: bytes=8-", 206, "89", "bytes 8-9/10"},
    {"the end", "Range: bytes=-1", 206, "9", "bytes 9-9/10"},
    {"more than there is", "Range: bytes=8-100", 206, "89", "bytes 8-9/10"},
    {"beyond the end", "Range: bytes=10-", 416, NULL, "bytes */10"},
    {"another state of the blob", "If-Match: \"other\"", 412, NULL, NULL},
    {"any state of the blob", "If-Match: *", 200, "0123456789", NULL},
  };
  g_auto(Fixture) fixture = fixture_new(NULL);
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", "refs/heads/main");
  unsigned status = 0;
  g_assert_cmpuint(save_cache(&fixture, job, "k", "v", "0123456789"), ==, 200);
  json_auto_t *found = call(&fixture, job, CACHE_SERVICE "GetCacheEntryDownloadURL", "{\"key\": \"k\", \"version\": \"v\"}", &status);
  const char *link = text_of(found, "signed_download_url");
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_auto(HttpResponse) response = ask(&fixture, NULL, "GET", link, rows[i].header, NULL);
    g_assert_cmpuint(response.status, ==, rows[i].status);
    g_assert_cmpstr(http_response_header(&response, "Content-Range"), ==, rows[i].range);
    if (rows[i].content != NULL)
      g_assert_cmpstr(response.body, ==, rows[i].content);
  }
  g_auto(HttpResponse) head = ask(&fixture, NULL, "HEAD", link, NULL, NULL);
  g_assert_cmpuint(head.status, ==, 200);
  g_assert_cmpstr(http_response_header(&head, "Content-Length"), ==, "10");
  g_assert_cmpstr(http_response_header(&head, "x-ms-blob-type"), ==, "BlockBlob");
}

static void test_refusals(void) {
  g_auto(Fixture) fixture = fixture_new(&(ResultsOptions){.caches_max_bytes = 8});
  json_auto_t *job = job_of(&fixture, "octo/shop", "1", "refs/heads/main");
  g_assert_cmpuint(save_cache(&fixture, job, "k", "v", "text"), ==, 200);
  g_autofree char *link = begin_upload(&fixture, job, "new");
  g_autofree char *forged = g_strconcat(link, "x", NULL);
  g_autofree char *longer = g_strconcat(link, "&se=99999999999", NULL); /* the first counts */
  g_autofree char *bad_part = g_strconcat(link, "&comp=page", NULL);
  g_autofree char *bad_id = g_strconcat(link, "&comp=block&blockid=%2e%2e%2f", NULL);
  const struct {
    const char *claim;
    const json_t *job;
    const char *method;
    const char *target;
    const char *header;
    const char *body;
    unsigned status;
  } rows[] = {
    {"no token", NULL, "POST", CACHE_SERVICE "CreateCacheEntry", NULL, "{}", 401},
    {"a wrong token", NULL, "POST", CACHE_SERVICE "CreateCacheEntry", "Authorization: Bearer a.b.c", "{}", 401},
    {"no JSON", job, "POST", CACHE_SERVICE "CreateCacheEntry", NULL, "key=1", 400},
    {"JSON that is no object", job, "POST", CACHE_SERVICE "CreateCacheEntry", NULL, "[]", 400},
    {"a call that nobody knows", job, "POST", CACHE_SERVICE "Nothing", NULL, "{}", 404},
    {"a wrong method", job, "GET", CACHE_SERVICE "CreateCacheEntry", NULL, NULL, 405},
    {"a link that is not ours", NULL, "PUT", forged, "x-ms-blob-type: BlockBlob", "text", 403},
    {"a link whose time was changed", NULL, "PUT", longer, "x-ms-blob-type: AppendBlob", "text", 400},
    {"a link to write does not read", NULL, "GET", link, NULL, NULL, 405},
    {"a blob without a link", NULL, "GET", "/results-blobs/read/aa", NULL, NULL, 403},
    {"a path that climbs", NULL, "GET", "/results-blobs/read/%2e%2e%2f%2e%2e%2ftoken.key?se=9&sig=x", NULL, NULL, 403},
    {"blobs of another kind", NULL, "PUT", link, "x-ms-blob-type: AppendBlob", "text", 400},
    {"an unknown part", NULL, "PUT", bad_part, NULL, "text", 400},
    {"a block's id that is none", NULL, "PUT", bad_id, NULL, "text", 400},
    {"more than it may hold", NULL, "PUT", link, "x-ms-blob-type: BlockBlob", "123456789", 413},
    {"the job's identity without the permission", job, "GET", "/_apis/idtoken?audience=x", NULL, NULL, 403},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_auto(HttpResponse) response = ask(&fixture, rows[i].job, rows[i].method, rows[i].target, rows[i].header, rows[i].body);
    g_assert_cmpuint(response.status, ==, rows[i].status);
  }
  g_autofree char *large = g_strnfill(((size_t)1 << 20) + 1, ' ');
  g_auto(HttpResponse) response = ask(&fixture, job, "POST", CACHE_SERVICE "CreateCacheEntry", NULL, large);
  g_assert_cmpuint(response.status, ==, 413);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/results/blobs/block-lists", test_block_lists);
  g_test_add_func("/results/blobs/ranges", test_ranges);
  g_test_add_func("/results/blobs/refusals", test_refusals);
  return g_test_run();
}
