/* Bytes, places and lines of a file, and where each byte of a scalar's text stands in it. */
#include "base/source.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

/* ---- scalars of every style ---- */

static const struct {
  const char *claim;
  const char *text;  /* the value of the key "k" is asked about */
  const char *found; /* for each byte of its text the character at the byte in the file, or . where it is hidden */
} scalars[] = {
  {"plain", "k: abc # no\n", "abc"},
  {"plain-over-lines", "k: ab\n  cd \n\n\n  ef\n", "ab.cd..ef"},
  {"plain-with-crlf", "k: ab\r\n  cd\r\n", "ab.cd"},
  {"plain-with-tabs", "k: a\tb\t\n  c\n", "a\tb.c"},
  {"plain-with-properties", "k: &a !!str   ab\n", "ab"},
  {"properties-and-a-comment-before", "k: !!str # not ab\n  ab\n", "ab"},
  {"nothing", "k:\nl: 1\n", ""},
  {"nothing-with-an-anchor", "k: &a\nl: 1\n", ""},
  {"single-quoted", "k: 'it''s'\n", "it.s"},
  {"single-quoted-over-lines", "k: 'a \n\n  b'\n", "a.b"},
  {"double-quoted", "k: \"a b\"\n", "a b"},
  {"escapes", "k: \"a\\nb\\x41c\\u00e9d\\\"e\\0f\\Ug\"\n", NULL},
  {"escapes-that-are-right", "k: \"a\\nb\\x41c\\u00e9d\\\"e\\0f\\U0001F600g\"\n", "a.b.c..d.e.f....g"},
  {"an-escaped-line-break", "k: \"ab\\\n   cd\\\n\n  e\"\n", "abcd.e"},
  {"a-fold-in-double-quotes", "k: \"ab  \n  cd\n\n  e\"\n", "ab.cd.e"},
  {"literal", "k: |\n  ab\n   c\n\n  d\n", "ab\n c\n\nd\n"},
  {"literal-without-an-end", "k: |\n  ab", "ab"},
  {"literal-stripped", "k: |-  # note\n  ab\n  c\n\n", "ab\nc"},
  {"literal-kept", "k: |+\n\n  ab\n\n", "\nab\n\n"},
  {"literal-with-an-indicator", "k: |2\n   ab\n  c\n", " ab\nc\n"},
  {"literal-with-tabs", "k: |\n  b\tc\n  \ta\n", "b\tc\n\ta\n"},
  {"literal-with-crlf", "k: |\r\n  ab\r\n  c\r\n", "ab.c."},
  {"literal-of-blank-lines", "k: |+\n  \n\n", "\n\n"},
  {"literal-with-nothing", "k: |\nl: x\n", ""},
  {"spaces-beyond-the-indentation", "k: |\n  a\n     \n  b\n", "a\n   \nb\n"},
  {"folded", "k: >\n  ab\n  cd\n\n  e\n   f\n  g\n", "ab.cd\ne\n f\ng\n"},
  {"folded-stripped", "k: >-\n  ab\n  cd\n", "ab.cd"},
  {"utf-8", "k: \"\xc3\xbc\xe2\x9c\x93x\"\n", "\xc3\xbc\xe2\x9c\x93x"},
  {"a-byte-order-mark", BOM "k: ab\n", "ab"},
  {"a-unicode-separator-is-a-line", "k: \"a\xe2\x80\xa8 b\"\n", "a...b"},
  {"behind-wide-characters", "{\"\xc3\xbc\xc3\xbc\": 1, k: ab}\n", "ab"},
};

static YamlDocument *parse(const char *text, size_t size) {
  return yaml_parse("x.yaml", text, size, NULL, NULL);
}

static void test_scalar(const void *data) {
  size_t row = GPOINTER_TO_SIZE(data), size = strlen(scalars[row].text);
  g_autoptr(YamlDocument) document = parse(scalars[row].text, size);
  if (scalars[row].found == NULL) {
    g_assert_null(document);
    return;
  }
  g_autoptr(Source) source = source_new(scalars[row].text, size);
  const YamlNode *scalar = yaml_get(yaml_root(document), "k");
  g_autoptr(GString) found = g_string_new(NULL);
  for (size_t i = 0; i < scalar->length; i++) {
    size_t byte = 4711;
    bool shown = source_offset_of(source, scalar, i, &byte);
    g_assert_true(shown || byte == 4711);
    g_string_append_c(found, shown ? scalars[row].text[byte] : '.');
  }
  g_assert_cmpstr(found->str, ==, scalars[row].found);
  size_t behind;
  g_assert_true(source_offset_of(source, scalar, scalar->length, &behind));
  g_assert_false(source_offset_of(source, scalar, scalar->length + 1, &behind));
}

/* ---- a property: what is claimed to write a byte does write it ---- */

