#include "workflow/dependabot.h"

#include "workflow/read.h"

static DependabotUpdate read_update(const YamlNode *node) {
  const YamlNode *cooldown = yaml_get(node, "cooldown");
  return (DependabotUpdate){
    .node = node,
    .ecosystem = model_key(node, "package-ecosystem"),
    .cooldown = cooldown,
    .default_days = model_key(cooldown, "default-days"),
    .external_code = model_key(node, "insecure-external-code-execution"),
    .group = model_key(node, "multi-ecosystem-group"),
  };
}

static void read_updates(Arena *arena, Dependabot *dependabot, const YamlNode *list) {
  if (list == NULL || list->kind != YAML_SEQUENCE)
    return;
  dependabot->updates = arena_array(arena, DependabotUpdate, list->count);
  for (guint i = 0; i < list->count; i++)
    if (list->items[i]->kind == YAML_MAPPING)
      dependabot->updates[dependabot->update_count++] = read_update(list->items[i]);
}

static void read_registries(Arena *arena, Dependabot *dependabot, const YamlNode *mapping) {
  if (mapping == NULL || mapping->kind != YAML_MAPPING)
    return;
  dependabot->registries = arena_array(arena, DependabotRegistry, mapping->count);
  for (guint i = 0; i < mapping->count; i++) {
    const YamlNode *key = yaml_key(mapping, i), *node = yaml_value(mapping, i);
    DependabotRegistry *registry = &dependabot->registries[dependabot->registry_count++];
    *registry = (DependabotRegistry){
      .name = key->text,
      .key = key,
      .node = node,
      .type = model_key(node, "type"),
      .url = model_key(node, "url"),
    };
  }
}

Dependabot *dependabot_parse_lenient(const char *file, const char *text, size_t size, Diagnostics *diagnostics) {
  g_autoptr(Reading) reading = reading_new(file, text, size, &shape_dependabot, "the settings of Dependabot", true, diagnostics);
  if (reading == NULL)
    return NULL;
  const YamlNode *root = yaml_root(reading->document);
  Arena *arena = yaml_arena(reading->document);
  Dependabot *dependabot = arena_alloc(arena, sizeof *dependabot);
  dependabot->file = arena_strdup(arena, file);
  dependabot->valid = reading->valid;
  read_updates(arena, dependabot, yaml_get(root, "updates"));
  read_registries(arena, dependabot, yaml_get(root, "registries"));
  dependabot->document = g_steal_pointer(&reading->document);
  dependabot->source = g_steal_pointer(&reading->source);
  return dependabot;
}

void dependabot_free(Dependabot *dependabot) {
  source_free(dependabot->source);
  yaml_document_free(dependabot->document);
}
