/* The registry over HTTP: refusals, blobs and their uploads. */
#include "fixture.h"

#define HEX64 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OCTETS "Content-Type: application/octet-stream"

/* ---- errors ----------------------------------------------------------------------------------------------------------- */

static void test_refusals(void) {
  static const struct {
    const char *claim;
    const char *method;
    const char *path;
    unsigned status;
    const char *code;
  } rows[] = {
    {"a name that is not one", "GET", "/v2/UPPER/tags/list", 400, "NAME_INVALID"},
    {"a name that climbs", "GET", "/v2/a/%2e%2e/%2e%2e/manifests/x", 400, "NAME_INVALID"},
    {"a name with a NUL", "GET", "/v2/a%00b/tags/list", 400, "NAME_INVALID"},
    {"a folder of the store as name", "GET", "/v2/shop/_tags/manifests/x", 400, "NAME_INVALID"},
    {"a repository that is not there", "GET", "/v2/nothing/tags/list", 404, "NAME_UNKNOWN"},
    {"an endpoint that is not there", "GET", "/v2/_catalog", 404, "UNSUPPORTED"},
    {"a blob that is not there", "GET", "/v2/shop/blobs/" UNKNOWN_DIGEST, 404, "BLOB_UNKNOWN"},
    {"a digest that is not one", "GET", "/v2/shop/blobs/sha256:x", 400, "DIGEST_INVALID"},
    {"a digest that climbs", "GET", "/v2/shop/blobs/sha256:..%2f..%2fx", 404, "UNSUPPORTED"},
    {"a blob by sha512", "GET", "/v2/shop/blobs/sha512:" HEX64 HEX64, 404, "BLOB_UNKNOWN"},
    {"a manifest that is not there", "GET", "/v2/shop/manifests/v1", 404, "MANIFEST_UNKNOWN"},
    {"a manifest by digest that is not there", "GET", "/v2/shop/manifests/" UNKNOWN_DIGEST, 404, "MANIFEST_UNKNOWN"},
    {"a tag that is not one", "GET", "/v2/shop/manifests/.x", 404, "MANIFEST_UNKNOWN"},
    {"pushing to a tag that is not one", "PUT", "/v2/shop/manifests/.x", 400, "MANIFEST_INVALID"},
    {"pushing to a digest that is not one", "PUT", "/v2/shop/manifests/sha256:x", 400, "DIGEST_INVALID"},
    {"pushing by sha512", "PUT", "/v2/shop/manifests/sha512:" HEX64 HEX64, 400, "UNSUPPORTED"},
    {"pushing no manifest", "PUT", "/v2/shop/manifests/v1", 400, "MANIFEST_INVALID"},
    {"an upload by sha512", "POST", "/v2/shop/blobs/uploads/?digest-algorithm=sha512", 400, "UNSUPPORTED"},
    {"an upload with a digest that is not one", "POST", "/v2/shop/blobs/uploads/?digest=x", 400, "DIGEST_INVALID"},
    {"an upload with another digest", "POST",
     "/v2/shop/blobs/uploads/?digest=sha256:a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 400, "DIGEST_INVALID"},
    {"a mount from a name that is not one", "POST", "/v2/shop/blobs/uploads/?mount=" UNKNOWN_DIGEST "&from=../x", 400, "NAME_INVALID"},
    {"an upload that is not there", "GET", "/v2/shop/blobs/uploads/01jf8xk3b2m4n5p6q7r8s9t0vw", 404, "BLOB_UPLOAD_UNKNOWN"},
    {"an upload id that climbs", "GET", "/v2/shop/blobs/uploads/%2e%2e", 404, "BLOB_UPLOAD_UNKNOWN"},
    {"going on with an upload that is not there", "PATCH", "/v2/shop/blobs/uploads/01jf8xk3b2m4n5p6q7r8s9t0vw", 404, "BLOB_UPLOAD_UNKNOWN"},
    {"closing an upload that is not there", "PUT", "/v2/shop/blobs/uploads/01jf8xk3b2m4n5p6q7r8s9t0vw?digest=" UNKNOWN_DIGEST, 404,
     "BLOB_UPLOAD_UNKNOWN"},
    {"closing without a digest", "PUT", "/v2/shop/blobs/uploads/01jf8xk3b2m4n5p6q7r8s9t0vw", 400, "DIGEST_INVALID"},
    {"cancelling an upload that is not there", "DELETE", "/v2/shop/blobs/uploads/01jf8xk3b2m4n5p6q7r8s9t0vw", 404, "BLOB_UPLOAD_UNKNOWN"},
    {"deleting a manifest", "DELETE", "/v2/shop/manifests/v1", 405, "UNSUPPORTED"},
    {"deleting a blob", "DELETE", "/v2/shop/blobs/" UNKNOWN_DIGEST, 405, "UNSUPPORTED"},
    {"a number of tags that is not one", "GET", "/v2/shop/tags/list?n=-1", 400, "UNSUPPORTED"},
    {"referrers of a digest that is not one", "GET", "/v2/shop/referrers/x", 400, "DIGEST_INVALID"},
  };
  g_auto(Fixture) fixture = fixture_new();
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_auto(HttpResponse) response = ask(&fixture, rows[i].method, rows[i].path);
    g_autofree char *code = error_code_of(&response);
    g_assert_cmpuint(response.status, ==, rows[i].status);
    g_assert_cmpstr(code, ==, rows[i].code);
    g_assert_cmpstr(http_response_header(&response, "Content-Type"), ==, "application/json");
    g_assert_null(strstr(response.body, fixture.dir));
    g_assert_true((response.status == 405) == (http_response_header(&response, "Allow") != NULL));
  }
}

