/* Lays an action's files out in a job's folder of actions, where GitHub's runner has them: OWNER/REPO/REF/. Private to the runner. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Makes `target` a copy of the folder `source`, less .git; where it is there already, nothing is done. With `link` files are shared with
 * the source, which only a place where they cannot be written may be given. Written aside and renamed: any threads. */
bool action_layout(const char *source, const char *target, bool link, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A copy of all in `source`, made new; it is a job's, so no link in it is followed. */
bool folder_copy(const char *source, const char *target, GError **error) G_GNUC_WARN_UNUSED_RESULT;
