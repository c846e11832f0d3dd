#include "results/results_internal.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/fs.h"
#include "results/git_http.h"
#include "results/handle.h"
#include "results/token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define CACHES_MAX_BYTES ((int64_t)10 << 30)
#define CACHES_MAX_AGE_S ((int64_t)7 * 24 * 60 * 60)
#define ARTIFACTS_MAX_AGE_S ((int64_t)90 * 24 * 60 * 60)
#define EVICT_EVERY_US (5 * 60 * G_USEC_PER_SEC)

/* ---- life ------------------------------------------------------------------------------------------------------------- */

static ResultsOptions with_defaults(const ResultsOptions *options) {
  ResultsOptions made = options != NULL ? *options : (ResultsOptions){0};
  made.caches_max_bytes = made.caches_max_bytes > 0 ? made.caches_max_bytes : CACHES_MAX_BYTES;
  made.caches_max_age_s = made.caches_max_age_s > 0 ? made.caches_max_age_s : CACHES_MAX_AGE_S;
  made.artifacts_max_age_s = made.artifacts_max_age_s > 0 ? made.artifacts_max_age_s : ARTIFACTS_MAX_AGE_S;
  return made;
}

Results *results_open(const char *dir, const ResultsOptions *options, GError **error) {
  g_autoptr(Results) results = g_new0(Results, 1);
  g_mutex_init(&results->mutex);
  results->dir = g_canonicalize_filename(dir, NULL);
  results->options = with_defaults(options);
  results->uploads = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)intake_unref);
  results->repositories = g_ptr_array_new_with_free_func((GDestroyNotify)git_repository_free);
  results->streams = g_ptr_array_new();
  results->handlers[0] =
    (HttpdHandler){.takes = handle_takes, .handle = handle_request, .done = handle_done, .failure = handle_failure, .user = results};
  results->handlers[1] = (HttpdHandler){
    .takes = git_http_takes, .handle = git_http_handle, .done = git_http_done, .failure = git_http_failure, .stop = git_http_stop, .user = results};
  if (!fs_make_dirs(results->dir, 0700, error) || !keys_secret(results->dir, results->secret, error))
    return NULL;
  results->index = index_open(results->dir, error);
  return results->index != NULL ? g_steal_pointer(&results) : NULL;
}

void results_free(Results *results) {
  g_hash_table_unref(results->uploads);
  g_ptr_array_unref(results->repositories);
  g_ptr_array_unref(results->streams);
  g_clear_pointer(&results->index, index_close);
  EVP_PKEY_free(results->identity);
  g_mutex_clear(&results->mutex);
  g_free(results->dir);
  g_free(results);
}

const HttpdHandler *results_handlers(Results *results, size_t *count) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  results->stopping = false;
  *count = G_N_ELEMENTS(results->handlers);
  return results->handlers;
}

EVP_PKEY *results_identity(Results *results, GError **error) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  if (results->identity == NULL)
    results->identity = keys_identity(results->dir, error);
  return results->identity;
}

void results_offer_repository(Results *results, const char *name, const char *git_dir, const char *token) {
  GitRepository *repository = g_new(GitRepository, 1);
  *repository = (GitRepository){.name = g_strdup(name), .dir = g_canonicalize_filename(git_dir, NULL), .token = g_strdup(token)};
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&results->mutex);
  g_ptr_array_insert(results->repositories, 0, repository); /* the newest offer counts */
}

/* ---- what a job is told ----------------------------------------------------------------------------------------------- */

static char *make_token(const Results *results, const ResultsGrant *grant, GrantUse use, GError **error) {
  json_auto_t *claims = grant_claims(grant, use, g_get_real_time() / G_USEC_PER_SEC, error);
  g_autofree char *token = claims != NULL ? token_sign(results->secret, claims) : NULL;
  if (token == NULL || strlen(token) <= TOKEN_MAX_BYTES)
    return g_steal_pointer(&token);
  error_set(error, DROVER_ERROR_INPUT, "what the job may do does not fit into a token of %zu bytes", TOKEN_MAX_BYTES);
  return NULL;
}

