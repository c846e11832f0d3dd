#include "base/error.h"
#include "release/project.h"
#include "release/project_reader.h"

#include <string.h>

/* A file with every key, as the guide shows it. */
static const char full[] =
  "version: 1\n"
  "project: shop\n"
  "images:\n"
  "  backend: {context: ./backend/, dockerfile: docker/Dockerfile}\n"
  "  frontend: {context: frontend}\n"
  "registries: [drover, ghcr.io/acme, registry.example.org:5000/team]\n"
  "checks: [.github/workflows/ci.yml]\n"
  "services:\n"
  "  backend:\n"
  "    image: backend\n"
  "    port: 8000\n"
  "    replicas: 2\n"
  "    health: {path: /api/v1/health/, interval: 500ms, timeout: 2s, attempts: 20}\n"
  "    secrets: [DATABASE_URL, DJANGO_SECRET_KEY]\n"
  "    env: {DEBUG: false, LEVEL: 3, GREETING: \"a=b c\", EMPTY: \"\"}\n"
  "    scratch: [/srv/static/]\n"
  "    migrate: {run: [python3, manage.py, migrate, 1], database: DATABASE_OWNER_URL, lock_timeout: 3s, timeout: 1h, attempts: 7}\n"
  "    before_start: [[python3, manage.py, collectstatic], [\"true\"]]\n"
  "  frontend: {image: frontend, port: 80}\n"
  "routes: [{path: /, service: frontend}, {path: /static/, service: backend}, {path: /api/, service: backend}]\n"
  "environments:\n"
  "  dev: {branch: development, hosts: [local], listen: \"127.0.0.1:8080\", strategy: blue-green, drain: 30s}\n"
  "  uat: {branch: uat, strategy: {blue-green: {}}}\n"
  "notify: [{slack: SLACK_WEBHOOK_URL}, {teams: TEAMS_WEBHOOK_URL}, {webhook: HOOK}]\n";

static Project *parse(const char *text, Diagnostics *diagnostics) {
  return project_parse("drover.yaml", text, strlen(text), diagnostics);
}

static void assert_list(char **list, const char *joined) {
  g_autofree char *found = g_strjoinv(" ", list);
  g_assert_cmpstr(found, ==, joined);
}

static void test_every_key(void) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Project) project = parse(full, diagnostics);
  g_autoptr(GError) error = NULL;
  diagnostics_to_error(diagnostics, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(project->name, ==, "shop");
  g_assert_cmpstr(project->text, ==, full);
  assert_list(project->registries, "drover ghcr.io/acme registry.example.org:5000/team");
  assert_list(project->checks, ".github/workflows/ci.yml");
  const ProjectImage *image = project_image(project, "backend");
  g_assert_cmpstr(image->context, ==, "backend");
  g_assert_cmpstr(image->dockerfile, ==, "docker/Dockerfile");
  assert_list(image->platforms, project_platform());
  g_assert_cmpuint(image->location.line, ==, 4);
  g_assert_cmpuint(image->location.column, ==, 3);
  g_assert_cmpstr(image->location.file, ==, "drover.yaml");
  const ProjectService *backend = project_service(project, "backend");
  g_assert_cmpuint(backend->port, ==, 8000);
  g_assert_cmpuint(backend->replicas, ==, 2);
  g_assert_cmpstr(backend->health.path, ==, "/api/v1/health/");
  g_assert_cmpint(backend->health.interval_ms, ==, 500);
  g_assert_cmpint(backend->health.timeout_ms, ==, 2000);
  g_assert_cmpuint(backend->health.attempts, ==, 20);
  assert_list(backend->secrets, "DATABASE_URL DJANGO_SECRET_KEY");
  assert_list(backend->env, "DEBUG=false LEVEL=3 GREETING=a=b c EMPTY=");
  assert_list(backend->scratch, "/srv/static");
  assert_list(backend->migrate.run, "python3 manage.py migrate 1");
  g_assert_cmpstr(backend->migrate.database, ==, "DATABASE_OWNER_URL");
  g_assert_cmpint(backend->migrate.lock_timeout_ms, ==, 3000);
  g_assert_cmpint(backend->migrate.timeout_ms, ==, 3600 * 1000);
  g_assert_cmpuint(backend->migrate.attempts, ==, 7);
  assert_list(backend->before_start[0], "python3 manage.py collectstatic");
  assert_list(backend->before_start[1], "true");
  g_assert_null(backend->before_start[2]);
  const ProjectEnvironment *dev = project_environment(project, "dev");
  g_assert_cmpstr(dev->branch, ==, "development");
  g_assert_cmpstr(dev->listen, ==, "127.0.0.1:8080");
  g_assert_cmpstr(dev->strategy, ==, "blue-green");
  g_assert_cmpint(dev->drain_ms, ==, 30000);
  assert_list(dev->hosts, "local");
  static const NotifyKind kinds[] = {NOTIFY_SLACK, NOTIFY_TEAMS, NOTIFY_WEBHOOK};
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    g_assert_cmpint(((ProjectNotify *)project->notify->pdata[i])->kind, ==, kinds[i]);
}

