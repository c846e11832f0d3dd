/* The folder DATA/actions: the files of commits, OWNER/REPO/COMMIT/ with the hash of each beside it in COMMIT.digest.
 *
 * Files are written aside and renamed when they are complete, so that what is there is whole and the first of several processes
 * wins; what a process that died left aside is removed after a day. Any thread.
 */
#pragma once

#include "runner/action/store.h"

/* What was laid out before; `found` says whether there is any. */
bool action_cache_find(const char *cache_dir, const char *owner, const char *repo, const char *commit, ActionSource *source, bool *found,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes files into the empty folder `target` and says of which commit they are (transfer full). */
typedef bool (*ActionLayOutFunc)(const char *target, char **commit, void *data, GError **error);

bool action_cache_fill(const char *cache_dir, const char *owner, const char *repo, ActionLayOutFunc lay_out, void *data, ActionSource *source,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
