/* What a commit says of itself and of its parent, and what a repository's main branch is, as a forge tells it in its events. Read
 * through the git program. Any thread. */
#pragma once

#include "git/repository.h"

#define COMMIT_FILES_MAX 3000 /* names of changed files that are kept, as at GitHub */

typedef struct {
  char *name;
  char *mail;
  char *time; /* RFC 3339, in the person's own zone */
} CommitPerson;

/* All text is valid UTF-8. */
typedef struct {
  char *parent; /* the first one's 40 hexadecimal digits, or NULL */
  char *tree;
  char *message; /* without line ends behind it */
  CommitPerson author, committer;
  GPtrArray *added, *removed, *modified; /* char *: against the first parent; a file that moved is removed and added */
} CommitDetails;

CommitDetails *commit_details(const Commit *commit, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void commit_details_free(CommitDetails *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CommitDetails, commit_details_free)

/* The branch that origin's HEAD stands for, else main, else master, whichever is there; NULL without an error where none is. `failed`
 * says which NULL it is. Transfer full. */
char *repository_default_branch(const char *root, bool *failed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
