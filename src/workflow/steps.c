#include "workflow/schema.h"

#include <string.h>

/* What the steps of one list say of each other: ids that are unique, and waiting for those that run in the background. */

#define RULE "parallel-steps"

typedef struct {
  GTree *ids;        /* of the steps so far */
  GTree *background; /* those that may run in the background */
} Steps;

static void check_target(Check *check, const Steps *before, const YamlNode *target) {
  if (target == NULL || target->kind != YAML_SCALAR || target->length == 0 || strstr(target->text, "${{") != NULL)
    return;
  if (g_tree_lookup(before->background, target) != NULL)
    return;
  g_autofree char *name = check_excerpt(target->text);
  if (g_tree_lookup(before->ids, target) == NULL)
    check_report_rule(check, target->location, RULE, "no step before this one has the id \"%s\"", name);
  else
    check_advise(check, target->location, RULE, "the step \"%s\" does not run in the background, so it has ended already", name);
}

static void check_targets(Check *check, const Steps *before, const YamlNode *targets) {
  if (targets == NULL || targets->kind == YAML_SCALAR)
    check_target(check, before, targets);
  for (guint i = 0; targets != NULL && targets->kind == YAML_SEQUENCE && i < targets->count; i++)
    check_target(check, before, targets->items[i]);
}

static const YamlNode *id_of(const YamlNode *step) {
  const YamlNode *id = yaml_get(step, "id");
  return id != NULL && id->kind == YAML_SCALAR && id->length > 0 ? id : NULL;
}

/* Where an expression decides, it may. */
static bool may_be_background(const YamlNode *step) {
  const YamlNode *background = yaml_get(step, "background");
  bool flag = true;
  return background != NULL && (!scalar_is_bool(background, &flag) || flag);
}

void check_steps(Check *check, const YamlNode *steps) {
  if (steps->kind != YAML_SEQUENCE)
    return;
  if (steps->count == 0)
    check_report(check, steps->location, "steps: expected at least one step");
  g_autoptr(GTree) ids = schema_ids_new();
  g_autoptr(GTree) background = schema_ids_new();
  Steps before = {.ids = ids, .background = background};
  for (guint i = 0; i < steps->count; i++) {
    const YamlNode *step = steps->items[i], *id = id_of(step);
    check_targets(check, &before, yaml_get(step, "wait"));
    check_target(check, &before, yaml_get(step, "cancel"));
    if (id == NULL)
      continue;
    check_id(check, id, ids);
    if (may_be_background(step))
      g_tree_insert(background, (gpointer)id, (gpointer)id);
  }
}

/* ---- a group of parallel steps ---- */

static const char *const not_in_groups[] = {"wait", "wait-all", "cancel", "parallel"};

static void check_member(Check *check, const YamlNode *step) {
  const YamlNode *background = yaml_get(step, "background");
  if (background != NULL)
    check_report_rule(check, background->location, RULE, "\"background\" has no meaning in a parallel group: all of its steps run at the same time");
  for (size_t i = 0; i < G_N_ELEMENTS(not_in_groups); i++)
    if (yaml_get(step, not_in_groups[i]) != NULL)
      check_report_rule(check, step->location, RULE, "a parallel group takes steps with \"run\" or \"uses\", not \"%s\"", not_in_groups[i]);
}

void check_parallel(Check *check, const YamlNode *steps) {
  if (steps->kind != YAML_SEQUENCE)
    return;
  if (steps->count == 0)
    check_report(check, steps->location, "parallel: expected at least one step");
  g_autoptr(GTree) ids = schema_ids_new();
  for (guint i = 0; i < steps->count; i++) {
    const YamlNode *id = id_of(steps->items[i]);
    check_member(check, steps->items[i]);
    if (id != NULL)
      check_id(check, id, ids);
  }
}
