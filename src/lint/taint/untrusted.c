#include "lint/taint/untrusted.h"

#include "base/facts.h"
#include "workflow/expression/type.h"

#include <string.h>

/* A row of what follows "github" or "github.event". */
typedef struct {
  const char *pattern; /* as context_path_matches() takes it */
  Untrusted who;
} UntrustedRow;

static bool find_row(const UntrustedRow *rows, size_t count, const ContextPath *path, guint from, Untrusted *who) {
  for (size_t i = 0; i < count; i++)
    if (context_path_matches(path, from, rows[i].pattern)) {
      *who = rows[i].who;
      return true;
    }
  return false;
}

/* ---- names of members ---- */

/* GitHub makes these texts, or takes only letters, digits and a few harmless signs in them. "*_x" is any name that ends so. */
static const char *const harmless[] = {
  "sha",
  "*_sha",
  "before",
  "after",
  "tree_id",
  "node_id",
  "*_at",
  "timestamp",
  "created",
  "login",
  "*login",
  "url",
  "*_url",
  "href",
  "compare",
  "state",
  "state_reason",
  "visibility",
  "conclusion",
  "status",
  "event",
  "type",
  "*_type",
  "action",
  "ref_type",
  "author_association",
  "active_lock_reason",
  "full_name",
  "id",
  "*_id",
  "merge_commit_id",
  "mergeable_state",
  "side",
  "start_side",
  "subject_type",
  "schedule",
};

/* Addresses that apps and people give. */
static const char *const given_addresses[] = {"target_url", "environment_url", "log_url", "details_url", "deployment_url", "blog_url"};

static bool name_is_one(const char *name, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const char *wanted = names[i][0] == '*' ? names[i] + 1 : names[i];
    size_t length = strlen(name), size = strlen(wanted);
    if ((names[i][0] == '*' ? length >= size : length == size) && g_ascii_strcasecmp(name + length - size, wanted) == 0)
      return true;
  }
  return false;
}

static bool is_harmless(const char *name) {
  return name_is_one(name, harmless, G_N_ELEMENTS(harmless)) && !name_is_one(name, given_addresses, G_N_ELEMENTS(given_addresses));
}

/* ---- github.event ---- */

/* What those with write access decide in the payload of any event. Members of a payload that are not named here are anyone's. */
static const UntrustedRow payload_rows[] = {
  {"repository.**", UNTRUSTED_WRITERS},
  {"organization.**", UNTRUSTED_WRITERS},
  {"enterprise.**", UNTRUSTED_WRITERS},
  {"installation.**", UNTRUSTED_NOBODY},
  {"number", UNTRUSTED_NOBODY},
  {"ref", UNTRUSTED_WRITERS},
  {"base_ref", UNTRUSTED_WRITERS},
  {"master_branch", UNTRUSTED_WRITERS},
  {"description", UNTRUSTED_WRITERS},
  {"pusher.**", UNTRUSTED_WRITERS},
  {"workflow.**", UNTRUSTED_WRITERS},
  {"rule.**", UNTRUSTED_WRITERS},
  {"milestone.**", UNTRUSTED_WRITERS},
  {"release.body", UNTRUSTED_ANYONE}, /* generated notes hold the titles of pull requests */
  {"release.**", UNTRUSTED_WRITERS},
  {"merge_group.base_ref", UNTRUSTED_WRITERS},
  {"merge_group.head_ref", UNTRUSTED_WRITERS},
  {"issue.milestone.**", UNTRUSTED_WRITERS},
  {"pull_request.milestone.**", UNTRUSTED_WRITERS},
  {"pull_request.base.**", UNTRUSTED_WRITERS},
  {"pull_request.head.repo.name", UNTRUSTED_NOBODY},
  {"workflow_run.name", UNTRUSTED_WRITERS},
  {"workflow_run.path", UNTRUSTED_WRITERS},
  {"workflow_run.repository.**", UNTRUSTED_WRITERS},
  {"workflow_run.head_repository.name", UNTRUSTED_NOBODY},
  {"inputs.**", UNTRUSTED_STARTER},
  {"branch", UNTRUSTED_WRITERS},
  {"client_payload.**", UNTRUSTED_SENDER},
};

/* The type of the member, NULL when the payload has none. */
static const Type *member_type(const Type *payload, const ContextPath *path) {
  const Type *type = payload;
  for (guint i = 2; type != NULL && i < path->count; i++) {
    const char *name = context_path_name(path, i);
    if (type->kind == TYPE_ARRAY)
      type = name == NULL ? type_item(type) : NULL;
    else if (type->kind == TYPE_OBJECT)
      type = name == NULL ? &type_any : type_property(type, name, strlen(name));
    else if (type->kind != TYPE_ANY)
      type = NULL;
  }
  return type;
}

static Untrusted judge_member(const ContextPath *path, const Type *type, const char *event) {
  Untrusted who = UNTRUSTED_ANYONE;
  const char *last = context_path_name(path, path->count - 1);
  if (type == NULL)
    return UNTRUSTED_ABSENT;
  if (type->kind == TYPE_NUMBER || type->kind == TYPE_BOOL || type->kind == TYPE_NULL)
    return UNTRUSTED_NOBODY;
  if (strcmp(event, "repository_dispatch") == 0 && context_path_matches(path, 2, "action"))
    return UNTRUSTED_SENDER;
  bool listed = find_row(payload_rows, G_N_ELEMENTS(payload_rows), path, 2, &who);
  bool free = who >= UNTRUSTED_STARTER && listed;
  return type->kind != TYPE_OBJECT && type->kind != TYPE_ARRAY && !free && last != NULL && is_harmless(last) ? UNTRUSTED_NOBODY : who;
}

