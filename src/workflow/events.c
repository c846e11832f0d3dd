#include "workflow/schema.h"

#include "base/nearest.h"
#include "workflow/cron.h"
#include <string.h>

#define RULE "events"

/* https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows */

static const Shape text = {.kinds = KIND_TEXT};
static const Shape filled = {.kinds = KIND_FILLED};
static const Shape boolean = {.kinds = KIND_BOOLEAN};
static const Shape filter = {.kinds = KIND_FILLED | KIND_LIST};
static const Shape option = {.name = "an option", .kinds = KIND_TEXT, .wants_text = true};
static const Shape options = {.name = "options", .kinds = KIND_LIST, .item = &option};
static const Shape output_value = {.name = "value", .kinds = KIND_TEXT, .wants_text = true};
static const Shape preset = {.name = "default", .kinds = KIND_TEXT};

#define WORDS(...)                                                                                                                                   \
  (const char *const[]) {                                                                                                                            \
    __VA_ARGS__, NULL                                                                                                                                \
  }
#define BRANCHES                                                                                                                                     \
  {"branches", &filter}, {                                                                                                                           \
    "branches-ignore", &filter                                                                                                                       \
  }
#define PATHS                                                                                                                                        \
  {"paths", &filter}, {                                                                                                                              \
    "paths-ignore", &filter                                                                                                                          \
  }
#define TAGS                                                                                                                                         \
  {"tags", &filter}, {                                                                                                                               \
    "tags-ignore", &filter                                                                                                                           \
  }

static const ShapeKey merge_group_keys[] = {BRANCHES, {0}};
static const ShapeKey pull_request_keys[] = {BRANCHES, PATHS, {0}};
static const ShapeKey push_keys[] = {BRANCHES, TAGS, PATHS, {0}};
static const ShapeKey workflow_run_keys[] = {BRANCHES, {"workflows", &filter}, {0}};
static const ShapeKey image_version_keys[] = {{"names", &filter}, {"versions", &filter}, {0}};

/* ---- workflow_dispatch and workflow_call ---- */

static const Shape dispatch_type = {.name = "type", .kinds = KIND_WORD, .words = WORDS("string", "boolean", "number", "choice", "environment")};
static const ShapeKey dispatch_input_keys[] = {
  {"description", &text},
  {"deprecationMessage", &text},
  {"type", &dispatch_type},
  {"required", &boolean},
  {"default", &preset},
  {"options", &options},
  {0},
};
static const Shape dispatch_input = {
  .name = "an input", .kinds = KIND_MAPPING | KIND_NOTHING, .keys = dispatch_input_keys, .may_be_empty = true, .check = check_dispatch_input};
static const Shape dispatch_inputs = {
  .name = "inputs", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &dispatch_input, .may_be_empty = true, .check = check_dispatch_inputs};
static const ShapeKey dispatch_keys[] = {{"inputs", &dispatch_inputs}, {0}};

static const Shape call_type = {.name = "type", .kinds = KIND_WORD, .words = WORDS("string", "boolean", "number")};
static const ShapeKey call_input_keys[] = {
  {"description", &text},
  {"deprecationMessage", &text},
  {"required", &boolean},
  {"type", &call_type, .required = true},
  {"default", &preset, AVAILABLE_WORKFLOW},
  {0},
};
static const Shape call_input = {.name = "an input", .kinds = KIND_MAPPING, .keys = call_input_keys, .may_be_empty = true, .check = check_call_input};
static const Shape call_inputs = {.name = "inputs", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &call_input, .may_be_empty = true};
static const ShapeKey call_secret_keys[] = {{"description", &text}, {"required", &boolean}, {0}};
static const Shape call_secret = {.name = "a secret", .kinds = KIND_MAPPING | KIND_NOTHING, .keys = call_secret_keys, .may_be_empty = true};
static const Shape call_secrets = {.name = "secrets", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &call_secret, .may_be_empty = true};
static const ShapeKey call_output_keys[] = {{"description", &text}, {"value", &output_value, AVAILABLE_WORKFLOW_OUTPUT, .required = true}, {0}};
static const Shape call_output = {.name = "an output", .kinds = KIND_MAPPING, .keys = call_output_keys, .may_be_empty = true};
static const Shape call_outputs = {.name = "outputs", .kinds = KIND_MAPPING | KIND_NOTHING, .value = &call_output, .may_be_empty = true};
static const ShapeKey call_keys[] = {{"inputs", &call_inputs}, {"secrets", &call_secrets}, {"outputs", &call_outputs}, {0}};

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
static const ShapeKey cron_keys[] = {{"cron", &cron_text, .required = true}, {"timezone", &filled}, {0}};
static const Shape cron = {.name = "a schedule", .kinds = KIND_MAPPING, .keys = cron_keys};
static const Shape schedule = {.name = "schedule", .kinds = KIND_LIST, .item = &cron};

/* ---- the events ---- */

#define PULL_REQUEST_TYPES                                                                                                                           \
  WORDS("assigned", "unassigned", "labeled", "unlabeled", "opened", "edited", "closed", "reopened", "synchronize", "converted_to_draft", "locked",   \
        "unlocked", "enqueued", "dequeued", "milestoned", "demilestoned", "ready_for_review", "review_requested", "review_request_removed",          \
        "auto_merge_enabled", "auto_merge_disabled", "stacked")

typedef struct {
  const char *name;
  const char *const *types; /* NULL: the event has none */
  const ShapeKey *keys;     /* besides types; NULL: none */
  bool any_type;            /* types are the sender's own words */
} Event;

