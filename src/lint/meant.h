/* Fixes for names that the reader does not know, where one that it knows comes near. Private to this folder. */
#pragma once

#include "lint/rule.h"

/* Writes what was meant. It is a guess, and so never safe. Transfer full; NULL where nobody asks, or nothing is known to be meant. */
Fix *lint_meant_fix(LintFile *file, const Diagnostic *found);
