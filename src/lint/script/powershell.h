/* Splits PowerShell into words, as far as it takes to see what a pipeline calls and writes where. Pure; any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* A newline, `;`, a brace, `&&` and `||` end a pipeline. A parenthesis is a word of its own. */
typedef enum { POWERSHELL_WORD, POWERSHELL_REDIRECT, POWERSHELL_PIPE, POWERSHELL_END } PowershellKind;

typedef struct {
  PowershellKind kind;
  size_t start, end;
  bool expands; /* a variable or a command stands in it; `${{ }}` does not count */
} PowershellToken;

/* Of PowershellToken, without comments and blanks; transfer full. Linear, never fails. */
GArray *powershell_tokens(const char *text, size_t length);
