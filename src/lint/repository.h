/* The repository around the files that are looked at: local actions and workflows that they use, each read once.
 *
 * One thread at a time. What it gives lives as long as it.
 */
#pragma once

#include "git/mirror.h"
#include "workflow/action.h"
#include "workflow/lockfile.h"
#include "workflow/workflow.h"

/* Gives a file's bytes, NUL-terminated (transfer full); `path` is relative to the repository. NOT_FOUND when it is not there. */
typedef char *(*LintReadFunc)(const char *path, size_t *size, void *data, GError **error);

typedef struct LintRepository LintRepository;

/* `root` may be NULL where `read` is given. */
LintRepository *lint_repository_new(const char *root, LintReadFunc read, void *data);
void lint_repository_free(LintRepository *repository);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LintRepository, lint_repository_free)

/* Uses the mirror in `folder` from now on. NOT_FOUND, INPUT: as mirror_open(). */
bool lint_repository_open_mirror(LintRepository *repository, const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
Mirror *lint_repository_mirror(LintRepository *repository); /* NULL: none */

/* Gives the text that counts instead of a file's own, NULL for a file that has none; NUL-terminated, transfer full. */
typedef char *(*LintCoverFunc)(const char *path, size_t *size, void *data);
void lint_repository_cover(LintRepository *repository, LintCoverFunc cover, void *data);

/* A file's bytes; transfer full. NOT_FOUND. */
char *lint_repository_read(LintRepository *repository, const char *path, size_t *size, GError **error);

/* Notes that the file is examined itself: what is wrong with it is told there, and not where it is used. */
void lint_repository_examines(LintRepository *repository, const char *path);

/* How a look-up ended. */
typedef enum { LOOKUP_FOUND, LOOKUP_MISSING, LOOKUP_WRONG } LookupState;

/* The action in the folder that `uses: ./FOLDER` names, read leniently. NULL unless LOOKUP_FOUND, and with LOOKUP_WRONG when its file
 * cannot be read at all. `why` (may be NULL) gets words for a message, transfer none. */
const Action *lint_repository_action(LintRepository *repository, const char *uses, LookupState *state, const char **why);
/* What there is to say of that action's own file; NULL where it is not there, or is examined itself. */
const Diagnostics *lint_repository_action_findings(LintRepository *repository, const char *uses);
/* The workflow that a job's `uses: ./.github/workflows/FILE` names. */
const Workflow *lint_repository_workflow(LintRepository *repository, const char *uses, LookupState *state, const char **why);
/* GitHub's lock file of actions; NULL where there is none, or none that can be read. */
const Lockfile *lint_repository_lockfile(LintRepository *repository);

/* "./.github/workflows/FILE" of every workflow that the repository has, sorted; transfer none. None where files come from elsewhere than
 * a folder. */
const char *const *lint_repository_workflows(LintRepository *repository, guint *count);
