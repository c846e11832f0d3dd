#include "workflow/read.h"

#include "workflow/schema.h"

#include <string.h>

WorkflowText model_text(const YamlNode *node) {
  if (node == NULL || node->kind != YAML_SCALAR)
    return (WorkflowText){0};
  return (WorkflowText){.text = scalar_is_null(node) ? "" : node->text, .node = node, .location = node->location};
}

WorkflowText model_key(const YamlNode *mapping, const char *key) {
  return model_text(yaml_get(mapping, key));
}

const YamlNode *model_key_node(const YamlNode *mapping, const char *key) {
  for (guint i = 0; mapping != NULL && mapping->kind == YAML_MAPPING && i < mapping->count; i++)
    if (strcmp(yaml_key(mapping, i)->text, key) == 0)
      return yaml_key(mapping, i);
  return NULL;
}

WorkflowTexts model_texts(Arena *arena, const YamlNode *node) {
  WorkflowTexts texts = {.node = node};
  guint count = node == NULL || node->kind == YAML_MAPPING ? 0 : node->kind == YAML_SCALAR ? 1 : node->count;
  texts.items = arena_array(arena, WorkflowText, count);
  for (guint i = 0; i < count; i++) {
    WorkflowText text = model_text(node->kind == YAML_SCALAR ? node : node->items[i]);
    if (text.text != NULL)
      texts.items[texts.count++] = text;
  }
  return texts;
}

/* `${{ insert }}`, the key that puts a whole mapping in its place. */
static bool is_insert(const YamlNode *key) {
  ExpressionSpan span;
  bool found = false;
  if (!scalar_is_expression(key) || !expression_span_next(key->text, key->length, 0, &span, &found, NULL))
    return false;
  g_autofree char *inner = g_strndup(key->text + span.inner, span.inner_end - span.inner);
  return strcmp(g_strstrip(inner), "insert") == 0;
}

WorkflowPairs model_pairs(Arena *arena, const YamlNode *node) {
  WorkflowPairs pairs = {.node = node};
  if (node == NULL || node->kind == YAML_SEQUENCE || (node->kind == YAML_SCALAR && !scalar_is_expression(node)))
    return pairs;
  pairs.count = node->kind == YAML_SCALAR ? 1 : node->count;
  pairs.items = arena_array(arena, WorkflowPair, pairs.count);
  for (guint i = 0; i < pairs.count; i++) {
    const YamlNode *key = node->kind == YAML_SCALAR ? node : yaml_key(node, i);
    const YamlNode *value = node->kind == YAML_SCALAR ? node : yaml_value(node, i);
    bool whole = node->kind == YAML_SCALAR || is_insert(key);
    pairs.items[i] = (WorkflowPair){.name = whole ? NULL : key->text, .key = key, .location = key->location, .value = model_text(value)};
  }
  return pairs;
}

WorkflowDefaults model_defaults(const YamlNode *mapping) {
  const YamlNode *node = yaml_get(mapping, "defaults"), *run = yaml_get(node, "run");
  return (WorkflowDefaults){.node = node, .shell = model_key(run, "shell"), .working_directory = model_key(run, "working-directory")};
}

WorkflowPermissions model_permissions(Arena *arena, const YamlNode *node) {
  bool mapping = node != NULL && node->kind == YAML_MAPPING;
  return (WorkflowPermissions){.node = node, .all = model_text(node), .scopes = mapping ? model_pairs(arena, node) : (WorkflowPairs){0}};
}

WorkflowConcurrency model_concurrency(const YamlNode *node) {
  bool mapping = node != NULL && node->kind == YAML_MAPPING;
  return (WorkflowConcurrency){
    .node = node,
    .group = mapping ? model_key(node, "group") : model_text(node),
    .cancel_in_progress = model_key(node, "cancel-in-progress"),
    .queue = model_key(node, "queue"),
  };
}

WorkflowInputs model_inputs(Arena *arena, const YamlNode *node) {
  WorkflowInputs inputs = {.node = node};
  if (node == NULL || node->kind != YAML_MAPPING)
    return inputs;
  inputs.count = node->count;
  inputs.items = arena_array(arena, WorkflowInput, node->count);
  for (guint i = 0; i < node->count; i++) {
    const YamlNode *key = yaml_key(node, i), *value = yaml_value(node, i), *required = yaml_get(value, "required");
    bool flag = false;
    inputs.items[i] = (WorkflowInput){
      .name = key->text,
      .location = key->location,
      .key = key,
      .node = value,
      .description = model_key(value, "description"),
      .type = model_key(value, "type"),
      .required = model_text(required),
      .is_required = required != NULL && scalar_is_bool(required, &flag) && flag,
      .default_value = model_key(value, "default"),
      .options = model_texts(arena, yaml_get(value, "options")),
      .deprecation = model_key(value, "deprecationMessage"),
    };
  }
  return inputs;
}

WorkflowOutputs model_outputs(Arena *arena, const YamlNode *node) {
  WorkflowOutputs outputs = {.node = node};
  if (node == NULL || node->kind != YAML_MAPPING)
    return outputs;
  outputs.count = node->count;
  outputs.items = arena_array(arena, WorkflowOutput, node->count);
  for (guint i = 0; i < node->count; i++) {
    const YamlNode *key = yaml_key(node, i), *value = yaml_value(node, i);
    outputs.items[i] = (WorkflowOutput){
      .name = key->text,
      .location = key->location,
      .key = key,
      .node = value,
      .description = model_key(value, "description"),
      .value = model_key(value, "value"),
    };
  }
  return outputs;
}
