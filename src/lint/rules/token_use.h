/* Whether a job's token seems to be needed: to judge if a fix that takes rights away is safe. Private to rules/. */
#pragma once

#include "lint/view.h"

/* Whether a step may use the token that the runner gives: an action that is not known to leave it alone, a script that calls git or
 * gh, or whose words hint at a release. */
bool token_may_be_used(LintFile *file, const WorkflowStep *step);

/* Gives the whole workflow `permissions: {contents: read}`. Safe where no step seems to need more. Transfer full; NULL where nobody asks
 * for fixes. */
Fix *permissions_fix(LintFile *file);
