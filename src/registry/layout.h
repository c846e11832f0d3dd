/* Where things lie in a store's folder, and the one way to put a file there: written aside, flushed, and then named.
 *
 * Names come in checked (registry/grammar.h); nothing here looks at them again. Paths are transfer full. Any thread.
 */
#pragma once

#include "registry/registry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct Registry {
  char *dir;
  pthread_mutex_t lock; /* of the two below */
  GHashTable *streams;  /* upload id -> running digest, see upload.c */
  int64_t swept_us;     /* when left uploads were last looked for */
  atomic_int_least64_t uploads, uploads_refused, upload_bytes, manifests;
};

char *path_blob(const Registry *registry, const char *digest);
char *path_uploads(const Registry *registry, const char *id, const char *name); /* `name` may be NULL: the upload's folder */
char *path_repository(const Registry *registry, const char *repository);
char *path_in_blobs(const Registry *registry, const char *repository, const char *digest);
char *path_in_manifests(const Registry *registry, const char *repository, const char *digest);
char *path_in_tags(const Registry *registry, const char *repository, const char *tag); /* `tag` may be NULL: the folder */
/* `digest` may be NULL: the folder of all that refer to `subject`. */
char *path_in_referrers(const Registry *registry, const char *repository, const char *subject, const char *digest);

/* Sets `error` from errno value `code`; never NOT_FOUND, which is for what clients ask for. A file larger than the process may
 * write (EFBIG) is a full disk to those who push. Always false. */
bool layout_fail(GError **error, int code, const char *what);

/* Like mkdir -p, each new folder flushed in its parent. */
bool layout_make_folder(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Names a finished and flushed file `path`, in place of what was there, and flushes the folder, which is made when missing. */
bool layout_move(const char *finished, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
  LAYOUT_REPLACE, /* what is there is replaced */
  LAYOUT_KEEP,    /* what is there stays: link(2) decides, so of several writers, in any process, exactly one makes it */
} LayoutMode;

/* Writes a file: after success it is there whole and on the disk, after a crash or a failure whole or not at all. `made`
 * (may be NULL) tells whether this call made it. */
bool layout_write(const Registry *registry, const char *path, const void *bytes, size_t size, LayoutMode mode, bool *made,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* write(2) until all is written; an errno value, or 0. */
int layout_write_all(int fd, const char *bytes, size_t size);

/* The names in a folder that `accept` takes and that sort behind `after` (may be NULL), in byte order; what is not there has
 * none. GPtrArray of char *, transfer full. */
GPtrArray *layout_list(const char *folder, bool (*accept)(const char *name), const char *after, GError **error) G_GNUC_WARN_UNUSED_RESULT;
