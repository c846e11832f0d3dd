/* A git repository, read through the git program: which commit a name means, and a commit's files. Any thread. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  char *root;   /* the working tree's top folder; a bare repository's own folder */
  char *commit; /* 40 hexadecimal digits */
  char *branch; /* the local branch that REF names, or NULL for a bare commit or a tag */
  char *tag;    /* the tag that REF names, or NULL */
  char *subject;
  char *author;   /* "Name <mail>" */
  int64_t time_s; /* the commit's time */
} Commit;

void commit_free(Commit *commit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Commit, commit_free)

/* Resolves `ref` (NULL: HEAD) in the repository that holds `dir`; a branch comes before a tag of its name. NOT_FOUND when `dir`
 * is in no repository or `ref` names no commit (the nearest name is told); INPUT when the repository has no commit yet or `ref`
 * cannot be a name, as all that begins with "-"; REFUSED when git does not trust the folder's owner; MISSING without git. */
Commit *commit_resolve(const char *dir, const char *ref, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The working tree as it is, files that git does not know yet included and ignored ones left out, as a commit behind HEAD; HEAD itself where
 * nothing differs. Nothing of the repository changes but that it holds some objects more, which no name leads to. Errors as above. */
Commit *commit_worktree(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "owner/name" of the remote called origin, where its address has them at its end; NULL else. Transfer full. */
char *repository_slug(const char *root);
char *git_slug_of(const char *url);

/* Whether tracked files differ from HEAD. */
bool repository_is_dirty(const char *root, bool *dirty, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A file's bytes at a commit (NOT_FOUND), NUL-terminated; `size` may be NULL. At most 16 MiB (INPUT). Symbolic links inside the
 * tree are followed. */
char *commit_read_file(const Commit *commit, const char *path, size_t *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the commit's tree into the empty folder `target` (CONFLICT when it is not empty): nothing of the working directory, no
 * .git; every file's and folder's time is the commit's, modes are 0755 and 0644, symbolic links are kept as they are. Only the
 * commit decides: its own .gitattributes count for line endings, but no filter, export-subst or setting of the machine does.
 * INPUT for what is not supported yet: submodules and files in Git LFS. On failure `target` holds a part. */
bool commit_checkout(const Commit *commit, const char *target, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
