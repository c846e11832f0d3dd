#include "runner/context/event.h"

#include "base/error.h"
#include "base/facts.h"
#include "runner/context/merge.h"
#include "runner/context/payloads.h"

#include <string.h>

#define COMMIT_REF .before = "", .ref = "ref", .behind = ""
#define DEFAULT_REF .before = "refs/heads/", .ref = "repository.default_branch", .behind = ""
#define MERGE_REF .before = "refs/pull/", .ref = "pull_request.number", .behind = "/merge"

/* https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows: GITHUB_REF of each */
static const EventRow rows[] = {
  {"create", payload_create, NULL, .before = "", .ref = "", .behind = ""},
  {"deployment", payload_deployment, NULL, .before = "", .ref = "deployment.ref", .behind = ""},
  {"deployment_status", payload_deployment, NULL, .before = "", .ref = "deployment.ref", .behind = ""},
  {"issue_comment", payload_issue, NULL, DEFAULT_REF},
  {"issues", payload_issue, NULL, DEFAULT_REF},
  {"merge_group", payload_merge_group, NULL, .before = "", .ref = "merge_group.head_ref", .behind = ""},
  {"pull_request", payload_pull_request, "opened", MERGE_REF},
  {"pull_request_review", payload_pull_request, NULL, MERGE_REF},
  {"pull_request_review_comment", payload_pull_request, NULL, MERGE_REF},
  {"pull_request_target", payload_pull_request, "opened", .before = "refs/heads/", .ref = "pull_request.base.ref", .behind = ""},
  {"push", payload_push, NULL, COMMIT_REF},
  {"release", payload_release, NULL, .before = "refs/tags/", .ref = "release.tag_name", .behind = ""},
  {"repository_dispatch", payload_repository_dispatch, "dispatch", DEFAULT_REF},
  {"schedule", payload_schedule, NULL, DEFAULT_REF},
  {"workflow_call", payload_push, NULL, COMMIT_REF}, /* the caller's event, which a run of the called alone does not have */
  {"workflow_dispatch", payload_dispatch, NULL, COMMIT_REF},
  {"workflow_run", payload_workflow_run, "completed", DEFAULT_REF},
};

static const EventRow any = {"", NULL, NULL, DEFAULT_REF};

const EventRow *event_row(const char *name) {
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].name, name) == 0)
      return &rows[i];
  return &any;
}

/* ---- the activity ---- */

/* The first type that the workflow asks for, else the usual one; NULL for an event without types. */
static const char *action_of(const ContextFacts *facts, const EventRow *row) {
  const WorkflowEvent *event = workflow_event(facts->spec->workflow, facts->spec->event);
  for (guint i = 0; event != NULL && i < event->filter_count; i++)
    if (strcmp(event->filters[i].name, "types") == 0 && event->filters[i].values.count > 0)
      return event->filters[i].values.items[0].text;
  const json_t *types = json_object_get(facts_find(FACTS_EVENTS, facts->spec->event), "types");
  return row->action != NULL ? row->action : json_string_value(json_array_get(types, 0));
}

/* A pull request's number stands in two places, and a payload may name it in one. */
static void align_number(json_t *event, const json_t *payload) {
  const json_t *inner = context_at(payload, "pull_request.number"), *number = inner != NULL ? inner : json_object_get(payload, "number");
  json_t *request = json_object_get(event, "pull_request");
  if (!json_is_integer(number) || !json_is_object(request))
    return;
  json_object_set(event, "number", (json_t *)number);
  json_object_set(request, "number", (json_t *)number);
}

json_t *context_event(const ContextSpec *spec, GError **error) {
  g_autoptr(ContextFacts) facts = context_facts(spec, true, error);
  if (facts == NULL)
    return NULL;
  const EventRow *row = event_row(spec->event);
  const char *action = action_of(facts, row);
  json_auto_t *event = json_object();
  if (action != NULL)
    context_set(event, "action", action);
  if (row->build != NULL)
    row->build(facts, event);
  json_object_set_new(event, "repository", event_repository(facts));
  json_object_set_new(event, "sender", event_user(facts, facts->actor));
  if (spec->payload != NULL && !merge_over(event, spec->payload, error))
    return NULL;
  align_number(event, spec->payload);
  return g_steal_pointer(&event);
}
