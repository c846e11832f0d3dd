/* Files of secrets: a line NAME=VALUE each. Empty lines and lines that begin with # mean nothing; a value is all behind the
 * equals sign, as it is. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Adds a "NAME=VALUE" (transfer full) for each line to `pairs`. INPUT with "name:line:column: ..." at the first line that is
 * no such line, without the line's text, and for a name that `pairs` has already. */
bool secret_file_parse(const char *name, const char *text, size_t size, GPtrArray *pairs, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same from a file of at most 1 MiB, whose bytes are wiped afterwards. */
bool secret_file_read(const char *path, GPtrArray *pairs, GError **error) G_GNUC_WARN_UNUSED_RESULT;