static const char *const plain_parts[] = {"a", "bc", " ", "  ", "\xc3\xa9", "7", ":x", "#", "'", "\\", "\"", "\t", "z"};
static const char *const breaks[] = {"\n", "\r\n", "\n\n", "\n \n", "\xc2\x85", "\n\t\n"};
static const char *const escapes[] = {"\\n", "\\x41", "\\u00e9", "\\\"", "\\\\", "\\\n", "\\t", "\\  ", "\\L"};

static const char *pick(GRand *random, const char *const *from, size_t count) {
  return from[g_rand_int_range(random, 0, (int)count)];
}

/* A document that is often right, with a scalar under "k". Transfer full. */
static char *random_document(GRand *random) {
  static const char *const openings[] = {"k: ", "k: '", "k: \"", "k: |", "k: >", "k: &a ", "- {x: 1, k: \"", "k: !!str |"};
  static const char *const headers[] = {"", "-", "+", "2", "1-", "+2", " # c"};
  size_t opening = (size_t)g_rand_int_range(random, 0, G_N_ELEMENTS(openings));
  g_autoptr(GString) out = g_string_new(g_rand_boolean(random) ? BOM : "");
  char last = openings[opening][strlen(openings[opening]) - 1];
  bool block = last == '|' || last == '>';
  g_string_append(out, openings[opening]);
  if (block)
    g_string_append_printf(out, "%s\n  ", pick(random, headers, G_N_ELEMENTS(headers)));
  for (int i = g_rand_int_range(random, 0, 14); i > 0; i--) {
    int kind = g_rand_int_range(random, 0, 6);
    if (kind == 0)
      g_string_append_printf(out, "%s%s", pick(random, breaks, G_N_ELEMENTS(breaks)), g_rand_boolean(random) ? "  " : "   ");
    else if (kind == 1 && last == '"')
      g_string_append(out, pick(random, escapes, G_N_ELEMENTS(escapes)));
    else
      g_string_append(out, last == '\'' && kind == 2 ? "''" : pick(random, plain_parts, G_N_ELEMENTS(plain_parts)));
  }
  if (last == '"' || last == '\'')
    g_string_append_c(out, last);
  g_string_append(out, opening == 6 ? "}" : g_rand_boolean(random) ? "\n" : "");
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static const YamlNode *find_scalar(const YamlDocument *document) {
  const YamlNode *root = document != NULL ? yaml_root(document) : NULL;
  const YamlNode *scalar = yaml_get(root != NULL && root->kind == YAML_SEQUENCE ? root->items[0] : root, "k");
  return scalar != NULL && scalar->kind == YAML_SCALAR ? scalar : NULL;
}

/* Writes another letter over the byte and reads again: that byte of the text, and no other, must be the new letter. */
static void check_by_change(char *text, size_t size, const YamlNode *scalar, size_t offset, size_t byte) {
  char old = text[byte];
  text[byte] = 'Q';
  g_autoptr(YamlDocument) document = parse(text, size);
  const YamlNode *again = find_scalar(document);
  text[byte] = old;
  g_assert_nonnull(again);
  g_assert_cmpuint(again->length, ==, scalar->length);
  for (size_t i = 0; i < scalar->length; i++)
    g_assert_cmpint(again->text[i], ==, i == offset ? 'Q' : scalar->text[i]);
}

static void check_document(char *text, size_t size, guint *seen) {
  g_autoptr(YamlDocument) document = parse(text, size);
  const YamlNode *scalar = find_scalar(document);
  if (scalar == NULL)
    return;
  g_autoptr(Source) source = source_new(text, size);
  bool escaped = source_writing(source, scalar).style == SCALAR_DOUBLE;
  for (size_t i = 0; i < scalar->length; i++) {
    size_t byte;
    bool letter = g_ascii_isalpha(scalar->text[i]), shown = source_offset_of(source, scalar, i, &byte);
    if (letter && !escaped)
      g_assert_true(shown); /* nothing hides a letter but an escape */
    if (letter && shown)
      check_by_change(text, size, scalar, i, byte);
    else if (shown)
      g_assert_cmpint(text[byte], ==, scalar->text[i]);
    *seen += letter && shown;
  }
  size_t behind;
  g_assert_true(source_offset_of(source, scalar, scalar->length, &behind));
}

static void test_every_offset(void) {
  g_autoptr(GRand) random = g_rand_new_with_seed(20240229);
  guint seen = 0;
  for (int i = 0; i < 20000; i++) {
    g_autofree char *text = random_document(random);
    check_document(text, strlen(text), &seen);
  }
  g_assert_cmpuint(seen, >, 20000);
}

/* ---- ranges, places, lines ---- */

static void test_ranges(void) {
  static const struct {
    const char *text;
    size_t offset, length;
    const char *writes; /* NULL: none */
  } rows[] = {
    {"k: 'a''b'\n", 0, 2, "a''"},
    {"k: \"a\\nb\"\n", 1, 1, "\\n"},
    {"k: \"a\\u00e9b\"\n", 1, 1, NULL},
    {"k: \"a\\u00e9b\"\n", 1, 2, "\\u00e9"},
    {"k: |\n  a\n  b\n", 2, 1, "b"},
    {"k: |\n  a\n  b\n", 1, 2, "\n  b"},
    {"k: ab\n", 2, 0, ""},
    {"k: ab\n", 1, 2, NULL},
    {"k: \"a\\u00e9b\"\n", 2, 0, NULL},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    size_t size = strlen(rows[i].text), start = 0, end = 0;
    g_autoptr(YamlDocument) document = parse(rows[i].text, size);
    g_autoptr(Source) source = source_new(rows[i].text, size);
    bool found = source_range_of(source, yaml_get(yaml_root(document), "k"), rows[i].offset, rows[i].length, &start, &end);
    g_autofree char *writes = found ? g_strndup(rows[i].text + start, end - start) : NULL;
    g_assert_cmpstr(writes, ==, rows[i].writes);
  }
}

static void test_locate(void) {
  static const char text[] = "k: |\n  a\xc3\xbc"
                             "b\n  c\nl: \"x\\n\\\"y\"\n";
  g_autoptr(YamlDocument) document = parse(text, strlen(text));
  g_autoptr(Source) source = source_new(text, strlen(text));
  const struct {
    const char *key;
    size_t offset;
    unsigned line, column;
  } rows[] = {{"k", 0, 2, 3}, {"k", 3, 2, 5}, {"k", 5, 3, 3}, {"l", 0, 4, 5}, {"l", 1, 4, 6}, {"l", 3, 4, 10}, {"l", 99, 4, 4}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    Location at = source_locate(source, yaml_get(yaml_root(document), rows[i].key), rows[i].offset);
    g_assert_cmpuint(at.line, ==, rows[i].line);
    g_assert_cmpuint(at.column, ==, rows[i].column);
    g_assert_cmpstr(at.file, ==, "x.yaml");
  }
}

static void test_places_and_lines(void) {
  static const char text[] = BOM "a\r\n\xc3\xbc"
                                 "b\n\nx\ry\xc2\x85z\xe2\x80\xa8last";
  static const char *const lines[] = {"a", "üb", "", "x", "y", "z", "last"};
  size_t size = strlen(text), length;
  g_autoptr(Source) source = source_new(text, size);
  for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
    const char *line = source_line(source, i + 1, &length);
    g_autofree char *copy = g_strndup(line, length);
    g_assert_cmpstr(copy, ==, lines[i]);
    g_assert_cmpuint(source_byte(source, (Location){.line = i + 1, .column = 1}), ==, (size_t)(line - text));
  }
  g_assert_null(source_line(source, 0, &length));
  g_assert_null(source_line(source, G_N_ELEMENTS(lines) + 1, &length));
  for (size_t byte = 3; byte < size; byte++)
    if (((unsigned char)text[byte] & 0xC0) != 0x80)
      g_assert_cmpuint(source_byte(source, source_place(source, NULL, byte)), ==, byte);
  g_assert_cmpuint(source_byte(source, (Location){.line = 99, .column = 1}), ==, size);
  g_assert_cmpuint(source_byte(source, (Location){.line = 7, .column = 99}), ==, size);
}

