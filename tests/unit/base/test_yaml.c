#include "base/error.h"
#include "base/fs.h"
#include "base/yaml.h"

#include <math.h>
#include <string.h>

static YamlDocument *parse(const char *text, size_t size, const YamlLimits *limits, GError **error) {
  return yaml_parse("x.yaml", text, size, limits, error);
}

/* The tree written down: [a, b], {k: v}, scalars plain or 'quoted'. */
static void write_node(GString *out, const YamlNode *node) {
  if (node->kind == YAML_SCALAR) {
    g_string_append_printf(out, node->plain ? "%s" : "'%s'", node->text);
    return;
  }
  bool mapping = node->kind == YAML_MAPPING;
  g_string_append_c(out, mapping ? '{' : '[');
  for (guint i = 0; i < node->count; i++) {
    g_string_append(out, i > 0 ? ", " : "");
    if (mapping) {
      write_node(out, yaml_key(node, i));
      g_string_append(out, ": ");
    }
    write_node(out, mapping ? yaml_value(node, i) : node->items[i]);
  }
  g_string_append_c(out, mapping ? '}' : ']');
}

static const struct {
  const char *claim;
  const char *text, *tree;
} trees[] = {
  {"nothing-is-an-empty-scalar", "", ""},
  {"a-comment-is-nothing", "# hi\n", ""},
  {"an-empty-document", "---\n...\n", ""},
  {"block", "a: 1\nb:\n  - x\n  - y: z\n", "{a: 1, b: [x, {y: z}]}"},
  {"flow", "{a: [1, \"2\", '3'], b: {}}", "{a: [1, '2', '3'], b: {}}"},
  {"block-scalars-are-not-plain", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a: 'x\ny\n', b: 'x y'}"},
  {"a-missing-value", "a:\nb: ~\n", "{a: , b: ~}"},
  {"an-alias", "a: &x [1, 2]\nb: *x\n", "{a: [1, 2], b: [1, 2]}"},
  {"the-last-anchor-counts", "a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}"},
  {"an-inner-anchor-of-the-same-name-counts", "a: &x [&x 1]\nb: *x\n", "{a: [1], b: 1}"},
  {"the-last-of-two-inner-ones-counts", "a: &x [&x 1, &x 2]\nb: *x\n", "{a: [1, 2], b: 2}"},
  {"the-last-of-many-inner-ones-counts", "a: &x [&x 1, &x 2, &x 3, &x 4, &x 5]\nb: *x\n", "{a: [1, 2, 3, 4, 5], b: 5}"},
  {"an-alias-as-key", "a: &k key\n*k : 1\n", "{a: key, key: 1}"},
  {"a-byte-order-mark",
   "\xef\xbb\xbf"
   "a: 1",
   "{a: 1}"},
  {"utf-8", "ü: ✓", "{ü: ✓}"},
  {"a-merge-key-is-a-key", "a: &x {b: 1}\nc: {<<: *x}\n", "{a: {b: 1}, c: {<<: {b: 1}}}"},
};

static void test_tree(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(YamlDocument) document = parse(trees[i].text, strlen(trees[i].text), NULL, &error);
  g_assert_no_error(error);
  g_autoptr(GString) out = g_string_new(NULL);
  write_node(out, yaml_root(document));
  g_assert_cmpstr(out->str, ==, trees[i].tree);
}

