/* Finds what is wrong with a project's files before anything runs: workflows through workflow/, drover.yaml through release/.
 *
 * Findings are Diagnostics with file, line, column and what was expected. Nothing is executed and nothing written. Any thread.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Gives a file's bytes, NUL-terminated (transfer full); `path` is relative to the repository. NOT_FOUND when it is not there. */
typedef char *(*LintReadFunc)(const char *path, size_t *size, void *data, GError **error);

typedef struct {
  const char *root;             /* the repository's top folder */
  const char *const *workflows; /* NULL-terminated, relative to the root or absolute; NULL: all in .github/workflows */
  const char *project;          /* NULL: drover.yaml, when it is there */
  bool only_project;            /* look at no other workflows than those that the project file names as checks */
  LintReadFunc read;            /* NULL: from below `root`; another one reads e.g. a commit: then give `workflows`, or only_project */
  void *data;
} LintSpec;

/* Adds every finding to `diagnostics`, sorted; files are named as they were given. Workflows that the project file names as
 * checks must also be runnable here ("not supported yet" is a finding); others only have to be right. True also when there are
 * findings; false (NOT_FOUND, IO) when a file that was asked for cannot be read. `files` (may be NULL) counts the files that
 * were looked at. */
bool lint_files(const LintSpec *spec, Diagnostics *diagnostics, guint *files, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One workflow's text. `runs_here`: it must also be runnable on this machine. */
void lint_workflow(const char *name, const char *text, size_t size, bool runs_here, Diagnostics *diagnostics);