static const json_t *resolve_payload(const char *name, void *user G_GNUC_UNUSED) {
  return json_object_get(facts_find(FACTS_PAYLOADS, name), "type");
}

static Untrusted judge_event(Arena *arena, const ContextPath *path, const char *event) {
  const json_t *payload = json_object_get(facts_find(FACTS_EVENTS, event), "payload");
  if (!json_is_object(payload))
    return UNTRUSTED_ABSENT;
  TypeSource *source = arena_alloc(arena, sizeof *source);
  *source = (TypeSource){.arena = arena, .resolve = resolve_payload};
  return judge_member(path, member_type(type_from_notation(source, payload), path), event);
}

static Untrusted judge_any_event(Arena *arena, const ContextPath *path) {
  Untrusted who = UNTRUSTED_ABSENT;
  for (const char *const *event = facts_keys(FACTS_EVENTS); *event != NULL && who < UNTRUSTED_ANYONE; event++)
    who = MAX(who, judge_event(arena, path, *event));
  return who;
}

static Untrusted judge_payload(Arena *arena, const ContextPath *path, const Workflow *workflow) {
  Untrusted who = UNTRUSTED_ABSENT;
  if (workflow == NULL || workflow_event(workflow, "workflow_call") != NULL)
    return judge_any_event(arena, path);
  for (guint i = 0; i < workflow->event_count && who < UNTRUSTED_ANYONE; i++)
    who = MAX(who, judge_event(arena, path, workflow->events[i].name));
  Untrusted elsewhere = who == UNTRUSTED_ABSENT ? judge_any_event(arena, path) : who;
  return who == UNTRUSTED_ABSENT && (elsewhere == UNTRUSTED_NOBODY || elsewhere == UNTRUSTED_WRITERS) ? UNTRUSTED_NOBODY : who;
}

/* ---- github ---- */

/* What is not listed is taken for anyone's. */
static const UntrustedRow github_rows[] = {
  {"action", UNTRUSTED_NOBODY},
  {"action_path", UNTRUSTED_NOBODY},
  {"action_ref", UNTRUSTED_WRITERS},
  {"action_repository", UNTRUSTED_NOBODY},
  {"action_status", UNTRUSTED_NOBODY},
  {"actor", UNTRUSTED_NOBODY},
  {"actor_id", UNTRUSTED_NOBODY},
  {"api_url", UNTRUSTED_NOBODY},
  {"artifact_cache_size_limit", UNTRUSTED_NOBODY},
  {"base_ref", UNTRUSTED_WRITERS},
  {"env", UNTRUSTED_NOBODY},
  {"event_name", UNTRUSTED_NOBODY},
  {"event_path", UNTRUSTED_NOBODY},
  {"graphql_url", UNTRUSTED_NOBODY},
  {"job", UNTRUSTED_NOBODY},
  {"job_workflow_sha", UNTRUSTED_NOBODY},
  {"output", UNTRUSTED_NOBODY},
  {"path", UNTRUSTED_NOBODY},
  {"ref", UNTRUSTED_WRITERS},
  {"ref_name", UNTRUSTED_WRITERS},
  {"ref_protected", UNTRUSTED_NOBODY},
  {"ref_type", UNTRUSTED_NOBODY},
  {"repository", UNTRUSTED_NOBODY},
  {"repository_id", UNTRUSTED_NOBODY},
  {"repository_owner", UNTRUSTED_NOBODY},
  {"repository_owner_id", UNTRUSTED_NOBODY},
  {"repository_visibility", UNTRUSTED_NOBODY},
  {"repositoryurl", UNTRUSTED_NOBODY},
  {"retention_days", UNTRUSTED_NOBODY},
  {"run_attempt", UNTRUSTED_NOBODY},
  {"run_id", UNTRUSTED_NOBODY},
  {"run_number", UNTRUSTED_NOBODY},
  {"secret_source", UNTRUSTED_NOBODY},
  {"server_url", UNTRUSTED_NOBODY},
  {"sha", UNTRUSTED_NOBODY},
  {"state", UNTRUSTED_NOBODY},
  {"step_summary", UNTRUSTED_NOBODY},
  {"token", UNTRUSTED_NOBODY},
  {"triggering_actor", UNTRUSTED_NOBODY},
  {"workflow", UNTRUSTED_WRITERS},
  {"workflow_ref", UNTRUSTED_WRITERS},
  {"workflow_sha", UNTRUSTED_NOBODY},
  {"workspace", UNTRUSTED_NOBODY},
};

/* github.head_ref, empty for other events. */
static Untrusted judge_head_ref(const Workflow *workflow) {
  if (workflow == NULL || workflow_event(workflow, "workflow_call") != NULL)
    return UNTRUSTED_ANYONE;
  for (guint i = 0; i < workflow->event_count; i++)
    if (g_str_has_prefix(workflow->events[i].name, "pull_request"))
      return UNTRUSTED_ANYONE;
  return UNTRUSTED_NOBODY;
}

Untrusted untrusted_github(Arena *arena, const ContextPath *path, const Workflow *workflow) {
  Untrusted who = UNTRUSTED_ANYONE;
  if (context_path_is(path, "github.head_ref"))
    return judge_head_ref(workflow);
  if (path->count > 2 && context_path_below(path, "github.event"))
    return judge_payload(arena, path, workflow);
  find_row(github_rows, G_N_ELEMENTS(github_rows), path, 1, &who);
  return who;
}
