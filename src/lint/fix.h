/* Fixes, applied: files are looked at and mended in memory until nothing is left to mend, then written.
 *
 * A fix that cannot change what a file does beyond what it mends is safe; others are applied only when asked for. A file changes only
 * where it lies below the root and no symbolic link leads to it, and one that GitHub takes stays one that it takes.
 * One thread at a time.
 */
#pragma once

#include "lint/lint.h"
#include "lint/rule.h"

typedef struct LintFixes LintFixes;

/* What became of one file. */
typedef struct {
  const char *path; /* as findings name it */
  const char *before, *after;
  size_t before_size, after_size;
  guint fixes; /* that were applied */
} LintFixed;

/* `root` NULL: files come from the `read` of the LintSpec, and cannot be written. `with_unsafe`: those that are not safe too. */
LintFixes *lint_fixes_new(const char *root, bool with_unsafe);
void lint_fixes_free(LintFixes *fixes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintFixes, lint_fixes_free)

/* Looks at the files of `spec` (whose `fixes` is not read) and mends them in memory, again until a round changes nothing. What is left
 * to find then; transfer full. NULL as lint_files() fails. */
Findings *lint_fix(LintFixes *fixes, const LintSpec *spec, guint *files, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The files that changed, by name. They live as long as `fixes`, until it is used again. */
guint lint_fixes_count(const LintFixes *fixes);
LintFixed lint_fixes_at(const LintFixes *fixes, guint index);

/* Writes them, each in one step and with the mode that it has. CONFLICT where a file is no longer what was looked at; those before it
 * are written then. */
bool lint_fixes_write(const LintFixes *fixes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- for a pass over files ---- */

/* The text of a file that changed, NULL for another; transfer full. A LintCoverFunc. */
char *lint_fixes_text(const char *path, size_t *size, void *fixes);

/* Applies fixes of the file's findings, unless its text is no longer what was looked at: then it is for the next round. */
void lint_fixes_apply(LintFixes *fixes, LintFile *file);
