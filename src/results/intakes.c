/* The uploads under way in this process. */
#include "base/error.h"
#include "results/results_internal.h"

#include <string.h>

#define UPLOADS_MAX 4096
#define RESERVED_US (5 * G_TIME_SPAN_MINUTE) /* a cache's writer that sends nothing for so long has lost its claim */
#define KEPT_US G_TIME_SPAN_HOUR

/* Two jobs may upload artifacts of one name until the first of them ends, but only one at a time writes a cache. */
static bool is_same(const IntakeTarget *a, const IntakeTarget *b) {
  if (a->kind != b->kind || strcmp(a->repository, b->repository) != 0 || strcmp(a->name, b->name) != 0)
    return false;
  if (a->kind == INTAKE_CACHE)
    return strcmp(a->scope, b->scope) == 0 && strcmp(a->version, b->version) == 0;
  return strcmp(a->run, b->run) == 0 && strcmp(a->job, b->job) == 0;
}

static bool is_by_same_job(const IntakeTarget *a, const IntakeTarget *b) {
  return strcmp(a->run, b->run) == 0 && strcmp(a->job, b->job) == 0;
}

static Intake *find(const Results *results, const IntakeTarget *target) {
  GHashTableIter iter;
  gpointer value = NULL;
  g_hash_table_iter_init(&iter, results->uploads);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (is_same(intake_target(value), target))
      return value;
  return NULL;
}

static gboolean is_abandoned(G_GNUC_UNUSED gpointer id, gpointer upload, gpointer now_us) {
  return intake_used_us(upload) < *(const int64_t *)now_us - KEPT_US;
}

/* Room for one more, and none that is to become the same. */
static bool make_way(Results *results, const IntakeTarget *target, GError **error) {
  int64_t now_us = g_get_monotonic_time();
  g_hash_table_foreach_remove(results->uploads, is_abandoned, &now_us);
  Intake *other = find(results, target);
  if (other != NULL && target->kind == INTAKE_CACHE && !is_by_same_job(intake_target(other), target) && intake_used_us(other) > now_us - RESERVED_US)
    return error_set(error, DROVER_ERROR_CONFLICT, "another job is writing the cache %s", target->name);
  if (other != NULL) {
    int64_t id = intake_id(other);
    g_hash_table_remove(results->uploads, &id);
  }
  return g_hash_table_size(results->uploads) < UPLOADS_MAX || error_set(error, DROVER_ERROR_UNAVAILABLE, "too many uploads are under way");
}

/* Clients keep it as a number of JavaScript: 53 bits. */
static int64_t new_id(void) {
  return ((int64_t)g_random_int() << 20 | (int64_t)(g_random_int() >> 12)) + 1;
}

Intake *intakes_begin(Results *results, const IntakeTarget *target, int64_t max_bytes, GError **error) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  if (!make_way(results, target, error))
    return NULL;
  Intake *upload = intake_new(index_uploads_dir(results->index), new_id(), target, max_bytes, error);
  if (upload == NULL)
    return NULL;
  int64_t id = intake_id(upload);
  g_hash_table_replace(results->uploads, g_memdup2(&id, sizeof id), intake_ref(upload));
  return upload;
}

Intake *intakes_get(Results *results, int64_t id) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  Intake *upload = g_hash_table_lookup(results->uploads, &id);
  return upload != NULL ? intake_ref(upload) : NULL;
}

Intake *intakes_find(Results *results, const IntakeTarget *target) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  Intake *upload = find(results, target);
  return upload != NULL ? intake_ref(upload) : NULL;
}

static void forget(Results *results, Intake *upload) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  int64_t id = intake_id(upload);
  g_hash_table_remove(results->uploads, &id);
}

bool intakes_store(Results *results, Intake *upload, int64_t size_bytes, const char *digest, int64_t *id, GError **error) {
  Digest got;
  int64_t got_bytes = 0;
  if (!intake_seal(upload, &got, &got_bytes, error))
    return false;
  bool done = false;
  if (got_bytes != size_bytes)
    error_set(error, DROVER_ERROR_INPUT, "%" G_GINT64_FORMAT " bytes were uploaded, not %" G_GINT64_FORMAT, got_bytes, size_bytes);
  else if (digest != NULL && strcmp(digest, got.text) != 0)
    error_set(error, DROVER_ERROR_INPUT, "what was uploaded has digest %s, not %s", got.text, digest);
  else
    done = index_store(results->index, upload, &got, got_bytes, g_get_real_time(), id, error);
  forget(results, upload);
  if (done)
    results_evict_sometimes(results);
  return done;
}