static void test_defaults(void) {
  g_autoptr(Project) project = parse(full, NULL);
  const ProjectService *frontend = project_service(project, "frontend");
  g_assert_cmpuint(frontend->replicas, ==, 1);
  g_assert_null(frontend->health.path);
  g_assert_cmpint(frontend->health.interval_ms, ==, 1000);
  g_assert_cmpint(frontend->health.timeout_ms, ==, 2000);
  g_assert_cmpuint(frontend->health.attempts, ==, 30);
  g_assert_null(frontend->migrate.run);
  g_assert_cmpstr(frontend->migrate.database, ==, "DATABASE_URL");
  g_assert_cmpint(frontend->migrate.timeout_ms, ==, 600 * 1000);
  g_assert_cmpuint(frontend->migrate.attempts, ==, 5);
  assert_list(frontend->secrets, "");
  g_assert_null(frontend->before_start[0]);
  g_assert_cmpstr(project_image(project, "frontend")->dockerfile, ==, "Dockerfile");
  const ProjectEnvironment *uat = project_environment(project, "uat");
  g_assert_cmpstr(uat->listen, ==, "0.0.0.0:80");
  g_assert_cmpstr(uat->strategy, ==, "blue-green");
  g_assert_cmpint(uat->drain_ms, ==, 10000);
  assert_list(uat->hosts, "local");
}

static void test_longest_route_first(void) {
  g_autoptr(Project) project = parse(full, NULL);
  static const char *const paths[] = {"/static/", "/api/", "/"};
  for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
    g_assert_cmpstr(((ProjectRoute *)project->routes->pdata[i])->path, ==, paths[i]);
}

static void test_secret_names(void) {
  g_autoptr(Project) project = parse(full, NULL);
  g_auto(GStrv) needed = project_secret_names(project, false), all = project_secret_names(project, true);
  assert_list(needed, "DATABASE_URL DJANGO_SECRET_KEY DATABASE_OWNER_URL");
  assert_list(all, "DATABASE_URL DJANGO_SECRET_KEY DATABASE_OWNER_URL SLACK_WEBHOOK_URL TEAMS_WEBHOOK_URL HOOK");
}

static void test_unknown_names_give_nothing(void) {
  g_autoptr(Project) project = parse(full, NULL);
  g_assert_null(project_image(project, "none"));
  g_assert_null(project_service(project, "none"));
  g_assert_null(project_environment(project, "none"));
}

/* A change of the full file, and the one finding that it must cause: where and what. */
typedef struct {
  const char *claim;
  const char *from, *to;
  const char *finding;
} Bad;

