#include "lint/meant.h"

#include "lint/edit/edit_yaml.h"
#include "lint/view.h"

/* The number of the pair whose key is `key`. */
static guint index_of(const YamlNode *mapping, const YamlNode *key) {
  guint index = 0;
  while (index < mapping->count && yaml_key(mapping, index) != key)
    index++;
  return index;
}

Fix *lint_meant_fix(LintFile *file, const Diagnostic *found) {
  if (!file->fixing || found->meant == NULL || file->document == NULL)
    return NULL;
  const YamlNode *scalar = lint_scalar_at(file, (Location){.line = found->line, .column = found->column});
  EditTree *tree = lint_edit_tree(file);
  const YamlNode *parent = scalar != NULL ? edit_tree_parent(tree, scalar) : NULL;
  if (parent == NULL)
    return NULL;
  g_autofree char *description = g_strdup_printf("write \"%s\"", found->meant);
  g_autoptr(Fix) fix = fix_new(description, false);
  guint index = parent->kind == YAML_MAPPING ? index_of(parent, scalar) : G_MAXUINT;
  bool is_key = parent->kind == YAML_MAPPING && index < parent->count;
  bool made = is_key ? edit_rename_key(tree, fix, parent, index, found->meant) : edit_set_scalar(tree, fix, scalar, found->meant);
  return made ? g_steal_pointer(&fix) : NULL;
}
