#include "runner/context/payloads.h"

#include <string.h>

#define NO_COMMIT "0000000000000000000000000000000000000000"

/* ---- commits that come ---- */

void payload_push(const ContextFacts *facts, json_t *event) {
  const char *id = facts->spec->commit->commit, *parent = facts->tag != NULL ? NULL : facts->details->parent;
  const char *before = parent != NULL ? parent : NO_COMMIT;
  g_autofree char *range = parent != NULL ? g_strdup_printf("/compare/%.12s...%.12s", parent, id) : g_strconcat("/commit/", id, NULL);
  g_autofree char *compare = event_url(facts, range);
  json_t *head = event_commit(facts), *commits = json_array();
  if (facts->tag == NULL)
    json_array_append(commits, head);
  context_set(event, "ref", facts->ref);
  context_set(event, "before", before);
  context_set(event, "after", id);
  context_set(event, "compare", compare);
  json_object_set_new(event, "base_ref", json_null());
  json_object_set_new(event, "created", json_boolean(parent == NULL));
  json_object_set_new(event, "deleted", json_false());
  json_object_set_new(event, "forced", json_false());
  json_object_set_new(event, "commits", commits);
  json_object_set_new(event, "head_commit", head);
  json_object_set_new(event, "pusher", json_pack("{s:s, s:s}", "name", facts->actor, "email", facts->details->committer.mail));
}

void payload_create(const ContextFacts *facts, json_t *event) {
  context_set(event, "ref", facts->tag != NULL ? facts->tag : facts->branch);
  context_set(event, "ref_type", facts->tag != NULL ? "tag" : "branch");
  context_set(event, "master_branch", facts->default_branch);
  context_set(event, "pusher_type", "user");
}

/* ---- pull requests ---- */

static json_t *side(const ContextFacts *facts, const char *branch, const char *commit) {
  json_t *made =
    json_pack("{s:s, s:s, s:o, s:o}", "ref", branch, "sha", commit, "repo", event_repository(facts), "user", event_user(facts, facts->owner));
  context_format(made, "label", "%s:%s", facts->owner, branch);
  return made;
}

static void set_links(const ContextFacts *facts, json_t *request) {
  g_autofree char *html = event_url(facts, "/pull/1"), *diff = event_url(facts, "/pull/1.diff"), *patch = event_url(facts, "/pull/1.patch");
  context_set(request, "html_url", html);
  context_set(request, "diff_url", diff);
  context_set(request, "patch_url", patch);
  context_format(request, "url", "%s/api/v3/repos/%s/pulls/1", facts->spec->server_url, facts->spec->repository);
}

/* The commit's branch is to go into the default one; the commit before it stands for the other side. */
void payload_pull_request(const ContextFacts *facts, json_t *event) {
  const char *id = facts->spec->commit->commit, *parent = facts->details->parent;
  g_autofree char *time = event_time(facts);
  json_t *request = json_pack("{s:i, s:i, s:s, s:b, s:b, s:b, s:s, s:o}", "number", 1, "id", (int)context_id(id), "state", "open", "draft", 0,
                              "locked", 0, "merged", 0, "title", facts->spec->commit->subject, "user", event_user(facts, facts->actor));
  static const char *const empty[] = {"labels", "assignees", "requested_reviewers"}, *const none[] = {"merged_at", "closed_at", "milestone"};
  for (size_t i = 0; i < G_N_ELEMENTS(empty); i++)
    json_object_set_new(request, empty[i], json_array());
  for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
    json_object_set_new(request, none[i], json_null());
  context_set(request, "body", "");
  context_set(request, "created_at", time);
  context_set(request, "updated_at", time);
  context_set(request, "author_association", "OWNER");
  context_set(request, "merge_commit_sha", id);
  json_object_set_new(request, "commits", json_integer(1));
  json_object_set_new(request, "changed_files",
                      json_integer(facts->details->added->len + facts->details->removed->len + facts->details->modified->len));
  json_object_set_new(request, "head", side(facts, facts->branch, id));
  json_object_set_new(request, "base", side(facts, facts->default_branch, parent != NULL ? parent : id));
  set_links(facts, request);
  json_object_set_new(event, "number", json_integer(1));
  json_object_set_new(event, "pull_request", request);
}

/* ---- dispatches and schedules ---- */

/* Whatever an input's type is, the payload has text. */
static json_t *texts(const json_t *inputs) {
  const char *name;
  json_t *value, *made = json_object();
  json_object_foreach ((json_t *)inputs, name, value) {
    g_auto(ExpressionValue) read = expression_value_from_json(value);
    g_autofree char *text = expression_value_to_string(&read, NULL);
    context_set(made, name, text);
  }
  return made;
}

