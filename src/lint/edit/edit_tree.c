#include "lint/edit/edit_tree.h"

#include <string.h>

#define REREAD_MAX_BYTES ((size_t)64 << 20)

typedef struct {
  const YamlNode *parent;
  guint item; /* which of the parent's items */
  bool in_flow;
} Place;

struct EditTree {
  const YamlDocument *document;
  const Source *source;
  GHashTable *places; /* YamlNode -> Place */
  size_t left_bytes;  /* that may be read again */
};

/* ---- where the nodes are ---- */

/* The first visit of a node is where it is written, every other is an alias. Depth is limited by the reader. */
static void place_node(EditTree *tree, const YamlNode *node, const YamlNode *parent, guint item, bool in_flow) {
  if (g_hash_table_contains(tree->places, node))
    return;
  Place place = {.parent = parent, .item = item, .in_flow = in_flow || node->flow};
  g_hash_table_insert(tree->places, (gpointer)node, g_memdup2(&place, sizeof place));
  guint count = node->kind == YAML_SCALAR ? 0 : node->kind == YAML_MAPPING ? 2 * node->count : node->count;
  for (guint i = 0; i < count; i++)
    place_node(tree, node->items[i], node, i, place.in_flow);
}

EditTree *edit_tree_new(const YamlDocument *document, const Source *source) {
  EditTree *tree = g_new0(EditTree, 1);
  tree->document = document;
  tree->source = source;
  tree->places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  tree->left_bytes = REREAD_MAX_BYTES;
  size_t size;
  source_text(source, &size);
  if (size > 0)
    place_node(tree, yaml_root(document), NULL, 0, false);
  return tree;
}

void edit_tree_free(EditTree *tree) {
  g_hash_table_unref(tree->places);
  g_free(tree);
}

const Source *edit_tree_source(const EditTree *tree) {
  return tree->source;
}

bool edit_tree_owns(const EditTree *tree, const YamlNode *node) {
  for (const Place *place; node != NULL; node = place->parent) {
    place = g_hash_table_lookup(tree->places, node);
    if (place == NULL || node->shared)
      return false;
    if (place->parent == NULL)
      return true;
  }
  return false;
}

const YamlNode *edit_tree_parent(const EditTree *tree, const YamlNode *node) {
  const Place *place = g_hash_table_lookup(tree->places, node);
  return place != NULL ? place->parent : NULL;
}

bool edit_tree_in_flow(const EditTree *tree, const YamlNode *node) {
  const Place *place = g_hash_table_lookup(tree->places, node);
  return place != NULL && place->in_flow;
}

bool edit_tree_is_alias(const EditTree *tree, const YamlNode *parent, guint item) {
  const Place *place = g_hash_table_lookup(tree->places, parent->items[item]);
  return place == NULL || place->parent != parent || place->item != item;
}

/* ---- proofs ---- */

/* The text with the edits of the fixes, when it reads as the old tree but for their changes. Transfer full. */
static char *apply_shown(const EditTree *tree, const GPtrArray *fixes, GPtrArray *applied, size_t *new_size) {
  size_t size;
  const char *text = source_text(tree->source, &size);
  g_autofree char *edited = edits_apply(text, size, fixes, applied, new_size);
  g_autoptr(GPtrArray) changes = g_ptr_array_new();
  for (guint i = 0; i < applied->len; i++) {
    const Fix *fix = g_ptr_array_index(applied, i);
    g_ptr_array_extend(changes, fix->changes, NULL, NULL);
  }
  g_autoptr(YamlDocument) after = yaml_parse("", edited, *new_size, NULL, NULL);
  bool equal = after != NULL && edit_tree_equal_except(yaml_root(tree->document), yaml_root(after), changes);
  return equal ? g_steal_pointer(&edited) : NULL;
}

bool edit_tree_try(EditTree *tree, Fix *fix, size_t start, size_t end, const char *text, EditChange *change) {
  size_t size;
  source_text(tree->source, &size);
  if (size > tree->left_bytes)
    return false;
  tree->left_bytes -= size;
  g_autoptr(Fix) trial = fix_copy(fix);
  if (change != NULL)
    g_ptr_array_add(trial->changes, edit_change_ref(change));
  if (!fix_add(trial, start, end, text))
    return false;
  g_autoptr(GPtrArray) fixes = g_ptr_array_new();
  g_autoptr(GPtrArray) applied = g_ptr_array_new();
  g_ptr_array_add(fixes, trial);
  g_autofree char *edited = apply_shown(tree, fixes, applied, &size);
  if (edited == NULL || applied->len == 0)
    return false;
  Fix old = *fix;
  *fix = *trial;
  *trial = old;
  return true;
}

char *edit_tree_apply(const EditTree *tree, const GPtrArray *fixes, GPtrArray *applied, size_t *new_size) {
  size_t size;
  source_text(tree->source, &size);
  g_autoptr(GPtrArray) chosen = edits_choose(fixes, size);
  for (guint count = chosen->len; count > 0; count /= 2) {
    g_autoptr(GPtrArray) tried = g_ptr_array_new();
    g_ptr_array_set_size(chosen, (int)count);
    char *edited = apply_shown(tree, chosen, tried, new_size);
    if (edited == NULL)
      continue;
    g_ptr_array_extend(applied, tried, NULL, NULL);
    return edited;
  }
  return NULL;
}
