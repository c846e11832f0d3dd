/* Problem matchers: regular expressions over lines that become annotations. Limits on time and size hold for every pattern.
 * https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md
 *
 * A pattern is read as .NET reads one in its ECMAScript mode, as far as PCRE2 goes: \d and \w are ASCII, \uXXXX is a letter.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct Matchers Matchers;

Matchers *matchers_new(void);
void matchers_free(Matchers *matchers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Matchers, matchers_free)

/* Adds those of a matcher file; one of the same owner is replaced. INPUT says what is wrong, and nothing is added. Thread-safe, as all
 * here. */
bool matchers_add(Matchers *matchers, const char *json, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void matchers_remove(Matchers *matchers, const char *owner);
/* Removes the owners that a matcher file names. */
bool matchers_remove_file(Matchers *matchers, const char *json, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Costs next to nothing: to be asked before each piece of output. */
bool matchers_any(const Matchers *matchers);
