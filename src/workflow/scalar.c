#include "workflow/schema.h"

#include <string.h>

#define CORE_TAG "tag:yaml.org,2002:"

/* What the explicit tag says a scalar is: "str", "bool", ..., or NULL without one. */
static const char *core_tag(const YamlNode *node) {
  if (node->tag == NULL || strcmp(node->tag, "!") == 0)
    return NULL;
  return g_str_has_prefix(node->tag, CORE_TAG) ? node->tag + strlen(CORE_TAG) : node->tag;
}

/* The node as if its tag were not there. */
static bool tag_allows(const YamlNode *node, const char *kind) {
  const char *tag = core_tag(node);
  return node->kind == YAML_SCALAR && (tag == NULL ? node->plain : strcmp(tag, kind) == 0);
}

bool scalar_is_null(const YamlNode *node) {
  return tag_allows(node, "null") && yaml_is_null(node);
}

bool scalar_is_bool(const YamlNode *node, bool *value) {
  return tag_allows(node, "bool") && yaml_to_bool(node, value);
}

bool scalar_is_number(const YamlNode *node, double *value) {
  return (tag_allows(node, "int") || tag_allows(node, "float")) && yaml_to_number(node, value);
}

/* YAML's core schema has hexadecimal and octal integers, not floats. */
static bool is_float(const YamlNode *node) {
  double number;
  return yaml_to_number(node, &number) && !g_str_has_prefix(node->text, "0x") && !g_str_has_prefix(node->text, "0o");
}

bool scalar_tag_wrong(const YamlNode *node, const char **why) {
  const char *tag = core_tag(node);
  bool flag;
  gint64 integer;
  if (tag == NULL || strcmp(tag, "str") == 0)
    return false;
  if (strcmp(tag, "null") == 0)
    *why = yaml_is_null(node) ? NULL : "the tag !!null says null, but a text stands here";
  else if (strcmp(tag, "bool") == 0)
    *why = yaml_to_bool(node, &flag) ? NULL : "the tag !!bool wants true or false, without quotes";
  else if (strcmp(tag, "int") == 0)
    *why = yaml_to_int(node, &integer) ? NULL : "the tag !!int wants a whole number, without quotes";
  else if (strcmp(tag, "float") == 0)
    *why = is_float(node) ? NULL : "the tag !!float wants a number, without quotes";
  else
    *why = "expected no tag, or one of !!str, !!bool, !!int, !!float, !!null";
  return *why != NULL;
}

bool scalar_is_expression(const YamlNode *node) {
  if (node->kind != YAML_SCALAR)
    return false;
  ExpressionSpan span;
  bool found = false;
  if (!expression_span_next(node->text, node->length, 0, &span, &found, NULL) || !found || span.start != 0)
    return false;
  return span.end == node->length;
}
