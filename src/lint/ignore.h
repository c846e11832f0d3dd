/* Comments that say which findings of a file are to be ignored.
 *
 *   # drover: ignore[rule-a,rule-b] reason       findings on this line; standing alone, on the next line with something in it
 *   # drover: ignore-file[rule] reason           anywhere in the file; stands above its first key
 *   # zizmor: ignore[rule] ...                   findings whose lines it stands in
 *
 * Behind the header of a block of text ("run: |") one counts for the findings in the block.
 * Only comments of YAML count, and drover's in the shell comments of a `run:` block for findings inside that block. Private to
 * this folder.
 */
#pragma once

#include "lint/rule.h"

typedef struct LintIgnores LintIgnores;

/* Those of a file that was read; NULL when there are none. Transfer full. */
LintIgnores *lint_ignores_read(const LintFile *file);
void lint_ignores_free(LintIgnores *ignores);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintIgnores, lint_ignores_free)

/* Whether one of them takes the finding out, which is remembered. */
bool lint_ignores_match(LintIgnores *ignores, const Finding *finding);

/* Reports what is wrong with the comments themselves, when all findings were matched: no reason, no such rule, nothing to ignore. */
void lint_ignores_report(LintFile *file, const LintIgnores *ignores);
