#include "workflow/read.h"

#include <string.h>

static void read_schedules(Arena *arena, WorkflowEvent *event, const YamlNode *node) {
  if (node->kind != YAML_SEQUENCE)
    return;
  event->schedule_count = node->count;
  event->schedules = arena_array(arena, WorkflowSchedule, node->count);
  for (guint i = 0; i < node->count; i++)
    event->schedules[i] = (WorkflowSchedule){.cron = model_key(node->items[i], "cron"), .timezone = model_key(node->items[i], "timezone")};
}

static void read_settings(Arena *arena, WorkflowEvent *event, const YamlNode *node) {
  event->node = node;
  if (strcmp(event->name, "schedule") == 0)
    read_schedules(arena, event, node);
  if (node->kind != YAML_MAPPING)
    return;
  event->inputs = model_inputs(arena, yaml_get(node, "inputs"));
  event->secrets = model_inputs(arena, yaml_get(node, "secrets"));
  event->outputs = model_outputs(arena, yaml_get(node, "outputs"));
  event->filters = arena_array(arena, WorkflowFilter, node->count);
  for (guint i = 0; i < node->count; i++)
    if (yaml_value(node, i)->kind != YAML_MAPPING)
      event->filters[event->filter_count++] =
        (WorkflowFilter){.name = yaml_key(node, i)->text, .key = yaml_key(node, i), .values = model_texts(arena, yaml_value(node, i))};
}

WorkflowEvent *model_events(Arena *arena, const YamlNode *on, guint *count) {
  guint all = on == NULL ? 0 : on->kind == YAML_SCALAR ? 1 : on->count;
  WorkflowEvent *events = arena_array(arena, WorkflowEvent, all);
  *count = 0;
  for (guint i = 0; i < all; i++) {
    const YamlNode *key = on->kind == YAML_SCALAR ? on : on->kind == YAML_MAPPING ? yaml_key(on, i) : on->items[i];
    if (key->kind != YAML_SCALAR)
      continue;
    WorkflowEvent *event = &events[(*count)++];
    *event = (WorkflowEvent){.name = key->text, .location = key->location, .key = key};
    if (on->kind == YAML_MAPPING)
      read_settings(arena, event, yaml_value(on, i));
  }
  return events;
}
