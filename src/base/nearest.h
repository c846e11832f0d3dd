/* "Did you mean": the known name that is closest to a mistyped one. Pure; any thread. */
#pragma once

/* The name of `known` (NULL-terminated) with the fewest edits (insert, remove, replace, swap neighbours) from `text`, when
 * that is at most a third of its length and at least one is allowed; NULL when none is close enough. Transfer none: an
 * element of `known`. */
const char *nearest_name(const char *text, const char *const *known);
