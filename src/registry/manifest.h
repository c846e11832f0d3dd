/* Manifests: OCI image manifests and indexes, and Docker's schema 2 manifests and lists. Reading one is a pure function over
 * outside bytes; storing one checks that the repository holds what it names. */
#pragma once

#include "registry/layout.h"

#include <jansson.h>

#define MANIFEST_MAX_BYTES ((size_t)4 << 20)

/* Something that a manifest names, and the repository must hold. */
typedef struct {
  char *place;  /* "config", "layers[2]": for messages */
  char *digest; /* valid */
  int64_t size_bytes;
  bool is_manifest;
} Descriptor;

typedef struct {
  const char *media_type; /* one of the four; static */
  GPtrArray *needs;       /* of Descriptor */
  char *subject;          /* a valid digest, or NULL */
  char *artifact_type;    /* what referrers are told: artifactType, or the config's media type; NULL: nothing */
  json_t *annotations;    /* an object, or NULL */
} Manifest;

void manifest_free(Manifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Manifest, manifest_free)

/* Reads one. `content_type` is the request's header, parameters and all, or NULL: then the manifest's own mediaType says
 * what it is. INPUT with what is wrong and where. */
Manifest *manifest_parse(const char *bytes, size_t size, const char *content_type, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the repository does not hold of what the manifest names: GPtrArray of const Descriptor *, which live as long as the
 * manifest. NULL and INPUT when something is there with another size. */
GPtrArray *manifest_find_missing(const Registry *registry, const char *repository, const Manifest *manifest,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stores the bytes, whose digest is `digest`, and says that the repository holds the manifest. CONFLICT when it holds the same
 * bytes under another media type. Any thread. */
bool manifest_store(Registry *registry, const char *repository, const Manifest *manifest, const char *bytes, size_t size, const char *digest,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A manifest that the repository holds: an open file (the caller closes it), its size and its media type (transfer full). -1
 * and NOT_FOUND. */
int manifest_open(const Registry *registry, const char *repository, const char *digest, int64_t *size_bytes, char **media_type,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  json_t *descriptors; /* an array */
  char *next;          /* pass as `after` to go on, or NULL: that was all */
} Referrers;

void referrers_clear(Referrers *referrers);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Referrers, referrers_clear)

/* The descriptors of the manifests whose subject is `subject`, as many as fit into a manifest. `artifact_type` and `after` may
 * be NULL. */
bool manifest_list_referrers(const Registry *registry, const char *repository, const char *subject, const char *artifact_type, const char *after,
                             Referrers *referrers, GError **error) G_GNUC_WARN_UNUSED_RESULT;
