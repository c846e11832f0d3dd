/* A local mirror of the repositories that actions come from, asked instead of GitHub. Nothing is ever fetched.
 *
 * Below one folder lie, in any mixture:
 *   OWNER/REPO.git or OWNER/REPO   a git repository, bare or with a working tree; better not a shallow one
 *   OWNER/REPO/REF/...             the files of an action at a tag, a branch or a commit, without history
 * Names of owners and repositories are compared without regard to case, as GitHub does. The folder is listed once, and each
 * repository's refs are read once: what changes later is not seen. `owner`, `repo`, `ref` and `path` may be anything that a file
 * says; they only select among what is there.
 *
 * Where a repository is not mirrored, or only its files are and the question is about its history, a function fails with
 * NOT_FOUND: mirror_knows_history() and mirror_has() tell beforehand, so that a caller can say "not checked". One thread at a time.
 */
#pragma once

#include "base/version.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Mirror Mirror;

/* NOT_FOUND where `folder` is none, INPUT where it holds more than 100,000 repositories. */
Mirror *mirror_open(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mirror_free(Mirror *mirror);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mirror, mirror_free)

bool mirror_has(const Mirror *mirror, const char *owner, const char *repo);
bool mirror_knows_history(const Mirror *mirror, const char *owner, const char *repo);

typedef struct {
  char commit[65]; /* what runs, in lower-case hexadecimal digits; "" where only files are mirrored and `ref` is no commit */
  bool is_branch;
  bool is_tag;    /* with is_branch: one name for two things */
  bool is_commit; /* `ref` is the name of a commit; `commit` differs from it where it is an annotated tag's */
} MirrorRef;

/* What `ref` means: a commit before a branch before a tag, as GitHub does. Shortened commits are none. NOT_FOUND too where the
 * repository is mirrored and nothing is called so. */
bool mirror_resolve(Mirror *mirror, const char *owner, const char *repo, const char *ref, MirrorRef *found, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The version tags at a commit, the one that says most first (v4.2.1, v4.2, v4); NULL-terminated, perhaps empty; lives as long as
 * the mirror. */
const char *const *mirror_tags_at(Mirror *mirror, const char *owner, const char *repo, const char *commit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a tag points at the commit, be it one of a version or not. */
bool mirror_is_tagged(Mirror *mirror, const char *owner, const char *repo, const char *commit, bool *tagged,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The commit of a tag, whatever branches are called. NOT_FOUND too where there is no such tag. Lives as long as the mirror. */
const char *mirror_tag_commit(Mirror *mirror, const char *owner, const char *repo, const char *tag, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The tag of the newest release; of those `within` a moving version (v4) where it is not NULL. Pre-releases are left out. NOT_FOUND
 * too where there is none. Lives as long as the mirror. */
const char *mirror_latest_version(Mirror *mirror, const char *owner, const char *repo, const Semver *within,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a branch or a tag of the repository leads to the commit. One that none leads to, or that is not there, may come from
 * a fork. */
bool mirror_contains(Mirror *mirror, const char *owner, const char *repo, const char *commit, bool *contained,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A file's bytes at `ref` (transfer full), NUL-terminated; `size` may be NULL. Symbolic links are followed as long as they stay
 * inside. NOT_FOUND where there is none; INPUT where it is larger than 1 MiB. */
char *mirror_read_file(Mirror *mirror, const char *owner, const char *repo, const char *ref, const char *path, size_t *size,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The git folder of a repository, NULL where there is none or only files. Lives as long as the mirror. */
const char *mirror_git_dir(const Mirror *mirror, const char *owner, const char *repo);

/* The folder that holds the files of `ref` without history, NULL where there is none or the repository has its history. Transfer
 * full. */
char *mirror_files_dir(const Mirror *mirror, const char *owner, const char *repo, const char *ref);

/* Writes the files of a commit, which mirror_resolve() gave, into the empty folder `target`: as they are stored, without .git.
 * Submodules are empty folders, files in Git LFS stay the few lines that stand for them. NOT_FOUND where only files are mirrored. */
bool mirror_lay_out(const Mirror *mirror, const char *owner, const char *repo, const char *commit, const char *target, GCancellable *cancellable,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
