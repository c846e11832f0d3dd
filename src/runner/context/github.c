#include "runner/context/event.h"

#include "base/error.h"

#include <string.h>
#include <sys/utsname.h>

#define RETENTION_DAYS "90"

/* ---- the ref ---- */

static char *ref_of(const ContextFacts *facts, const json_t *event) {
  const EventRow *row = event_row(facts->spec->event);
  const json_t *member = context_at(event, row->ref);
  if (json_is_integer(member))
    return g_strdup_printf("%s%" JSON_INTEGER_FORMAT "%s", row->before, json_integer_value(member), row->behind);
  const char *text = json_string_value(member);
  return text != NULL && *text != '\0' ? g_strconcat(row->before, text, row->behind, NULL) : g_strdup(facts->ref);
}

static void set_ref(json_t *github, const char *ref) {
  static const char *const prefixes[] = {"refs/heads/", "refs/tags/", "refs/pull/"};
  const char *name = ref;
  for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
    if (g_str_has_prefix(ref, prefixes[i]))
      name = ref + strlen(prefixes[i]);
  context_set(github, "ref", ref);
  context_set(github, "ref_name", name);
  context_set(github, "ref_type", g_str_has_prefix(ref, "refs/tags/") ? "tag" : "branch");
  json_object_set_new(github, "ref_protected", json_false());
}

/* Only these two events have them. */
static void set_sides(json_t *github, const char *name, const json_t *event) {
  bool has = strcmp(name, "pull_request") == 0 || strcmp(name, "pull_request_target") == 0;
  context_set(github, "base_ref", has ? context_text_at(event, "pull_request.base.ref") : NULL);
  context_set(github, "head_ref", has ? context_text_at(event, "pull_request.head.ref") : NULL);
}

/* ---- the rest ---- */

static void set_repository(json_t *github, const ContextFacts *facts) {
  const char *server = facts->spec->server_url, *behind = strstr(server, "://");
  context_set(github, "repository", facts->spec->repository);
  context_format(github, "repository_id", "%u", context_id(facts->spec->repository));
  context_set(github, "repository_owner", facts->owner);
  context_format(github, "repository_owner_id", "%u", context_id(facts->owner));
  context_format(github, "repositoryUrl", "git://%s/%s.git", behind != NULL ? behind + 3 : server, facts->spec->repository);
  context_set(github, "server_url", server);
  context_format(github, "api_url", "%s/api/v3", server);
  context_format(github, "graphql_url", "%s/api/graphql", server);
}

static void set_workflow(json_t *github, const ContextFacts *facts, const char *ref) {
  const Workflow *workflow = facts->spec->workflow;
  bool named = workflow->name.text != NULL && *workflow->name.text != '\0';
  context_set(github, "workflow", named ? workflow->name.text : workflow->file);
  context_format(github, "workflow_ref", "%s/%s@%s", facts->spec->repository, workflow->file, ref);
  context_set(github, "workflow_sha", facts->spec->commit->commit);
}

static void set_run(json_t *github, const ContextFacts *facts) {
  const ContextSpec *spec = facts->spec;
  g_autofree char *id = context_run_id(spec->run_id);
  context_set(github, "run_id", id);
  context_format(github, "run_number", "%u", MAX(spec->run_number, 1));
  context_format(github, "run_attempt", "%u", MAX(spec->run_attempt, 1));
  context_set(github, "retention_days", RETENTION_DAYS);
  context_set(github, "actor", facts->actor);
  context_format(github, "actor_id", "%u", context_id(facts->actor));
  context_set(github, "triggering_actor", facts->actor);
  context_set(github, "secret_source", "Actions");
  context_set(github, "token", spec->token);
}

json_t *context_github(const ContextSpec *spec, const json_t *event, GError **error) {
  g_autoptr(ContextFacts) facts = context_facts(spec, false, error);
  if (facts == NULL)
    return NULL;
  json_t *github = json_object();
  g_autofree char *ref = ref_of(facts, event);
  set_ref(github, ref);
  set_sides(github, spec->event, event);
  set_repository(github, facts);
  set_workflow(github, facts, ref);
  set_run(github, facts);
  context_set(github, "sha", spec->commit->commit);
  context_set(github, "event_name", spec->event);
  json_object_set(github, "event", (json_t *)event);
  return github;
}

json_t *context_runner(bool debug) {
  static const struct { const char *machine, *arch; } names[] = {{"x86_64", "X64"}, {"aarch64", "ARM64"}, {"i686", "X86"}};
  struct utsname machine;
  const char *arch = "ARM";
  uname(&machine);
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(machine.machine, names[i].machine) == 0)
      arch = names[i].arch;
  json_t *runner = json_pack("{s:s, s:s, s:s, s:s}", "name", "drover", "os", "Linux", "arch", arch, "environment", "self-hosted");
  if (debug)
    context_set(runner, "debug", "1");
  return runner;
}
