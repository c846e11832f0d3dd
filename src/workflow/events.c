#include "workflow/schema.h"

#include "base/facts.h"
#include "base/nearest.h"
#include "workflow/cron.h"
#include <string.h>

#define RULE "events"

/* https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
 * Which events there are, with their activity types and filters, are facts. */

/* ---- schedule ---- */

#define GAP_MIN_MINUTES 5

static void check_cron(Check *check, const YamlNode *node) {
  unsigned gap_minutes = 0;
  g_autofree char *why = NULL;
  if (node->length == 0)
    return;
  if (!cron_read(node->text, &gap_minutes, &why))
    check_report_rule(check, node->location, RULE, "cron: %s", why);
  else if (gap_minutes < GAP_MIN_MINUTES)
    check_advise(check, node->location, RULE, "cron: every %u minutes is too often, GitHub runs a schedule every %d minutes at most", gap_minutes,
                 GAP_MIN_MINUTES);
}

static const Shape cron_text = {.name = "cron", .kinds = KIND_FILLED, .check = check_cron};

static void check_timezone(Check *check, const YamlNode *node) {
  if (node->length == 0 || strstr(node->text, "${{") != NULL)
    return;
  if (strcmp(node->text, "UTC") == 0) {
    check_advise(check, node->location, RULE, "timezone: a schedule is in UTC anyway; leave the key out");
    return;
  }
  if (!check->linting || check_is_full(check) || facts_find(FACTS_TIMEZONES, node->text) != NULL)
    return;
  const char *near = nearest_name(node->text, facts_keys(FACTS_TIMEZONES));
  g_autofree char *name = check_excerpt(node->text);
  check_advise(check, node->location, RULE, "timezone: \"%s\" is none of the IANA names", name);
  check_suggest(check, near);
}

static const Shape timezone_text = {.name = "timezone", .kinds = KIND_FILLED, .check = check_timezone};
static const ShapeKey cron_keys[] = {{"cron", &cron_text, .required = true}, {"timezone", &timezone_text}, {0}};
static const Shape cron = {.name = "a schedule", .kinds = KIND_MAPPING, .keys = cron_keys};
static const Shape schedule = {.name = "schedule", .kinds = KIND_LIST, .item = &cron};

/* ---- the events ---- */

/* Those that have no activity types and no filters, but a form of their own. */
static const struct {
  const char *name;
  const Shape *shape;
} forms[] = {{"schedule", &schedule}, {"workflow_call", &shape_call}, {"workflow_dispatch", &shape_dispatch}};

static const json_t *find_event(Check *check, const YamlNode *name) {
  const json_t *event = name->length > 0 ? facts_find(FACTS_EVENTS, name->text) : NULL;
  if (event != NULL || check_is_full(check)) {
    check->refused += event == NULL;
    return event;
  }
  const char *near = nearest_name(name->text, facts_keys(FACTS_EVENTS));
  g_autofree char *shown = check_excerpt(name->text);
  check_report_rule(check, name->location, RULE, "unknown event \"%s\"%s", shown,
                    near != NULL ? "" : "; push, pull_request, schedule and workflow_dispatch are the usual ones");
  check_suggest(check, near);
  return NULL;
}

/* `branches` and `branches-ignore` say the same thing in two ways: GitHub takes one of them. */
static void check_exclusive(Check *check, const YamlNode *settings, const json_t *filters) {
  for (size_t i = 0; i < json_array_size(filters); i++) {
    const char *name = json_string_value(json_array_get(filters, i));
    g_autofree char *other = g_strconcat(name, "-ignore", NULL);
    const YamlNode *last = NULL;
    guint count = 0;
    for (guint n = 0; n < settings->count; n++)
      if (strcmp(yaml_key(settings, n)->text, name) == 0 || strcmp(yaml_key(settings, n)->text, other) == 0) {
        last = yaml_key(settings, n);
        count++;
      }
    if (count == 2)
      check_advise(check, last->location, RULE, "an event takes \"%s\" or \"%s\", not both; write \"!\" before what is to be left out", name, other);
  }
}