static const Bad bad[] = {
  {"an-unknown-key-names-the-nearest", "project: shop", "project: shop\nimagse: {}",
   "3:1: unknown key \"imagse\" in the project file; did you mean \"images\"?"},
  {"an-unknown-key-lists-the-known", "port: 80}", "port: 80, zzzzzz: 1}",
   "unknown key \"zzzzzz\" in service \"frontend\"; expected one of: image, port"},
  {"a-key-with-other-case", "branch: uat", "Branch: uat, branch: uat",
   "23:9: unknown key \"Branch\" in environment \"uat\"; did you mean \"branch\"?"},
  {"a-key-with-a-nul", "port: 80}", "\"port\\0x\": 80}", "unknown key \"port\""},
  {"a-key-twice", "project: shop", "project: shop\nproject: shop", "3:1: the key \"project\" stands here twice"},
  {"a-missing-key", "image: frontend, ", "", "19:13: service \"frontend\": the key \"image\" is missing"},
  {"no-yaml", "project: shop", "project: [", "not YAML"},
  {"a-merge-key", "port: 80}", "port: 80, <<: {replicas: 2}}", "unknown key \"<<\""},
  {"version-two", "version: 1", "version: 2", "1:10: version \"2\" is not supported yet"},
  {"version-as-text", "version: 1", "version: \"1\"", "version: expected 1"},
  {"a-name-in-capitals", "project: shop", "project: Shop", "2:10: expected a name of small letters"},
  {"a-name-with-a-dash-first", "project: shop", "project: -shop", "expected a name of small letters"},
  {"a-name-that-is-long", "project: shop", "project: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "at most 40 characters"},
  {"an-environment-with-a-dot", "  uat: {", "  u.at: {", "expected a name of small letters"},
  {"a-list-for-a-mapping", "  frontend: {context: frontend}", "  frontend: [context]", "5:13: image \"frontend\": expected a mapping, found a list"},
  {"a-mapping-for-a-list", "checks: [.github/workflows/ci.yml]", "checks: {a: b}", "checks: expected a list of texts, found a mapping"},
  {"nothing-for-text", "project: shop", "project:", "found nothing"},
  {"context-above-the-repository", "context: frontend", "context: ../frontend", "5:23: expected a path inside the repository"},
  {"context-above-in-the-middle", "context: frontend", "context: a/../../b", "expected a path inside the repository"},
  {"context-absolute", "context: frontend", "context: /etc", "expected a path inside the repository"},
  {"dockerfile-above", "docker/Dockerfile", "../Dockerfile", "expected a path inside the repository"},
  {"another-platform", "context: frontend", "context: frontend, platforms: [linux/mips64]", "the platform \"linux/mips64\" is not supported yet"},
  {"a-platform-that-is-none", "context: frontend", "context: frontend, platforms: [windows]", "expected a platform such as linux/amd64"},
  {"image-target-later", "context: frontend", "context: frontend, target: x", "\"target\" is not supported yet"},
  {"a-port-with-a-letter", "port: 80}", "port: 80a}", "port: expected a whole number from 1 to 65535, found \"80a\""},
  {"a-port-of-zero", "port: 80}", "port: 0}", "19:37: port: expected a whole number from 1 to 65535"},
  {"a-port-too-high", "port: 80}", "port: 65536}", "port: expected a whole number from 1 to 65535"},
  {"a-port-as-text", "port: 80}", "port: \"80\"}", "port: expected a whole number"},
  {"no-replicas", "replicas: 2", "replicas: 0", "replicas: expected a whole number from 1 to 100"},
  {"an-image-that-is-not-there", "image: frontend,", "image: frontedn,", "19:21: there is no image \"frontedn\"; did you mean \"frontend\"?"},
  {"a-service-that-is-not-there", "{path: /, service: frontend}", "{path: /, service: web}", "there is no service \"web\""},
  {"a-duration-without-unit", "interval: 500ms", "interval: 500", "13:47: interval: \"500\" has no unit; write for example 500ms, 500s or 500m"},
  {"a-duration-with-another-unit", "interval: 500ms", "interval: 5 min", "interval: expected a duration such as 500ms"},
  {"a-duration-of-two-units", "interval: 500ms", "interval: 1m30s", "interval: expected a duration"},
  {"a-negative-duration", "interval: 500ms", "interval: -5s", "interval: expected a duration"},
  {"a-duration-too-short", "interval: 500ms", "interval: 0s", "interval: expected a duration from 10ms to 1h"},
  {"a-duration-too-long", "interval: 500ms", "interval: 9999999999h", "interval: expected a duration from 10ms to 1h"},
  {"a-duration-that-overflows", "interval: 500ms", "interval: 99999999999999999999ms", "interval: expected a duration"},
  {"health-path-without-slash", "path: /api/v1/health/", "path: health", "expected a path that begins with \"/\""},
  {"health-path-with-a-space", "path: /api/v1/health/", "path: \"/a b\"", "expected a path that begins with \"/\""},
  {"a-secret-in-small-letters", "secrets: [DATABASE_URL,", "secrets: [database_url,", "expected the name of a secret in capital letters"},
  {"a-secret-twice", "secrets: [DATABASE_URL,", "secrets: [DJANGO_SECRET_KEY,", "secrets: \"DJANGO_SECRET_KEY\" stands here twice"},
  {"a-variable-that-is-a-secret", "DEBUG: false", "DATABASE_URL: x", "\"DATABASE_URL\" is a secret and stands in env as well"},
  {"a-variable-with-a-dash", "DEBUG: false", "DE-BUG: false", "env: \"DE-BUG\" is not a variable's name"},
  {"a-variable-with-nothing", "DEBUG: false", "DEBUG: ~", "expected a text, found nothing; write \"\" for an empty one"},
  {"a-variable-with-a-list", "DEBUG: false", "DEBUG: [x]", "expected a text, found a list"},
  {"a-variable-with-a-nul", "DEBUG: false", "DEBUG: \"a\\0b\"", "without NUL"},
  {"scratch-relative", "scratch: [/srv/static/]", "scratch: [srv]", "expected an absolute folder"},
  {"scratch-is-the-root", "scratch: [/srv/static/]", "scratch: [//]", "expected an absolute folder"},
  {"scratch-goes-up", "scratch: [/srv/static/]", "scratch: [/srv/../etc]", "expected an absolute folder"},
  {"scratch-with-a-mount-option", "scratch: [/srv/static/]", "scratch: [\"/srv:ro\"]", "expected an absolute folder"},
  {"scratch-twice", "scratch: [/srv/static/]", "scratch: [/srv/static, /srv/static/]", "scratch: \"/srv/static/\" stands here twice"},
  {"migrate-without-run", "run: [python3, manage.py, migrate, 1], ", "", "migrate: the key \"run\" is missing"},
  {"migrate-runs-nothing", "run: [python3, manage.py, migrate, 1]", "run: []", "run: the list is empty"},
  {"migrate-runs-a-shell-line", "run: [python3, manage.py, migrate, 1]", "run: python3 manage.py",
   "run: expected a list of the program and its arguments, found text"},
  {"a-command-without-program", "[python3, manage.py, collectstatic]", "[\"\", x]", "the program's name is empty"},
  {"before-start-of-one-level", "before_start: [[python3, manage.py, collectstatic], [\"true\"]]", "before_start: [python3]",
   "before_start: expected a list of the program"},
  {"a-command-later", "port: 80}", "port: 80, command: [x]}", "19:41: \"command\" is not supported yet"},
  {"a-route-path-twice", "path: /static/", "path: /api/", "the path \"/api/\" has a route already"},
  {"a-route-without-slash", "path: /static/", "path: static", "expected a path that begins with \"/\""},
  {"no-routes", "routes: [{path: /, service: frontend}, {path: /static/, service: backend}, {path: /api/, service: backend}]", "routes: []",
   "routes: expected a list of {path, service}, found an empty one"},
  {"two-environments-on-one-branch", "branch: uat", "branch: development",
   "23:3: environment \"uat\": the branch \"development\" goes to \"dev\" already"},
  {"two-environments-on-one-port", "branch: uat,", "branch: uat, listen: \"0.0.0.0:8080\",",
   "environment \"uat\" listens on 0.0.0.0:8080, where \"dev\" does already"},
  {"a-branch-pattern", "branch: uat", "branch: release/*", "patterns are not supported yet"},
  {"a-branch-that-is-an-option", "branch: uat", "branch: --all", "expected the name of a git branch"},
  {"a-branch-with-a-range", "branch: uat", "branch: a..b", "expected the name of a git branch"},
  {"listen-without-port", "127.0.0.1:8080", "127.0.0.1", "expected an IP address and a port"},
  {"listen-on-a-name", "127.0.0.1:8080", "localhost:8080", "expected an IP address and a port"},
  {"listen-on-port-zero", "127.0.0.1:8080", "127.0.0.1:0", "expected an IP address and a port"},
  {"listen-on-half-an-address", "127.0.0.1:8080", "[::1:8080", "expected an IP address and a port"},
  {"another-host", "hosts: [local]", "hosts: [\"ssh://a.example\"]", "22:38: the host \"ssh://a.example\" is not supported yet"},
  {"hosts-in-regions", "hosts: [local]", "hosts: {eu: [local]}", "hosts in regions are not supported yet"},
  {"no-hosts", "hosts: [local]", "hosts: []", "hosts: the list is empty"},
  {"canary-as-text", "strategy: blue-green", "strategy: canary", "the strategy \"canary\" is not supported yet"},
  {"canary-as-mapping", "strategy: blue-green", "strategy: {canary: {steps: [10]}}", "the strategy \"canary\" is not supported yet"},
  {"an-unknown-strategy", "strategy: blue-green", "strategy: blue-gren", "unknown strategy \"blue-gren\"; expected blue-green"},
  {"a-strategy-with-unknown-settings", "{blue-green: {}}", "{blue-green: {bake: 5m}}", "unknown key \"bake\" in strategy blue-green"},
  {"approvals-later", "branch: uat", "approvals: 1, branch: uat", "23:9: \"approvals\" is not supported yet"},
  {"waves-later", "branch: uat", "waves: [], branch: uat", "\"waves\" is not supported yet"},
  {"only-another-registry", "[drover, ghcr.io/acme, registry.example.org:5000/team]", "[ghcr.io/acme]", "registries: \"drover\" is missing"},
  {"a-registry-with-a-scheme", "ghcr.io/acme", "https://ghcr.io", "expected \"drover\" or a registry's host"},
  {"a-check-that-is-no-workflow", "ci.yml", "ci.sh", "expected a workflow file"},
  {"a-check-outside", ".github/workflows/ci.yml", "../ci.yml", "expected a workflow file"},
  {"an-unknown-receiver", "{webhook: HOOK}", "{slak: HOOK}", "unknown key \"slak\" in notify; did you mean \"slack\"?"},
  {"a-receiver-with-two-keys", "{webhook: HOOK}", "{webhook: HOOK, slack: X}", "expected one receiver"},
  {"an-address-in-the-file", "{webhook: HOOK}", "{webhook: \"https://hooks.example/T0/secret\"}", "never the value itself"},
};

static char *changed(const Bad *row) {
  const char *at = strstr(full, row->from);
  g_assert_nonnull(at);
  g_autofree char *head = g_strndup(full, (gsize)(at - full));
  return g_strconcat(head, row->to, at + strlen(row->from), NULL);
}

static void test_bad(gconstpointer data) {
  const Bad *row = data;
  g_autofree char *text = changed(row);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_assert_null(parse(text, diagnostics));
  diagnostics_sort(diagnostics);
  g_autoptr(GError) error = NULL;
  g_assert_false(diagnostics_to_error(diagnostics, &error));
  if (strstr(error->message, row->finding) == NULL)
    g_error("expected \"%s\", found:\n%s", row->finding, error->message);
  g_assert_null(strstr(error->message, "T0/secret"));
  for (guint i = 0; i < diagnostics_count(diagnostics); i++)
    g_assert_cmpuint(diagnostics_at(diagnostics, i)->line, >, 0);
  g_assert_null(parse(text, NULL)); /* without a list to write to as well */
}

static void test_all_findings_are_told(void) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_assert_null(parse("version: 1\nproject: X\nimages: {a: {context: ..}}\nservices: {s: {image: b, port: 0}}\nroutes: [{path: x, service: y}]\n"
                      "environments: {e: {branch: \"\", hosts: [far], wavse: 1}}\n",
                      diagnostics));
  g_assert_cmpuint(diagnostics_count(diagnostics), ==, 9);
}

static void test_a_file_that_is_no_mapping(void) {
  static const char *const texts[] = {"", "[]", "text", "~"};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_assert_null(parse(texts[i], diagnostics));
    g_assert_cmpuint(diagnostics_count(diagnostics), ==, 1);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/release/project/every-key", test_every_key);
  g_test_add_func("/release/project/defaults", test_defaults);
  g_test_add_func("/release/project/longest-route-first", test_longest_route_first);
  g_test_add_func("/release/project/secret-names", test_secret_names);
  g_test_add_func("/release/project/unknown-names-give-nothing", test_unknown_names_give_nothing);
  g_test_add_func("/release/project/all-findings-are-told", test_all_findings_are_told);
  g_test_add_func("/release/project/a-file-that-is-no-mapping", test_a_file_that_is_no_mapping);
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autofree char *path = g_strconcat("/release/project/refuses/", bad[i].claim, NULL);
    g_test_add_data_func(path, &bad[i], test_bad);
  }
  return g_test_run();
}
