/* Findings of two rules that say one thing of one place: one is enough. Where rules as a whole say the same, Rule.said_by tells. */
#pragma once

#include "lint/config/config.h"
#include "lint/finding.h"

/* `findings` are sorted. A rule that the configuration turns on by its name is heard in any case. */
void lint_drop_doubles(Findings *findings, const LintConfig *config);