static const struct {
  const char *claim;
  const char *text;
  const char *says; /* the whole beginning of the message */
} bad[] = {
  {"an-open-bracket", "a: [1", "x.yaml:2:1: not YAML: "},
  {"a-tab-as-indentation", "a:\n\t- b", "x.yaml:2:1: not YAML: "},
  {"a-key-twice", "a: 1\nb: 2\na: 3\n", "x.yaml:3:1: the key \"a\" stands here twice, first in line 1"},
  {"a-key-twice-in-flow", "{a: 1, a: 2}", "x.yaml:1:8: the key \"a\" stands here twice"},
  {"a-key-twice-with-quotes", "a: 1\n\"a\": 2\n", "x.yaml:2:1: the key \"a\" stands here twice"},
  {"a-key-that-is-a-list", "[a]: 1", "x.yaml:1:1: a key must be text"},
  {"an-alias-to-nothing", "a: *x", "x.yaml:1:4: no anchor \"x\" stands before this alias"},
  {"an-alias-before-its-anchor", "a: *x\nb: &x 1", "x.yaml:1:4: no anchor \"x\""},
  {"an-alias-in-itself", "a: &x [*x]", "x.yaml:1:8: the alias \"x\" contains itself"},
  {"an-alias-in-a-nested-self", "a: &x {b: {c: [*x]}}", "x.yaml:1:16: the alias \"x\" contains itself"},
  {"a-second-document", "a: 1\n---\nb: 2\n", "x.yaml:2:1: a second document starts here"},
  {"bytes-that-are-no-text", "a: \xff", "x.yaml:"},
  {"a-control-character", "a: \x01", "x.yaml:"},
  {"an-unknown-escape", "a: \"\\q\"", "x.yaml:1:"},
  {"an-undeclared-tag-handle", "a: !x!y z", "x.yaml:1:4: not YAML: "},
};

