/* Finds what is wrong with a project's files before anything runs: workflows and actions through workflow/, dependabot.yml,
 * drover.yaml through release/.
 *
 * Nothing is executed but shellcheck, pyflakes and git, and nothing written but what the first two found (queue.h). Any thread.
 */
#pragma once

#include "lint/config/config.h"
#include "lint/finding.h"
#include "lint/repository.h"

#include <stddef.h>

typedef struct {
  const char *root;         /* the repository's top folder */
  const char *const *files; /* NULL-terminated, relative to the root or absolute; folders stand for what is in them; NULL: all that the
                             * repository has */
  const char *input;        /* text that is looked at as the file `input_name`, and beside `files` nothing else; NULL: none */
  size_t input_size;
  const char *input_name;
  const char *project;      /* NULL: drover.yaml, when it is there */
  bool only_project;        /* look at no other workflows than those that the project file names as checks */
  const LintConfig *config; /* NULL: everything that is on by itself */
  bool fixing;              /* findings carry fixes */
  struct LintFixes *fixes;  /* applies them in memory, see fix.h; NULL: nothing is applied */
  LintReadFunc read;        /* NULL: from below `root`; another one reads e.g. a commit: then give `files`, or only_project */
  void *data;
} LintSpec;

/* Adds every finding to `findings`, sorted; files are named as they were given. Workflows that the project file names as
 * checks must also be runnable here ("not supported yet" is a finding); others only have to be right. True also when there are
 * findings; false (NOT_FOUND, IO) when a file that was named cannot be read; one in a folder is a finding. `files` (may be NULL) counts the files that
 * were looked at. */
bool lint_files(const LintSpec *spec, Findings *findings, guint *files, GError **error) G_GNUC_WARN_UNUSED_RESULT;
