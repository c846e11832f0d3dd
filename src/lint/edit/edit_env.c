#include "lint/edit/edit_yaml.h"

#include "lint/edit/edit_layout.h"

#include <string.h>

#define NAMES_MAX 1000

static const YamlNode *env_of(const YamlNode *node) {
  return node->kind == YAML_MAPPING ? yaml_get(node, "env") : NULL;
}

/* Variables of one name in two cases are one on Windows. */
static bool has_variable(const YamlNode *env, const char *name) {
  for (guint i = 0; env != NULL && env->kind == YAML_MAPPING && i < env->count; i++)
    if (g_ascii_strcasecmp(yaml_key(env, i)->text, name) == 0)
      return true;
  return false;
}

/* The step's own, its job's, the workflow's: a new one of the same name would change what the step sees. */
static bool is_used(const EditTree *tree, const YamlNode *node, const char *name) {
  for (; node != NULL; node = edit_tree_parent(tree, node))
    if (has_variable(env_of(node), name))
      return true;
  return false;
}

/* The variable that has this value already, with the wished name first in line. */
static const char *find_equal(const YamlNode *env, const char *name, const char *value) {
  const char *found = NULL;
  for (guint i = 0; env != NULL && env->kind == YAML_MAPPING && i < env->count; i++) {
    const YamlNode *key = yaml_key(env, i), *held = yaml_value(env, i);
    if (held->kind != YAML_SCALAR || held->length != strlen(value) || strcmp(held->text, value) != 0)
      continue;
    if (found == NULL || strcmp(key->text, name) == 0)
      found = key->text;
  }
  return found;
}

static char *choose_name(const EditTree *tree, const YamlNode *step, const char *name) {
  g_autofree char *candidate = g_strdup(name);
  for (guint i = 2; is_used(tree, step, candidate); i++) {
    if (i > NAMES_MAX)
      return NULL;
    g_free(candidate);
    candidate = g_strdup_printf("%s_%u", name, i);
  }
  return g_steal_pointer(&candidate);
}

static bool find_key(const YamlNode *mapping, const char *key, guint *index) {
  for (guint i = 0; i < mapping->count; i++) {
    *index = i;
    if (strcmp(yaml_key(mapping, i)->text, key) == 0)
      return true;
  }
  return false;
}

/* An `env:` of its own: in front of the script that uses it, unless the script opens the step; behind `uses`. */
static bool add_mapping(EditTree *tree, Fix *fix, const YamlNode *step, const char *pair) {
  guint at = 0;
  bool flow = edit_tree_in_flow(tree, step);
  g_autofree char *yaml = flow ? g_strconcat("{", pair, "}", NULL) : g_strdup(pair);
  if (find_key(step, "run", &at))
    return edit_insert_key(tree, fix, step, at > 0 ? at - 1 : 0, "env", yaml);
  (void)find_key(step, "uses", &at);
  return step->count > 0 && edit_insert_key(tree, fix, step, at, "env", yaml);
}

/* Below an `env:` with nothing in it. */
static bool fill_mapping(EditTree *tree, Fix *fix, const YamlNode *step, const YamlNode *env, const char *pair) {
  if (!edit_tree_owns(tree, env) || edit_tree_in_flow(tree, step) || env->length > 0)
    return false;
  Layout layout = layout_of(tree);
  size_t end = layout_end_of(tree, env);
  if (edit_tree_is_alias(tree, step, 0) || !layout_is_rest_empty(&layout, end))
    return false;
  unsigned columns = layout_column(tree, layout_start_of(tree, step->items[0])) + layout_step(tree, step);
  g_autofree char *text = g_strdup_printf("%s%*s%s", layout.line_break, (int)columns, "", pair);
  g_autoptr(EditChange) change = edit_change_new(EDIT_REPLACE, env, 0, NULL, pair);
  size_t line_end = layout_line_end(&layout, end);
  return change != NULL && edit_tree_try(tree, fix, line_end, line_end, text, change);
}

bool edit_add_env(EditTree *tree, Fix *fix, const YamlNode *step, const char *name, const char *value, char **chosen) {
  if (step->kind != YAML_MAPPING || !edit_tree_owns(tree, step) || !g_utf8_validate(value, -1, NULL))
    return false;
  const YamlNode *env = env_of(step);
  const char *equal = find_equal(env, name, value);
  g_autofree char *free_name = equal != NULL ? g_strdup(equal) : choose_name(tree, step, name);
  if (free_name == NULL)
    return false;
  const YamlNode *around = env != NULL ? env : step;
  g_autofree char *written = write_scalar(value, SCALAR_PLAIN, edit_tree_in_flow(tree, around), true);
  g_autofree char *key = write_scalar(free_name, SCALAR_PLAIN, true, false);
  g_autofree char *pair = g_strconcat(key, ": ", written, NULL);
  bool good = equal != NULL               ? true
              : env == NULL               ? add_mapping(tree, fix, step, pair)
              : env->kind == YAML_MAPPING ? edit_insert_key(tree, fix, env, env->count > 0 ? env->count - 1 : EDIT_FIRST, free_name, written)
              : yaml_is_null(env)         ? fill_mapping(tree, fix, step, env, pair)
                                          : false;
  if (good)
    *chosen = g_steal_pointer(&free_name);
  return good;
}
