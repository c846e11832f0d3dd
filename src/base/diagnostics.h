/* Findings with a place: what readers of files report, all of them and not only the first. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A place in a file. `file` is owned by whoever made it and outlives the location; line and column count from 1, 0 means
 * the whole file. */
typedef struct {
  const char *file;
  unsigned line;
  unsigned column;
} Location;

typedef struct {
  char *file;
  unsigned line;
  unsigned column;
  const char *rule; /* static: what kind of finding it is, as linters name them; NULL where the reader knows no kinds */
  char *message;
  char *meant; /* the name that was surely meant instead of the one that stands there; NULL: not known */
} Diagnostic;

/* A growing list of them. One thread at a time. */
typedef struct Diagnostics Diagnostics;

Diagnostics *diagnostics_new(void);
void diagnostics_free(Diagnostics *diagnostics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diagnostics, diagnostics_free)

/* `diagnostics` may be NULL: the finding is dropped. */
void diagnostics_add(Diagnostics *diagnostics, Location location, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same with a rule, which must be static. */
void diagnostics_add_rule(Diagnostics *diagnostics, Location location, const char *rule, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* What a reader says that stops at its first error, "file:line:column: message": the place in `file` becomes that of the finding. */
void diagnostics_add_error(Diagnostics *diagnostics, const char *file, const char *rule, const GError *error);
/* Asks "did you mean" of the finding that was added last, and keeps the name. */
void diagnostics_suggest(Diagnostics *diagnostics, const char *meant);
/* Adds a copy of another list's finding, as one of `file`. */
void diagnostics_add_copy(Diagnostics *diagnostics, const char *file, const Diagnostic *finding);
guint diagnostics_count(const Diagnostics *diagnostics);
const Diagnostic *diagnostics_at(const Diagnostics *diagnostics, guint index); /* transfer none */

/* Orders by file, line and column. */
void diagnostics_sort(Diagnostics *diagnostics);

/* Sets `error` (INPUT) to every finding, one a line, "file:line:column: message"; returns whether there was none. */
bool diagnostics_to_error(const Diagnostics *diagnostics, GError **error);
