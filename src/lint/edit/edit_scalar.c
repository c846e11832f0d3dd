#include "lint/edit/edit_yaml.h"

#include "lint/edit/edit_layout.h"

#include <string.h>

static bool is_valid(const char *text) {
  return g_utf8_validate(text, -1, NULL);
}

/* ---- the whole text ---- */

/* Writes `text` as a literal block over [writing->start, writing->end): the old header with its comment, and what says how it
 * ends. NULL when it cannot be one. Transfer full. */
static char *write_block(const Layout *layout, const ScalarWriting *writing, const char *text) {
  size_t length = strlen(text), ends = 0, rest = writing->start + 1;
  while (ends < length && text[length - 1 - ends] == '\n')
    ends++;
  g_autofree char *lines = g_strndup(text, length - ends);
  g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
  char digit = '\0', chomp = ends == 0 ? '-' : ends > 1 ? '+' : '\0';
  for (; rest < writing->end && strchr("123456789+-", layout->text[rest]) != NULL; rest++)
    if (g_ascii_isdigit(layout->text[rest]))
      digit = layout->text[rest];
    else if (layout->text[rest] == '+' && ends > 0)
      chomp = '+';
  if (length == ends || writing->indent == 0 || (digit == '\0' && strchr(" \n", *text) != NULL))
    return NULL;
  g_autoptr(GString) out = g_string_new("|");
  g_string_append_len(out, &digit, digit != '\0');
  g_string_append_len(out, &chomp, chomp != '\0');
  g_string_append_len(out, layout->text + rest, (gssize)(layout_line_end(layout, rest) - rest));
  for (char **line = each; *line != NULL; line++) {
    if (!write_is_printable(*line))
      return NULL;
    g_string_append(out, layout->line_break);
    if (**line != '\0')
      g_string_append_printf(out, "%*s%s", (int)writing->indent, "", *line);
  }
  bool own_end = layout_line_start(layout, writing->end) == writing->end;
  for (size_t i = own_end ? 0 : 1; i < MAX(ends, 1); i++)
    g_string_append(out, layout->line_break);
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A value that is not there yet is set off by blanks. */
static char *set_off(const Layout *layout, const ScalarWriting *writing, const char *text) {
  size_t at = writing->end;
  bool before = at > 0 && strchr(" \t\r\n", layout->text[at - 1]) == NULL;
  bool after = at < layout->size && strchr(" \t\r\n,]}", layout->text[at]) == NULL;
  return g_strconcat(before ? " " : "", text, after ? " " : "", NULL);
}

static bool set_on_line(EditTree *tree, Fix *fix, const YamlNode *scalar, ScalarStyle style, EditChange *change) {
  Layout layout = layout_of(tree);
  ScalarWriting writing = source_writing(edit_tree_source(tree), scalar);
  bool empty = scalar->plain && scalar->length == 0;
  bool as_text = scalar->tag == NULL && write_reads_as_text(scalar);
  g_autofree char *written = write_scalar(change->text, style, edit_tree_in_flow(tree, scalar), as_text);
  g_autofree char *placed = empty ? set_off(&layout, &writing, written) : g_strdup(written);
  return edit_tree_try(tree, fix, empty ? writing.end : writing.start, writing.end, placed, change);
}

bool edit_set_scalar(EditTree *tree, Fix *fix, const YamlNode *scalar, const char *text) {
  if (scalar->kind != YAML_SCALAR || !edit_tree_owns(tree, scalar) || !is_valid(text))
    return false;
  Layout layout = layout_of(tree);
  ScalarWriting writing = source_writing(edit_tree_source(tree), scalar);
  bool block = writing.style >= SCALAR_LITERAL;
  g_autofree char *lines = block ? write_block(&layout, &writing, text) : NULL;
  g_autoptr(EditChange) change = edit_change_new(EDIT_SET, scalar, 0, text, NULL);
  if (lines != NULL && edit_tree_try(tree, fix, writing.start, writing.end, lines, change))
    return true;
  return set_on_line(tree, fix, scalar, block ? SCALAR_PLAIN : writing.style, change) || set_on_line(tree, fix, scalar, SCALAR_DOUBLE, change);
}

bool edit_rename_key(EditTree *tree, Fix *fix, const YamlNode *mapping, guint index, const char *key) {
  if (mapping->kind != YAML_MAPPING || index >= mapping->count || edit_tree_is_alias(tree, mapping, 2 * index))
    return false;
  return edit_set_scalar(tree, fix, yaml_key(mapping, index), key);
}

/* ---- a part of it ---- */

/* `text` as it stands inside the scalar; NULL when it cannot. Transfer full. */
static char *write_part(const Layout *layout, const ScalarWriting *writing, const char *text) {
  if (writing->style == SCALAR_DOUBLE || write_is_printable(text)) {
    GString *out = g_string_new(NULL);
    write_inside(out, text, writing->style);
    return g_string_free(out, FALSE);
  }
  if (writing->style != SCALAR_LITERAL)
    return NULL;
  g_autofree char *between = g_strdup_printf("%s%*s", layout->line_break, (int)writing->indent, "");
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (!write_is_printable(*line))
      return NULL;
  return g_strjoinv(between, lines);
}

bool edit_replace_in_scalar(EditTree *tree, Fix *fix, const YamlNode *scalar, size_t offset, size_t length, const char *text) {
  size_t start, end;
  if (scalar->kind != YAML_SCALAR || !edit_tree_owns(tree, scalar) || !is_valid(text) || strlen(scalar->text) != scalar->length ||
      !source_range_of(edit_tree_source(tree), scalar, offset, length, &start, &end))
    return false;
  Layout layout = layout_of(tree);
  ScalarWriting writing = source_writing(edit_tree_source(tree), scalar);
  g_autoptr(GString) whole = g_string_new_len(scalar->text, (gssize)offset);
  g_string_append(whole, text);
  g_string_append_len(whole, scalar->text + offset + length, (gssize)(scalar->length - offset - length));
  if (!is_valid(whole->str))
    return false;
  g_autofree char *part = write_part(&layout, &writing, text);
  g_autoptr(EditChange) change = edit_change_new(EDIT_SET, scalar, 0, whole->str, NULL);
  if (part != NULL && edit_tree_try(tree, fix, start, end, part, change))
    return true;
  return edit_set_scalar(tree, fix, scalar, whole->str);
}

/* ---- comments ---- */

/* Behind the brackets that close what the node lies in. */
static size_t skip_closers(const Layout *layout, size_t at) {
  for (size_t next = at; next < layout->size; next++) {
    if (strchr(",]}", layout->text[next]) != NULL && layout->text[next] != '\0')
      at = next + 1;
    else if (layout->text[next] != ' ' && layout->text[next] != '\t')
      break;
  }
  return at;
}

/* Whether the node's last line belongs to a block of text, where a # is text. */
static bool ends_in_block(const EditTree *tree, const YamlNode *node) {
  while (node->kind != YAML_SCALAR && node->count > 0) {
    guint last = (node->kind == YAML_MAPPING ? 2 * node->count : node->count) - 1;
    if (edit_tree_is_alias(tree, node, last))
      return false;
    node = node->items[last];
  }
  return node->kind == YAML_SCALAR && source_writing(edit_tree_source(tree), node).style >= SCALAR_LITERAL;
}

bool edit_set_comment(EditTree *tree, Fix *fix, const YamlNode *node, const char *comment) {
  if (!edit_tree_owns(tree, node) || !is_valid(comment) || !write_is_printable(comment) || ends_in_block(tree, node))
    return false;
  Layout layout = layout_of(tree);
  size_t at = skip_closers(&layout, layout_end_of(tree, node)), line_end = layout_line_end(&layout, at);
  if (!layout_is_rest_empty(&layout, at))
    return false;
  size_t hash = layout_skip_blanks(&layout, at);
  bool there = hash < line_end;
  g_autofree char *text = g_strconcat(there ? "# " : " # ", comment, NULL);
  return edit_tree_try(tree, fix, there ? hash : at, line_end, text, NULL);
}
