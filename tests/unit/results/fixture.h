/* The services on a free port of the loopback, over a folder of their own, and requests to them as jobs of different rights. */
#pragma once

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/http.h"
#include "results/results.h"

#include <jansson.h>
#include <string.h>

#define CACHE_SERVICE "/twirp/github.actions.results.api.v1.CacheService/"
#define ARTIFACT_SERVICE "/twirp/github.actions.results.api.v1.ArtifactService/"

typedef struct {
  char *dir;
  Results *results;
  Httpd *httpd;
} Fixture;

static inline Fixture fixture_new(const ResultsOptions *options) {
  g_autoptr(GError) error = NULL;
  Fixture fixture = {.dir = fs_temp_dir(g_get_tmp_dir(), "results", &error)};
  g_assert_no_error(error);
  g_autofree char *folder = g_build_filename(fixture.dir, "results", NULL);
  fixture.results = results_open(folder, options, &error);
  g_assert_no_error(error);
  size_t count = 0;
  const HttpdHandler *handlers = results_handlers(fixture.results, &count);
  fixture.httpd = httpd_start(&(HttpdOptions){.listen = "127.0.0.1:0", .handlers = handlers, .handler_count = count}, &error);
  g_assert_no_error(error);
  return fixture;
}

static inline void fixture_clear(Fixture *fixture) {
  httpd_stop(fixture->httpd, 1000);
  results_free(fixture->results);
  fs_remove_tree(fixture->dir, NULL);
  g_free(fixture->dir);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

/* A job that writes `scope` (NULL: none) and reads it and then main; transfer full. */
static inline json_t *job_of(const Fixture *fixture, const char *repository, const char *run, const char *scope) {
  g_autoptr(GError) error = NULL;
  const char *const reads[] = {scope != NULL ? scope : "refs/heads/main", "refs/heads/main", NULL};
  ResultsGrant grant = {.repository = repository, .run = run, .job = "job", .cache_write_scope = scope, .cache_reads = reads, .lifetime_s = 600};
  json_t *environment = results_environment(fixture->results, &grant, httpd_address(fixture->httpd), &error);
  g_assert_no_error(error);
  return environment;
}

/* `target` is a path or a whole URL; `job` may be NULL. */
static inline HttpResponse ask(const Fixture *fixture, const json_t *job, const char *method, const char *target, const char *header,
                               const char *body) {
  g_autoptr(GError) error = NULL;
  g_autofree char *url = *target == '/' ? g_strdup_printf("http://%s%s", httpd_address(fixture->httpd), target) : g_strdup(target);
  g_autofree char *token = g_strdup_printf("Authorization: Bearer %s", json_string_value(json_object_get(job, "ACTIONS_RUNTIME_TOKEN")));
  const char *const headers[] = {job != NULL ? token : "X-None: 1", header, NULL};
  HttpRequest request = {.method = method,
                         .url = url,
                         .headers = headers,
                         .body = body,
                         .body_size = body != NULL ? strlen(body) : 0,
                         .body_max_bytes = (size_t)64 << 20,
                         .direct = true};
  HttpResponse response = {0};
  (void)!http_send(&request, &response, &error);
  g_assert_no_error(error);
  return response;
}

/* A call in JSON; its answer, transfer full, and its status. */
static inline json_t *call(const Fixture *fixture, const json_t *job, const char *path, const char *body, unsigned *status) {
  g_auto(HttpResponse) response = ask(fixture, job, "POST", path, "Content-Type: application/json", body);
  *status = response.status;
  return json_loadb(response.body, response.body_size, JSON_DECODE_ANY, NULL);
}

static inline const char *text_of(const json_t *object, const char *name) {
  const char *text = json_string_value(json_object_get(object, name));
  return text != NULL ? text : "";
}

/* Uploads `text` as one blob. */
static inline unsigned put_whole(const Fixture *fixture, const char *link, const char *text) {
  g_auto(HttpResponse) response = ask(fixture, NULL, "PUT", link, "x-ms-blob-type: BlockBlob", text);
  return response.status;
}

/* Saves a cache; the status of the call that failed, or of the last. */
static inline unsigned save_cache(const Fixture *fixture, const json_t *job, const char *key, const char *version, const char *text) {
  unsigned status = 0;
  g_autofree char *create = g_strdup_printf("{\"key\": \"%s\", \"version\": \"%s\"}", key, version);
  json_auto_t *created = call(fixture, job, CACHE_SERVICE "CreateCacheEntry", create, &status);
  if (status != 200)
    return status;
  status = put_whole(fixture, text_of(created, "signed_upload_url"), text);
  if (status != 201)
    return status;
  g_autofree char *finalize = g_strdup_printf("{\"key\": \"%s\", \"version\": \"%s\", \"sizeBytes\": \"%zu\"}", key, version, strlen(text));
  json_auto_t *done = call(fixture, job, CACHE_SERVICE "FinalizeCacheEntryUpload", finalize, &status);
  g_assert_true(status != 200 || json_is_true(json_object_get(done, "ok")));
  return status;
}

/* What a cache's key and one restore key (may be NULL) lead to, or NULL; transfer full. The text is what it holds. */
static inline char *restore_cache(const Fixture *fixture, const json_t *job, const char *key, const char *restore, const char *version, char **text) {
  unsigned status = 0;
  g_autofree char *more = restore != NULL ? g_strdup_printf("\"%s\"", restore) : g_strdup("");
  g_autofree char *body = g_strdup_printf("{\"key\": \"%s\", \"restore_keys\": [%s], \"version\": \"%s\"}", key, more, version);
  json_auto_t *found = call(fixture, job, CACHE_SERVICE "GetCacheEntryDownloadURL", body, &status);
  g_assert_cmpuint(status, ==, 200);
  if (!json_is_true(json_object_get(found, "ok")))
    return NULL;
  g_auto(HttpResponse) content = ask(fixture, NULL, "GET", text_of(found, "signed_download_url"), NULL, NULL);
  g_assert_cmpuint(content.status, ==, 200);
  if (text != NULL)
    *text = g_strndup(content.body, content.body_size);
  return g_strdup(text_of(found, "matched_key"));
}
