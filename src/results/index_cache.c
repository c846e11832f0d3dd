/* The rows of caches. */
#include "results/index_internal.h"
#include "store/rows.h"

#define TOUCH_EVERY_US (60 * G_USEC_PER_SEC) /* a write that reaches the disk costs more than a lookup */

static const Column columns[] = {
  {"id", COLUMN_INTEGER, offsetof(Cache, id)},
  {"repository", COLUMN_TEXT, offsetof(Cache, repository)},
  {"scope", COLUMN_TEXT, offsetof(Cache, scope)},
  {"key", COLUMN_TEXT, offsetof(Cache, key)},
  {"version", COLUMN_TEXT, offsetof(Cache, version)},
  {"digest", COLUMN_TEXT, offsetof(Cache, digest)},
  {"size_bytes", COLUMN_INTEGER, offsetof(Cache, size_bytes)},
  {"created_us", COLUMN_INTEGER, offsetof(Cache, created_us)},
  {"used_us", COLUMN_INTEGER, offsetof(Cache, used_us)},
};
static const RowType caches = {"caches", "cache", sizeof(Cache), columns, G_N_ELEMENTS(columns), (GDestroyNotify)cache_free};

/* ?n is a prefix of the key: a range that the index of the table serves. */
#define BEGINS_WITH(n) "key >= ?" #n " AND key < ?" #n " || char(1114111)"

void cache_free(Cache *cache) {
  row_free(&caches, cache);
}

Cache *cache_find(Index *index, const char *repository, const char *scope, const char *key, const char *version, bool is_prefix, GError **error) {
  static const char exact[] = "WHERE repository = ?1 AND scope = ?2 AND version = ?3 AND key = ?4";
  static const char prefix[] =
    "WHERE repository = ?1 AND scope = ?2 AND version = ?3 AND " BEGINS_WITH(4) " ORDER BY created_us DESC, id DESC LIMIT 1";
  return row_find_locked(&index->store, &caches, is_prefix ? prefix : exact, VALUES(TEXT(repository), TEXT(scope), TEXT(version), TEXT(key)), error);
}

bool cache_touch(Index *index, const Cache *cache, int64_t now_us, GError **error) {
  if (now_us - cache->used_us < TOUCH_EVERY_US)
    return true;
  g_auto(Transaction) transaction = {0};
  return transaction_begin(&transaction, &index->store, error) &&
         store_execute(&index->store, "UPDATE caches SET used_us = max(used_us, ?) WHERE id = ?", VALUES(INTEGER(now_us), INTEGER(cache->id)), NULL,
                       error) &&
         transaction_commit(&transaction, error);
}

GPtrArray *cache_list(Index *index, const char *repository, const char *scope, const char *key_prefix, GError **error) {
  return rows_select_locked(&index->store, &caches,
                            "WHERE (?1 IS NULL OR repository = ?1) AND (?2 IS NULL OR scope = ?2) AND " BEGINS_WITH(
                              3) " ORDER BY created_us DESC, id DESC",
                            VALUES(TEXT(repository), TEXT(scope), TEXT(key_prefix)), error);
}

bool cache_delete(Index *index, const char *repository, const char *key_prefix, guint *count, GError **error) {
  return index_delete(index, "DELETE FROM caches WHERE (?1 IS NULL OR repository = ?1) AND " BEGINS_WITH(2) " RETURNING digest",
                      VALUES(TEXT(repository), TEXT(key_prefix)), count, error);
}

bool cache_evict(Index *index, int64_t before_us, int64_t max_bytes, GError **error) {
  return index_delete(index,
                      "DELETE FROM caches WHERE used_us < ?1 OR id IN (SELECT id FROM (SELECT id, sum(size_bytes) OVER "
                      "(PARTITION BY repository ORDER BY used_us DESC, id DESC) AS total FROM caches) WHERE total > ?2) RETURNING digest",
                      VALUES(INTEGER(before_us), INTEGER(max_bytes)), NULL, error);
}