static const Event events[] = {
  {"branch_protection_rule", WORDS("created", "edited", "deleted")},
  {"check_run", WORDS("completed", "created", "rerequested", "requested_action")},
  {"check_suite", WORDS("completed")},
  {"create"},
  {"delete"},
  {"deployment"},
  {"deployment_status"},
  {"discussion", WORDS("created", "edited", "deleted", "transferred", "pinned", "unpinned", "labeled", "unlabeled", "locked", "unlocked",
                       "category_changed", "answered", "unanswered")},
  {"discussion_comment", WORDS("created", "edited", "deleted")},
  {"fork"},
  {"gollum"},
  {"image_version", WORDS("created", "ready", "deleted"), image_version_keys},
  {"issue_comment", WORDS("created", "edited", "deleted")},
  {"issues", WORDS("opened", "edited", "deleted", "transferred", "pinned", "unpinned", "closed", "reopened", "assigned", "unassigned", "labeled",
                   "unlabeled", "locked", "unlocked", "milestoned", "demilestoned", "field_added", "field_removed", "typed", "untyped")},
  {"label", WORDS("created", "edited", "deleted")},
  {"merge_group", WORDS("checks_requested", "destroyed"), merge_group_keys},
  {"milestone", WORDS("created", "closed", "opened", "edited", "deleted")},
  {"page_build"},
  {"project", WORDS("created", "closed", "reopened", "edited", "deleted")},
  {"project_card", WORDS("created", "moved", "converted", "edited", "deleted")},
  {"project_column", WORDS("created", "updated", "moved", "deleted")},
  {"public"},
  {"pull_request", PULL_REQUEST_TYPES, pull_request_keys},
  {"pull_request_comment", WORDS("created", "edited", "deleted")},
  {"pull_request_review", WORDS("submitted", "edited", "dismissed")},
  {"pull_request_review_comment", WORDS("created", "edited", "deleted")},
  {"pull_request_target", PULL_REQUEST_TYPES, pull_request_keys},
  {"push", NULL, push_keys},
  {"registry_package", WORDS("published", "updated")},
  {"release", WORDS("published", "unpublished", "created", "edited", "deleted", "prereleased", "released")},
  {"repository_dispatch", .any_type = true},
  {"schedule"},
  {"status"},
  {"watch", WORDS("started")},
  {"workflow_call", NULL, call_keys},
  {"workflow_dispatch", NULL, dispatch_keys},
  {"workflow_run", WORDS("requested", "completed", "in_progress"), workflow_run_keys},
};

static const Event *find_event(Check *check, const YamlNode *name) {
  const char *names[G_N_ELEMENTS(events) + 1] = {NULL};
  for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
    if (strcmp(events[i].name, name->text) == 0)
      return &events[i];
    names[i] = events[i].name;
  }
  const char *near = nearest_name(name->text, names);
  g_autofree char *valid = g_utf8_make_valid(name->text, -1);
  check_report_rule(check, name->location, RULE, "unknown event \"%s\"%s%s%s", valid, near != NULL ? ", did you mean \"" : "",
                    near != NULL ? near : "", near != NULL ? "\"?" : "; push, pull_request, schedule and workflow_dispatch are the usual ones");
  return NULL;
}

/* An event's settings: the keys of its row and "types", made here since each event has its own words. */
static void check_settings(Check *check, const Event *event, const YamlNode *node) {
  if (strcmp(event->name, "schedule") == 0) {
    schema_check(check, node, &schedule, AVAILABLE_NOTHING);
    return;
  }
  ShapeKey keys[8] = {{0}};
  size_t count = 0;
  for (const ShapeKey *key = event->keys; key != NULL && key->name != NULL; key++)
    keys[count++] = *key;
  Shape type = {.name = "types", .rule = RULE, .kinds = event->any_type ? KIND_FILLED : KIND_WORD, .words = event->types};
  Shape types = {.name = "types", .rule = RULE, .kinds = type.kinds | KIND_LIST, .words = event->types, .item = &type};
  if (event->types != NULL || event->any_type)
    keys[count++] = (ShapeKey){"types", &types};
  Shape settings = {.name = event->name, .kinds = KIND_NOTHING | (count > 0 ? KIND_MAPPING : 0), .keys = keys, .may_be_empty = true};
  if (count == 0 && node->kind == YAML_MAPPING && node->count == 0)
    return;
  schema_check(check, node, &settings, AVAILABLE_NOTHING);
}

static void check_event_name(Check *check, const YamlNode *name) {
  if (name->kind != YAML_SCALAR)
    check_report(check, name->location, "on: expected the name of an event, found %s", yaml_describe(name));
  else {
    const Event *event = find_event(check, name);
    if (event != NULL && strcmp(event->name, "schedule") == 0)
      check_report(check, name->location, "schedule: expected a list of cron entries, found only the event's name");
  }
}

void check_events(Check *check, const YamlNode *node) {
  if (node->kind == YAML_SCALAR)
    check_event_name(check, node);
  for (guint i = 0; node->kind == YAML_SEQUENCE && i < node->count; i++)
    check_event_name(check, node->items[i]);
  for (guint i = 0; node->kind == YAML_MAPPING && i < node->count; i++) {
    const Event *event = find_event(check, yaml_key(node, i));
    if (event != NULL)
      check_settings(check, event, yaml_value(node, i));
  }
  if (node->kind != YAML_SCALAR && node->count == 0)
    check_report(check, node->location, "on: expected at least one event, for example push");
}

static const Shape loose = {.name = "an event", .opaque = true};
static const Shape any_item = {.name = "on", .opaque = true};
const Shape shape_events = {
  .name = "on", .kinds = KIND_FILLED | KIND_LIST | KIND_MAPPING, .value = &loose, .item = &any_item, .may_be_empty = true, .check = check_events};
