/* GitHub's lock file of actions, which `gh actions-lock` writes: which commit runs for each `uses:` of a workflow.
 *
 * GitHub reads it at LOCKFILE_PATH and runs the commits it names, so that `uses: actions/checkout@v4` is as good as a commit in a
 * workflow that the file covers. It is YAML, version v0.0.1 to v0.0.x so far:
 *
 *   version: 'v0.0.2'
 *   workflows:
 *     '.github/workflows/ci.yml': ['actions/checkout@v4']     all that the workflow depends on, through other actions too
 *   dependencies:
 *     'actions/checkout@v4': {ref: 'v4', commit: 'sha1-...', owner_id: 1, repo_id: 2, uses: [...]}
 *
 * Paths of actions inside a repository do not count. What is not needed here is read over, as the format still grows. No other
 * lock file is read: those of gh-actions-lockfile, gh-aw and the like do not change what GitHub runs. Immutable; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define LOCKFILE_PATH ".github/workflows/actions.lock"

typedef struct Lockfile Lockfile;

typedef struct {
  char *commit; /* 40 or 64 hexadecimal digits in lower case */
  char *ref;    /* the tag or branch that the commit was locked at, as a rule a full version; NULL: not said */
} LockfileEntry;

/* `name` is what errors call the file. INPUT with the place of what is wrong. */
Lockfile *lockfile_parse(const char *name, const char *text, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lockfile_free(Lockfile *lockfile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lockfile, lockfile_free)

/* Whether the file governs a workflow, by its path from the repository's top: then GitHub refuses what the file does not list. */
bool lockfile_covers(const Lockfile *lockfile, const char *workflow);

/* What runs for owner/repo@ref in a workflow; NULL where the file does not cover it or does not list that. `workflow` NULL: in any
 * (for actions that use actions). Owner and repository are compared without regard to case. Lives as long as the file. */
const LockfileEntry *lockfile_find(const Lockfile *lockfile, const char *workflow, const char *owner, const char *repo, const char *ref);
