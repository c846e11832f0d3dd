/* What may stand in `run:`: which program reads it, and where the expressions of Actions stand in it.
 *
 * Pure; any thread. A script is text of untrusted origin: everything in this folder takes any bytes, in linear time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
  SCRIPT_OTHER, /* a program that is not known here */
  SCRIPT_BASH,
  SCRIPT_SH,
  SCRIPT_DASH,
  SCRIPT_KSH,
  SCRIPT_ZSH,
  SCRIPT_POWERSHELL,
  SCRIPT_CMD,
  SCRIPT_PYTHON,
} ScriptShell;

/* What a `shell:` names: "bash", "/bin/bash -e {0}", "pwsh", "python3 {0}", "C:\\...\\bash.exe". */
ScriptShell script_shell_named(const char *shell);

/* bash and its relatives, which shell.h reads. */
bool script_shell_is_posix(ScriptShell shell);

/* Whether `${{ ... }}` begins at byte `at`; gives the byte behind it. A `}}` inside a quoted text of the expression does not end it.
 * When this is false for a `${{`, there is no whole expression in the rest of the text. */
bool script_expression_at(const char *text, size_t length, size_t at, size_t *end);

/* The script with a `_` for each character of its expressions, so that programs that do not know them can read it. Lines and
 * columns (in characters) stay as they were, and so do newlines inside expressions. Bytes that are not UTF-8, and NUL, become `?`.
 * Transfer full, NUL-terminated. */
char *script_without_expressions(const char *text, size_t length);

/* The byte offset of a line and a column (characters, a tab is one), both counted from 1, in a text. What lies behind the end of a
 * line or of the text gives that end. */
size_t script_offset(const char *text, size_t length, unsigned line, unsigned column);
