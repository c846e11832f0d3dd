#include "lint/edit/edit_yaml.h"
#include "lint/view.h"

#include <math.h>
#include <string.h>

/* ---- dependabot-cooldown ---- */

#define DAYS_WANTED 7
#define DAYS_IMPLICIT 3 /* what Dependabot waits by itself */

static double days_wanted(const LintFile *file) {
  const YamlNode *option = yaml_get(lint_config_rule(file->config, file->rule->id).config, "days");
  double days;
  return option != NULL && yaml_to_number(option, &days) && days > 0 ? days : DAYS_WANTED;
}

/* Where the number stands, or what it would stand in. */
static const YamlNode *cooldown_place(const DependabotUpdate *update) {
  if (update->default_days.node != NULL)
    return lint_key(update->cooldown, "default-days");
  if (update->cooldown != NULL)
    return lint_key(update->node, "cooldown");
  const YamlNode *ecosystem = lint_key(update->node, "package-ecosystem");
  return ecosystem != NULL ? ecosystem : update->node;
}

static bool set_days(EditTree *tree, Fix *fix, const DependabotUpdate *update, const char *days) {
  g_autofree char *cooldown = g_strdup_printf("default-days: %s", days);
  if (update->default_days.node != NULL)
    return edit_set_scalar(tree, fix, update->default_days.node, days);
  if (update->cooldown == NULL)
    return edit_insert_key(tree, fix, update->node, update->node->count - 1, "cooldown", cooldown);
  guint last = update->cooldown->kind == YAML_MAPPING && update->cooldown->count > 0 ? update->cooldown->count - 1 : EDIT_FIRST;
  return edit_insert_key(tree, fix, update->cooldown, last, "default-days", days);
}

static Fix *fix_cooldown(LintFile *file, const DependabotUpdate *update, double wanted) {
  if (!file->fixing)
    return NULL;
  g_autofree char *days = g_strdup_printf("%.0f", ceil(wanted)), *description = g_strdup_printf("wait %s days", days);
  g_autoptr(Fix) fix = fix_new(description, true);
  return set_days(lint_edit_tree(file), fix, update, days) ? g_steal_pointer(&fix) : NULL;
}

static void check_cooldown(LintFile *file, const Dependabot *dependabot) {
  double wanted = days_wanted(file);
  for (guint i = 0; i < dependabot->update_count; i++) {
    const DependabotUpdate *update = &dependabot->updates[i];
    double days = DAYS_IMPLICIT;
    if (update->default_days.node != NULL && !yaml_to_number(update->default_days.node, &days))
      continue;
    if (days < wanted)
      lint_report(file,
                  (LintReport){.node = cooldown_place(update),
                               .help = g_strdup_printf("set \"default-days: %g\" in the update's \"cooldown\"", wanted),
                               .fix = fix_cooldown(file, update, wanted)},
                  "updates are taken %g %s after their release%s, too soon for a compromised one to be noticed: less than %g", days,
                  days == 1 ? "day" : "days", update->default_days.node == NULL ? " by default" : "", wanted);
  }
}

const Rule rule_dependabot_cooldown = {
  .id = "dependabot-cooldown",
  .family = FAMILY_SECURITY,
  .summary = "Dependabot takes releases before anybody could look at them",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .dependabot = check_cooldown,
};

/* ---- dependabot-execution ---- */

static Fix *fix_execution(LintFile *file, const YamlNode *node) {
  if (!file->fixing)
    return NULL;
  g_autoptr(Fix) fix = fix_new("deny it", false);
  return edit_set_scalar(lint_edit_tree(file), fix, node, "deny") ? g_steal_pointer(&fix) : NULL;
}

static void check_execution(LintFile *file, const Dependabot *dependabot) {
  for (guint i = 0; i < dependabot->update_count; i++) {
    const DependabotUpdate *update = &dependabot->updates[i];
    if (update->external_code.text != NULL && strcmp(update->external_code.text, "allow") == 0)
      lint_report(file,
                  (LintReport){.node = lint_key(update->node, "insecure-external-code-execution"),
                               .help = g_strdup("write \"deny\""),
                               .fix = fix_execution(file, update->external_code.node)},
                  "code of the dependencies runs while they are updated, with access to the registries' credentials");
  }
}

const Rule rule_dependabot_execution = {
  .id = "dependabot-execution",
  .family = FAMILY_SECURITY,
  .summary = "Dependabot runs code of what it updates",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .dependabot = check_execution,
};
