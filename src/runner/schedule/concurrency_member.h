/* The files of one concurrency group: one a member, named by a number that gives their order. Private to concurrency*.c. All calls are
 * made under the lock of the groups' folder, but for concurrency_member_read() of a file of one's own. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  guint64 number;
  char *path;
  char *who;
  bool holding;
  char *newcomer; /* who wants its place; "": nobody */
} ConcurrencyMember;

void concurrency_member_free(ConcurrencyMember *member);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConcurrencyMember, concurrency_member_free)

/* What the open file says, but for its number and path; one that was cut short waits. */
ConcurrencyMember *concurrency_member_read(int fd);
bool concurrency_member_write(const ConcurrencyMember *member, int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The living in their order; the files of the dead are removed. Empty when there is no such folder. */
GPtrArray *concurrency_members(const char *folder);
/* Makes the first one that nobody wants to go the holder, when there is none. */
void concurrency_members_settle(const GPtrArray *members);
/* Tells those that `who` wants their places: all that wait and, when asked, the holder. */
void concurrency_members_oust(const GPtrArray *members, const char *who, bool waiting, bool holder);
