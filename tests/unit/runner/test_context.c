/* The github context, the event's payload and the variables that steps see, from a repository. */
#include "../git/repository_fixture.h"
#include "runner/context/facts.h"
#include "runner/context/merge.h"

#include "base/error.h"

#define WORKFLOW                                                                                                                                     \
  "name: CI\n"                                                                                                                                       \
  "run-name: ${{ inputs.who || vars.none }}\n"                                                                                                       \
  "on:\n"                                                                                                                                            \
  "  push:\n"                                                                                                                                        \
  "  pull_request:\n"                                                                                                                                \
  "  pull_request_target: {types: [labeled, opened]}\n"                                                                                              \
  "  schedule: [{cron: '5 4 * * *'}]\n"                                                                                                              \
  "  workflow_run: {workflows: [Build]}\n"                                                                                                           \
  "  repository_dispatch: {types: [hello]}\n"                                                                                                        \
  "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}\n"
#define ULID "01jdg3m1k0zzzzzzzzzzzzzzzz"

typedef struct {
  Fixture fixture;
  Diagnostics *diagnostics;
  Workflow *workflow;
  Commit *commit;
  ContextSpec spec;
} Scene;

static void scene_clear(Scene *scene) {
  commit_free(scene->commit);
  workflow_free(scene->workflow);
  diagnostics_free(scene->diagnostics);
  fixture_clear(&scene->fixture);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scene, scene_clear)

/* A second commit on topic adds, changes and removes a file; the tag v1 is the first. */
static Scene scene_new(const char *ref, const char *event) {
  g_autoptr(GError) error = NULL;
  Scene scene = {.fixture = fixture_new(), .diagnostics = diagnostics_new()};
  git(&scene.fixture, "tag v1");
  git(&scene.fixture, "checkout --quiet -b topic");
  put(&scene.fixture, "new.txt", "new\n");
  put(&scene.fixture, "backend/app.py", "print('two')\n");
  git(&scene.fixture, "rm --quiet drover.yaml");
  git(&scene.fixture, "add --all");
  git(&scene.fixture, "commit --quiet --message=second");
  scene.workflow = workflow_parse(".github/workflows/ci.yml", WORKFLOW, strlen(WORKFLOW), scene.diagnostics);
  scene.commit = commit_resolve(scene.fixture.root, ref, &error);
  g_assert_no_error(error);
  g_assert_nonnull(scene.workflow);
  scene.spec = (ContextSpec){
    .commit = scene.commit,
    .repository = "ada/shop",
    .workflow = scene.workflow,
    .event = event,
    .run_id = ULID,
    .run_number = 7,
    .server_url = "http://drover.localhost:81",
    .token = "secret",
  };
  return scene;
}

static json_t *github_of(const Scene *scene) {
  g_autoptr(GError) error = NULL;
  json_auto_t *event = context_event(&scene->spec, &error);
  g_assert_no_error(error);
  json_t *github = context_github(&scene->spec, event, &error);
  g_assert_no_error(error);
  return github;
}

/* A member as JSON text; "-" where there is none. */
static char *show(const json_t *object, const char *path) {
  const json_t *member = context_at(object, path);
  char *text = member != NULL ? json_dumps(member, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS) : NULL;
  char *shown = g_strdup(text != NULL ? text : "-");
  free(text);
  return shown;
}

/* ---- what events give ---- */

