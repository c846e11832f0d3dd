/* Which files of a repository the linter looks at. Private to this folder. */
#pragma once

#include "lint/finding.h"

/* The files below `folder` ("" for the repository itself; else relative to `root`, or absolute), sorted, named as the folder is
 * (char *, transfer full): its .github/workflows/, its .github/dependabot.yml, every action.yml, and at the repository's top
 * .pre-commit-config.yml, all with .yaml too; of a folder that is itself called "workflows" every YAML file. Not what git ignores, nor in
 * .git, node_modules and vendor; symbolic links to folders and to files outside of `root` are not followed. What a very large folder has
 * beyond a limit is noted in `findings`. */
GPtrArray *lint_discover(const char *root, const char *folder, Findings *findings);
