#include "results/caches.h"

#include "base/error.h"

#include <string.h>

#define KEY_MAX_LETTERS 512
#define VERSION_MAX_BYTES 512
#define KEYS_MAX 10 /* as the clients have it */

static bool check_key(const char *key, GError **error) {
  if (*key != '\0' && g_utf8_strlen(key, -1) <= KEY_MAX_LETTERS && strpbrk(key, ",\r\n") == NULL)
    return true;
  return error_set(error, DROVER_ERROR_INPUT, "a cache's key has 1 to %d letters, and none of them is a comma or a line break", KEY_MAX_LETTERS);
}

static bool check_version(const char *version, GError **error) {
  if (*version != '\0' && strlen(version) <= VERSION_MAX_BYTES)
    return true;
  return error_set(error, DROVER_ERROR_INPUT, "a cache's version has 1 to %d bytes", VERSION_MAX_BYTES);
}

static IntakeTarget target_of(const Grant *grant, const char *key, const char *version) {
  return (IntakeTarget){.kind = INTAKE_CACHE,
                        .repository = grant->repository,
                        .run = grant->run,
                        .job = grant->job,
                        .scope = grant->write_scope,
                        .name = (char *)key,
                        .version = (char *)version};
}

static bool may_write(const Grant *grant, GError **error) {
  return grant->write_scope != NULL || error_set(error, DROVER_ERROR_REFUSED, "this job may not write caches");
}

Intake *caches_reserve(Results *results, const Grant *grant, const char *key, const char *version, GError **error) {
  g_autoptr(GError) why = NULL;
  if (!check_key(key, error) || !check_version(version, error) || !may_write(grant, error))
    return NULL;
  g_autoptr(Cache) there = cache_find(results->index, grant->repository, grant->write_scope, key, version, false, &why);
  if (why != NULL) {
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
  }
  if (there != NULL) {
    error_set(error, DROVER_ERROR_CONFLICT, "the cache %s exists already: a cache that is written never changes", key);
    return NULL;
  }
  const IntakeTarget target = target_of(grant, key, version);
  return intakes_begin(results, &target, results->options.caches_max_bytes, error);
}

Intake *caches_reserved(Results *results, const Grant *grant, const char *key, const char *version, GError **error) {
  if (!may_write(grant, error))
    return NULL;
  const IntakeTarget target = target_of(grant, key, version);
  Intake *upload = intakes_find(results, &target);
  if (upload == NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "nobody is writing the cache %s", key);
  return upload;
}

static Cache *look_in_scope(Results *results, const Grant *grant, const char *scope, const GPtrArray *keys, const char *version, GError **error) {
  GError *why = NULL;
  Cache *found = NULL;
  for (guint i = 0; i < 2 * keys->len && found == NULL && why == NULL; i++)
    found = cache_find(results->index, grant->repository, scope, g_ptr_array_index(keys, i / 2), version, i % 2 == 1, &why);
  if (why != NULL)
    g_propagate_error(error, why);
  return found;
}

Cache *caches_look_up(Results *results, const Grant *grant, const GPtrArray *keys, const char *version, GError **error) {
  if (keys->len > KEYS_MAX) {
    error_set(error, DROVER_ERROR_INPUT, "at most %d keys are looked up", KEYS_MAX);
    return NULL;
  }
  for (guint i = 0; i < keys->len; i++)
    if (!check_key(g_ptr_array_index(keys, i), error))
      return NULL;
  GError *why = NULL;
  g_autoptr(Cache) found = NULL;
  for (guint i = 0; i < grant->reads->len && found == NULL && why == NULL; i++)
    found = look_in_scope(results, grant, g_ptr_array_index(grant->reads, i), keys, version, &why);
  if (why == NULL && (found == NULL || cache_touch(results->index, found, g_get_real_time(), &why)))
    return g_steal_pointer(&found);
  g_propagate_error(error, why);
  return NULL;
}

GPtrArray *caches_visible(Results *results, const Grant *grant, const char *key, GError **error) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)cache_free);
  for (guint i = 0; i < grant->reads->len; i++) {
    GPtrArray *some = cache_list(results->index, grant->repository, g_ptr_array_index(grant->reads, i), key, error);
    if (some == NULL)
      return NULL;
    g_ptr_array_extend_and_steal(all, some);
  }
  return g_steal_pointer(&all);
}

bool caches_remove(Results *results, const Grant *grant, const char *key, int64_t *id, GError **error) {
  if (!check_key(key, error) || !may_write(grant, error))
    return false;
  g_autoptr(GPtrArray) caches = cache_list(results->index, grant->repository, grant->write_scope, key, error);
  if (caches == NULL)
    return false;
  *id = 0;
  for (guint i = 0; i < caches->len; i++) {
    const Cache *cache = g_ptr_array_index(caches, i);
    if (strcmp(cache->key, key) == 0)
      *id = cache->id;
  }
  return index_delete(results->index, "DELETE FROM caches WHERE repository = ? AND scope = ? AND key = ? RETURNING digest",
                      VALUES(TEXT(grant->repository), TEXT(grant->write_scope), TEXT(key)), NULL, error);
}

void caches_fail(Call *call, const GError *error) {
  if (error_is(error, DROVER_ERROR_REFUSED)) /* no matter of size here: the job may not */
    call_fail(call, MHD_HTTP_FORBIDDEN, "%s", error->message);
  else
    call_fail_error(call, error);
}