static const struct {
  const char *claim;
  const char *ref; /* the commit's; NULL: HEAD, which is topic */
  const char *event;
  const char *payload; /* JSON, or NULL */
  const char *member;  /* of the github context */
  const char *want;    /* JSON */
} rows[] = {
  {"a-push-is-of-the-branch", NULL, "push", NULL, "ref", "\"refs/heads/topic\""},
  {"a-push-names-the-branch", NULL, "push", NULL, "ref_name", "\"topic\""},
  {"a-push-is-of-a-branch", NULL, "push", NULL, "ref_type", "\"branch\""},
  {"a-push-says-its-ref", NULL, "push", NULL, "event.ref", "\"refs/heads/topic\""},
  {"a-push-has-no-base", NULL, "push", NULL, "base_ref", "\"\""},
  {"a-push-has-no-action", NULL, "push", NULL, "event.action", "-"},
  {"a-push-of-a-tag", "v1", "push", NULL, "ref", "\"refs/tags/v1\""},
  {"a-tag-is-a-tag", "v1", "push", NULL, "ref_type", "\"tag\""},
  {"a-tag-is-created", "v1", "push", NULL, "event.created", "true"},
  {"a-tag-brings-no-commits", "v1", "push", NULL, "event.commits", "[]"},
  {"a-branch-that-went-on-is-not-created", NULL, "push", NULL, "event.created", "false"},
  {"the-first-commit-creates-its-branch", "main", "push", NULL, "event.before", "\"0000000000000000000000000000000000000000\""},
  {"a-push-does-not-name-what-was-changed", NULL, "push", NULL, "event.head_commit.modified", "-"},
  {"a-commit-has-its-message", NULL, "push", NULL, "event.head_commit.message", "\"second\""},
  {"a-commit-has-its-time-and-zone", NULL, "push", NULL, "event.head_commit.timestamp", "\"2023-11-15T00:13:20+02:00\""},
  {"a-commit-has-its-author", NULL, "push", NULL, "event.head_commit.author",
   "{\"email\":\"ada@example.org\",\"name\":\"Ada\",\"username\":\"ada\"}"},
  {"a-payload-wins", NULL, "push", "{\"ref\": \"refs/heads/other\"}", "ref", "\"refs/heads/other\""},
  {"a-payload-wins-deep-down", NULL, "push", "{\"head_commit\": {\"message\": \"x\"}}", "event.head_commit.message", "\"x\""},
  {"a-payload-leaves-the-rest", NULL, "push", "{\"head_commit\": {\"message\": \"x\"}}", "event.head_commit.distinct", "true"},
  {"a-payload-replaces-lists", NULL, "push", "{\"commits\": []}", "event.commits", "[]"},
  {"a-pull-request-is-of-its-merge", NULL, "pull_request", NULL, "ref", "\"refs/pull/1/merge\""},
  {"a-pull-request-is-named-by-its-merge", NULL, "pull_request", NULL, "ref_name", "\"1/merge\""},
  {"a-pull-request-comes-from-the-branch", NULL, "pull_request", NULL, "head_ref", "\"topic\""},
  {"a-pull-request-goes-into-the-default-branch", NULL, "pull_request", NULL, "base_ref", "\"main\""},
  {"a-pull-request-is-opened", NULL, "pull_request", NULL, "event.action", "\"opened\""},
  {"a-pull-request-of-another-number", NULL, "pull_request", "{\"pull_request\": {\"number\": 12}}", "ref", "\"refs/pull/12/merge\""},
  {"a-number-stands-in-both-places", NULL, "pull_request", "{\"number\": 12}", "event.pull_request.number", "12"},
  {"a-payload-with-other-branches", NULL, "pull_request", "{\"pull_request\": {\"head\": {\"ref\": \"x\"}}}", "head_ref", "\"x\""},
  {"a-target-is-of-the-base", NULL, "pull_request_target", NULL, "ref", "\"refs/heads/main\""},
  {"the-first-type-is-the-action", NULL, "pull_request_target", NULL, "event.action", "\"labeled\""},
  {"a-schedule-is-of-the-default-branch", NULL, "schedule", NULL, "ref", "\"refs/heads/main\""},
  {"a-schedule-says-which", NULL, "schedule", NULL, "event.schedule", "\"5 4 * * *\""},
  {"a-release-of-a-tag", "v1", "release", NULL, "ref", "\"refs/tags/v1\""},
  {"a-release-is-published", "v1", "release", NULL, "event.action", "\"published\""},
  {"a-release-of-a-payload", NULL, "release", "{\"release\": {\"tag_name\": \"v9\"}}", "ref_name", "\"v9\""},
  {"a-dispatch-without-inputs", NULL, "workflow_dispatch", NULL, "event.inputs", "null"},
  {"a-dispatch-names-the-workflow", NULL, "workflow_dispatch", NULL, "event.workflow", "\".github/workflows/ci.yml\""},
  {"an-event-of-ones-own", NULL, "repository_dispatch", "{\"client_payload\": {\"a\": 1}}", "event.client_payload", "{\"a\":1}"},
  {"an-event-of-ones-own-has-its-type", NULL, "repository_dispatch", NULL, "event.action", "\"hello\""},
  {"a-run-that-is-followed", NULL, "workflow_run", NULL, "event.workflow_run.name", "\"Build\""},
  {"a-run-that-is-followed-has-ended", NULL, "workflow_run", NULL, "event.action", "\"completed\""},
  {"an-issue", NULL, "issues", NULL, "event.issue.number", "1"},
  {"a-merge-group-has-a-branch", NULL, "merge_group", "{\"merge_group\": {\"head_ref\": \"refs/heads/q\"}}", "ref", "\"refs/heads/q\""},
  {"any-event-has-a-repository", NULL, "gollum", NULL, "event.repository.full_name", "\"ada/shop\""},
  {"any-event-has-a-sender", NULL, "watch", NULL, "event.sender.login", "\"ada\""},
  {"any-event-has-an-action", NULL, "watch", NULL, "event.action", "\"started\""},
  {"any-event-is-of-the-default-branch", NULL, "watch", NULL, "ref", "\"refs/heads/main\""},
  {"the-default-branch", NULL, "push", NULL, "event.repository.default_branch", "\"main\""},
  {"the-address-for-ssh-has-no-port", NULL, "push", NULL, "event.repository.ssh_url", "\"git@drover.localhost:ada/shop.git\""},
  {"the-repository's-owner", NULL, "push", NULL, "repository_owner", "\"ada\""},
  {"the-repository's-address", NULL, "push", NULL, "repositoryUrl", "\"git://drover.localhost:81/ada/shop.git\""},
  {"the-workflow's-name", NULL, "push", NULL, "workflow", "\"CI\""},
  {"the-workflow's-ref", NULL, "pull_request", NULL, "workflow_ref", "\"ada/shop/.github/workflows/ci.yml@refs/pull/1/merge\""},
  {"numbers-are-text", NULL, "push", NULL, "run_number", "\"7\""},
  {"an-attempt-is-the-first", NULL, "push", NULL, "run_attempt", "\"1\""},
  {"who-did-it", NULL, "push", NULL, "triggering_actor", "\"ada\""},
  {"nothing-is-protected", NULL, "push", NULL, "ref_protected", "false"},
  {"the-token", NULL, "push", NULL, "token", "\"secret\""},
};

