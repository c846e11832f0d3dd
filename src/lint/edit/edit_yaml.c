#include "lint/edit/edit_yaml.h"

#include "lint/edit/edit_layout.h"

#include <string.h>

/* What is added to a collection: a pair or an item. */
typedef struct {
  const YamlNode *node;
  guint behind;    /* the item of `node` that it follows; EDIT_FIRST: none */
  const char *key; /* NULL: an item of a list */
  const char *yaml;
} Addition;

static bool is_single_line(const char *yaml) {
  return *yaml != '\0' && strpbrk(yaml, "\r\n") == NULL;
}

static char *write_pair(const Addition *addition) {
  g_autofree char *key = addition->key != NULL ? write_scalar(addition->key, SCALAR_PLAIN, true, false) : NULL;
  return key != NULL ? g_strconcat(key, ": ", addition->yaml, NULL) : g_strdup(addition->yaml);
}

/* ---- into {} and [] ---- */

/* What stands between the item that starts at `start` and its new neighbour: items on lines of their own get one on its own. */
static char *flow_space(const Layout *layout, size_t open, size_t start) {
  size_t line = layout_line_start(layout, start);
  bool own_line = line > open && layout_skip_blanks(layout, line) == start;
  g_autofree char *indent = g_strndup(layout->text + line, start - line);
  return own_line ? g_strconcat(layout->line_break, indent, NULL) : g_strdup(" ");
}

/* Whether a comment follows, perhaps behind a comma: it is about what stands before it. */
static bool has_comment(const Layout *layout, size_t at) {
  at = layout_skip_blanks(layout, at);
  if (at < layout->size && layout->text[at] == ',')
    at = layout_skip_blanks(layout, at + 1);
  return at < layout->size && layout->text[at] == '#';
}

static bool add_first_to_flow(EditTree *tree, Fix *fix, const Addition *addition, size_t open, EditChange *change) {
  Layout layout = layout_of(tree);
  const YamlNode *node = addition->node;
  g_autofree char *pair = write_pair(addition);
  if (node->count == 0)
    return edit_tree_try(tree, fix, open + 1, open + 1, pair, change);
  if (edit_tree_is_alias(tree, node, 0))
    return false;
  size_t start = layout_start_of(tree, node->items[0]);
  g_autofree char *space = flow_space(&layout, open, start);
  g_autofree char *text = g_strconcat(pair, ",", space, NULL);
  return edit_tree_try(tree, fix, start, start, text, change);
}

static bool add_to_flow(EditTree *tree, Fix *fix, const Addition *addition, EditChange *change) {
  Layout layout = layout_of(tree);
  const YamlNode *node = addition->node;
  size_t open = yaml_skip_properties(layout.text, layout_start_of(tree, node), layout.size);
  if (open >= layout.size || (layout.text[open] != '{' && layout.text[open] != '['))
    return false;
  if (addition->behind == EDIT_FIRST)
    return add_first_to_flow(tree, fix, addition, open, change);
  size_t end = layout_end(tree, node, addition->behind);
  guint first = node->kind == YAML_MAPPING ? addition->behind - 1 : addition->behind; /* where what it follows begins */
  if (has_comment(&layout, end))
    return false;
  g_autofree char *pair = write_pair(addition);
  g_autofree char *space =
    edit_tree_is_alias(tree, node, first) ? g_strdup(" ") : flow_space(&layout, open, layout_start_of(tree, node->items[first]));
  g_autofree char *text = g_strconcat(",", space, pair, NULL);
  return edit_tree_try(tree, fix, end, end, text, change);
}

/* ---- into blocks ---- */

static bool add_to_block(EditTree *tree, Fix *fix, const Addition *addition, EditChange *change) {
  Layout layout = layout_of(tree);
  const YamlNode *node = addition->node;
  if (node->count == 0 || (addition->key != NULL && edit_tree_is_alias(tree, node, 0)))
    return false;
  size_t start =
    addition->key != NULL ? layout_start_of(tree, node->items[0]) : yaml_skip_properties(layout.text, layout_start_of(tree, node), layout.size);
  unsigned columns = layout_column(tree, start);
  g_autofree char *indent = g_strnfill(columns, ' ');
  g_autofree char *key = addition->key != NULL ? write_scalar(addition->key, SCALAR_PLAIN, false, false) : NULL;
  g_autoptr(GString) entry = g_string_new(key != NULL ? key : "-");
  g_string_append(entry, key != NULL ? ":" : "");
  layout_append(entry, &layout, addition->yaml, key == NULL, columns, layout_step(tree, node));
  if (addition->behind == EDIT_FIRST) {
    g_string_append_printf(entry, "%s%s", layout.line_break, indent);
    return edit_tree_try(tree, fix, start, start, entry->str, change);
  }
  size_t end = layout_end(tree, node, addition->behind);
  bool at_start = layout_line_start(&layout, end) == end; /* behind a block of text whose blank lines count */
  if (!at_start && !layout_is_rest_empty(&layout, end))
    return false;
  g_string_prepend(entry, indent);
  if (at_start)
    g_string_append(entry, layout.line_break);
  else
    g_string_prepend(entry, layout.line_break);
  end = at_start ? end : layout_line_end(&layout, end);
  return edit_tree_try(tree, fix, end, end, entry->str, change);
}

