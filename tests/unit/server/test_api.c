#include "fixture.h"
#include "server/routes.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

/* Records one release and a rollout of it; the texts are hostile. */
static void record(Store *store, const char *outcome, char **release_id) {
  g_autoptr(GError) error = NULL;
  json_auto_t *images = json_pack("{s:s}", "backend", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  json_auto_t *checks = json_array();
  Release release = {.project = (char *)"shop",
                     .commit = (char *)COMMIT,
                     .subject = (char *)"</script><b>\"fix\"",
                     .author = (char *)"A <a@example.test>",
                     .images = images,
                     .project_file = (char *)"version: 1\n",
                     .checks = checks};
  g_autoptr(Release) made = NULL;
  g_assert_true(release_record(store, &release, "ann", 1000000, &made, &error));
  g_assert_no_error(error);
  Rollout rollout = {.id = (char *)"01jf8xk3b2m4n5p6q7r8s9t0vw",
                     .project = (char *)"shop",
                     .environment = (char *)"dev",
                     .release = made->id,
                     .actor = (char *)"ann",
                     .state = (char *)"planned",
                     .slot = (char *)"blue",
                     .started_us = 2000000,
                     .log = (char *)"rollouts/x.log"};
  g_assert_true(rollout_record(store, &rollout, &error));
  g_assert_no_error(error);
  if (outcome != NULL)
    g_assert_true(rollout_save_end(store, rollout.id, outcome, strcmp(outcome, "completed") == 0 ? NULL : "unhealthy", 3000000, &error));
  g_assert_no_error(error);
  *release_id = g_strdup(made->id);
}

static json_t *get_json(const Fixture *fixture, const char *path, unsigned status) {
  g_auto(HttpResponse) response = ask(fixture, "GET", path);
  g_assert_cmpuint(response.status, ==, status);
  g_assert_cmpstr(http_response_header(&response, "Cache-Control"), ==, "no-store");
  json_t *body = json_loadb(response.body, response.body_size, 0, NULL);
  g_assert_nonnull(body);
  return body;
}

static const char *text_at(json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static void test_empty(void) {
  static const char *const lists[][2] = {{"/api/v1/environments", "environments"},
                                         {"/api/v1/releases?project=shop", "releases"},
                                         {"/api/v1/rollouts", "rollouts"},
                                         {"/api/v1/journal", "entries"}};
  g_auto(Fixture) fixture = fixture_new();
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
    g_test_message("%s", lists[i][0]);
    json_auto_t *body = get_json(&fixture, lists[i][0], 200);
    g_assert_true(json_is_array(json_object_get(body, lists[i][1])));
    g_assert_cmpuint(json_array_size(json_object_get(body, lists[i][1])), ==, 0);
  }
}

static void test_environments(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *id = NULL;
  record(fixture.store, "completed", &id);
  json_auto_t *body = get_json(&fixture, "/api/v1/environments", 200);
  json_t *row = json_array_get(json_object_get(body, "environments"), 0);
  json_t *release = json_object_get(row, "release");
  g_assert_cmpstr(text_at(row, "project"), ==, "shop");
  g_assert_cmpstr(text_at(row, "name"), ==, "dev");
  g_assert_cmpstr(text_at(row, "health"), ==, "healthy");
  g_assert_cmpstr(text_at(release, "id"), ==, id);
  g_assert_cmpstr(text_at(release, "commit"), ==, COMMIT);
  g_assert_cmpstr(text_at(release, "subject"), ==, "</script><b>\"fix\"");
  g_assert_cmpint(json_integer_value(json_object_get(release, "number")), ==, 1);
  g_assert_cmpstr(text_at(json_object_get(row, "rollout"), "outcome"), ==, "completed");
}

static void test_lists(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *id = NULL;
  record(fixture.store, "rolled-back", &id);
  json_auto_t *releases = get_json(&fixture, "/api/v1/releases?project=shop", 200);
  g_assert_cmpstr(text_at(json_array_get(json_object_get(releases, "releases"), 0), "id"), ==, id);
  json_auto_t *others = get_json(&fixture, "/api/v1/releases?project=other", 200);
  g_assert_cmpuint(json_array_size(json_object_get(others, "releases")), ==, 0);
  json_auto_t *rollouts = get_json(&fixture, "/api/v1/rollouts?project=shop&environment=dev&max=1", 200);
  json_t *rollout = json_array_get(json_object_get(rollouts, "rollouts"), 0);
  g_assert_cmpstr(text_at(rollout, "outcome"), ==, "rolled-back");
  g_assert_cmpstr(text_at(rollout, "started"), ==, "1970-01-01T00:00:02Z");
  g_assert_cmpstr(text_at(json_object_get(rollout, "release"), "id"), ==, id);
  json_auto_t *journal = get_json(&fixture, "/api/v1/journal?after=1&max=1", 200);
  json_t *entry = json_array_get(json_object_get(journal, "entries"), 0);
  g_assert_cmpint(json_integer_value(json_object_get(entry, "sequence")), ==, 2);
  g_assert_true(g_str_has_prefix(text_at(entry, "hash"), "sha256:"));
}

static void test_bad_queries(void) {
  static const struct {
    const char *path;
    const char *says;
  } rows[] = {
    {"/api/v1/releases", "project: expected"},
    {"/api/v1/releases?project=", "project: expected"},
    {"/api/v1/releases?project=shop&max=0", "max: expected a number from 1 to 1000"},
    {"/api/v1/rollouts?max=1001", "max: expected"},
    {"/api/v1/rollouts?max=-1", "max: expected"},
    {"/api/v1/journal?max=x", "max: expected"},
    {"/api/v1/journal?after=1x", "after: expected"},
    {"/api/v1/journal?after=99999999999999999999", "after: expected"},
  };
  g_auto(Fixture) fixture = fixture_new();
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].path);
    json_auto_t *body = get_json(&fixture, rows[i].path, 400);
    json_t *error = json_object_get(body, "error");
    g_assert_cmpstr(text_at(error, "code"), ==, "input");
    g_assert_nonnull(strstr(text_at(error, "message"), rows[i].says));
  }
}

