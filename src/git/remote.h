/* A repository on a git server: what a name means there, and the files of one commit, fetched without its history. Any thread.
 *
 * Where the network or the server fails, it is tried again, three times in all. Errors carry git's own words: UNAVAILABLE where the
 * server does not answer, NOT_FOUND where it has no such repository (or tells nobody that it does) or nothing of that name.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* The commit, or an annotated tag's object, that `ref` means: a commit before a branch before a tag, as GitHub does. A commit's full
 * name is not asked for. `object` is transfer full. */
bool remote_resolve(const char *url, const char *ref, char **object, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the files of `object`'s commit into the empty folder `target`, as mirror_lay_out() does; what is fetched lies beside it
 * meanwhile. `commit` (transfer full) is set to the commit's full name. */
bool remote_lay_out(const char *url, const char *object, const char *target, char **commit, GCancellable *cancellable,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
