/* Files that were looked at and whose scripts wait for shellcheck and pyflakes: one process for many scripts costs a fraction of one
 * for each.
 *
 * Files without scripts do not wait. At most some 500 scripts and 8 MiB of files wait together. What cannot be checked, since a
 * program is not installed or fails, becomes a note and no error. What they find is kept in the user's cache folder, in
 * drover/scripts. Private to this folder. One thread at a time, which waits for the programs.
 */
#pragma once

#include "lint/file.h"
#include "lint/script/script.h"

typedef struct {
  const YamlNode *scalar; /* its text is the script */
  ScriptShell shell;
} LintScript;

typedef struct LintQueue LintQueue;

/* `config` and `findings` must outlive it. */
LintQueue *lint_queue_new(const LintConfig *config, Findings *findings);
/* Files that still wait are closed without their scripts having been checked. */
void lint_queue_free(LintQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintQueue, lint_queue_free)

/* Takes over both, the file and the text that it was opened with. */
void lint_queue_add(LintQueue *queue, OpenFile *file, char *text);

/* Checks the scripts that wait, and closes their files. */
void lint_queue_flush(LintQueue *queue);
