/* The services that GitHub's runner gives to a job, over a content-addressed store: caches (v2 and v1), artifacts (v4), tokens of the
 * job's identity (OIDC), and the repository itself over git's HTTP protocol. What the unmodified npm clients @actions/cache,
 * @actions/artifact, @actions/core and the actions built on them speak.
 *
 * DATA/results/: blobs by digest (once, whoever wrote them), an SQLite index, the signing key. Several processes may have the same
 * folder open. Thread-safe.
 */
#pragma once

#include "httpd/httpd.h"

#include <jansson.h>

typedef struct Results Results;

typedef struct {
  int64_t caches_max_bytes;    /* 0: 10 GiB, a repository; the least recently used go first */
  int64_t caches_max_age_s;    /* 0: 7 days without being read */
  int64_t artifacts_max_age_s; /* 0: 90 days, where the upload says nothing else */
} ResultsOptions;

Results *results_open(const char *dir, const ResultsOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void results_free(Results *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Results, results_free)

/* What a job may do. Scopes as GitHub's: a run reads its own ref's caches, then its base's, then the default branch's, and writes its
 * own ref's only ("refs/pull/7/merge" for a pull call), so that what a pull call wrote is never read by main. */
typedef struct {
  const char *repository;         /* "owner/name" */
  const char *run, *job;          /* ids; artifacts belong to the run */
  const char *cache_write_scope;  /* a ref; NULL: none may be written */
  const char *const *cache_reads; /* refs in the order they are asked, NULL-terminated */
  const json_t *identity;         /* the OIDC token's claims but iss, aud, iat, exp, nbf, jti; NULL: no `id-token: write` */
  int64_t lifetime_s;
} ResultsGrant;

/* Environment variables of a job for a server at `address` ("127.0.0.1:43121"): ACTIONS_RUNTIME_TOKEN (a JWT with the claims that
 * clients read: scp, ac, exp, nbf), ACTIONS_RUNTIME_URL, ACTIONS_RESULTS_URL, ACTIONS_CACHE_URL, ACTIONS_CACHE_SERVICE_V2, and with an
 * identity ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN. An object of strings, transfer full. */
json_t *results_environment(Results *results, const ResultsGrant *grant, const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Handlers for httpd_start(), which should give a connection some 512 KiB so that large pieces are handed on: /twirp/, /_apis/, /results-blobs/, /.well-known/ and, where a repository is offered, /OWNER/NAME/. Transfer
 * none; live as long as `results`. */
const HttpdHandler *results_handlers(Results *results, size_t *count);

/* Offers a local repository for reading at /OWNER/NAME and /OWNER/NAME.git (git upload-pack, any commit it has). `token` is the bearer or basic
 * password that must come with it; NULL: none. Of two offers of one name the later counts. */
void results_offer_repository(Results *results, const char *name, const char *git_dir, const char *token);

/* Applies age and size limits now; also done at times while serving. */
bool results_evict(Results *results, int64_t now_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is there, newest first: [{"repository", "run", "name", "type", "bytes", "digest", "created", "expires"}] and
 * [{"repository", "scope", "key", "version", "bytes", "created", "used"}]; `run` and `repository` may be NULL: all. Transfer full. */
json_t *results_artifacts(Results *results, const char *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *results_caches(Results *results, const char *repository, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes an artifact's zip to `path`; NOT_FOUND. */
bool results_save_artifact(Results *results, const char *run, const char *name, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool results_delete_caches(Results *results, const char *repository, const char *key_prefix, guint *count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