/* `types` and the filters of an event. */
#define FILTERS_MAX 16
#define TYPES_MAX 64

static const Shape filter = {.kinds = KIND_FILLED | KIND_LIST};

static void check_filters(Check *check, const YamlNode *node, const json_t *event, const char *name) {
  const json_t *types = json_object_get(event, "types"), *filters = json_object_get(event, "filters");
  bool any_type = json_is_true(json_object_get(event, "any_type"));
  ShapeKey keys[FILTERS_MAX + 2] = {{0}};
  const char *words[TYPES_MAX + 1] = {NULL};
  size_t count = 0;
  for (size_t i = 0; i < MIN(json_array_size(types), TYPES_MAX); i++)
    words[i] = json_string_value(json_array_get(types, i));
  for (; count < MIN(json_array_size(filters), FILTERS_MAX); count++)
    keys[count] = (ShapeKey){json_string_value(json_array_get(filters, count)), &filter};
  Shape type = {.name = "types", .rule = RULE, .kinds = any_type ? KIND_FILLED : KIND_WORD, .words = words};
  Shape all = {.name = "types", .rule = RULE, .kinds = type.kinds | KIND_LIST, .words = words, .item = &type};
  if (words[0] != NULL || any_type)
    keys[count++] = (ShapeKey){"types", &all};
  if (count == 0 && node->kind == YAML_MAPPING && node->count == 0)
    return;
  Shape settings = {.name = name, .kinds = KIND_NOTHING | (count > 0 ? KIND_MAPPING : 0), .keys = keys, .may_be_empty = true};
  schema_check(check, node, &settings, AVAILABLE_NOTHING);
  if (node->kind == YAML_MAPPING)
    check_exclusive(check, node, filters);
}

/* `node` NULL: the event is named alone. */
static void check_event(Check *check, const YamlNode *name, const YamlNode *node) {
  const json_t *event = find_event(check, name);
  if (event == NULL)
    return;
  check->name = name;
  if (strcmp(name->text, "workflow_run") == 0 && yaml_get(node, "workflows") == NULL)
    check_advise(check, name->location, RULE, "workflow_run: without \"workflows\" no workflow's run is waited for");
  const Shape *form = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
    form = strcmp(forms[i].name, name->text) == 0 ? forms[i].shape : form;
  if (node == NULL && form == &schedule)
    check_report(check, name->location, "schedule: expected a list of cron entries, found only the event's name");
  else if (node != NULL && form != NULL)
    schema_check(check, node, form, AVAILABLE_NOTHING);
  else if (node != NULL)
    check_filters(check, node, event, name->text);
}

void check_events(Check *check, const YamlNode *node) {
  const YamlNode *around = check->name;
  if (node->kind == YAML_SCALAR)
    check_event(check, node, NULL);
  for (guint i = 0; node->kind == YAML_SEQUENCE && i < node->count; i++) {
    if (node->items[i]->kind == YAML_SCALAR)
      check_event(check, node->items[i], NULL);
    else
      check_report(check, node->items[i]->location, "on: expected the name of an event, found %s", yaml_describe(node->items[i]));
  }
  for (guint i = 0; node->kind == YAML_MAPPING && i < node->count; i++)
    check_event(check, yaml_key(node, i), yaml_value(node, i));
  if (node->kind != YAML_SCALAR && node->count == 0)
    check_report(check, node->location, "on: expected at least one event, for example push");
  check->name = around;
}

static const Shape loose = {.name = "an event", .opaque = true};
static const Shape any_item = {.name = "on", .opaque = true};
const Shape shape_events = {
  .name = "on", .kinds = KIND_FILLED | KIND_LIST | KIND_MAPPING, .value = &loose, .item = &any_item, .may_be_empty = true, .check = check_events};
