/* Reads any bytes as YAML under small limits, walks the tree through its aliases, and holds it to what yaml.h promises. */
#include "base/error.h"
#include "base/yaml.h"

#include <stdint.h>
#include <string.h>

static const YamlLimits limits = {.depth_max = 20, .nodes_max = 2000};

static void check_scalar(const YamlNode *node) {
  bool yes = false;
  gint64 integer = 0;
  double number = 0;
  g_assert_cmpint(node->text[node->length], ==, '\0');
  g_assert_true(g_utf8_validate_len(node->text, node->length, NULL) || memchr(node->text, 0, node->length) != NULL);
  bool is_bool = yaml_to_bool(node, &yes), is_integer = yaml_to_int(node, &integer), is_number = yaml_to_number(node, &number);
  g_assert_true(!is_integer || is_number);
  g_assert_true(!(is_bool && is_number) && !(yaml_is_null(node) && (is_bool || is_number)));
  g_assert_true(node->plain || !(is_bool || is_number || yaml_is_null(node)));
}

/* Counts the nodes that a walk visits: with aliases, each time. */
static guint walk(const YamlNode *node, guint depth) {
  guint visited = 1;
  g_assert_cmpuint(depth, <=, limits.depth_max);
  g_assert_cmpuint(node->location.line, >, 0);
  g_assert_cmpuint(node->location.column, >, 0);
  g_assert_true(node->end.line > node->location.line || (node->end.line == node->location.line && node->end.column >= node->location.column));
  g_assert_nonnull(yaml_describe(node));
  if (node->kind == YAML_SCALAR) {
    check_scalar(node);
    return visited;
  }
  bool mapping = node->kind == YAML_MAPPING;
  for (guint i = 0; i < node->count * (mapping ? 2 : 1); i++)
    visited += walk(node->items[i], depth + 1);
  for (guint i = 0; mapping && i < node->count; i++) {
    const YamlNode *key = yaml_key(node, i);
    g_assert_cmpint(key->kind, ==, YAML_SCALAR);
    if (strlen(key->text) == key->length)
      g_assert_true(yaml_get(node, key->text) == yaml_value(node, i));
  }
  return visited;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  g_autoptr(GError) error = NULL;
  g_autoptr(YamlDocument) document = yaml_parse("x.yaml", (const char *)bytes, size, &limits, &error);
  g_assert_true((document == NULL) == (error != NULL));
  if (document == NULL) {
    g_assert_true(error_is(error, DROVER_ERROR_INPUT));
    g_assert_true(g_str_has_prefix(error->message, "x.yaml:"));
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    return 0;
  }
  g_assert_cmpuint(walk(yaml_root(document), 1), <=, limits.nodes_max);
  return 0;
}
