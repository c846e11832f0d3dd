#include "lint/config.h"

LintConfig *lint_config_new(void) {
  LintConfig *config = g_new0(LintConfig, 1);
  config->families = FAMILY_ALL;
  config->scripts = true;
  config->runner_labels = g_ptr_array_new_with_free_func(g_free);
  config->required_actions = g_ptr_array_new_with_free_func(g_free);
  return config;
}

void lint_config_free(LintConfig *config) {
  g_free(config->mirror);
  g_ptr_array_unref(config->runner_labels);
  g_ptr_array_unref(config->required_actions);
  g_clear_pointer(&config->config_variables, g_ptr_array_unref);
  g_clear_pointer(&config->config_secrets, g_ptr_array_unref);
  g_free(config);
}

LintRuleConfig lint_config_rule(G_GNUC_UNUSED const LintConfig *config, const char *rule) {
  return (LintRuleConfig){.rule = rule};
}
