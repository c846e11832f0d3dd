/* The pages on rules, docs/rules/<id>.md, which are built into the program. Any thread. */
#pragma once

#include "lint/config/config.h"

/* The page of a rule in Markdown; NULL: there is none. Transfer none. */
const char *lint_rule_page(const char *id);

/* Every id that has a page, sorted; NULL-terminated, transfer full. A rule may report under several. */
char **lint_rule_ids(void);

/* A page for a terminal, its words in lines of at most 90 cells. Transfer full. */
char *lint_page_render(const char *page, bool colour);

/* docs/reference/rules.md. Transfer full. */
char *lint_rules_reference(void);
