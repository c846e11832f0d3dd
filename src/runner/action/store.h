/* Where the actions of other repositories come from: a folder that the user gives, git repositories fetched once by commit, and the
 * lock file that says which commit and which bytes they must be.
 *
 * A source is asked in this order: the user's folders (git/mirror.h: OWNER/REPO/REF/ or git repositories), what was fetched before
 * (DATA/actions/OWNER/REPO/COMMIT/), the git server. Files are laid out once by commit and never changed; several processes may share
 * the folder. A folder of plain files is used where it lies.
 *
 * The lock, .github/actions.lock (runner/action/lock.h), maps "owner/repo@ref" to a commit and a hash of the content
 * (runner/action/digest.h). What it says must be met: the locked commit is what is used, wherever the ref points by now; where no
 * source has that commit and those bytes, REFUSED names both. Actions that it does not know are added to it in the working tree, unless
 * `locked`, when they are REFUSED. GitHub's own lock, where it is given, decides the commit of what it lists. What was answered once is
 * answered again. Thread-safe; one question at a time.
 */
#pragma once

#include "git/mirror.h"
#include "workflow/lockfile.h"

#include <gio/gio.h>
#include <stdbool.h>

#define ACTIONS_LOCK_PATH ".github/actions.lock"
#define ACTIONS_LOCK_MAX_BYTES ((size_t)1 << 20)

typedef struct ActionStore ActionStore;

typedef struct {
  const char *const *folders; /* NULL-terminated; --actions; may be NULL */
  const char *cache_dir;      /* DATA/actions */
  const char *server_url;     /* "https://github.com": OWNER/REPO is fetched from below it; NULL: nothing is fetched */
  const char *lock_text;      /* what .github/actions.lock says; NULL: there is none yet */
  const char *lock_file;      /* the working tree's, which is written; NULL: it is never written */
  bool locked;
  bool update_lock;            /* --update-lock: what is asked for is resolved anew and replaces what the lock says */
  const Lockfile *github_lock; /* .github/workflows/actions.lock; may be NULL; outlives the store */
} ActionStoreSpec;

/* NOT_FOUND where one of the folders is none; INPUT where the lock is wrong, with its line. */
ActionStore *action_store_open(const ActionStoreSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void action_store_free(ActionStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ActionStore, action_store_free)

typedef struct {
  char *dir;    /* the repository's top folder at that commit, only to be read */
  char *commit; /* "" where only files without history are there */
  char *digest; /* "sha256:..." over names, modes and bytes of all files */
} ActionSource;
void action_source_clear(ActionSource *source);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ActionSource, action_source_clear)

/* NOT_FOUND says where it was looked for and what to do; UNAVAILABLE too, where the git server did not answer. REFUSED is the lock's.
 * INPUT where a name cannot be one. */
bool action_store_get(ActionStore *store, const char *owner, const char *repo, const char *ref, ActionSource *source, GCancellable *cancellable,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool action_store_has(ActionStore *store, const char *owner, const char *repo, const char *ref); /* without the network */

/* Writes what was added to the lock, sorted, in place of the file; says how many were added. Nothing added: nothing is written. */
bool action_store_save_lock(ActionStore *store, guint *added, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The git folder of a repository with history in the user's folders, NULL where there is none. Lives as long as the store. */
const char *action_store_git_dir(ActionStore *store, const char *owner, const char *repo);
