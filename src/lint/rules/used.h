/* What the rules about used actions and workflows share: walking over them, their places, and the version that runs. Private to
 * rules/.
 *
 * What is given out lives as long as the file is looked at.
 */
#pragma once

#include "lint/view.h"

/* One `uses:` that names an action or a workflow in a repository. */
typedef struct {
  LintFile *file;
  const Uses *uses;
  const WorkflowText *text;
  const WorkflowStep *step; /* NULL: a job that calls a workflow */
} Used;

/* Calls `check` for each of the file, those of a composite action included, but not for what is switched off. */
void used_each(LintFile *file, void (*check)(const Used *used));
/* The same of one step; false when it uses nothing, or nothing of a repository, or is switched off. */
bool used_by_step(LintFile *file, const WorkflowStep *step, Used *used);

/* Whether `name` is what is used, "owner/repo" or "owner/repo/path". */
bool used_is(const Uses *uses, const char *name);
/* "owner/repo" in lower case, as the facts' keys are; `whole`: with the path behind it. Transfer full. */
char *used_key(const Uses *uses, bool whole);

/* Places for a report: all of it, or owner/repo alone. */
LintReport used_report(const Used *used);
LintReport used_report_repository(const Used *used);

/* ---- fixes: transfer full; NULL where nobody asks for them, or the change cannot be shown to be right ---- */

/* Names another ref, with a version in the comment behind it (NULL: the comment stays). A comment that tells something else is kept. */
Fix *used_fix_ref(const Used *used, const char *ref, const char *version, bool safe);
/* Names the commit that runs today, as the mirror knows it, or else the lock file for any workflow. A branch may be meant to move, so
 * only versions are pinned. Safe. */
Fix *used_fix_pin(const Used *used);
/* Makes the comment behind it tell the version. */
Fix *used_fix_comment(const Used *used, const char *version);
/* Gives an input of the step another value, a plain word. */
Fix *used_fix_input(const Used *used, const char *input, const char *value, bool safe);

/* ---- comments ---- */

/* The comment behind a scalar, in the same line. */
typedef struct {
  bool exists;
  const char *version; /* that it tells, as written; NULL: none */
} UsedComment;

/* "# v4.2.2", "# tag=v4", "# version: 4.2" tell a version; "# v4.2.2, see below" too; "# the newest" does not. */
UsedComment used_comment(const LintFile *file, const YamlNode *scalar);

/* ---- the version that runs ---- */

/* What is known of the commit that runs. */
typedef struct {
  const char *version; /* "v4.2.1"; where nobody can say it fully, "v4"; NULL: not known */
  bool is_certain;     /* the repository itself says so, not a comment */
} UsedVersion;

/* Asks the mirror which version the ref is; where it does not know the repository, the lock file, the ref itself and at last the
 * comment behind it. */
UsedVersion used_version(const Used *used);

/* The mirror, when it knows the history of what is used; else NULL, and it is noted that the rule did not look at it. */
Mirror *used_mirror(const Used *used);
