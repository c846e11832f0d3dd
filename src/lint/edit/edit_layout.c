#include "lint/edit/edit_layout.h"

#include <string.h>

#define STEP_DEFAULT 2

Layout layout_of(const EditTree *tree) {
  Layout layout = {.line_break = "\n"};
  layout.text = source_text(edit_tree_source(tree), &layout.size);
  size_t first = layout_line_end(&layout, 0);
  if (layout.size - first >= 2 && memcmp(layout.text + first, "\r\n", 2) == 0)
    layout.line_break = "\r\n";
  return layout;
}

/* ---- lines ---- */

static size_t break_at(const Layout *layout, size_t at) {
  return at < layout->size ? yaml_break_length(layout->text, at, layout->size) : 0;
}

size_t layout_line_end(const Layout *layout, size_t at) {
  while (at < layout->size && break_at(layout, at) == 0)
    at++;
  return at;
}

size_t layout_line_start(const Layout *layout, size_t at) {
  size_t bom = layout->size >= 3 && memcmp(layout->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  while (at > bom) {
    size_t before = at - 1;
    while (before > bom && ((unsigned char)layout->text[before] & 0xC0) == 0x80)
      before--;
    if (before + break_at(layout, before) == at)
      break;
    at = before;
  }
  return at;
}

size_t layout_next_line(const Layout *layout, size_t at) {
  at = layout_line_end(layout, at);
  return at + break_at(layout, at);
}

size_t layout_line_before(const Layout *layout, size_t start) {
  size_t most = MIN(start, 3);
  for (size_t length = most; length > 0; length--)
    if (yaml_break_length(layout->text, start - length, start) == length)
      return start - length;
  return start;
}

size_t layout_skip_blanks(const Layout *layout, size_t at) {
  while (at < layout->size && (layout->text[at] == ' ' || layout->text[at] == '\t'))
    at++;
  return at;
}

bool layout_is_rest_empty(const Layout *layout, size_t at) {
  size_t rest = layout_skip_blanks(layout, at);
  return rest == layout->size || break_at(layout, rest) > 0 || (rest > at && layout->text[rest] == '#');
}

bool layout_has_hash(const Layout *layout, size_t start, size_t end) {
  return end > start && memchr(layout->text + start, '#', end - start) != NULL;
}

/* ---- nodes ---- */

size_t layout_start_of(const EditTree *tree, const YamlNode *node) {
  return source_byte(edit_tree_source(tree), node->location);
}

/* Past the next alias: over what may stand before it, and its name. */
static size_t skip_alias(const Layout *layout, size_t at) {
  bool comment = false;
  for (; at < layout->size && (comment || layout->text[at] != '*'); at++)
    comment = break_at(layout, at) == 0 && (comment || layout->text[at] == '#');
  while (at < layout->size && strchr(" \t\r\n,]}", layout->text[at]) == NULL && break_at(layout, at) == 0)
    at++;
  return at;
}

/* A pair in a list may go without. */
static bool opens_with_bracket(const EditTree *tree, const YamlNode *node) {
  Layout layout = layout_of(tree);
  size_t start = yaml_skip_properties(layout.text, layout_start_of(tree, node), layout.size);
  return start < layout.size && (layout.text[start] == '{' || layout.text[start] == '[');
}

size_t layout_end_of(const EditTree *tree, const YamlNode *node) {
  const Source *source = edit_tree_source(tree);
  if (node->kind == YAML_SCALAR)
    return source_writing(source, node).end;
  if (node->count == 0 || (node->flow && opens_with_bracket(tree, node)))
    return source_byte(source, node->end);
  return layout_end(tree, node, (node->kind == YAML_MAPPING ? 2 * node->count : node->count) - 1);
}

size_t layout_end(const EditTree *tree, const YamlNode *parent, guint item) {
  if (!edit_tree_is_alias(tree, parent, item))
    return layout_end_of(tree, parent->items[item]);
  Layout layout = layout_of(tree);
  guint known = item;
  while (known > 0 && edit_tree_is_alias(tree, parent, known - 1))
    known--;
  size_t at =
    known > 0 ? layout_end_of(tree, parent->items[known - 1]) : yaml_skip_properties(layout.text, layout_start_of(tree, parent), layout.size);
  for (; known <= item; known++)
    at = skip_alias(&layout, at);
  return at;
}

/* ---- columns ---- */

unsigned layout_column(const EditTree *tree, size_t at) {
  return source_place(edit_tree_source(tree), NULL, at).column - 1;
}

/* A block mapping starts where its first key does, a block list at its first dash. */
static bool block_column(const EditTree *tree, const YamlNode *node, unsigned *column) {
  if (node == NULL || node->kind == YAML_SCALAR || edit_tree_in_flow(tree, node) || node->count == 0)
    return false;
  Layout layout = layout_of(tree);
  size_t start = layout_start_of(tree, node);
  if (node->kind == YAML_SEQUENCE)
    start = yaml_skip_properties(layout.text, start, layout.size);
  else if (edit_tree_is_alias(tree, node, 0))
    return false;
  else
    start = layout_start_of(tree, node->items[0]);
  *column = layout_column(tree, start);
  return true;
}

/* Its own blocks say, else those that it lies in. */
unsigned layout_step(const EditTree *tree, const YamlNode *node) {
  unsigned outer, inner;
  if (node->kind == YAML_MAPPING && block_column(tree, node, &outer))
    for (guint i = 0; i < node->count; i++)
      if (!edit_tree_is_alias(tree, node, 2 * i + 1) && block_column(tree, yaml_value(node, i), &inner) && inner > outer)
        return inner - outer;
  for (const YamlNode *parent; (parent = edit_tree_parent(tree, node)) != NULL; node = parent)
    if (parent->kind == YAML_MAPPING && block_column(tree, parent, &outer) && block_column(tree, node, &inner) && inner > outer)
      return inner - outer;
  return STEP_DEFAULT;
}

/* ---- writing blocks ---- */

static bool is_block_collection(const char *yaml) {
  g_autoptr(YamlDocument) value = yaml_parse("", yaml, strlen(yaml), NULL, NULL);
  return value != NULL && yaml_root(value)->kind != YAML_SCALAR && *yaml != '{' && *yaml != '[';
}

void layout_append(GString *out, const Layout *layout, const char *yaml, bool item, unsigned columns, unsigned step) {
  g_auto(GStrv) lines = g_strsplit(yaml, "\n", -1);
  guint count = g_strv_length(lines);
  while (count > 0 && *lines[count - 1] == '\0')
    count--;
  bool block = is_block_collection(yaml), below = block && !item;
  unsigned indent = columns + (below ? step : block ? 2 : 0);
  for (guint i = 0; i < count; i++) {
    if (i > 0 || below)
      g_string_append(out, layout->line_break);
    if (i == 0 && !below)
      g_string_append_c(out, ' ');
    else if (*lines[i] != '\0')
      g_string_append_printf(out, "%*s", (int)indent, "");
    g_string_append(out, lines[i]);
  }
}
