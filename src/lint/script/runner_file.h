/* Where a script writes what the runner reads: the files of GITHUB_ENV, GITHUB_PATH, GITHUB_OUTPUT, GITHUB_STATE and
 * GITHUB_STEP_SUMMARY, and the commands of old that do the same (`::set-env`, `::add-path`, `::set-output`, `::save-state`).
 *
 * Seen are redirections and `tee` in the POSIX shell and bash; redirections, Out-File, Tee-Object, Add-Content and Set-Content in
 * PowerShell; redirections in cmd. Comments are not taken for commands. Linear; any thread.
 */
#pragma once

#include "lint/script/script.h"

#include <glib.h>

typedef struct {
  size_t start, end; /* bytes of the script */
} ScriptRange;

typedef struct {
  const char *variable; /* "GITHUB_ENV", ...; static */
  const char *command;  /* "set-env", ... where it is a command of old; NULL for a file; static */
  ScriptRange range;    /* the command that writes */
  ScriptRange target;   /* the word that names the file, or that begins with the command of old */
  GArray *values;       /* of ScriptRange: the words that are written, as far as they are seen */
  bool fixed;           /* all that is written is seen, and no variable or command stands in it; `${{ }}` does not count */
} RunnerWrite;

/* Of RunnerWrite, in the order of the script; transfer full. None for shells that are not known here. */
GPtrArray *script_writes_runner_file(ScriptShell shell, const char *text, size_t length);
