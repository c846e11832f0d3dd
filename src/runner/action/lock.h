/* The lock file of actions: which commit and which bytes "owner/repo@ref" stands for.
 *
 * A line an action, sorted, so that a diff shows what changed and merges seldom meet:
 *
 *   # drover actions.lock 1: ...
 *   actions/checkout@v4 08eba0b27e820071cde6df949e0beb9ba4906955 sha256:...
 *   octo/tool@main - sha256:...
 *
 * The first line gives the format's version. Then: the action, its commit ("-" where it came as files without history) and the hash
 * of its files (runner/action/digest.h). Empty lines and others that begin with "#" do not count. Owner and repository are compared
 * without regard to case. One thread at a time.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct ActionLock ActionLock;

typedef struct {
  char *name;   /* owner/repo@ref, as it was written */
  char *commit; /* 40 or 64 hexadecimal digits in lower case; "" where there is none */
  char *digest; /* "sha256:..." */
} ActionLockEntry;

ActionLock *action_lock_new(void);
void action_lock_free(ActionLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ActionLock, action_lock_free)

/* `name` is what errors call the file. INPUT with the line of what is wrong, or beyond 1 MiB. */
ActionLock *action_lock_parse(const char *name, const char *text, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL where the lock does not know it. Lives until that entry is put again. */
const ActionLockEntry *action_lock_find(const ActionLock *lock, const char *owner, const char *repo, const char *ref);

/* Adds an entry, or replaces the one of that name. */
void action_lock_put(ActionLock *lock, const char *owner, const char *repo, const char *ref, const char *commit, const char *digest);

/* The same for every entry of `from`. */
void action_lock_put_all(ActionLock *lock, const ActionLock *from);

guint action_lock_count(const ActionLock *lock);

/* The file's text; transfer full. */
char *action_lock_text(const ActionLock *lock);