static bool add(EditTree *tree, Fix *fix, const Addition *addition, EditChange *change) {
  if (change == NULL)
    return false; /* the value is not YAML */
  if (!edit_tree_in_flow(tree, addition->node))
    return add_to_block(tree, fix, addition, change);
  return is_single_line(addition->yaml) && add_to_flow(tree, fix, addition, change);
}

bool edit_insert_key(EditTree *tree, Fix *fix, const YamlNode *mapping, guint after, const char *key, const char *yaml) {
  bool first = after == EDIT_FIRST;
  if (mapping->kind != YAML_MAPPING || !edit_tree_owns(tree, mapping) || (!first && after >= mapping->count))
    return false;
  const Addition addition = {.node = mapping, .behind = first ? EDIT_FIRST : 2 * after + 1, .key = key, .yaml = yaml};
  g_autoptr(EditChange) change = edit_change_new(EDIT_INSERT, mapping, first ? 0 : after + 1, key, yaml);
  return add(tree, fix, &addition, change);
}

bool edit_append_item(EditTree *tree, Fix *fix, const YamlNode *sequence, const char *yaml) {
  if (sequence->kind != YAML_SEQUENCE || !edit_tree_owns(tree, sequence))
    return false;
  const Addition addition = {.node = sequence, .behind = sequence->count > 0 ? sequence->count - 1 : EDIT_FIRST, .yaml = yaml};
  g_autoptr(EditChange) change = edit_change_new(EDIT_APPEND, sequence, 0, NULL, yaml);
  return add(tree, fix, &addition, change);
}

/* ---- removing ---- */

/* Up to the next pair, or from the one before. */
static bool remove_from_flow(EditTree *tree, Fix *fix, const YamlNode *mapping, guint index, EditChange *change) {
  Layout layout = layout_of(tree);
  bool last = index + 1 == mapping->count;
  if (edit_tree_is_alias(tree, mapping, 2 * index) || (!last && edit_tree_is_alias(tree, mapping, 2 * index + 2)))
    return false;
  size_t own_start = layout_start_of(tree, yaml_key(mapping, index)), own_end = layout_end(tree, mapping, 2 * index + 1);
  size_t start = last ? layout_end(tree, mapping, 2 * index - 1) : own_start;
  size_t end = last ? own_end : layout_start_of(tree, yaml_key(mapping, index + 1));
  if (layout_has_hash(&layout, start, own_start) || layout_has_hash(&layout, own_end, end))
    return false;
  return edit_tree_try(tree, fix, start, end, "", change);
}

/* The first pair of an item shares its line with the dash: what follows moves up, unless comments stand between. */
static bool remove_first_of_item(EditTree *tree, Fix *fix, const YamlNode *mapping, size_t start, EditChange *change) {
  Layout layout = layout_of(tree);
  size_t line_end = layout_line_end(&layout, layout_end(tree, mapping, 1));
  size_t next = edit_tree_is_alias(tree, mapping, 2) ? 0 : layout_start_of(tree, yaml_key(mapping, 1));
  if (next < line_end || layout_has_hash(&layout, line_end, next))
    return false;
  return edit_tree_try(tree, fix, start, next, "", change);
}

static bool remove_from_block(EditTree *tree, Fix *fix, const YamlNode *mapping, guint index, EditChange *change) {
  Layout layout = layout_of(tree);
  if (edit_tree_is_alias(tree, mapping, 2 * index))
    return false;
  size_t start = layout_start_of(tree, yaml_key(mapping, index));
  size_t end = layout_end(tree, mapping, 2 * index + 1);
  bool at_start = layout_line_start(&layout, end) == end;
  if (!at_start && !layout_is_rest_empty(&layout, end))
    return false;
  size_t line = layout_line_start(&layout, start);
  if (layout_skip_blanks(&layout, line) != start && index == 0)
    return remove_first_of_item(tree, fix, mapping, start, change);
  end = at_start ? end : layout_next_line(&layout, end);
  if (layout_line_start(&layout, end) != end)
    line = layout_line_before(&layout, line); /* the last line of the file has no line break: nor will the new one */
  return edit_tree_try(tree, fix, line, end, "", change);
}

bool edit_remove_key(EditTree *tree, Fix *fix, const YamlNode *mapping, guint index) {
  if (mapping->kind != YAML_MAPPING || index >= mapping->count || mapping->count == 1 || !edit_tree_owns(tree, mapping))
    return false;
  g_autoptr(EditChange) change = edit_change_new(EDIT_REMOVE, mapping, index, NULL, NULL);
  bool flow = edit_tree_in_flow(tree, mapping);
  return flow ? remove_from_flow(tree, fix, mapping, index, change) : remove_from_block(tree, fix, mapping, index, change);
}
