/* Caches, version 2: Twirp calls in JSON, the bytes over links. */
#include "base/clock.h"
#include "base/error.h"
#include "results/caches.h"
#include "results/call.h"

#include <string.h>

static void create_entry(Call *call) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Intake) upload = caches_reserve(call->results, call->grant, call_text(call, "key"), call_text(call, "version"), &error);
  if (upload == NULL) {
    caches_fail(call, error);
    return;
  }
  g_autofree char *link = call_write_link(call, upload);
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:b, s:s}", "ok", true, "signed_upload_url", link));
}

static void finalize_entry(Call *call) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Intake) upload = caches_reserved(call->results, call->grant, call_text(call, "key"), call_text(call, "version"), &error);
  int64_t id = 0;
  if (upload == NULL || !intakes_store(call->results, upload, call_number(call, "size_bytes"), NULL, &id, &error)) {
    caches_fail(call, error);
    return;
  }
  g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:b, s:s}", "ok", true, "entry_id", text));
}

/* The key and then the restore keys. */
static GPtrArray *wanted_keys(const Call *call) {
  GPtrArray *keys = g_ptr_array_new();
  const json_t *more = call_field(call, "restore_keys");
  g_ptr_array_add(keys, (char *)call_text(call, "key"));
  for (size_t i = 0; i < json_array_size(more); i++) {
    const char *key = json_string_value(json_array_get(more, i));
    g_ptr_array_add(keys, (char *)(key != NULL ? key : ""));
  }
  return keys;
}

/* NULL: none was found, or the call is answered. */
static Cache *look_up(Call *call) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) keys = wanted_keys(call);
  g_autoptr(Cache) cache = caches_look_up(call->results, call->grant, keys, call_text(call, "version"), &error);
  if (error != NULL)
    caches_fail(call, error);
  return g_steal_pointer(&cache);
}

static void get_download_url(Call *call) {
  g_autoptr(Cache) cache = look_up(call);
  if (call->response != NULL)
    return;
  if (cache == NULL) {
    call_answer_json(call, MHD_HTTP_OK, json_pack("{s:b}", "ok", false));
    return;
  }
  g_autofree char *link = call_read_link(call, cache->digest, NULL, NULL);
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:b, s:s, s:s}", "ok", true, "signed_download_url", link, "matched_key", cache->key));
}

static json_t *entry_json(const Cache *cache) {
  g_autofree char *created = clock_format(cache->created_us);
  g_autofree char *used = clock_format(cache->used_us);
  g_autofree char *size = g_strdup_printf("%" G_GINT64_FORMAT, cache->size_bytes);
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "key", cache->key, "hash", cache->digest, "size_bytes", size, "scope", cache->scope,
                   "version", cache->version, "created_at", created, "last_accessed_at", used);
}

static void look_up_entry(Call *call) {
  g_autoptr(Cache) cache = look_up(call);
  if (call->response == NULL)
    call_answer_json(call, MHD_HTTP_OK,
                     cache != NULL ? json_pack("{s:b, s:o}", "exists", true, "entry", entry_json(cache)) : json_pack("{s:b}", "exists", false));
}

static void list_entries(Call *call) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) caches = caches_visible(call->results, call->grant, call_text(call, "key"), &error);
  if (caches == NULL) {
    caches_fail(call, error);
    return;
  }
  json_t *list = json_array();
  for (guint i = 0; i < caches->len; i++)
    json_array_append_new(list, entry_json(g_ptr_array_index(caches, i)));
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:o}", "entries", list));
}

static void delete_entry(Call *call) {
  g_autoptr(GError) error = NULL;
  int64_t id = 0;
  if (!caches_remove(call->results, call->grant, call_text(call, "key"), &id, &error)) {
    caches_fail(call, error);
    return;
  }
  g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
  call_answer_json(call, MHD_HTTP_OK, json_pack("{s:b, s:s}", "ok", id != 0, "entry_id", text));
}

#define CALL(name, function)                                                                                                                         \
  {                                                                                                                                                  \
    .method = "POST", .path = "/twirp/github.actions.results.api.v1.CacheService/" name, .style = STYLE_TWIRP, .access = ACCESS_RUNTIME,             \
    .end = function, .body_max_bytes = JSON_BODY_MAX_BYTES, .is_json = true                                                                          \
  }

const Route cache_routes[] = {
  CALL("CreateCacheEntry", create_entry),
  CALL("FinalizeCacheEntryUpload", finalize_entry),
  CALL("GetCacheEntryDownloadURL", get_download_url),
  CALL("LookupCacheEntry", look_up_entry),
  CALL("ListCacheEntries", list_entries),
  CALL("DeleteCacheEntry", delete_entry),
  {0},
};
