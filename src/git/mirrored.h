/* One repository of the mirror with its history, asked through the git program; answers are kept. Private to git/. One thread at
 * a time.
 *
 * The repository is named outright, so that git neither looks for one above nor asks whose it is, and no transport is allowed:
 * a partial clone lacks what it lacks.
 */
#pragma once

#include "git/refs.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>

#define MIRRORED_FILE_MAX_BYTES ((size_t)1 << 20)

typedef struct Mirrored Mirrored;

/* `name` is what errors call it; `git_dir` is absolute. Nothing is read yet. */
Mirrored *mirrored_new(const char *name, const char *git_dir);
void mirrored_free(Mirrored *mirrored);

const char *mirrored_git_dir(const Mirrored *mirrored); /* lives as long as `mirrored` */

/* Its refs, read once; lives as long as `mirrored`. */
const RefIndex *mirrored_refs(Mirrored *mirrored, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `text` is a commit's full name: 40 or 64 hexadecimal digits. */
bool mirrored_is_commit(const char *text);

/* The commit that an object's full name stands for (an annotated tag's has one, too), "" where there is none; NULL on an error.
 * Lives as long as `mirrored`. */
const char *mirrored_peel(Mirrored *mirrored, const char *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a branch or a tag leads to `commit`, which mirrored_peel() gave and is not "". */
bool mirrored_contains(Mirrored *mirrored, const char *commit, bool *contained, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A file's bytes at a commit (transfer full), NUL-terminated. NULL without an error where there is none, or no regular one. INPUT
 * where it is too large. */
char *mirrored_read(Mirrored *mirrored, const char *commit, const char *path, size_t *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a commit's files into the empty folder `target`, as they are stored. FAILED with git's words. */
bool mirrored_lay_out(const Mirrored *mirrored, const char *commit, const char *target, GCancellable *cancellable,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
