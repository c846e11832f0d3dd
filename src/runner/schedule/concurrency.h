/* Concurrency groups over all runs of this machine: at most one holder a group, at most one (`queue: single`) or many (`max`) that
 * wait, in their order. A newcomer takes the place of one that waits, which is cancelled; with cancel-in-progress the holder too.
 *
 * DIR/<digest of the group>/ holds a file a member, locked (flock) by its process, so that the kernel forgets the dead. Thread-safe;
 * several processes may use the same folder.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct ConcurrencyGroups ConcurrencyGroups;
typedef struct ConcurrencySlot ConcurrencySlot;

ConcurrencyGroups *concurrency_open(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void concurrency_free(ConcurrencyGroups *groups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConcurrencyGroups, concurrency_free)

typedef struct {
  const char *group;  /* compared without regard to case */
  const char *member; /* who, for messages: the run's id and the job */
  bool cancel_in_progress;
  bool queue_max; /* all wait, at most 100 */
} ConcurrencyRequest;

/* Waits until the group is the member's. From then on, and while it waits, `cancellable` is cancelled when a newcomer wants its place.
 * NULL with CANCELLED when it was cancelled while it waited (the message names the newcomer). */
ConcurrencySlot *concurrency_enter(ConcurrencyGroups *groups, const ConcurrencyRequest *request, GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void concurrency_leave(ConcurrencySlot *slot); /* NULL is fine */
