/* Concurrency groups over all runs of this machine: at most one holder a group, at most one (`queue: single`) or 100 (`max`) that
 * wait, in their order. A newcomer takes the place of those that wait; with cancel-in-progress the holder is to go too.
 *
 * DIR/<digest of the group>/ holds a file a member, locked (flock) by its process, so that the kernel forgets the dead. Whoever looks
 * at a group makes the first one its holder when there is none. No call waits: one thread looks after the members of this process, at
 * once when one of them leaves, else every 50 ms. Thread-safe; several processes may use the same folder.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define CONCURRENCY_WAITING_MAX 100 /* GitHub's limit with `queue: max` */

typedef struct ConcurrencyGroups ConcurrencyGroups;
typedef struct ConcurrencySlot ConcurrencySlot;

/* Makes the folder. */
ConcurrencyGroups *concurrency_open(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All slots must have been left. */
void concurrency_free(ConcurrencyGroups *groups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConcurrencyGroups, concurrency_free)

/* Called from another thread when a slot is held or wanted by a newcomer; must not call anything of this file. */
typedef void (*ConcurrencyFunc)(void *user);

typedef struct {
  const char *group;  /* compared without regard to case */
  const char *member; /* who, for messages: the run's id and the job */
  bool cancel_in_progress;
  bool queue_max;
  ConcurrencyFunc on_change;
  void *user;
} ConcurrencyRequest;

/* Takes a place in the group. NULL with CANCELLED when as many wait as may. */
ConcurrencySlot *concurrency_join(ConcurrencyGroups *groups, const ConcurrencyRequest *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the group is the slot's; once true it stays so. */
bool concurrency_is_held(ConcurrencySlot *slot);
/* Who wants the place, NULL while nobody does: then one that waits never gets it, and one that holds it should end. Lives as long as
 * the slot. */
const char *concurrency_newcomer(ConcurrencySlot *slot);
void concurrency_leave(ConcurrencySlot *slot); /* frees it; NULL is fine */
