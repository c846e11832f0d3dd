/* Upload sessions: bytes on their way to becoming a blob. They lie in the store's folder, so they outlive the process, and
 * any process that serves the store may take one up where it stopped.
 *
 * One holder at a time: an Upload holds a lock that the kernel drops with the process. An Upload belongs to one thread.
 */
#pragma once

#include "registry/layout.h"

typedef struct Upload Upload;

/* A new session of a repository. */
Upload *upload_begin(Registry *registry, const char *repository, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes up a session: NOT_FOUND when the repository has none of that id (of whatever form), CONFLICT while another request
 * holds it. */
Upload *upload_resume(Registry *registry, const char *repository, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lets go of it: the session stays and can be resumed, unless it was committed or cancelled. */
void upload_free(Upload *upload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Upload, upload_free)

const char *upload_id(const Upload *upload); /* transfer none */
int64_t upload_size(const Upload *upload);   /* bytes so far */

/* Adds bytes. On a failure the session must be cancelled or rewound. */
bool upload_append(Upload *upload, const void *bytes, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets what came after the first `size_bytes`. */
bool upload_rewind(Upload *upload, int64_t size_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it: flushes the bytes, verifies them (INPUT when they are not `digest`), puts them under their name and says that the
 * repository holds them. The session is gone afterwards, whatever the outcome. */
bool upload_commit(Upload *upload, const char *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it with nothing left; nothing happens when it has ended. */
void upload_cancel(Upload *upload);

/* How many bytes a session has, without taking it; NOT_FOUND. */
bool upload_look(const Registry *registry, const char *repository, const char *id, int64_t *size_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes sessions and files about to be published that nobody has touched for a day before `now_us` and nobody holds. */
void upload_sweep(const Registry *registry, int64_t now_us);
