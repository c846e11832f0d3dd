/* The registry over HTTP: manifests, tags, referrers. */
#include "fixture.h"

#include <stdatomic.h>

static unsigned put_manifest(const Fixture *fixture, const char *reference, const char *text) {
  g_autofree char *path = g_strconcat("/v2/shop/manifests/", reference, NULL);
  g_auto(HttpResponse) response = send_text(fixture, "PUT", path, IMAGE_TYPE, text);
  return response.status;
}

static void test_manifest(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *text = image_text("{}");
  push_blob(&fixture, "shop", "{}");
  g_auto(HttpResponse) put = send_text(&fixture, "PUT", "/v2/shop/manifests/v1", IMAGE_TYPE "; charset=utf-8", text);
  g_assert_cmpuint(put.status, ==, 201);
  g_assert_cmpstr(http_response_header(&put, "Docker-Content-Digest"), ==, digest_of(text));
  g_autofree char *location = location_of(&put);
  const char *const paths[] = {"/v2/shop/manifests/v1", location};
  for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
    g_auto(HttpResponse) got = ask(&fixture, "GET", paths[i]);
    g_assert_cmpuint(got.status, ==, 200);
    g_assert_cmpstr(got.body, ==, text);
    g_assert_cmpstr(http_response_header(&got, "Content-Type"), ==, "application/vnd.oci.image.manifest.v1+json");
    g_assert_cmpstr(http_response_header(&got, "Docker-Content-Digest"), ==, digest_of(text));
    g_auto(HttpResponse) head = ask(&fixture, "HEAD", paths[i]);
    g_assert_cmpuint(head.status, ==, 200);
    g_assert_cmpuint(head.body_size, ==, 0);
  }
  g_assert_cmpuint(put_manifest(&fixture, digest_of(text), text), ==, 201);
  g_assert_cmpuint(put_manifest(&fixture, UNKNOWN_DIGEST, text), ==, 400);
}

static void test_manifest_needs_its_blobs(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *text = image_text("{}");
  push_blob(&fixture, "other", "{}");
  g_auto(HttpResponse) response = send_text(&fixture, "PUT", "/v2/shop/manifests/v1", IMAGE_TYPE, text);
  g_autofree char *code = error_code_of(&response);
  g_assert_cmpuint(response.status, ==, 400);
  g_assert_cmpstr(code, ==, "MANIFEST_BLOB_UNKNOWN");
  g_assert_nonnull(strstr(response.body, digest_of("{}")));
  g_auto(HttpResponse) got = ask(&fixture, "GET", "/v2/shop/manifests/v1");
  g_assert_cmpuint(got.status, ==, 404);
}

static void test_tag_never_moves(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *first = image_text("{}");
  g_autofree char *second = image_text("{\"x\": 1}");
  push_blob(&fixture, "shop", "{}");
  push_blob(&fixture, "shop", "{\"x\": 1}");
  g_assert_cmpuint(put_manifest(&fixture, "v1", first), ==, 201);
  g_assert_cmpuint(put_manifest(&fixture, "v1", first), ==, 201);
  g_auto(HttpResponse) response = send_text(&fixture, "PUT", "/v2/shop/manifests/v1", IMAGE_TYPE, second);
  g_autofree char *code = error_code_of(&response);
  g_assert_cmpuint(response.status, ==, 409);
  g_assert_cmpstr(code, ==, "DENIED");
  g_assert_nonnull(strstr(response.body, "never moves"));
  g_auto(HttpResponse) got = ask(&fixture, "GET", "/v2/shop/manifests/v1");
  g_assert_cmpstr(got.body, ==, first);
  g_autofree char *refused = g_strconcat("/v2/shop/manifests/", digest_of(second), NULL); /* nothing of it was stored */
  g_auto(HttpResponse) gone = ask(&fixture, "GET", refused);
  g_assert_cmpuint(gone.status, ==, 404);
}

