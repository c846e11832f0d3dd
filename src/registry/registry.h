/* The embedded OCI registry's store and its HTTP surface (OCI Distribution 1.1: pull, push, content discovery).
 *
 * A store is a folder: blobs by digest, once for all repositories; manifests and tags by repository. A blob is written to a
 * temporary file, hashed as it comes in, fsynced, and put under its name only when its digest fits: a crash leaves no half
 * blob. A tag is made with link(2), so that of two writers one wins and a tag that exists never moves. Several processes may
 * serve the same store. Thread-safe.
 *
 *   blobs/sha256/ab/abcd...                 bytes of blobs and manifests
 *   repositories/NAME/_blobs/abcd...        empty: the repository holds this blob
 *   repositories/NAME/_manifests/abcd...    the manifest's media type
 *   repositories/NAME/_tags/TAG             the digest that the tag points to
 *   repositories/NAME/_referrers/SUBJECT/abcd...  the descriptor of a manifest whose subject is SUBJECT
 *   uploads/ID/{data,repository}            an upload that has not ended; uploads/ID (a file): one about to be published
 */
#pragma once

#include <glib.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Registry Registry;

/* Opens or creates the store in `dir` and removes what crashed uploads left (older than a day). */
Registry *registry_open(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void registry_free(Registry *registry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Registry, registry_free)

/* Handles one request under /v2/ for server/server.h; the connection state lives in `*state` between calls of libmicrohttpd's
 * access handler, and registry_request_done() ends it (`*state` may be NULL). */
enum MHD_Result registry_handle(Registry *registry, struct MHD_Connection *connection, const char *url, const char *method, const char *upload_data,
                                size_t *upload_data_size, void **state);
void registry_request_done(void **state);

/* Why a request was answered with a status of 500 or above, for the server's log (the client is told no path of this
 * machine), or NULL. `state` may be NULL. Transfer none, lives until registry_request_done(). */
const char *registry_request_failure(const void *state);

/* What was done since registry_open(), by this process. */
typedef struct {
  int64_t uploads;         /* blobs that were uploaded to their end */
  int64_t uploads_refused; /* wrong digest, no space, ... */
  int64_t upload_bytes;    /* received for blobs */
  int64_t manifests;       /* manifests accepted */
} RegistryCounters;

RegistryCounters registry_counters(Registry *registry);

/* The digest that a tag points to, NULL and NOT_FOUND when there is none. Transfer full. */
char *registry_resolve_tag(Registry *registry, const char *repository, const char *tag, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Points a new tag at a manifest that the repository holds; NOT_FOUND when it does not, CONFLICT when the tag exists and
 * points elsewhere; the same again is success. */
bool registry_add_tag(Registry *registry, const char *repository, const char *tag, const char *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;
