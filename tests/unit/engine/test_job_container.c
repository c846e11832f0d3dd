/* A job's containers as far as no engine is needed: command lines, paths, health, what a runtime is told and what it says. */
#include "base/error.h"
#include "engine/exec.h"
#include "engine/guest.h"
#include "engine/health.h"
#include "engine/paths.h"

#include <string.h>

/* ---- command lines ---- */

static const struct {
  EngineKind kind;
  ContainerLife life;
  const char *begins;
} kinds[] = {
  {ENGINE_PODMAN, CONTAINER_STAYS, "podman run --pull=never --detach --http-proxy=false "},
  {ENGINE_PODMAN, CONTAINER_ONCE, "podman run --pull=never --rm --http-proxy=false "},
  {ENGINE_DOCKER, CONTAINER_STAYS, "docker run --pull=never --detach --add-host "},
};

static void test_command(void) {
  const char *one[] = {"--cpus", "1", NULL}, *port[] = {"127.0.0.1::80/tcp", NULL}, *host[] = {"db:127.0.0.1", NULL}, *label[] = {"a=b", NULL};
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    const EngineTraits traits = {.kind = kinds[i].kind};
    ContainerSpec spec = {.name = "n",
                          .image = "id",
                          .labels = label,
                          .options = one,
                          .publish = port,
                          .hosts = host,
                          .network = "net",
                          .alias = "db",
                          .entrypoint = "tail",
                          .cwd = "/w",
                          .command = (const char *const[]){"-f", "$X", NULL},
                          .life = kinds[i].life};
    g_auto(GStrv) argv = engine_command_run(&traits, &spec);
    g_autofree char *line = g_strjoinv(" ", argv);
    g_assert_true(g_str_has_prefix(line, kinds[i].begins));
    g_assert_true(g_str_has_suffix(line, " --cpus 1 --name n --network net --network-alias db --workdir /w --entrypoint tail --add-host db:127.0.0.1 "
                                         "--label a=b --publish 127.0.0.1::80/tcp id -f $X"));
  }
}

static void test_env(void) {
  const char *env[] = {"TOKEN=secret", "PATH=/bin", "LINES=a\nb", "EMPTY=", NULL};
  g_autoptr(GPtrArray) options = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) inherited = guest_env(env, options, g_new0(char *, 1));
  g_ptr_array_add(options, NULL);
  g_autofree char *line = g_strjoinv(" ", (char **)options->pdata);
  g_assert_cmpstr(line, ==, "--env TOKEN --env PATH=/bin --env LINES --env EMPTY");
  g_assert_cmpstr(g_environ_getenv(inherited, "TOKEN"), ==, "secret");
  g_assert_cmpstr(g_environ_getenv(inherited, "LINES"), ==, "a\nb");
  g_assert_null(g_environ_getenv(inherited, "PATH"));
}

/* ---- paths ---- */

static const ContainerBind binds[] = {
  {"/work/repo", "/__w/repo/repo", false},
  {"/work/temp/", "/__w/_temp", false},
  {"/work/temp/_github_home", "/github/home", false},
};

static const struct {
  const char *claim, *here, *inside;
} paths[] = {
  {"a bound folder is itself", "/work/repo", "/__w/repo/repo"},
  {"what lies in it follows", "/work/repo/a/b", "/__w/repo/repo/a/b"},
  {"the longest bind wins", "/work/temp/_github_home/x", "/github/home/x"},
  {"a slash at the end changes nothing", "/work/temp/x", "/__w/_temp/x"},
};

static void test_paths(void) {
  ContainerPaths *table = container_paths_new(binds, G_N_ELEMENTS(binds));
  for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
    g_test_message("%s", paths[i].claim);
    g_autofree char *inside = container_paths_inside(table, paths[i].here);
    g_autofree char *here = container_paths_outside(table, paths[i].inside);
    g_assert_cmpstr(inside, ==, paths[i].inside);
    g_assert_cmpstr(here, ==, paths[i].here);
  }
  g_assert_null(container_paths_inside(table, "/work/repository"));
  g_assert_null(container_paths_outside(table, "/usr/bin"));
  container_paths_free(table);
}

/* ---- health ---- */

static const struct {
  const char *claim, *test, *words;
} tests[] = {
  {"a shell's line goes to a shell", "[\"CMD-SHELL\", \"a | b\"]", "sh -c a | b"},
  {"words go as they are", "[\"CMD\", \"pg_isready\", \"-q\"]", "pg_isready -q"},
  {"words without a kind are a command", "[\"pg_isready\", \"-q\"]", "pg_isready -q"},
  {"none is none", "[\"NONE\"]", NULL},
  {"nothing is none", "[]", NULL},
};

