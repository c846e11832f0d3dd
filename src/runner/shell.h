/* Which program reads a step's script. Private to this folder.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What the script's file is called behind its stem: ".sh", ".py" or "". */
const char *shell_extension(const char *shell);

/* The argv that runs `script` with `shell` (NULL: GitHub's default, bash -e, or sh -e where there is no bash), transfer full.
 * `path` is the PATH in which programs are looked for. INPUT when the shell is none. */
char **shell_argv(const char *shell, const char *script, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
