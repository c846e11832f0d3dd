/* Takes one byte for an operation, one for a node, one for a text and the rest as YAML, where bytes above ASCII stand for whole
 * pieces of it. Holds edits to their promise: an edit that is made leaves YAML whose tree is the old one but for the edit, one
 * that is refused leaves nothing behind. Every scalar's bytes are where base/source.h says. */
#include "lint/edit/edit_yaml.h"

#include <stdint.h>
#include <string.h>

#define PLACES_MAX 400

static const YamlLimits limits = {.depth_max = 20, .nodes_max = 500, .size_max_bytes = 4096};
static const char *const texts[] = {"x",   "",   "it's: #1", "${{ a }}", "a\n b\n", "true", "[1, 2]", "k: 1\nl:\n  - 2", "|\n  x\n", "\xc3\xbc\t\"",
                                    "# c", "*a", "&b y",     "b\n\n"};

static const char *const pieces[] = {
  "a: ",
  "b: ",
  "c:\n",
  "\n",
  "\n",
  "\n",
  "  ",
  "    ",
  "- ",
  "- ",
  "\n  ",
  "\n    ",
  "\n- ",
  "\n  - ",
  "\n    - ",
  " # c",
  "\n# c\n",
  "|\n",
  "|-\n",
  "|+\n",
  ">\n",
  "|2\n",
  "'it''s'",
  "\"q\\n\"",
  "\"\\u00e9\\\n  x\"",
  "{",
  "}",
  "[",
  "]",
  ", ",
  ": ",
  "&k ",
  "*k",
  "!!str ",
  "\r\n",
  "\xc3\xbc",
  "\xe2\x80\xa8",
  "\xc2\x85",
  "\xef\xbb\xbf",
  "run: ",
  "env:",
  "uses: ",
  "{}",
  "plain text",
  "x\n  y",
  "? ",
  "---\n",
  "\n...\n",
  "true",
  "1.5",
};

static GString *spell_out(const uint8_t *bytes, size_t size) {
  GString *text = g_string_new(NULL);
  for (size_t i = 0; i < size && text->len < limits.size_max_bytes; i++)
    if (bytes[i] < 0x80)
      g_string_append_c(text, (char)bytes[i]);
    else
      g_string_append(text, pieces[(bytes[i] - 0x80U) % G_N_ELEMENTS(pieces)]);
  return text;
}

static void check_source(const Source *source, const YamlNode *scalar) {
  size_t size, byte, start, end;
  const char *text = source_text(source, &size);
  for (size_t i = 0; i < MIN(scalar->length, PLACES_MAX); i++) {
    if (source_offset_of(source, scalar, i, &byte)) {
      g_assert_cmpuint(byte, <, size);
      g_assert_cmpint(text[byte], ==, scalar->text[i]);
    }
    if (source_range_of(source, scalar, i, 1, &start, &end))
      g_assert_true(start < end && end <= size);
    g_assert_cmpuint(source_locate(source, scalar, i).line, >, 0);
  }
  ScalarWriting writing = source_writing(source, scalar);
  g_assert_true(writing.start <= writing.end && writing.end <= size);
}

/* All nodes, in the order of the file; an alias's again each time. */
static void collect(const YamlNode *node, const Source *source, GPtrArray *nodes) {
  g_ptr_array_add(nodes, (gpointer)node);
  if (node->kind == YAML_SCALAR)
    check_source(source, node);
  guint count = node->kind == YAML_SCALAR ? 0 : node->kind == YAML_MAPPING ? 2 * node->count : node->count;
  for (guint i = 0; i < count; i++)
    collect(node->items[i], source, nodes);
}

static bool operate(EditTree *tree, Fix *fix, unsigned operation, const YamlNode *node, const char *text) {
  g_autofree char *chosen = NULL;
  guint at = operation / 8;
  switch (operation % 8) {
  case 0:
    return edit_set_scalar(tree, fix, node, text);
  case 1:
    return edit_replace_in_scalar(tree, fix, node, at, 2, text);
  case 2:
    return edit_rename_key(tree, fix, node, at % 4, text);
  case 3:
    return edit_set_comment(tree, fix, node, text);
  case 4:
    return edit_insert_key(tree, fix, node, at == 0 ? EDIT_FIRST : at - 1, "new", text);
  case 5:
    return edit_remove_key(tree, fix, node, at % 4);
  case 6:
    return edit_append_item(tree, fix, node, text);
  default:
    return edit_add_env(tree, fix, node, "NAME", text, &chosen);
  }
}

/* Only what an operation is about may go: comments and layout stay because nobody touches them. */
static void check_ranges(const Source *source, const Fix *fix, unsigned operation, const YamlNode *node) {
  size_t size;
  source_text(source, &size);
  for (guint i = 0; i < fix->edits->len; i++) {
    const Edit *edit = &g_array_index(fix->edits, Edit, i);
    g_assert_true(edit->start <= edit->end && edit->end <= size);
    if (operation % 8 == 4 || operation % 8 >= 6)
      g_assert_cmpuint(edit->start, ==, edit->end);
    if (operation % 8 < 2)
      g_assert_true(edit->start >= source_byte(source, node->location) && edit->end <= source_byte(source, node->end));
  }
}

static void check_edit(const YamlNode *root, EditTree *tree, Fix *fix) {
  size_t size, new_size;
  const char *text = source_text(edit_tree_source(tree), &size);
  g_autoptr(GPtrArray) fixes = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  g_ptr_array_add(fixes, fix);
  g_autofree char *after = edits_apply(text, size, fixes, NULL, &new_size);
  g_autoptr(YamlDocument) again = yaml_parse("", after, new_size, NULL, &error);
  g_assert_no_error(error);
  g_assert_true(edit_tree_equal_except(root, yaml_root(again), fix->changes));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  if (size < 3)
    return 0;
  g_autoptr(GString) text = spell_out(bytes + 3, size - 3);
  g_autoptr(YamlDocument) document = yaml_parse("x.yaml", text->str, text->len, &limits, NULL);
  if (document == NULL)
    return 0;
  g_autoptr(Source) source = source_new(text->str, text->len);
  g_autoptr(EditTree) tree = edit_tree_new(document, source);
  g_autoptr(Fix) fix = fix_new("", true);
  g_autoptr(GPtrArray) nodes = g_ptr_array_new();
  collect(yaml_root(document), source, nodes);
  const YamlNode *node = g_ptr_array_index(nodes, bytes[1] % nodes->len);
  bool good = operate(tree, fix, bytes[0], node, texts[bytes[2] % G_N_ELEMENTS(texts)]);
  g_assert_true(good || (fix->edits->len == 0 && fix->changes->len == 0));
  check_ranges(source, fix, bytes[0], node);
  if (fix->edits->len > 0)
    check_edit(yaml_root(document), tree, fix);
  return 0;
}