static void test_manifest_size(void) {
  g_auto(Fixture) fixture = fixture_new();
  push_blob(&fixture, "shop", "{}");
  g_autofree char *text = image_text("{}");
  size_t limit = (size_t)4 << 20;
  g_autofree char *padded = g_strnfill(limit + 1, ' ');
  memcpy(padded, text, strlen(text));
  const char *const known[] = {IMAGE_TYPE, NULL};
  const char *const streamed[] = {IMAGE_TYPE, "Transfer-Encoding: chunked", NULL};
  const char *const eager[] = {IMAGE_TYPE, "Expect:", NULL};
  g_auto(HttpResponse) fits = ask_with(&fixture, "PUT", "/v2/shop/manifests/v1", known, padded, limit);
  g_assert_cmpuint(fits.status, ==, 201);
  const char *const *const ways[] = {known, streamed, eager};
  for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
    g_auto(HttpResponse) response = ask_with(&fixture, "PUT", "/v2/shop/manifests/v2", ways[i], padded, limit + 1);
    g_assert_cmpuint(response.status, ==, 413);
  }
}

/* ---- lists ------------------------------------------------------------------------------------------------------------ */

static void test_tags(void) {
  static const char *const names[] = {"v2", "V1", "latest", "a", "b"};
  static const struct {
    const char *query;
    const char *tags;
    const char *link;
  } rows[] = {
    {"", "V1 a b latest v2", NULL},
    {"?n=2", "V1 a", "</v2/shop/tags/list?n=2&last=a>; rel=\"next\""},
    {"?n=2&last=a", "b latest", "</v2/shop/tags/list?n=2&last=latest>; rel=\"next\""},
    {"?n=2&last=latest", "v2", NULL},
    {"?n=5", "V1 a b latest v2", NULL},
    {"?n=0", "", NULL},
    {"?last=aa", "b latest v2", NULL},
    {"?last=zzz", "", NULL},
    {"?n=9223372036854775807", "V1 a b latest v2", NULL},
  };
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *text = image_text("{}");
  push_blob(&fixture, "shop", "{}");
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    g_assert_cmpuint(put_manifest(&fixture, names[i], text), ==, 201);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].query);
    g_autofree char *path = g_strconcat("/v2/shop/tags/list", rows[i].query, NULL);
    g_auto(HttpResponse) response = ask(&fixture, "GET", path);
    g_assert_cmpuint(response.status, ==, 200);
    json_auto_t *body = json_loads(response.body, 0, NULL);
    g_autoptr(GString) tags = g_string_new(NULL);
    size_t index = 0;
    json_t *tag = NULL;
    json_array_foreach (json_object_get(body, "tags"), index, tag)
      g_string_append_printf(tags, "%s%s", index > 0 ? " " : "", json_string_value(tag));
    g_assert_cmpstr(tags->str, ==, rows[i].tags);
    g_assert_cmpstr(http_response_header(&response, "Link"), ==, rows[i].link);
  }
}

static char *referrer_text(const char *subject, const char *type) {
  return g_strdup_printf("{\"schemaVersion\": 2, \"artifactType\": \"%s\", \"annotations\": {\"for\": \"it\"}, \"config\": {\"mediaType\": "
                         "\"application/vnd.oci.empty.v1+json\", \"digest\": \"%s\", \"size\": 2}, \"layers\": [], "
                         "\"subject\": {\"mediaType\": \"application/vnd.oci.image.manifest.v1+json\", \"digest\": \"%s\", \"size\": 1}}",
                         type, digest_of("{}"), subject);
}

static json_t *get_referrers(const Fixture *fixture, const char *query, HttpResponse *response) {
  g_autofree char *path = g_strconcat("/v2/shop/referrers/" UNKNOWN_DIGEST, query, NULL);
  *response = ask(fixture, "GET", path);
  g_assert_cmpuint(response->status, ==, 200);
  g_assert_cmpstr(http_response_header(response, "Content-Type"), ==, "application/vnd.oci.image.index.v1+json");
  json_auto_t *body = json_loads(response->body, 0, NULL);
  return json_incref(json_object_get(body, "manifests"));
}

