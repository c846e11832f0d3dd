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
static void look_up(Call *call) {
  const char *keys = call_query(call, "keys");
  const char *version = call_query(call, "version");
  g_auto(GStrv) split = g_strsplit(keys != NULL ? keys : "", ",", 100);
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  for (char **key = split; *key != NULL; key++)
    g_ptr_array_add(list, *key);
  g_autoptr(GError) error = NULL;
  g_autoptr(Cache) cache = caches_look_up(call->results, call->grant, list, version != NULL ? version : "", &error);
  if (error != NULL) {
    caches_fail(call, error);
  } else if (cache == NULL) {
    call_answer_empty(call, MHD_HTTP_NO_CONTENT);
  } else {
    json_t *entry = entry_json(cache);
    g_autofree char *link = call_read_link(call, cache->digest, NULL, NULL);
    json_object_set_new(entry, "archiveLocation", json_string(link));
    call_answer_json(call, MHD_HTTP_OK, entry);
  }
}

/* GET caches?key=k */
static void list(Call *call) {
  const char *key = call_query(call, "key");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) caches = caches_visible(call->results, call->grant, key != NULL ? key : "", &error);
  if (caches == NULL) {
    caches_fail(call, error);
    return;
  }
  json_t *entries = json_array();
  for (guint i = 0; i < caches->len; i++)
    json_array_append_new(entries, entry_json(g_ptr_array_index(caches, i)));
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:i, s:o}", "totalCount", (int)caches->len, "artifactCaches", entries));
}

/* POST caches {"key", "version", "cacheSize"} */
static void reserve(Call *call) {
  int64_t max_bytes = call->results->options.caches_max_bytes;
  if (call_number(call, "cache_size") > max_bytes) {
    call_fail(call, MHD_HTTP_BAD_REQUEST, "a cache has at most %" G_GINT64_FORMAT " bytes", max_bytes);
    return;
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(Intake) upload = caches_reserve(call->results, call->grant, call_text(call, "key"), call_text(call, "version"), &error);
  if (upload == NULL)
    caches_fail(call, error);
  else
    call_answer_json(call, MHD_HTTP_CREATED, json_pack("{s:I}", "cacheId", (json_int_t)intake_id(upload)));
}

/* The job's own upload of this id; the call is answered when there is none. */
static bool take_upload(Call *call) {
  int64_t id = 0;
  g_autoptr(Intake) upload = range_number(call->rest, &id) ? intakes_get(call->results, id) : NULL;
  const IntakeTarget *target = upload != NULL ? intake_target(upload) : NULL;
  if (target != NULL && target->kind == INTAKE_CACHE && strcmp(target->repository, call->grant->repository) == 0 &&
      strcmp(target->run, call->grant->run) == 0 && strcmp(target->job, call->grant->job) == 0) {
    call->upload = g_steal_pointer(&upload);
    return true;
  }
  call_fail(call, MHD_HTTP_NOT_FOUND, "there is no reservation %.50s of this job", call->rest);
  return false;
}

/* PATCH caches/ID with Content-Range */
static void chunk_begin(Call *call) {
  int64_t first = 0, last = 0;
  g_autoptr(GError) error = NULL;
  if (!take_upload(call))
    return;
  if (!chunk_range_parse(call_header(call, MHD_HTTP_HEADER_CONTENT_RANGE), &first, &last)) {
    call_fail(call, MHD_HTTP_BAD_REQUEST, "Content-Range: expected bytes <first>-<last>/*");
    return;
  }
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, first);
  if (!intake_begin_block(call->upload, id, first, last - first + 1, &call->block, &error))
    call_fail_error(call, error);
}

static void chunk_take(Call *call, const char *bytes, size_t size) {
  g_autoptr(GError) error = NULL;
  if (!intake_write(call->upload, &call->block, bytes, size, &error))
    call_fail_error(call, error);
}

static void chunk_end(Call *call) {
  g_autoptr(GError) error = NULL;
  if (intake_end_block(call->upload, &call->block, &error))
    call_answer_empty(call, MHD_HTTP_NO_CONTENT);
  else
    call_fail_error(call, error);
}

/* POST caches/ID {"size"} */
static void commit(Call *call) {
  int64_t size_bytes = call_number(call, "size");
  int64_t id = 0;
  g_autoptr(GError) error = NULL;
  if (!take_upload(call))
    return;
  if (intake_commit_places(call->upload, size_bytes, &error) && intakes_store(call->results, call->upload, size_bytes, NULL, &id, &error))
    call_answer_empty(call, MHD_HTTP_NO_CONTENT);
  else
    call_fail_error(call, error);
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
