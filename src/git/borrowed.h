/* An empty repository that borrows another's objects, for one checkout. Private to git/.
 *
 * Only the commit decides what is written through it: neither the other's configuration (filters), nor its info/attributes, nor its
 * index, nor the machine's settings have a say, and several checkouts do not meet.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  char *dir;  /* git's own files; removed at the end of the scope */
  char **env; /* of a git that works with it and `target` */
} BorrowedRepository;

/* `objects` is the other's object folder, `target` the working tree; both absolute. */
bool borrowed_repository_open(const char *objects, const char *target, BorrowedRepository *borrowed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void borrowed_repository_clear(BorrowedRepository *borrowed);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BorrowedRepository, borrowed_repository_clear)
