#include "engine/command.h"

#include <string.h>

#define LIMIT_MAX 1048576 /* the kernel's own ceiling for open files, and what the engines give by default */

static const struct {
  const char *program;
  const char *const *run; /* options of every container */
} kinds[] = {
  [ENGINE_PODMAN] = {"podman", (const char *const[]){"--http-proxy=false", "--log-driver", "k8s-file", "--log-opt", "max-size=64mb", NULL}},
  [ENGINE_DOCKER] = {"docker", (const char *const[]){"--add-host", "host.containers.internal:host-gateway", "--log-driver", "json-file", "--log-opt",
                                                     "max-size=64m", NULL}},
};

static const char *const *const lives[CONTAINER_LIVES] = {
  [CONTAINER_ONCE] = (const char *const[]){"--rm", NULL},
  [CONTAINER_STAYS] = (const char *const[]){"--detach", NULL},
  [CONTAINER_REPLICA] = (const char *const[]){"--detach", "--restart=always", NULL},
};

/* Names, and prefixes with a star, that podman, docker, conmon or the Go runtime read from their own environment. */
static const char *const reserved[] = {"PATH",       "HOME",          "USER",       "TMPDIR",   "LANG",       "LC_*",        "LD_*",
                                       "XDG_*",      "DBUS_*",        "CONTAINER*", "DOCKER_*", "PODMAN_*",   "BUILDAH_*",   "STORAGE_*",
                                       "REGISTRY_*", "NETAVARK_*",    "GO*",        "SSL_*",    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
                                       "ALL_PROXY",  "NOTIFY_SOCKET", "LISTEN_*",   "_*"};

const char *engine_program(EngineKind kind) {
  return kinds[kind].program;
}

bool engine_reserves_name(const char *name) {
  for (size_t i = 0; i < G_N_ELEMENTS(reserved); i++) {
    size_t length = strcspn(reserved[i], "*");
    bool is_prefix = reserved[i][length] == '*';
    if (is_prefix ? strncmp(name, reserved[i], length) == 0 : strcmp(name, reserved[i]) == 0)
      return true;
  }
  return false;
}

int64_t engine_limit_files(int64_t hard) {
  return hard < 0 ? LIMIT_MAX : MIN(hard, LIMIT_MAX);
}

int64_t engine_limit_processes(int64_t hard, int64_t pid_max) {
  return hard < 0 ? pid_max : MIN(hard, pid_max);
}

static void add(GPtrArray *argv, const char *text) {
  g_ptr_array_add(argv, g_strdup(text));
}

static void add_all(GPtrArray *argv, const char *option, const char *const *values) {
  for (; values != NULL && *values != NULL; values++) {
    if (option != NULL)
      add(argv, option);
    add(argv, *values);
  }
}

static void add_limit(GPtrArray *argv, const char *name, int64_t limit) {
  if (limit <= 0)
    return;
  add(argv, "--ulimit");
  g_ptr_array_add(argv, g_strdup_printf("%s=%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, name, limit, limit));
}

static GPtrArray *begin(const EngineTraits *traits) {
  GPtrArray *argv = g_ptr_array_new();
  add(argv, kinds[traits->kind].program);
  if (traits->runtime != NULL && traits->kind == ENGINE_PODMAN)
    add_all(argv, "--runtime", (const char *const[]){traits->runtime, NULL});
  return argv;
}

static char **end(GPtrArray *argv) {
  g_ptr_array_add(argv, NULL);
  return (char **)g_ptr_array_free(argv, FALSE);
}

char **engine_command(const EngineTraits *traits, const char *const *arguments) {
  GPtrArray *argv = begin(traits);
  add_all(argv, NULL, arguments);
  return end(argv);
}

static void add_option(GPtrArray *argv, const char *option, const char *value) {
  if (value != NULL)
    add_all(argv, option, (const char *const[]){value, NULL});
}

char **engine_command_run(const EngineTraits *traits, const ContainerSpec *spec) {
  GPtrArray *argv = begin(traits);
  add_all(argv, NULL, (const char *const[]){"run", "--pull=never", NULL});
  add_all(argv, NULL, lives[spec->life]);
  add_all(argv, NULL, kinds[traits->kind].run);
  add_limit(argv, "nofile", traits->files_max);
  add_limit(argv, "nproc", traits->processes_max);
  add_all(argv, NULL, spec->options);
  add_option(argv, "--name", spec->name);
  add_option(argv, "--network", spec->network);
  add_option(argv, "--network-alias", spec->alias);
  add_option(argv, "--workdir", spec->cwd);
  add_option(argv, "--entrypoint", spec->entrypoint);
  add_all(argv, "--add-host", spec->hosts);
  add_all(argv, "--label", spec->labels);
  add_all(argv, "--env", spec->env);
  add_all(argv, "--env", spec->secret_names);
  add_all(argv, "--volume", spec->volumes);
  add_all(argv, "--publish", spec->publish);
  if (spec->port != 0) {
    add(argv, "--publish");
    g_ptr_array_add(argv, g_strdup_printf("127.0.0.1::%u", spec->port));
  }
  add(argv, spec->image);
  add_all(argv, NULL, spec->command);
  return end(argv);
}