static void test_referrers(void) {
  g_auto(Fixture) fixture = fixture_new();
  push_blob(&fixture, "shop", "{}");
  g_auto(HttpResponse) none_answer = {0};
  json_auto_t *none = get_referrers(&fixture, "", &none_answer);
  g_assert_cmpuint(json_array_size(none), ==, 0);
  g_autofree char *sbom = referrer_text(UNKNOWN_DIGEST, "example/sbom"); /* its subject need not be there */
  g_autofree char *signature = referrer_text(UNKNOWN_DIGEST, "example/signature+json");
  g_auto(HttpResponse) put = send_text(&fixture, "PUT", "/v2/shop/manifests/sbom", IMAGE_TYPE, sbom);
  g_assert_cmpuint(put.status, ==, 201);
  g_assert_cmpstr(http_response_header(&put, "OCI-Subject"), ==, UNKNOWN_DIGEST);
  g_assert_cmpuint(put_manifest(&fixture, "signature", signature), ==, 201);
  g_auto(HttpResponse) all_answer = {0};
  json_auto_t *all = get_referrers(&fixture, "", &all_answer);
  g_assert_cmpuint(json_array_size(all), ==, 2);
  g_assert_null(http_response_header(&all_answer, "OCI-Filters-Applied"));
  g_auto(HttpResponse) some_answer = {0};
  json_auto_t *some = get_referrers(&fixture, "?artifactType=example/signature%2Bjson", &some_answer);
  g_assert_cmpuint(json_array_size(some), ==, 1);
  g_assert_cmpstr(http_response_header(&some_answer, "OCI-Filters-Applied"), ==, "artifactType");
  json_t *row = json_array_get(some, 0);
  g_assert_cmpstr(json_string_value(json_object_get(row, "digest")), ==, digest_of(signature));
  g_assert_cmpstr(json_string_value(json_object_get(json_object_get(row, "annotations"), "for")), ==, "it");
}

/* ---- many at once ----------------------------------------------------------------------------------------------------- */

enum { PUSHERS = 6 };

typedef struct {
  const Fixture *fixture;
  int number;
  atomic_int *ready;
  unsigned status;
} Pusher;

static void *push_tag(void *data) {
  Pusher *pusher = data;
  g_autofree char *config = g_strdup_printf("{\"n\": %d}", pusher->number);
  g_autofree char *text = image_text(config);
  push_blob(pusher->fixture, "shop", config);
  atomic_fetch_add(pusher->ready, 1);
  while (atomic_load(pusher->ready) < PUSHERS)
    g_thread_yield();
  pusher->status = put_manifest(pusher->fixture, "v1", text);
  return NULL;
}

static void test_one_of_many_wins(void) {
  g_auto(Fixture) fixture = fixture_new();
  atomic_int ready = 0;
  Pusher pushers[PUSHERS];
  GThread *threads[PUSHERS];
  for (int i = 0; i < PUSHERS; i++) {
    pushers[i] = (Pusher){.fixture = &fixture, .number = i, .ready = &ready};
    threads[i] = g_thread_new("pusher", push_tag, &pushers[i]);
  }
  int winner = -1;
  for (int i = 0; i < PUSHERS; i++) {
    g_thread_join(threads[i]);
    g_assert_true(pushers[i].status == 201 || pushers[i].status == 409);
    g_assert_true(pushers[i].status == 409 || winner < 0);
    winner = pushers[i].status == 201 ? i : winner;
  }
  g_assert_cmpint(winner, >=, 0);
  g_autofree char *config = g_strdup_printf("{\"n\": %d}", winner);
  g_autofree char *text = image_text(config);
  g_auto(HttpResponse) got = ask(&fixture, "GET", "/v2/shop/manifests/v1");
  g_assert_cmpstr(got.body, ==, text);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/server/manifests/manifest", test_manifest);
  g_test_add_func("/server/manifests/manifest-needs-its-blobs", test_manifest_needs_its_blobs);
  g_test_add_func("/server/manifests/tag-never-moves", test_tag_never_moves);
  g_test_add_func("/server/manifests/manifest-size", test_manifest_size);
  g_test_add_func("/server/manifests/tags", test_tags);
  g_test_add_func("/server/manifests/referrers", test_referrers);
  g_test_add_func("/server/manifests/one-of-many-wins", test_one_of_many_wins);
  return g_test_run();
}