static void test_health_read(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
    g_test_message("%s", tests[i].claim);
    g_autofree char *text =
      g_strdup_printf("{\"Config\": {\"Healthcheck\": {\"Test\": %s, \"Interval\": 2000000000, \"Retries\": 5}}}", tests[i].test);
    json_auto_t *facts = json_loads(text, 0, NULL);
    g_auto(HealthCheck) check = health_check_read(facts);
    g_autofree char *words = check.test != NULL ? g_strjoinv(" ", check.test) : NULL;
    g_assert_cmpstr(words, ==, tests[i].words);
    g_assert_cmpint(check.interval_ms, ==, 2000);
    g_assert_cmpint(check.timeout_ms, ==, 30000);
    g_assert_cmpuint(check.retries, ==, 5);
  }
}

static void test_health_judge(void) {
  const HealthCheck check = {.interval_ms = 1000, .start_ms = 5000, .retries = 2};
  HealthCount count = {0};
  g_assert_cmpint(health_judge(&check, &count, false, 4000), ==, HEALTH_STARTING); /* its time to start has not passed */
  g_assert_cmpint(health_judge(&check, &count, false, 5000), ==, HEALTH_STARTING);
  g_assert_cmpint(health_judge(&check, &count, false, 5500), ==, HEALTH_STARTING); /* asked again within an interval */
  g_assert_cmpuint(count.failures, ==, 1);
  g_assert_cmpint(health_judge(&check, &count, true, 5600), ==, HEALTH_READY);
  g_assert_cmpint(health_judge(&check, &count, false, 6000), ==, HEALTH_FAILED);
}

static const struct {
  const char *claim, *facts;
  Health health;
} docker[] = {
  {"no check: running is enough", "{\"State\": {\"Running\": true}}", HEALTH_READY},
  {"it is starting", "{\"State\": {\"Health\": {\"Status\": \"starting\"}}}", HEALTH_STARTING},
  {"it is healthy", "{\"State\": {\"Health\": {\"Status\": \"healthy\"}}}", HEALTH_READY},
  {"it is unhealthy", "{\"State\": {\"Health\": {\"Status\": \"unhealthy\"}}}", HEALTH_FAILED},
};

static void test_health_docker(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(docker); i++) {
    g_test_message("%s", docker[i].claim);
    json_auto_t *facts = json_loads(docker[i].facts, 0, NULL);
    g_assert_cmpint(health_docker(facts), ==, docker[i].health);
  }
}

/* ---- the runtime ---- */

static void test_process(void) {
  json_auto_t *base = json_loads("{\"terminal\": true, \"args\": [\"tail\"], \"env\": [\"A=1\"], \"cwd\": \"/\", \"user\": {\"uid\": 7}}", 0, NULL);
  const char *argv[] = {"sh", "-c", "\xff", NULL}, *env[] = {"B=x\ny", NULL};
  g_autofree char *text = container_process_json(base, &(ExecutorSpec){.argv = argv, .env = env, .cwd = "/w"});
  json_auto_t *process = json_loads(text, 0, NULL);
  json_auto_t *expected =
    json_loads("{\"terminal\": false, \"args\": [\"sh\", \"-c\", \"\\ufffd\"], \"env\": [\"B=x\\ny\"], \"cwd\": \"/w\", \"user\": {\"uid\": 7}}", 0,
               NULL);
  g_assert_true(json_equal(process, expected));
}

static const struct {
  const char *claim, *words;
  DroverError code;
} failures[] = {
  {"a program that is nowhere", "exec failed: unable to start container process: exec: \"x\": executable file not found in $PATH",
   DROVER_ERROR_MISSING},
  {"a program that may not run", "exec failed: unable to start container process: exec: \"/etc\": permission denied", DROVER_ERROR_MISSING},
  {"a folder that is nowhere", "chdir to cwd (\"/x\") set in config.json failed: no such file or directory", DROVER_ERROR_NOT_FOUND},
  {"a container that has ended", "cannot exec in a stopped container", DROVER_ERROR_UNAVAILABLE},
};

static void test_failures(void) {
  const char *argv[] = {"x", NULL};
  for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
    g_autoptr(GError) error = NULL;
    g_test_message("%s", failures[i].claim);
    g_assert_false(container_exec_failure(&(ExecutorSpec){.argv = argv, .cwd = "/x"}, failures[i].words, &error));
    g_assert_true(error_is(error, failures[i].code));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/job-container/command lines of both engines", test_command);
  g_test_add_func("/job-container/values stay off the command line", test_env);
  g_test_add_func("/job-container/paths by the bind table", test_paths);
  g_test_add_func("/job-container/a health check is read", test_health_read);
  g_test_add_func("/job-container/failures count once an interval", test_health_judge);
  g_test_add_func("/job-container/docker's own word on health", test_health_docker);
  g_test_add_func("/job-container/the runtime's document", test_process);
  g_test_add_func("/job-container/why a program does not start", test_failures);
  return g_test_run();
}
