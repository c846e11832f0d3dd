#include "lint/rules/used.h"

#include <string.h>

static bool matches_any(const Uses *uses, const YamlNode *patterns) {
  for (guint i = 0; patterns->kind == YAML_SEQUENCE && i < patterns->count; i++)
    if (patterns->items[i]->kind == YAML_SCALAR && uses_matches(uses, patterns->items[i]->text))
      return true;
  return false;
}

static void check(const Used *used) {
  const YamlNode *config = lint_config_rule(used->file->config, used->file->rule->id).config;
  const YamlNode *allow = yaml_get(config, "allow"), *deny = yaml_get(config, "deny");
  bool is_forbidden = allow != NULL ? !matches_any(used->uses, allow) : deny != NULL && matches_any(used->uses, deny);
  if (!is_forbidden)
    return;
  LintReport report = used_report(used);
  report.help = g_strdup_printf("use another one, or change \"%s\" in the rule's settings", allow != NULL ? "allow" : "deny");
  lint_report(used->file, report, "this repository's settings forbid to use %s/%s", used->uses->owner.text, used->uses->repo.text);
}

static void check_file(LintFile *file) {
  if (lint_config_rule(file->config, file->rule->id).config != NULL)
    used_each(file, check);
}

const Rule rule_forbidden_uses = {
  .id = "forbidden-uses",
  .family = FAMILY_SECURITY,
  .summary = "an action that the settings forbid",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .file = check_file,
};
