/* A server on a free port of the loopback, over a registry and a store of its own, and requests to it. */
#pragma once

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/http.h"
#include "server/server.h"

#include <jansson.h>
#include <string.h>

#define UNKNOWN_DIGEST "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define IMAGE_TYPE "Content-Type: application/vnd.oci.image.manifest.v1+json"

typedef struct {
  char *dir;
  char *registry_dir;
  Registry *registry;
  Store *store;
  Server *server;
} Fixture;

static inline Fixture fixture_new(void) {
  g_autoptr(GError) error = NULL;
  Fixture fixture = {.dir = fs_temp_dir(g_get_tmp_dir(), "server", &error)};
  g_assert_no_error(error);
  fixture.registry_dir = g_build_filename(fixture.dir, "registry", NULL);
  fixture.registry = registry_open(fixture.registry_dir, &error);
  g_assert_no_error(error);
  fixture.store = store_open(fixture.dir, &error);
  g_assert_no_error(error);
  ServerOptions options = {.listen = "127.0.0.1:0", .registry = fixture.registry, .store = fixture.store};
  fixture.server = server_start(&options, &error);
  g_assert_no_error(error);
  return fixture;
}

static inline void fixture_clear(Fixture *fixture) {
  if (fixture->server != NULL)
    server_stop(fixture->server, 1000);
  fixture->server = NULL;
  g_clear_pointer(&fixture->registry, registry_free);
  g_clear_pointer(&fixture->store, store_close);
  fs_remove_tree(fixture->dir, NULL);
  g_clear_pointer(&fixture->registry_dir, g_free);
  g_clear_pointer(&fixture->dir, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

/* Sends; `headers` ends with NULL or is NULL, `body` may be NULL. */
static inline HttpResponse ask_with(const Fixture *fixture, const char *method, const char *path, const char *const *headers, const char *body,
                                    size_t size) {
  g_autoptr(GError) error = NULL;
  g_autofree char *url = g_strdup_printf("http://%s%s", server_address(fixture->server), path);
  HttpRequest request = {
    .method = method, .url = url, .headers = headers, .body = body, .body_size = size, .body_max_bytes = (size_t)64 << 20, .timeout_ms = 60000};
  HttpResponse response = {0};
  (void)!http_send(&request, &response, &error);
  g_assert_no_error(error);
  return response;
}

static inline HttpResponse ask(const Fixture *fixture, const char *method, const char *path) {
  bool sends = strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
  return ask_with(fixture, method, path, NULL, sends ? "" : NULL, 0);
}

static inline HttpResponse send_text(const Fixture *fixture, const char *method, const char *path, const char *header, const char *body) {
  const char *const headers[] = {header, NULL};
  return ask_with(fixture, method, path, headers, body, strlen(body));
}

/* Overwritten by the next call of the same test program; one thread. */
static inline const char *digest_of(const char *text) {
  static Digest digest;
  digest = digest_bytes(text, strlen(text));
  return digest.text;
}

/* Transfer full. */
static inline char *location_of(const HttpResponse *response) {
  const char *location = http_response_header(response, "Location");
  g_assert_nonnull(location);
  return g_strdup(location);
}

/* Pushes `text` as a blob in one request. */
static inline void push_blob(const Fixture *fixture, const char *repository, const char *text) {
  g_autofree char *path = g_strdup_printf("/v2/%s/blobs/uploads/?digest=%s", repository, digest_bytes(text, strlen(text)).text);
  g_auto(HttpResponse) response = send_text(fixture, "POST", path, "Content-Type: application/octet-stream", text);
  g_assert_cmpuint(response.status, ==, 201);
}

/* An image of one config. */
static inline char *image_text(const char *config) {
  return g_strdup_printf("{\"schemaVersion\": 2, \"config\": {\"mediaType\": \"application/vnd.oci.image.config.v1+json\", \"digest\": \"%s\", "
                         "\"size\": %zu}, \"layers\": []}",
                         digest_bytes(config, strlen(config)).text, strlen(config));
}

/* The code of the first error in a registry's answer, or NULL; transfer full. */
static inline char *error_code_of(const HttpResponse *response) {
  json_auto_t *body = json_loadb(response->body, response->body_size, 0, NULL);
  return g_strdup(json_string_value(json_object_get(json_array_get(json_object_get(body, "errors"), 0), "code")));
}
