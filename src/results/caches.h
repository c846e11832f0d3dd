/* What both protocols of caches share: who may write and read which. A key that exists in a scope is never written again; a reader asks its
 * scopes in their order, and in each for the key, for keys that begin so, and then for each restore key. Private to results/. */
#pragma once

#include "results/call.h"

/* Begins the upload of a new cache in the job's own scope. INPUT for a bad key or version, REFUSED when the job may write none, CONFLICT
 * when there is one, or another job is writing it. Transfer full. */
Intake *caches_reserve(Results *results, const Grant *grant, const char *key, const char *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The upload that was begun so; NOT_FOUND. Transfer full. */
Intake *caches_reserved(Results *results, const Grant *grant, const char *key, const char *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The cache that these keys (the first is the wanted one) lead to, read now. NULL without an error when there is none. Transfer full. */
Cache *caches_look_up(Results *results, const Grant *grant, const GPtrArray *keys, const char *version, GError **error);

/* Those of the job's scopes whose key begins with `key`. GPtrArray of Cache, transfer full. */
GPtrArray *caches_visible(Results *results, const Grant *grant, const char *key, GError **error);

/* Removes those with this key, of any version, from the scope that the job writes; `*id` is one of them, or 0. */
bool caches_remove(Results *results, const Grant *grant, const char *key, int64_t *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Answers with `error`. */
void caches_fail(Call *call, const GError *error);
