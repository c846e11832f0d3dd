/* hashFiles(): one digest over the files of a folder that patterns choose. Private to this folder. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Whether `path` (relative, "/" between parts) is chosen by `pattern`: * and ? stay within a part, ** stands for any parts,
 * [] for characters. A pattern that chooses a folder chooses all below it. */
bool hash_pattern_matches(const char *pattern, const char *path);

/* 64 hexadecimal digits: SHA-256 over the SHA-256 of each regular file below `root` that the patterns choose, in the order of
 * their paths; "" when there is none. Later patterns with "!" in front take files away again. Links are not followed.
 * Transfer full. */
char *hash_files(const char *root, const char *const *patterns, GError **error) G_GNUC_WARN_UNUSED_RESULT;