static void test_health(void) {
  Environment runs = {.release = (char *)"r"};
  Environment empty = {0};
  Rollout open = {.state = (char *)"starting"};
  Rollout completed = {.outcome = (char *)"completed"};
  Rollout rolled_back = {.outcome = (char *)"rolled-back"};
  Rollout failed = {.outcome = (char *)"failed"};
  Rollout strange = {.outcome = (char *)"sideways"};
  const struct {
    const char *claim;
    const Environment *environment;
    const Rollout *open;
    const Rollout *last;
    const char *health;
  } rows[] = {
    {"a rollout that is open says so first", &runs, &open, &completed, "moving"},
    {"the last was completed", &runs, NULL, &completed, "healthy"},
    {"the last was taken back", &runs, NULL, &rolled_back, "kept"},
    {"the last failed", &runs, NULL, &failed, "failed"},
    {"nothing was kept, for nothing ran before", &empty, NULL, &rolled_back, "empty"},
    {"taken down", &empty, NULL, &completed, "empty"},
    {"the first failed", &empty, NULL, &failed, "failed"},
    {"nothing was ever rolled out", &empty, NULL, NULL, "empty"},
    {"an outcome that nobody knows", &runs, NULL, &strange, "unknown"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_assert_cmpstr(api_health(rows[i].environment, rows[i].open, rows[i].last), ==, rows[i].health);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/server/api/empty", test_empty);
  g_test_add_func("/server/api/environments", test_environments);
  g_test_add_func("/server/api/lists", test_lists);
  g_test_add_func("/server/api/bad-queries", test_bad_queries);
  g_test_add_func("/server/api/health", test_health);
  return g_test_run();
}
