/* The patterns of `branches`, `tags` and `paths`, as GitHub's filters read them.
 *
 * `*` stops at "/" and `**` does not, `?` and `+` repeat the character before them, [a-z] is one of a set, a first `!` takes away, and a
 * backslash takes the meaning from the next character. What git allows in no name of a branch or tag can fit none.
 * Pure, linear; any thread. https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
#pragma once

#include <stddef.h>

typedef enum { PATTERN_REF, PATTERN_PATH } FilterPatternKind;

/* A fault of the bytes [start, end) of the pattern; `why` is static. */
typedef void (*FilterPatternFunc)(size_t start, size_t end, const char *why, void *user);

/* Tells every fault of a pattern that is not empty, in its order, ten at most. */
void filter_pattern_check(const char *pattern, FilterPatternKind kind, FilterPatternFunc report, void *user);
