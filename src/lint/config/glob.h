/* Patterns over paths and labels, as actionlint's configuration writes them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A pattern over the whole of a text: `*` and `?` stop at "/", `**` between slashes is any number of folders, [a-z] and [^a-z] are
 * sets, {a,b} alternatives, and a backslash takes its meaning from the next letter. INPUT says what is wrong with it. */
GRegex *lint_glob_new(const char *pattern, bool any_case, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A regular expression that ends: matching gives up, and does not match, where a hostile pattern would run for ever. INPUT. */
GRegex *lint_regex_new(const char *pattern, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the glob `pattern`, which a configuration has found to be good, fits; a bad one fits nothing. */
bool lint_glob_fits(const char *pattern, const char *text, bool any_case);
