/* The fix of a condition that is a text, and so always true, because something stands beside its ${{ }}. Private to rules/. */
#pragma once

#include "lint/rule.h"

/* Takes blanks and line breaks around one ${{ }} away, or the ${{ and }} where operators stand between: `${{ a }} && b` becomes
 * `a && b`. Safe: what is mended is that the condition decides. Transfer full; NULL where nobody asks for fixes, or the text is no
 * condition then either. */
Fix *condition_fix(LintFile *file, const YamlNode *condition);
