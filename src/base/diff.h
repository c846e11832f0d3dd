/* How two texts differ, as `diff -u` and git show it and `patch` and `git apply` take it. Pure; any thread. */
#pragma once

#include <stddef.h>

/* The difference with three lines around each change; NULL when there is none. `path` is named a/PATH and b/PATH, an absolute one as
 * it is. Bytes stand as they are. Texts that differ in more than 1,000 lines may get a longer answer than need be, so that time and
 * memory stay within their size. Transfer full. */
char *diff_unified(const char *path, const char *before, size_t before_size, const char *after, size_t after_size);