static void test_member(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Scene) scene = scene_new(rows[i].ref, rows[i].event);
  json_auto_t *payload = rows[i].payload != NULL ? json_loads(rows[i].payload, 0, NULL) : NULL;
  scene.spec.payload = payload;
  json_auto_t *github = github_of(&scene);
  g_autofree char *shown = show(github, rows[i].member);
  g_assert_cmpstr(shown, ==, rows[i].want);
  g_assert_cmpstr(context_text_at(github, "sha"), ==, scene.commit->commit);
}

/* Members that https://docs.github.com/actions/reference/workflows-and-actions/contexts#github-context lists; jobs and steps add theirs. */
static void test_every_member(void) {
  static const char *const members[] = {
    "actor",         "actor_id",       "api_url",          "base_ref",   "event_name",    "graphql_url",      "head_ref",
    "ref",           "ref_name",       "ref_type",         "repository", "repository_id", "repository_owner", "repository_owner_id",
    "repositoryUrl", "retention_days", "run_attempt",      "run_id",     "run_number",    "secret_source",    "server_url",
    "sha",           "token",          "triggering_actor", "workflow",   "workflow_ref",  "workflow_sha",
  };
  g_auto(Scene) scene = scene_new(NULL, "push");
  json_auto_t *github = github_of(&scene);
  for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
    g_test_message("%s", members[i]);
    g_assert_nonnull(context_text_at(github, members[i]));
  }
  g_assert_true(json_is_object(json_object_get(github, "event")));
}

static void test_detached(void) {
  g_auto(Scene) scene = scene_new("topic~0", "push");
  json_auto_t *github = github_of(&scene);
  g_assert_cmpstr(context_text_at(github, "ref"), ==, scene.commit->commit);
}

static void test_origin_names_the_default_branch(void) {
  g_auto(Scene) scene = scene_new(NULL, "schedule");
  git(&scene.fixture, "update-ref refs/remotes/origin/trunk HEAD");
  git(&scene.fixture, "symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/trunk");
  json_auto_t *github = github_of(&scene);
  g_assert_cmpstr(context_text_at(github, "ref"), ==, "refs/heads/trunk");
}

static void test_dispatch_inputs_are_text(void) {
  g_auto(Scene) scene = scene_new(NULL, "workflow_dispatch");
  json_auto_t *inputs = json_pack("{s:b, s:i, s:s}", "a", 1, "b", 3, "c", "x");
  scene.spec.inputs = inputs;
  json_auto_t *github = github_of(&scene);
  g_autofree char *shown = show(github, "event.inputs");
  g_assert_cmpstr(shown, ==, "{\"a\":\"true\",\"b\":\"3\",\"c\":\"x\"}");
}

/* ---- what is refused ---- */

static void test_repository_needs_an_owner(void) {
  static const char *const names[] = {"shop", "/shop", "ada/", "a/b/c"};
  g_auto(Scene) scene = scene_new(NULL, "push");
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autoptr(GError) error = NULL;
    scene.spec.repository = names[i];
    g_assert_null(context_event(&scene.spec, &error));
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
  }
}

static json_t *nested(unsigned depth) {
  json_t *value = json_object();
  for (unsigned i = 1; i < depth; i++)
    value = json_pack("{s:o}", "a", value);
  return value;
}

