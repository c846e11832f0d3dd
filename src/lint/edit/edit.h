/* Changes to a file's text, gathered into fixes and applied together.
 *
 * An Edit replaces bytes. A Fix is some that belong together: all of them are applied or none. Fixes that touch the same
 * bytes are not applied together: the first in the file wins, the other waits for the next round, when the file has been read
 * again.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The bytes [start, end) become `text`. Empty ones insert: before what an edit that starts there replaces, behind what one
 * that ends there does. */
typedef struct {
  size_t start, end;
  char *text;
} Edit;

typedef struct Fix Fix;

struct Fix {
  char *description;
  bool safe;          /* it cannot change what the file does beyond what it mends */
  GArray *edits;      /* Edit, in the order of the file, none overlapping */
  GPtrArray *changes; /* EditChange of lint/edit/edit_tree.h: what the edits do to the tree */
};

Fix *fix_new(const char *description, bool safe);
Fix *fix_copy(const Fix *fix);
void fix_free(Fix *fix);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fix, fix_free)

/* Copies `text`. False, with nothing added, when it would overlap an edit of the fix or insert where one inserts. */
bool fix_add(Fix *fix, size_t start, size_t end, const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* Those of the fixes (Fix) that can be applied together to a text of `size` bytes, in the order of the file. Which they are
 * depends on the edits alone, not on the order of `fixes`; of two equal ones it is one. Transfer container. */
GPtrArray *edits_choose(const GPtrArray *fixes, size_t size);

/* The text with those edits; NUL-terminated, transfer full. `applied` (may be NULL) receives the fixes that were chosen. */
char *edits_apply(const char *text, size_t size, const GPtrArray *fixes, GPtrArray *applied, size_t *new_size);
