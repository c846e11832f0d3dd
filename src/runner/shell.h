/* Which program reads a step's script, with which words, and how the script's file is called and filled: GitHub's own command lines.
 * Pure, but for `has`; any thread.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Whether the place where the step runs (this machine, a sandbox, a container) has a program. */
typedef bool (*ShellHasFunc)(const char *program, void *user);

/* What the script's file is called behind its stem: ".sh", ".py", ".ps1" or "". `shell` as below. Static. */
const char *shell_extension(const char *shell);

/* The argv that runs the file `script`, named as the program sees it, with `shell`; transfer full. NULL or "" is GitHub's default:
 * bash -e, or sh -e where there is no bash. INPUT when it is no shell, or one of Windows; MISSING when its program is not there. */
char **shell_argv(const char *shell, const char *script, ShellHasFunc has, void *user, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is written into the script's file: PowerShell gets a line before, so that errors stop it, and one behind, which hands on the
 * last program's status. Line ends stay as the workflow has them. Transfer full. */
char *shell_script(const char *shell, const char *text);