json_t *results_environment(Results *results, const ResultsGrant *grant, const char *address, GError **error) {
  g_autofree char *url = g_strdup_printf("http://%s/", address);
  g_autofree char *token = make_token(results, grant, GRANT_RUNTIME, error);
  if (token == NULL)
    return NULL;
  json_auto_t *made = json_pack("{s:s, s:s, s:s, s:s, s:s}", "ACTIONS_RUNTIME_TOKEN", token, "ACTIONS_RUNTIME_URL", url, "ACTIONS_RESULTS_URL", url,
                                "ACTIONS_CACHE_URL", url, "ACTIONS_CACHE_SERVICE_V2", "True");
  if (grant->identity == NULL)
    return g_steal_pointer(&made);
  g_autofree char *identity_url = g_strconcat(url, "_apis/idtoken?api-version=2.0", NULL);
  g_autofree char *identity_token = make_token(results, grant, GRANT_IDENTITY, error);
  if (identity_token == NULL)
    return NULL;
  json_object_set_new(made, "ACTIONS_ID_TOKEN_REQUEST_URL", json_string(identity_url));
  json_object_set_new(made, "ACTIONS_ID_TOKEN_REQUEST_TOKEN", json_string(identity_token));
  return g_steal_pointer(&made);
}

/* ---- what is there ---------------------------------------------------------------------------------------------------- */

static json_t *time_json(int64_t time_us) {
  g_autofree char *text = clock_format(time_us);
  return json_string(text);
}

json_t *results_artifacts(Results *results, const char *run, GError **error) {
  g_autoptr(GPtrArray) artifacts = artifact_list(results->index, run, NULL, 0, g_get_real_time(), error);
  json_t *list = artifacts != NULL ? json_array() : NULL;
  for (guint i = 0; artifacts != NULL && i < artifacts->len; i++) {
    const Artifact *artifact = g_ptr_array_index(artifacts, i);
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:o, s:o}", "repository", artifact->repository, "run", artifact->run,
                                          "name", artifact->name, "type", artifact->type, "bytes", (json_int_t)artifact->size_bytes, "digest",
                                          artifact->digest, "created", time_json(artifact->created_us), "expires", time_json(artifact->expires_us)));
  }
  return list;
}

json_t *results_caches(Results *results, const char *repository, GError **error) {
  g_autoptr(GPtrArray) caches = cache_list(results->index, repository, NULL, "", error);
  json_t *list = caches != NULL ? json_array() : NULL;
  for (guint i = 0; caches != NULL && i < caches->len; i++) {
    const Cache *cache = g_ptr_array_index(caches, i);
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o}", "repository", cache->repository, "scope", cache->scope, "key",
                                          cache->key, "version", cache->version, "bytes", (json_int_t)cache->size_bytes, "created",
                                          time_json(cache->created_us), "used", time_json(cache->used_us)));
  }
  return list;
}

static bool copy(int from, int64_t size_bytes, const char *path, GError **error) {
  int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (to < 0)
    return error_set_errno(error, errno, "%s: cannot be written", path);
  int code = 0;
  for (int64_t left = size_bytes; left > 0 && code == 0;) {
    ssize_t done = sendfile(to, from, NULL, (size_t)left);
    if (done > 0)
      left -= done;
    else if (done == 0)
      code = EIO;
    else if (errno != EINTR)
      code = errno;
  }
  if (close(to) < 0 && code == 0)
    code = errno;
  return code == 0 || error_set_errno(error, code, "%s: cannot be written", path);
}

bool results_save_artifact(Results *results, const char *run, const char *name, const char *path, GError **error) {
  g_autoptr(GError) why = NULL;
  g_autoptr(Artifact) artifact = artifact_find(results->index, run, name, g_get_real_time(), &why);
  if (why != NULL) {
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
  }
  if (artifact == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "run %s has no artifact \"%s\"", run, name);
  int64_t size_bytes = 0, written_s = 0;
  int fd = index_open_blob(results->index, artifact->digest, &size_bytes, &written_s, error);
  bool saved = fd >= 0 && copy(fd, size_bytes, path, error);
  if (fd >= 0)
    close(fd);
  return saved;
}

bool results_delete_caches(Results *results, const char *repository, const char *key_prefix, guint *count, GError **error) {
  return cache_delete(results->index, repository, key_prefix, count, error);
}

/* ---- what goes -------------------------------------------------------------------------------------------------------- */

bool results_evict(Results *results, int64_t now_s, GError **error) {
  int64_t now_us = now_s * G_USEC_PER_SEC;
  return artifact_evict(results->index, now_us, error) &&
         cache_evict(results->index, now_us - results->options.caches_max_age_s * G_USEC_PER_SEC, results->options.caches_max_bytes, error) &&
         index_sweep(results->index, now_us, error);
}

void results_evict_sometimes(Results *results) {
  int64_t now_us = g_get_monotonic_time();
  g_mutex_lock(&results->mutex);
  bool due = results->evicted_us == 0 || now_us - results->evicted_us > EVICT_EVERY_US;
  if (due)
    results->evicted_us = now_us;
  g_mutex_unlock(&results->mutex);
  if (due) /* what could not go now goes the next time */
    (void)!results_evict(results, g_get_real_time() / G_USEC_PER_SEC, NULL);
}