static void test_merge_has_limits(void) {
  json_auto_t *target = json_object(), *deep = nested(MERGE_MAX_DEPTH + 1), *list = json_array(), *large = json_object();
  g_autofree char *text = g_strnfill(MERGE_MAX_BYTES, 'x');
  json_object_set_new(large, "a", json_string(text));
  const struct {
    const json_t *over;
    const char *message;
  } refused[] = {{deep, "nests more than 100"}, {list, "is no JSON object"}, {large, "larger than 10 MiB"}};
  for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(merge_over(target, refused[i].over, &error));
    g_assert_nonnull(strstr(error->message, refused[i].message));
  }
  g_assert_cmpuint(json_object_size(target), ==, 0);
  json_auto_t *fine = nested(MERGE_MAX_DEPTH);
  g_assert_true(merge_over(target, fine, NULL));
}

/* ---- names and variables ---- */

static void test_logins(void) {
  static const struct {
    const char *name, *login;
  } logins[] = {
    {"ada", "ada"},
    {"Ada Lovelace", "Ada-Lovelace"},
    {"ada@example.org", "ada"},
    {"12345+ada@users.noreply.github.com", "ada"},
    {"ada.l+x@y", "ada-l-x"},
    {"  ", "drover"},
    {"-a-", "a"},
    {"", "drover"},
    {"a_b", "a-b"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(logins); i++) {
    g_autofree char *login = context_login(logins[i].name);
    g_assert_cmpstr(login, ==, logins[i].login);
  }
}

static void test_run_ids(void) {
  static const char *const ulids[] = {
    "01jdg3m1k00000000000000000", "01jdg3m1k0zzzzzzzzzzzzzzzz", "01jdg3m1k1000000000000000", "02000000000000000000000000", "not-an-id", ""};
  uint64_t before = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(ulids); i++) {
    guint64 number = 0;
    g_autofree char *id = context_run_id(ulids[i]);
    g_assert_true(g_ascii_string_to_unsigned(id, 10, 0, UINT64_C(1) << 53, &number, NULL));
    if (i < 4)
      g_assert_cmpuint(number, >, before);
    before = number;
  }
}

static void test_environment(void) {
  g_auto(Scene) scene = scene_new(NULL, "push");
  json_auto_t *github = github_of(&scene), *runner = context_runner(true);
  json_object_set_new(github, "env", json_string("/files/env"));
  json_object_set_new(runner, "temp", json_string("/temp"));
  json_auto_t *environment = context_environment(github, runner);
  static const char *const want[][2] = {
    {"CI", "true"},
    {"GITHUB_ACTIONS", "true"},
    {"GITHUB_REF_NAME", "topic"},
    {"GITHUB_REF_PROTECTED", "false"},
    {"GITHUB_BASE_REF", ""},
    {"GITHUB_REPOSITORY", "ada/shop"},
    {"GITHUB_ENV", "/files/env"},
    {"RUNNER_TEMP", "/temp"},
    {"RUNNER_DEBUG", "1"},
    {"RUNNER_OS", "Linux"},
    {"GITHUB_EVENT_NAME", "push"},
    {"GITHUB_WORKSPACE", NULL},
    {"GITHUB_TOKEN", NULL},
    {"GITHUB_EVENT", NULL},
    {"GITHUB_REPOSITORYURL", NULL},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(want); i++) {
    g_test_message("%s", want[i][0]);
    g_assert_cmpstr(context_text_at(environment, want[i][0]), ==, want[i][1]);
  }
  json_auto_t *quiet = context_runner(false);
  g_assert_null(json_object_get(quiet, "debug"));
}

static void test_run_names(void) {
  static const struct {
    const char *event, *who, *want;
  } names[] = {{"push", "${{ you }}", "${{ you }}"}, {"push", "", "second"}, {"pull_request", "", "second"}, {"schedule", " ", "CI"}};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_auto(Scene) scene = scene_new(NULL, names[i].event);
    json_auto_t *github = github_of(&scene), *inputs = json_pack("{s:s}", "who", names[i].who), *vars = json_object();
    g_autofree char *name = context_run_name(&scene.spec, github, inputs, vars);
    g_assert_cmpstr(name, ==, names[i].want);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/context/member/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_member);
  }
  g_test_add_func("/runner/context/every-member", test_every_member);
  g_test_add_func("/runner/context/a-bare-commit-is-its-own-ref", test_detached);
  g_test_add_func("/runner/context/origin-names-the-default-branch", test_origin_names_the_default_branch);
  g_test_add_func("/runner/context/dispatch-inputs-are-text", test_dispatch_inputs_are_text);
  g_test_add_func("/runner/context/repository-needs-an-owner", test_repository_needs_an_owner);
  g_test_add_func("/runner/context/merge-has-limits", test_merge_has_limits);
  g_test_add_func("/runner/context/logins", test_logins);
  g_test_add_func("/runner/context/run-ids", test_run_ids);
  g_test_add_func("/runner/context/environment", test_environment);
  g_test_add_func("/runner/context/run-names", test_run_names);
  return g_test_run();
}
