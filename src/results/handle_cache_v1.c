/* Caches, version 1: a reservation, chunks with their places, and a commit. */
#include "base/clock.h"
#include "base/error.h"
#include "httpd/range.h"
#include "results/block_list.h"
#include "results/caches.h"

#include <string.h>

static json_t *entry_json(const Cache *cache) {
  g_autofree char *created = clock_format(cache->created_us);
  return json_pack("{s:s, s:s, s:s, s:s}", "scope", cache->scope, "cacheKey", cache->key, "cacheVersion", cache->version, "creationTime", created);
}

/* GET cache?keys=a,b&version=v */
static void look_up(Request *request) {
  const char *keys = request_query(request, "keys");
  const char *version = request_query(request, "version");
  g_auto(GStrv) split = g_strsplit(keys != NULL ? keys : "", ",", 100);
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  for (char **key = split; *key != NULL; key++)
    g_ptr_array_add(list, *key);
  g_autoptr(GError) error = NULL;
  g_autoptr(Cache) cache = caches_look_up(request->results, request->grant, list, version != NULL ? version : "", &error);
  if (error != NULL) {
    caches_fail(request, error);
  } else if (cache == NULL) {
    request_answer_empty(request, MHD_HTTP_NO_CONTENT);
  } else {
    json_t *entry = entry_json(cache);
    g_autofree char *link = request_read_link(request, cache->digest, NULL, NULL);
    json_object_set_new(entry, "archiveLocation", json_string(link));
    request_answer_json(request, MHD_HTTP_OK, entry);
  }
}

/* GET caches?key=k */
static void list(Request *request) {
  const char *key = request_query(request, "key");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) caches = caches_visible(request->results, request->grant, key != NULL ? key : "", &error);
  if (caches == NULL) {
    caches_fail(request, error);
    return;
  }
  json_t *entries = json_array();
  for (guint i = 0; i < caches->len; i++)
    json_array_append_new(entries, entry_json(g_ptr_array_index(caches, i)));
  request_answer_json(request, MHD_HTTP_OK, json_pack("{s:i, s:o}", "totalCount", (int)caches->len, "artifactCaches", entries));
}

/* POST caches {"key", "version", "cacheSize"} */
static void reserve(Request *request) {
  int64_t max_bytes = request->results->options.caches_max_bytes;
  if (request_number(request, "cache_size") > max_bytes) {
    request_fail(request, MHD_HTTP_BAD_REQUEST, "a cache has at most %" G_GINT64_FORMAT " bytes", max_bytes);
    return;
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(Upload) upload = caches_reserve(request->results, request->grant, request_text(request, "key"), request_text(request, "version"), &error);
  if (upload == NULL)
    caches_fail(request, error);
  else
    request_answer_json(request, MHD_HTTP_CREATED, json_pack("{s:I}", "cacheId", (json_int_t)upload_id(upload)));
}

/* The job's own upload of this id; the request is answered when there is none. */
static bool take_upload(Request *request) {
  int64_t id = 0;
  g_autoptr(Upload) upload = range_number(request->rest, &id) ? uploads_get(request->results, id) : NULL;
  const UploadTarget *target = upload != NULL ? upload_target(upload) : NULL;
  if (target != NULL && target->kind == UPLOAD_CACHE && strcmp(target->repository, request->grant->repository) == 0 &&
      strcmp(target->run, request->grant->run) == 0 && strcmp(target->job, request->grant->job) == 0) {
    request->upload = g_steal_pointer(&upload);
    return true;
  }
  request_fail(request, MHD_HTTP_NOT_FOUND, "there is no reservation %.50s of this job", request->rest);
  return false;
}

/* PATCH caches/ID with Content-Range */
static void chunk_begin(Request *request) {
  int64_t first = 0, last = 0;
  g_autoptr(GError) error = NULL;
  if (!take_upload(request))
    return;
  if (!chunk_range_parse(request_header(request, MHD_HTTP_HEADER_CONTENT_RANGE), &first, &last)) {
    request_fail(request, MHD_HTTP_BAD_REQUEST, "Content-Range: expected bytes <first>-<last>/*");
    return;
  }
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, first);
  if (!upload_begin_block(request->upload, id, first, last - first + 1, &request->block, &error))
    request_fail_error(request, error);
}

static void chunk_take(Request *request, const char *bytes, size_t size) {
  g_autoptr(GError) error = NULL;
  if (!upload_write(request->upload, &request->block, bytes, size, &error))
    request_fail_error(request, error);
}

static void chunk_end(Request *request) {
  g_autoptr(GError) error = NULL;
  if (upload_end_block(request->upload, &request->block, &error))
    request_answer_empty(request, MHD_HTTP_NO_CONTENT);
  else
    request_fail_error(request, error);
}

/* POST caches/ID {"size"} */
static void commit(Request *request) {
  int64_t size_bytes = request_number(request, "size");
  int64_t id = 0;
  g_autoptr(GError) error = NULL;
  if (!take_upload(request))
    return;
  if (upload_commit_places(request->upload, size_bytes, &error) && uploads_store(request->results, request->upload, size_bytes, NULL, &id, &error))
    request_answer_empty(request, MHD_HTTP_NO_CONTENT);
  else
    request_fail_error(request, error);
}

#define FOLDER "/_apis/artifactcache/"
#define SHARED .style = STYLE_JSON, .access = ACCESS_RUNTIME, .body_max_bytes = JSON_BODY_MAX_BYTES

const Route cache_v1_routes[] = {
  {.method = "GET", .path = FOLDER "cache", .end = look_up, SHARED},
  {.method = "GET", .path = FOLDER "caches", .end = list, SHARED},
  {.method = "POST", .path = FOLDER "caches", .end = reserve, .is_json = true, SHARED},
  {.method = "PATCH",
   .path = FOLDER "caches/",
   .style = STYLE_JSON,
   .access = ACCESS_RUNTIME,
   .begin = chunk_begin,
   .take = chunk_take,
   .end = chunk_end},
  {.method = "POST", .path = FOLDER "caches/", .end = commit, .is_json = true, SHARED},
  {0},
};