/* ---- blobs ------------------------------------------------------------------------------------------------------------ */

static void test_blob(void) {
  g_auto(Fixture) fixture = fixture_new();
  push_blob(&fixture, "shop/backend", "hello world");
  g_autofree char *path = g_strconcat("/v2/shop/backend/blobs/", digest_of("hello world"), NULL);
  g_auto(HttpResponse) got = ask(&fixture, "GET", path);
  g_assert_cmpuint(got.status, ==, 200);
  g_assert_cmpstr(got.body, ==, "hello world");
  g_assert_cmpstr(http_response_header(&got, "Docker-Content-Digest"), ==, digest_of("hello world"));
  g_assert_cmpstr(http_response_header(&got, "Content-Type"), ==, "application/octet-stream");
  g_auto(HttpResponse) head = ask(&fixture, "HEAD", path);
  g_assert_cmpuint(head.status, ==, 200);
  g_assert_cmpuint(head.body_size, ==, 0);
  g_assert_cmpstr(http_response_header(&head, "Content-Length"), ==, "11");
  g_autofree char *elsewhere = g_strconcat("/v2/other/blobs/", digest_of("hello world"), NULL);
  g_auto(HttpResponse) isolated = ask(&fixture, "GET", elsewhere);
  g_assert_cmpuint(isolated.status, ==, 404);
}

static void test_blob_ranges(void) {
  static const struct {
    const char *range;
    unsigned status;
    const char *body;
    const char *content_range;
  } rows[] = {
    {"Range: bytes=0-4", 206, "hello", "bytes 0-4/11"}, {"Range: bytes=6-", 206, "world", "bytes 6-10/11"},
    {"Range: bytes=-3", 206, "rld", "bytes 8-10/11"},   {"Range: bytes=4-99", 206, "o world", "bytes 4-10/11"},
    {"Range: bytes=0-0,2-3", 200, "hello world", NULL}, {"Range: bytes=x", 200, "hello world", NULL},
    {"Range: bytes=11-", 416, NULL, "bytes */11"},
  };
  g_auto(Fixture) fixture = fixture_new();
  push_blob(&fixture, "shop", "hello world");
  g_autofree char *path = g_strconcat("/v2/shop/blobs/", digest_of("hello world"), NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].range);
    g_auto(HttpResponse) response = ask_with(&fixture, "GET", path, (const char *const[]){rows[i].range, NULL}, NULL, 0);
    g_assert_cmpuint(response.status, ==, rows[i].status);
    g_assert_cmpstr(http_response_header(&response, "Content-Range"), ==, rows[i].content_range);
    g_assert_true(rows[i].body == NULL || strcmp(rows[i].body, response.body) == 0);
  }
}

static char *begin_upload(const Fixture *fixture) {
  g_auto(HttpResponse) response = ask(fixture, "POST", "/v2/shop/blobs/uploads/");
  g_assert_cmpuint(response.status, ==, 202);
  return location_of(&response);
}

static unsigned send_chunk(const Fixture *fixture, const char *method, const char *path, const char *range, const char *body,
                           HttpResponse *response) {
  const char *const headers[] = {OCTETS, range, NULL};
  *response = ask_with(fixture, method, path, headers, body, strlen(body));
  return response->status;
}

static void test_chunks(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *location = begin_upload(&fixture);
  g_autofree char *close = g_strdup_printf("%s?digest=%s", location, digest_of("hello world"));
  g_auto(HttpResponse) first = {0};
  g_assert_cmpuint(send_chunk(&fixture, "PATCH", location, "Content-Range: 0-4", "hello", &first), ==, 202);
  g_assert_cmpstr(http_response_header(&first, "Range"), ==, "0-4");
  g_auto(HttpResponse) again = {0};
  g_assert_cmpuint(send_chunk(&fixture, "PATCH", location, "Content-Range: 0-4", "hello", &again), ==, 416);
  g_assert_cmpstr(http_response_header(&again, "Range"), ==, "0-4");
  g_auto(HttpResponse) gap = {0};
  g_assert_cmpuint(send_chunk(&fixture, "PATCH", location, "Content-Range: 6-10", "world", &gap), ==, 416);
  g_auto(HttpResponse) status = ask(&fixture, "GET", location);
  g_assert_cmpuint(status.status, ==, 204);
  g_assert_cmpstr(http_response_header(&status, "Range"), ==, "0-4");
  g_assert_cmpstr(http_response_header(&status, "Location"), ==, location);
  g_auto(HttpResponse) last = {0};
  g_assert_cmpuint(send_chunk(&fixture, "PUT", close, "Content-Range: 5-10", " world", &last), ==, 201);
  g_autofree char *blob = location_of(&last);
  g_auto(HttpResponse) got = ask(&fixture, "GET", blob);
  g_assert_cmpstr(got.body, ==, "hello world");
}

