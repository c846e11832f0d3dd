/* The branches and tags of one repository as an index, and its versions. Pure, but for what it allocates; immutable, any thread. */
#pragma once

#include "base/version.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct RefIndex RefIndex;

/* Reads what `git show-ref --dereference` prints. Branches are those of refs/heads and of the remote called origin; an annotated
 * tag stands for its commit. Other refs (pull requests, notes) are read over, as are lines of another form. */
RefIndex *ref_index_parse(const char *text);
void ref_index_free(RefIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RefIndex, ref_index_free)

/* The commit in lower-case hexadecimal digits, or NULL where there is no such name. Transfer none. */
const char *ref_index_branch(const RefIndex *index, const char *name);
const char *ref_index_tag(const RefIndex *index, const char *name);

/* Whether a branch or a tag points at the commit. */
bool ref_index_is_tip(const RefIndex *index, const char *commit);

/* Whether a tag of any name points at the commit. */
bool ref_index_is_tagged(const RefIndex *index, const char *commit);

/* The version tags at a commit, the one that says most first: v4.2.1 before v4.2 before v4. NULL-terminated, perhaps empty;
 * transfer none. */
const char *const *ref_index_versions_at(const RefIndex *index, const char *commit);

/* The tag of the newest release, pre-releases left out, and of those `within` where it is not NULL (the newest v4). NULL where
 * there is none. Transfer none. */
const char *ref_index_latest(const RefIndex *index, const Semver *within);
