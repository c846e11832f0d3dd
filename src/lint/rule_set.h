/* The rules that a run wants, by what they look at. Made once a run. Private to this folder; immutable, any thread. */
#pragma once

#include "lint/rule.h"

typedef enum { HOOK_FILE, HOOK_WORKFLOW, HOOK_ACTION, HOOK_JOB, HOOK_STEP, HOOK_EXPRESSION, HOOK_DEPENDABOT, HOOK_COUNT } RuleHook;

typedef struct {
  GPtrArray *hooks[HOOK_COUNT]; /* const Rule *, those that have the function, in the order of the list */
} RuleSet;

RuleSet *rule_set_new(const LintConfig *config);
void rule_set_free(RuleSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleSet, rule_set_free)