static void test_bad_chunks(void) {
  static const struct {
    const char *claim;
    const char *range;
    const char *body;
    unsigned status;
    const char *code;
  } rows[] = {
    {"more than promised", "Content-Range: 0-3", "hello", 400, "SIZE_INVALID"},
    {"less than promised", "Content-Range: 0-9", "hello", 400, "SIZE_INVALID"},
    {"the form of HTTP", "Content-Range: bytes 0-4/5", "hello", 400, "BLOB_UPLOAD_INVALID"},
    {"an end before the start", "Content-Range: 0-", "hello", 400, "BLOB_UPLOAD_INVALID"},
  };
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *location = begin_upload(&fixture);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_auto(HttpResponse) response = {0};
    g_assert_cmpuint(send_chunk(&fixture, "PATCH", location, rows[i].range, rows[i].body, &response), ==, rows[i].status);
    g_autofree char *code = error_code_of(&response);
    g_assert_cmpstr(code, ==, rows[i].code);
  }
  g_autofree char *close = g_strdup_printf("%s?digest=%s", location, digest_of("hello")); /* nothing of them was kept */
  g_auto(HttpResponse) done = send_text(&fixture, "PUT", close, OCTETS, "hello");
  g_assert_cmpuint(done.status, ==, 201);
}

static void test_streamed(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *location = begin_upload(&fixture);
  size_t size = (size_t)5 << 20;
  g_autofree char *bytes = g_malloc(size);
  for (size_t i = 0; i < size; i++)
    bytes[i] = (char)(i * 2654435761U >> 13);
  const char *const headers[] = {OCTETS, "Transfer-Encoding: chunked", NULL};
  g_auto(HttpResponse) patched = ask_with(&fixture, "PATCH", location, headers, bytes, size);
  g_assert_cmpuint(patched.status, ==, 202);
  g_autofree char *close = g_strdup_printf("%s?digest=%s", location, digest_bytes(bytes, size).text);
  g_auto(HttpResponse) done = ask(&fixture, "PUT", close);
  g_assert_cmpuint(done.status, ==, 201);
  g_autofree char *blob = location_of(&done);
  g_auto(HttpResponse) got = ask(&fixture, "GET", blob);
  g_assert_cmpmem(got.body, got.body_size, bytes, size);
}

static void test_cancel(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *location = begin_upload(&fixture);
  g_auto(HttpResponse) cancelled = ask(&fixture, "DELETE", location);
  g_assert_cmpuint(cancelled.status, ==, 204);
  g_auto(HttpResponse) gone = ask(&fixture, "GET", location);
  g_assert_cmpuint(gone.status, ==, 404);
}

static void test_mount(void) {
  g_auto(Fixture) fixture = fixture_new();
  push_blob(&fixture, "one", "hello");
  const struct {
    const char *claim;
    const char *query;
    unsigned status;
  } rows[] = {
    {"from a repository that does not hold it", "&from=three", 202},
    {"without a repository", "", 202},
    {"from the one that does", "&from=one", 201},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autofree char *path = g_strdup_printf("/v2/two/blobs/uploads/?mount=%s%s", digest_of("hello"), rows[i].query);
    g_auto(HttpResponse) response = ask(&fixture, "POST", path);
    g_assert_cmpuint(response.status, ==, rows[i].status);
  }
  g_autofree char *blob = g_strconcat("/v2/two/blobs/", digest_of("hello"), NULL);
  g_auto(HttpResponse) got = ask(&fixture, "GET", blob);
  g_assert_cmpstr(got.body, ==, "hello");
}

static void test_body_without_digest(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_auto(HttpResponse) response = send_text(&fixture, "POST", "/v2/shop/blobs/uploads/", OCTETS, "hello");
  g_autofree char *code = error_code_of(&response);
  g_assert_cmpuint(response.status, ==, 400);
  g_assert_cmpstr(code, ==, "BLOB_UPLOAD_INVALID");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/server/registry/refusals", test_refusals);
  g_test_add_func("/server/registry/blob", test_blob);
  g_test_add_func("/server/registry/blob-ranges", test_blob_ranges);
  g_test_add_func("/server/registry/chunks", test_chunks);
  g_test_add_func("/server/registry/bad-chunks", test_bad_chunks);
  g_test_add_func("/server/registry/streamed", test_streamed);
  g_test_add_func("/server/registry/cancel", test_cancel);
  g_test_add_func("/server/registry/mount", test_mount);
  g_test_add_func("/server/registry/body-without-digest", test_body_without_digest);
  return g_test_run();
}
