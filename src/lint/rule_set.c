#include "lint/rule_set.h"

static void add_rule(RuleSet *set, const Rule *rule) {
  const bool has[HOOK_COUNT] = {
    [HOOK_FILE] = rule->file != NULL,
    [HOOK_WORKFLOW] = rule->workflow != NULL,
    [HOOK_ACTION] = rule->action != NULL,
    [HOOK_JOB] = rule->job != NULL,
    [HOOK_STEP] = rule->step != NULL,
    [HOOK_EXPRESSION] = rule->expression != NULL,
    [HOOK_DEPENDABOT] = rule->dependabot != NULL,
  };
  for (guint hook = 0; hook < HOOK_COUNT; hook++)
    if (has[hook])
      g_ptr_array_add(set->hooks[hook], (gpointer)rule);
}

RuleSet *rule_set_new(const LintConfig *config) {
  RuleSet *set = g_new0(RuleSet, 1);
  for (guint hook = 0; hook < HOOK_COUNT; hook++)
    set->hooks[hook] = g_ptr_array_new();
  for (const Rule *const *rule = lint_rules; *rule != NULL; rule++)
    if (lint_rule_is_wanted(*rule, config))
      add_rule(set, *rule);
  return set;
}

void rule_set_free(RuleSet *set) {
  for (guint hook = 0; hook < HOOK_COUNT; hook++)
    g_ptr_array_unref(set->hooks[hook]);
  g_free(set);
}
