/* The command lines of the engines: what is passed, and what must never be. */
#include "engine/command.h"

#include <string.h>

#define IMAGE "drover.localhost/shop/backend@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const ContainerSpec backend = {
  .name = "drover-shop-dev-backend-blue-1-7k2m9x4q",
  .image = IMAGE,
  .labels = (const char *const[]){"io.drover.project=shop", "io.drover.slot=blue", NULL},
  .env = (const char *const[]){"WORKERS=2", NULL},
  .secret_names = (const char *const[]){"DATABASE_URL", "TOKEN", NULL},
  .volumes = (const char *const[]){"drover-shop-dev-x-backend-1:/static", NULL},
  .port = 8000,
  .life = CONTAINER_REPLICA,
};

static char *joined(char **argv) {
  char *line = g_strjoinv(" ", argv);
  g_strfreev(argv);
  return line;
}

static void test_podman_replica(void) {
  const EngineTraits traits = {.kind = ENGINE_PODMAN, .runtime = "runc", .files_max = 1024, .processes_max = 512};
  g_autofree char *line = joined(engine_command_run(&traits, &backend));
  g_assert_cmpstr(
    line, ==,
    "podman --runtime runc run --pull=never --detach --restart=always "
    "--http-proxy=false --log-driver k8s-file --log-opt max-size=64mb --ulimit nofile=1024:1024 --ulimit nproc=512:512 "
    "--name drover-shop-dev-backend-blue-1-7k2m9x4q --label io.drover.project=shop --label io.drover.slot=blue --env WORKERS=2 --env DATABASE_URL --env TOKEN "
    "--volume drover-shop-dev-x-backend-1:/static --publish 127.0.0.1::8000 " IMAGE);
}

static void test_podman_once(void) {
  const EngineTraits traits = {.kind = ENGINE_PODMAN};
  ContainerSpec spec = backend;
  spec.life = CONTAINER_ONCE;
  spec.port = 0;
  spec.command = (const char *const[]){"python3", "manage.py", "migrate; rm -rf /", NULL};
  g_auto(GStrv) argv = engine_command_run(&traits, &spec);
  g_assert_true(g_strv_contains((const char *const *)argv, "--rm"));
  g_assert_false(g_strv_contains((const char *const *)argv, "--detach"));
  g_assert_false(g_strv_contains((const char *const *)argv, "--publish"));
  guint length = g_strv_length(argv);
  g_assert_cmpstr(argv[length - 4], ==, IMAGE);
  g_assert_cmpstr(argv[length - 1], ==, "migrate; rm -rf /");
}

static void test_docker_replica(void) {
  const EngineTraits traits = {.kind = ENGINE_DOCKER, .runtime = "runc"};
  g_autofree char *line = joined(engine_command_run(&traits, &backend));
  g_assert_true(
    g_str_has_prefix(line,
                     "docker run --pull=never --detach --restart=always --add-host host.containers.internal:host-gateway --log-driver json-file "
                     "--log-opt max-size=64m --name drover-shop-dev-backend-blue-1-7k2m9x4q --label "));
  g_assert_null(strstr(line, "--ulimit"));
}

/* A variable with "=" in its argument has its value on the command line; a secret's argument is its name alone. */
static void test_secrets_are_named_only(void) {
  const EngineTraits traits = {.kind = ENGINE_PODMAN};
  g_auto(GStrv) argv = engine_command_run(&traits, &backend);
  unsigned named = 0;
  for (char **word = argv; *word != NULL; word++) {
    g_assert_false(g_str_has_prefix(*word, "DATABASE_URL=") || g_str_has_prefix(*word, "TOKEN="));
    named += strcmp(*word, "DATABASE_URL") == 0 || strcmp(*word, "TOKEN") == 0;
  }
  g_assert_cmpuint(named, ==, 2);
}

static void test_ports_are_never_fixed(void) {
  const EngineTraits traits = {.kind = ENGINE_PODMAN};
  g_auto(GStrv) argv = engine_command_run(&traits, &backend);
  for (char **word = argv; *word != NULL; word++)
    if (strcmp(*word, "--publish") == 0)
      g_assert_true(g_str_has_prefix(word[1], "127.0.0.1::"));
}

static void test_plain_commands(void) {
  const EngineTraits traits = {.kind = ENGINE_PODMAN, .runtime = "runc"};
  g_autofree char *line = joined(engine_command(&traits, (const char *const[]){"stop", "-t", "10", "x", NULL}));
  g_assert_cmpstr(line, ==, "podman --runtime runc stop -t 10 x");
}

static void test_reserved_names(void) {
  static const struct {
    const char *name;
    bool reserved;
  } rows[] = {
    {"PATH", true},
    {"HOME", true},
    {"CONTAINERS_REGISTRIES_CONF", true},
    {"CONTAINER_HOST", true},
    {"DOCKER_HOST", true},
    {"LD_PRELOAD", true},
    {"GODEBUG", true},
    {"HTTPS_PROXY", true},
    {"XDG_RUNTIME_DIR", true},
    {"DATABASE_URL", false},
    {"PATH_PREFIX", false},
    {"TOKEN", false},
    {"DJANGO_SECRET_KEY", false},
    {"HOMEPAGE_KEY", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].name);
    g_assert_true(engine_reserves_name(rows[i].name) == rows[i].reserved);
  }
}

static void test_limits(void) {
  g_assert_cmpint(engine_limit_files(-1), ==, 1048576);
  g_assert_cmpint(engine_limit_files(1024), ==, 1024);
  g_assert_cmpint(engine_limit_files(1 << 30), ==, 1048576);
  g_assert_cmpint(engine_limit_processes(-1, 32768), ==, 32768);
  g_assert_cmpint(engine_limit_processes(96365, 32768), ==, 32768);
  g_assert_cmpint(engine_limit_processes(1024, 4194304), ==, 1024);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/engine-command/podman-replica", test_podman_replica);
  g_test_add_func("/engine-command/podman-once", test_podman_once);
  g_test_add_func("/engine-command/docker-replica", test_docker_replica);
  g_test_add_func("/engine-command/secrets-named-only", test_secrets_are_named_only);
  g_test_add_func("/engine-command/ports-never-fixed", test_ports_are_never_fixed);
  g_test_add_func("/engine-command/plain", test_plain_commands);
  g_test_add_func("/engine-command/reserved-names", test_reserved_names);
  g_test_add_func("/engine-command/limits", test_limits);
  return g_test_run();
}
