/* The git program, run so that only the repository and the commit decide what comes out. Any thread.
 *
 * The user's and the system's configuration still apply, because safe.directory and credentials live there; what could
 * change a result or run a program (hooks, fsmonitor, pager, colours, optional locks, GIT_* variables) is switched off.
 */
#pragma once

#include "base/process.h"

#define GIT_DEADLINE_MS 120000

/* Runs `git -C root` with `arguments` (NULL-terminated). Any exit status is success. MISSING names git and how to get it. */
bool git_run(const char *root, const char *const *arguments, ProcessSpec spec, ProcessResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Requires exit status 0 (FAILED carries git's words) and gives its output without the last newline; transfer full. */
char *git_output(const char *root, const char *const *arguments, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As git_output(), but NULL without an error when git ended with another status. `failed` says which NULL it is. */
char *git_try(const char *root, const char *const *arguments, bool *failed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Drover's environment without any GIT_* variable, with the fixed ones set; transfer full. */
char **git_environment(void);

/* Replaces an error about a missing program by one that says what to install; leaves others alone. */
void git_explain_missing(GError **error);