static void test_nothing(void) {
  size_t size;
  g_autoptr(Source) empty = source_new(NULL, 0), wide = source_new("\xff\xfe"
                                                                   "a\0",
                                                                   4);
  g_assert_cmpuint(source_byte(empty, (Location){.line = 1, .column = 1}), ==, 0);
  g_assert_cmpuint(source_byte(wide, (Location){.line = 1, .column = 1}), ==, 0);
  source_text(wide, &size);
  g_assert_cmpuint(size, ==, 0);
}

/* It guards: each question walked the scalar from its start, so a long script with many expressions took minutes. */
static void test_many_questions(void) {
  g_autoptr(GString) text = g_string_new("k: |\n");
  for (int i = 0; i < 30000; i++)
    g_string_append(text, "  echo ${{ x }} and more\n");
  g_autoptr(YamlDocument) document = parse(text->str, text->len);
  g_autoptr(Source) source = source_new(text->str, text->len);
  const YamlNode *scalar = yaml_get(yaml_root(document), "k");
  gint64 before = g_get_monotonic_time();
  for (size_t i = 0; i < scalar->length; i += 23)
    g_assert_cmpuint(source_locate(source, scalar, i).line, ==, i / 23 + 2);
  g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(scalars); i++) {
    g_autofree char *path = g_strconcat("/base/source/scalar/", scalars[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_scalar);
  }
  g_test_add_func("/base/source/every-offset-is-right-or-hidden", test_every_offset);
  g_test_add_func("/base/source/ranges-cover-whole-escapes", test_ranges);
  g_test_add_func("/base/source/locate", test_locate);
  g_test_add_func("/base/source/places-and-lines", test_places_and_lines);
  g_test_add_func("/base/source/nothing-and-utf-16", test_nothing);
  g_test_add_func("/base/source/many-questions-about-one-scalar", test_many_questions);
  return g_test_run();
}
