/* Blobs of a repository, and tags: what the store's folder holds, read and linked. Arguments come in checked by
 * registry/grammar.h and base/digest.h. Any thread. */
#pragma once

#include "registry/layout.h"

/* Opens a blob that the repository holds, for reading; the caller closes it. -1 and NOT_FOUND when the repository does not
 * hold it (or the store lost it: pushing it again heals that). */
int blob_open(const Registry *registry, const char *repository, const char *digest, int64_t *size_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A blob's size, or -1 when the repository does not hold it. */
int64_t blob_size(const Registry *registry, const char *repository, const char *digest);

/* Says that the repository holds a blob, which the store has. */
bool blob_link(const Registry *registry, const char *repository, const char *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes of whatever the store has under `digest`, of any repository; -1 and NOT_FOUND. */
int content_open(const Registry *registry, const char *digest, int64_t *size_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
int64_t content_size(const Registry *registry, const char *digest);

/* Whether anything was ever pushed to the repository. */
bool repository_exists(const Registry *registry, const char *repository);

/* The digest a tag points to (transfer full), or NULL: NOT_FOUND, or CORRUPT when its file holds no digest. */
char *tag_read(const Registry *registry, const char *repository, const char *tag, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the tag. CONFLICT when it exists and points elsewhere, with a message that says the rule; the same again is success.
 * Whether the repository holds the manifest is the caller's to know. */
bool tag_make(const Registry *registry, const char *repository, const char *tag, const char *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether tag_make() would be refused now: the same CONFLICT. */
bool tag_is_free_for(const Registry *registry, const char *repository, const char *tag, const char *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;