static void test_bad(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_assert_null(parse(bad[i].text, strlen(bad[i].text), NULL, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  if (!g_str_has_prefix(error->message, bad[i].says))
    g_error("expected \"%s\", found \"%s\"", bad[i].says, error->message);
}

/* ---- limits ---------------------------------------------------------------------------------------------------------------- */

static void assert_refused(const char *text, const YamlLimits *limits, const char *says) {
  g_autoptr(GError) error = NULL;
  g_assert_null(parse(text, strlen(text), limits, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  if (strstr(error->message, says) == NULL)
    g_error("expected \"%s\", found \"%s\"", says, error->message);
}

static void assert_taken(const char *text, const YamlLimits *limits) {
  g_autoptr(GError) error = NULL;
  g_autoptr(YamlDocument) document = parse(text, strlen(text), limits, &error);
  g_assert_no_error(error);
  g_assert_nonnull(yaml_root(document));
}

static void test_size(void) {
  g_autofree char *large = g_strnfill(((gsize)1 << 20) + 1, '#');
  assert_refused(large, NULL, "larger than 1048576 bytes");
  assert_refused("abcd", &(YamlLimits){.size_max_bytes = 3}, "larger than 3 bytes");
  assert_taken("abc", &(YamlLimits){.size_max_bytes = 3});
}

static char *nested(guint depth, const char *core) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < depth; i++)
    g_string_append_c(text, '[');
  g_string_append(text, core);
  for (guint i = 0; i < depth; i++)
    g_string_append_c(text, ']');
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_depth(void) {
  g_autofree char *fits = nested(49, "x"), *deep = nested(50, "x"), *bottomless = nested(100000, "");
  assert_taken(fits, NULL);
  assert_refused(deep, NULL, "nested too deeply");
  assert_refused(bottomless, NULL, "nested too deeply");
}

/* It guards: an alias deep down repeated what it stands for, so that the tree was deeper than the limit. */
static void test_depth_through_aliases(void) {
  const YamlLimits limits = {.depth_max = 6};
  assert_taken("- &a [[x]]\n- [[*a]]\n", &limits);
  assert_refused("- &a [[x]]\n- [[[*a]]]\n", &limits, "x.yaml:2:6: nested too deeply");
  assert_refused("- &a [[x]]\n- &b [[*a]]\n- [*b]\n", &limits, "x.yaml:3:4: nested too deeply");
}

static void test_nodes(void) {
  const YamlLimits limits = {.nodes_max = 8};
  assert_taken("[1, 2, 3, 4, 5, 6, 7]", &limits);
  assert_refused("[1, 2, 3, 4, 5, 6, 7, 8]", &limits, "too many nodes");
  assert_taken("[&a [1, 2], *a, x]", &limits);
  assert_refused("[&a [1, 2], *a, *a]", &limits, "too many nodes");
}

/* Ten lines that stand for a billion nodes. */
static void test_alias_bomb(void) {
  g_autoptr(GString) text = g_string_new("a: &a [x, x, x, x, x, x, x, x, x]\n");
  for (char name = 'b'; name <= 'j'; name++) {
    g_string_append_printf(text, "%c: &%c [", name, name);
    for (int i = 0; i < 9; i++)
      g_string_append_printf(text, "%s*%c", i > 0 ? ", " : "", name - 1);
    g_string_append(text, "]\n");
  }
  assert_refused(text->str, NULL, "too many nodes");
}

/* ---- places and meaning ------------------------------------------------------------------------------------------------------ */

static void test_places(void) {
  static const char text[] = "a: 1\nlist:\n  - {k: \"v\"}\n  - ü: [x]\n";
  g_autoptr(YamlDocument) document = parse(text, strlen(text), NULL, NULL);
  const YamlNode *root = yaml_root(document), *list = yaml_get(root, "list");
  const YamlNode *second = list->items[1];
  const struct {
    const YamlNode *node;
    unsigned line, column;
  } rows[] = {
    {root, 1, 1},
    {yaml_key(root, 0), 1, 1},
    {yaml_get(root, "a"), 1, 4},
    {yaml_key(root, 1), 2, 1},
    {list, 3, 3},
    {list->items[0], 3, 5},
    {yaml_get(list->items[0], "k"), 3, 9},
    {yaml_key(second, 0), 4, 5},
    {yaml_value(second, 0), 4, 8}, /* columns count characters */
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_assert_cmpuint(rows[i].node->location.line, ==, rows[i].line);
    g_assert_cmpuint(rows[i].node->location.column, ==, rows[i].column);
    g_assert_cmpstr(rows[i].node->location.file, ==, "x.yaml");
  }
  g_assert_cmpuint(yaml_get(list->items[0], "k")->end.column, ==, 12);
}

static const struct {
  const char *text;
  const char *means; /* "null", "true", "false", "int", "float", "text" */
  double number;
} scalars[] = {
  {"~", "null", 0},
  {"null", "null", 0},
  {"Null", "null", 0},
  {"NULL", "null", 0},
  {"nULL", "text", 0},
  {"\"\"", "text", 0},
  {"'null'", "text", 0},
  {"true", "true", 0},
  {"True", "true", 0},
  {"TRUE", "true", 0},
  {"tRUE", "text", 0},
  {"yes", "text", 0},
  {"on", "text", 0},
  {"y", "text", 0},
  {"false", "false", 0},
  {"False", "false", 0},
  {"no", "text", 0},
  {"off", "text", 0},
  {"\"true\"", "text", 0},
  {"0", "int", 0},
  {"7", "int", 7},
  {"-19", "int", -19},
  {"+3", "int", 3},
  {"007", "int", 7},
  {"0o14", "int", 12},
  {"0xfF", "int", 255},
  {"\"7\"", "text", 0},
  {"9223372036854775807", "int", 9223372036854775807.0},
  {"9223372036854775808", "float", 9223372036854775808.0},
  {"-9223372036854775808", "int", -9223372036854775808.0},
  {"0o8", "text", 0},
  {"0x", "text", 0},
  {"0b1", "text", 0},
  {"1_000", "text", 0},
  {"80a", "text", 0},
  {"- 1", "list", 0},
  {"+", "text", 0},
  {"-0x1", "text", 0},
  {"1.5", "float", 1.5},
  {"-.5", "float", -0.5},
  {"1.", "float", 1},
  {"1e3", "float", 1000},
  {"1.5E-1", "float", 0.15},
  {"+1.0e+1", "float", 10},
  {".", "text", 0},
  {"1e", "text", 0},
  {"e1", "text", 0},
  {".e1", "text", 0},
  {"1.2.3", "text", 0},
  {"1e1.5", "text", 0},
  {"1:30", "text", 0},
  {".inf", "float", INFINITY},
  {"-.INF", "float", -INFINITY},
  {"+.Inf", "float", INFINITY},
  {"inf", "text", 0},
  {"infinity", "text", 0},
  {"nan", "text", 0},
  {"2001-12-14", "text", 0},
  {"0x1p3", "text", 0},
  {"1d", "text", 0},
};

static void test_scalars(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(scalars); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(YamlDocument) document = parse(scalars[i].text, strlen(scalars[i].text), NULL, &error);
    g_assert_no_error(error);
    const YamlNode *node = yaml_root(document);
    bool yes = false;
    gint64 integer = 4711;
    double number = 0;
    bool is_bool = yaml_to_bool(node, &yes), is_int = yaml_to_int(node, &integer), is_number = yaml_to_number(node, &number);
    const char *means = node->kind != YAML_SCALAR ? "list"
                        : yaml_is_null(node)      ? "null"
                        : is_bool && yes          ? "true"
                        : is_bool                 ? "false"
                        : is_int                  ? "int"
                        : is_number               ? "float"
                                                  : "text";
    if (strcmp(means, scalars[i].means) != 0)
      g_error("%s: expected %s, found %s", scalars[i].text, scalars[i].means, means);
    if (is_number)
      g_assert_cmpfloat(number, ==, scalars[i].number);
    if (!is_int)
      g_assert_cmpint(integer, ==, 4711); /* left alone */
  }
  g_autoptr(YamlDocument) nan = parse(".nan", 4, NULL, NULL);
  double number = 0;
  g_assert_true(yaml_to_number(yaml_root(nan), &number) && isnan(number));
}

static void test_nul_inside_text(void) {
  static const char text[] = "{\"a\\0b\": 1, \"a\\0c\": \"x\\0y\"}";
  g_autoptr(GError) error = NULL;
  g_autoptr(YamlDocument) document = parse(text, strlen(text), NULL, &error);
  g_assert_no_error(error); /* keys compare by bytes: these two differ */
  g_assert_cmpuint(yaml_value(yaml_root(document), 1)->length, ==, 3);
  g_assert_null(yaml_get(yaml_root(document), "a"));
}

static void test_get_on_what_is_no_mapping(void) {
  g_autoptr(YamlDocument) document = parse("[a]", 3, NULL, NULL);
  g_assert_null(yaml_get(yaml_root(document), "a"));
  g_assert_null(yaml_get(NULL, "a"));
  g_assert_cmpstr(yaml_describe(yaml_root(document)), ==, "a list");
}

static void test_load(void) {
  g_autofree char *dir = g_dir_make_tmp("drover-yaml-XXXXXX", NULL), *path = g_build_filename(dir, "a.yaml", NULL),
                  *none = g_build_filename(dir, "b.yaml", NULL);
  g_assert_true(g_file_set_contents(path, "a: 1", -1, NULL));
  g_autoptr(GError) missing = NULL, large = NULL;
  g_autoptr(YamlDocument) document = yaml_load(path, NULL, NULL);
  g_assert_cmpstr(yaml_get(yaml_root(document), "a")->text, ==, "1");
  g_assert_null(yaml_load(none, NULL, &missing));
  g_assert_true(error_is(missing, DROVER_ERROR_NOT_FOUND));
  g_assert_null(yaml_load(path, &(YamlLimits){.size_max_bytes = 2}, &large));
  g_assert_true(error_is(large, DROVER_ERROR_INPUT));
  fs_remove_tree(dir, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(trees); i++) {
    g_autofree char *path = g_strconcat("/base/yaml/tree/", trees[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_tree);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autofree char *path = g_strconcat("/base/yaml/refuses/", bad[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_bad);
  }
  g_test_add_func("/base/yaml/limits/size", test_size);
  g_test_add_func("/base/yaml/limits/depth", test_depth);
  g_test_add_func("/base/yaml/limits/depth-through-aliases", test_depth_through_aliases);
  g_test_add_func("/base/yaml/limits/nodes", test_nodes);
  g_test_add_func("/base/yaml/limits/alias-bomb", test_alias_bomb);
  g_test_add_func("/base/yaml/places", test_places);
  g_test_add_func("/base/yaml/scalars-by-the-core-schema", test_scalars);
  g_test_add_func("/base/yaml/nul-inside-text", test_nul_inside_text);
  g_test_add_func("/base/yaml/get-on-what-is-no-mapping", test_get_on_what_is_no_mapping);
  g_test_add_func("/base/yaml/load", test_load);
  return g_test_run();
}