void payload_dispatch(const ContextFacts *facts, json_t *event) {
  json_object_set_new(event, "inputs", json_object_size(facts->spec->inputs) > 0 ? texts(facts->spec->inputs) : json_null());
  context_set(event, "ref", facts->ref);
  context_set(event, "workflow", facts->spec->workflow->file);
}

void payload_repository_dispatch(const ContextFacts *facts, json_t *event) {
  context_set(event, "branch", facts->default_branch);
  json_object_set_new(event, "client_payload", json_object());
}

void payload_schedule(const ContextFacts *facts, json_t *event) {
  const WorkflowEvent *schedule = workflow_event(facts->spec->workflow, "schedule");
  context_set(event, "schedule", schedule != NULL && schedule->schedule_count > 0 ? schedule->schedules[0].cron.text : "0 0 * * *");
  context_set(event, "workflow", facts->spec->workflow->file);
}

/* ---- others ---- */

void payload_release(const ContextFacts *facts, json_t *event) {
  const Commit *commit = facts->spec->commit;
  g_autofree char *untagged = g_strdup_printf("untagged-%.12s", commit->commit), *time = event_time(facts);
  const char *tag = facts->tag != NULL ? facts->tag : untagged;
  g_autofree char *path = g_strconcat("/releases/tag/", tag, NULL), *url = event_url(facts, path);
  json_object_set_new(event, "release",
                      json_pack("{s:i, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:s, s:o, s:[]}", "id", (int)context_id(tag), "tag_name", tag, "name",
                                tag, "body", "", "target_commitish", facts->branch, "draft", 0, "prerelease", 0, "html_url", url, "created_at", time,
                                "published_at", time, "author", event_user(facts, facts->actor), "assets"));
}

void payload_workflow_run(const ContextFacts *facts, json_t *event) {
  const WorkflowEvent *watched = workflow_event(facts->spec->workflow, "workflow_run");
  const char *name = facts->spec->workflow->name.text != NULL ? facts->spec->workflow->name.text : facts->spec->workflow->file;
  for (guint i = 0; watched != NULL && i < watched->filter_count; i++)
    if (strcmp(watched->filters[i].name, "workflows") == 0 && watched->filters[i].values.count > 0)
      name = watched->filters[i].values.items[0].text;
  json_t *run = json_pack("{s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:[], s:o, s:o, s:o}", "id", (int)context_id(name), "run_number", 1,
                          "run_attempt", 1, "name", name, "event", "push", "status", "completed", "conclusion", "success", "head_branch",
                          facts->branch, "head_sha", facts->spec->commit->commit, "pull_requests", "head_commit", event_commit(facts), "actor",
                          event_user(facts, facts->actor), "head_repository", event_repository(facts));
  json_object_set_new(event, "workflow_run", run);
  json_object_set_new(event, "workflow", json_pack("{s:s, s:s}", "name", name, "state", "active"));
}

void payload_merge_group(const ContextFacts *facts, json_t *event) {
  const char *id = facts->spec->commit->commit, *parent = facts->details->parent != NULL ? facts->details->parent : NO_COMMIT;
  json_t *group = json_pack("{s:s, s:s, s:o}", "head_sha", id, "base_sha", parent, "head_commit", event_commit(facts));
  context_format(group, "base_ref", "refs/heads/%s", facts->default_branch);
  context_format(group, "head_ref", "refs/heads/gh-readonly-queue/%s/pr-1-%s", facts->default_branch, parent);
  json_object_set_new(event, "merge_group", group);
}

void payload_issue(const ContextFacts *facts, json_t *event) {
  g_autofree char *time = event_time(facts), *url = event_url(facts, "/issues/1");
  json_object_set_new(event, "issue",
                      json_pack("{s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:[], s:[], s:o}", "number", 1, "id", (int)context_id(url), "title",
                                facts->spec->commit->subject, "body", "", "state", "open", "html_url", url, "created_at", time, "updated_at", time,
                                "labels", "assignees", "user", event_user(facts, facts->actor)));
}

void payload_deployment(const ContextFacts *facts, json_t *event) {
  json_object_set_new(event, "deployment",
                      json_pack("{s:i, s:s, s:s, s:s, s:s, s:{}, s:o}", "id", (int)context_id(facts->ref), "ref", facts->ref, "sha",
                                facts->spec->commit->commit, "task", "deploy", "environment", "production", "payload", "creator",
                                event_user(facts, facts->actor)));
}
