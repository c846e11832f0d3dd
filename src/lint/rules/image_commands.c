#include "lint/rules/image_commands.h"

#include <string.h>

/* ---- where commands name images ---- */

enum { DOCKER = 1 << 0, BUILDAH = 1 << 1, SKOPEO = 1 << 2, CRANE = 1 << 3, KUBECTL = 1 << 4, HELM = 1 << 5, COMPOSE = 1 << 6 };

static const struct {
  const char *name;
  unsigned kind;
} programs[] = {
  {"docker", DOCKER}, {"podman", DOCKER},   {"nerdctl", DOCKER}, {"buildah", BUILDAH}, {"skopeo", SKOPEO},          {"crane", CRANE},
  {"gcrane", CRANE},  {"kubectl", KUBECTL}, {"oc", KUBECTL},     {"helm", HELM},       {"docker-compose", COMPOSE},
};

typedef enum {
  AT_OPTION,    /* the value of an option, as often as it stands there */
  AT_FIRST,     /* the first operand */
  AT_SECOND,    /* the second one */
  AT_EACH,      /* all of them */
  AT_TAG,       /* the second one, which is a tag alone */
  AT_CONTAINER, /* from the second one on, CONTAINER=IMAGE */
  AT_VALUE,     /* the value of an option, KEY=VALUE[,KEY=VALUE]: keys that end in "tag" or "image" */
} Place;

typedef struct {
  const char *command;
  unsigned programs;
  Place place;
  const char *short_option, *long_option;
  const char *const *valued; /* options with a value, where operands are counted */
  const char *does;
} Row;

static const char *const pull_options[] = {"--platform", "--authfile", "--creds", "--arch", "--os", "--retry", "--cert-dir", NULL};
static const char *const copy_options[] = {"--authfile",    "--src-creds", "--dest-creds",   "--override-os",   "--override-arch", "--format", "-f",
                                           "--retry-times", "--platform",  "--src-cert-dir", "--dest-cert-dir", "--multi-arch",    NULL};
static const char *const run_options[] = {
  "--add-host",
  "--annotation",
  "--arch",
  "--attach",
  "--authfile",
  "--blkio-weight",
  "--cap-add",
  "--cap-drop",
  "--cgroup-parent",
  "--cgroupns",
  "--cidfile",
  "--cpu-period",
  "--cpu-quota",
  "--cpu-shares",
  "--cpus",
  "--cpuset-cpus",
  "--cpuset-mems",
  "--creds",
  "--device",
  "--dns",
  "--dns-option",
  "--dns-search",
  "--domainname",
  "--entrypoint",
  "--env",
  "--env-file",
  "--expose",
  "--gidmap",
  "--gpus",
  "--group-add",
  "--health-cmd",
  "--health-interval",
  "--health-retries",
  "--health-start-period",
  "--health-timeout",
  "--hostname",
  "--ip",
  "--ip6",
  "--ipc",
  "--isolation",
  "--label",
  "--label-file",
  "--link",
  "--log-driver",
  "--log-opt",
  "--mac-address",
  "--memory",
  "--memory-reservation",
  "--memory-swap",
  "--mount",
  "--name",
  "--net",
  "--network",
  "--network-alias",
  "--oom-score-adj",
  "--os",
  "--pid",
  "--pids-limit",
  "--platform",
  "--pod",
  "--publish",
  "--pull",
  "--restart",
  "--runtime",
  "--secret",
  "--security-opt",
  "--shm-size",
  "--stop-signal",
  "--stop-timeout",
  "--storage-opt",
  "--sysctl",
  "--timeout",
  "--tmpfs",
  "--tz",
  "--uidmap",
  "--ulimit",
  "--umask",
  "--user",
  "--userns",
  "--uts",
  "--volume",
  "--volume-driver",
  "--volumes-from",
  "--workdir",
  "-a",
  "-c",
  "-e",
  "-h",
  "-l",
  "-m",
  "-p",
  "-u",
  "-v",
  "-w",
  "-dp",
  "-itp",
  NULL,
};
/* Of docker, before its command. */
static const char *const global_options[] = {
  "--context",    "-c",    "--config",    "--host", "-H",           "--log-level",    "-l",        "--root",           "--runroot",
  "--connection", "--url", "--namespace", "-n",     "--kubeconfig", "--kube-context", "--address", "--storage-driver", NULL};

static const Row rows[] = {
  {"build", DOCKER | BUILDAH, AT_OPTION, "-t", "--tag", NULL, "built"},
  {"bud", BUILDAH, AT_OPTION, "-t", "--tag", NULL, "built"},
  {"commit", BUILDAH, AT_SECOND, NULL, NULL, pull_options, "built"},
  {"from", BUILDAH, AT_FIRST, NULL, NULL, run_options, "pulled"},
  {"tag", DOCKER | BUILDAH, AT_SECOND, NULL, NULL, NULL, "tagged"},
  {"push", DOCKER | BUILDAH, AT_FIRST, NULL, NULL, copy_options, "pushed"},
  {"pull", DOCKER | BUILDAH, AT_EACH, NULL, NULL, pull_options, "pulled"},
  {"run", DOCKER, AT_FIRST, NULL, NULL, run_options, "run"},
  {"create", DOCKER, AT_FIRST, NULL, NULL, run_options, "run"},
  {"copy", SKOPEO, AT_EACH, NULL, NULL, copy_options, "copied"},
  {"copy", CRANE, AT_EACH, NULL, NULL, copy_options, "copied"},
  {"cp", CRANE, AT_EACH, NULL, NULL, copy_options, "copied"},
  {"push", CRANE, AT_SECOND, NULL, NULL, copy_options, "pushed"},
  {"pull", CRANE, AT_FIRST, NULL, NULL, copy_options, "pulled"},
  {"tag", CRANE, AT_TAG, NULL, NULL, copy_options, "tagged"},
  {"run", KUBECTL, AT_OPTION, NULL, "--image", NULL, "run"},
  {"create", KUBECTL, AT_OPTION, NULL, "--image", NULL, "run"},
  {"debug", KUBECTL, AT_OPTION, NULL, "--image", NULL, "run"},
  {"set", KUBECTL, AT_CONTAINER, NULL, NULL, global_options, "run"},
  {"install", HELM, AT_VALUE, NULL, "--set", NULL, "run"},
  {"upgrade", HELM, AT_VALUE, NULL, "--set", NULL, "run"},
  {"install", HELM, AT_VALUE, NULL, "--set-string", NULL, "run"},
  {"upgrade", HELM, AT_VALUE, NULL, "--set-string", NULL, "run"},
};

/* `docker image pull`, `docker buildx build`: what stands between the program and its command. */
static const char *const managers[] = {"image", "container", "buildx", "builder", NULL};

/* ---- one command ---- */

typedef struct {
  const ShellCommand *command;
  ImageFound found;
  void *user;
} Search;

/* skopeo names where an image lies: only a registry's is looked at. NULL: it lies elsewhere. */
static const char *in_registry(unsigned kind, const char *name) {
  if (kind != SKOPEO)
    return *name != '\0' && *name != '-' ? name : NULL;
  return g_str_has_prefix(name, "docker://") ? name + strlen("docker://") : NULL;
}

static void take_word(const Search *search, const Row *row, unsigned kind, guint index) {
  if (index >= search->command->words->len)
    return;
  const ShellWord *word = shell_word(search->command, index);
  const char *name = in_registry(kind, word->text);
  if (name != NULL)
    search->found(name, row->place == AT_TAG, word->start, word->end, row->does, search->user);
}

static void take_options(const Search *search, const Row *row, guint from) {
  guint at = from;
  for (const char *value; (value = shell_option(search->command, at, row->short_option, row->long_option, &at)) != NULL; at++) {
    const ShellWord *word = shell_word(search->command, at);
    search->found(value, false, word->start, word->end, row->does, search->user);
  }
}

/* `--set image.tag=latest,replicas=2` */
static void take_values(const Search *search, const Row *row, guint from) {
  guint at = from;
  for (const char *value; (value = shell_option(search->command, at, NULL, row->long_option, &at)) != NULL; at++) {
    const ShellWord *word = shell_word(search->command, at);
    g_auto(GStrv) pairs = g_strsplit(value, ",", -1);
    for (char **pair = pairs; *pair != NULL; pair++) {
      char *equals = strchr(*pair, '=');
      if (equals == NULL || equals[1] == '\0')
        continue;
      *equals = '\0';
      bool is_tag = g_str_has_suffix(*pair, "tag") || g_str_has_suffix(*pair, "Tag");
      if (is_tag || (g_str_has_suffix(*pair, "image") && strchr(equals + 1, ':') != NULL))
        search->found(equals + 1, is_tag, word->start, word->end, row->does, search->user);
    }
  }
}

/* `kubectl set image deployment/web web=shop:latest` */
static void take_containers(const Search *search, const Row *row, guint from) {
  for (guint i = from; i < search->command->words->len; i++) {
    const ShellWord *word = shell_word(search->command, i);
    const char *equals = *word->text != '-' ? strchr(word->text, '=') : NULL;
    if (equals != NULL && equals[1] != '\0')
      search->found(equals + 1, false, word->start, word->end, row->does, search->user);
  }
}

static void take_operands(const Search *search, const Row *row, unsigned kind, guint from) {
  guint first = shell_operand(search->command, from, row->valued);
  if (row->place == AT_FIRST || row->place == AT_EACH)
    take_word(search, row, kind, first);
  if (row->place == AT_FIRST)
    return;
  guint next = shell_operand(search->command, first + 1, row->valued);
  if (first < search->command->words->len)
    take_word(search, row, kind, next);
  for (guint i = next + 1; row->place == AT_EACH && i < search->command->words->len;) {
    i = shell_operand(search->command, i, row->valued);
    take_word(search, row, kind, i++);
  }
}

static void apply_row(const Search *search, const Row *row, unsigned kind, guint from) {
  if (row->place == AT_OPTION)
    take_options(search, row, from);
  else if (row->place == AT_VALUE)
    take_values(search, row, from);
  else if (row->place == AT_CONTAINER)
    take_containers(search, row, from);
  else
    take_operands(search, row, kind, from);
}

/* `TAG=latest docker compose up`: the file that is not seen here takes it from there. */
static void take_assignments(const Search *search) {
  for (guint i = 0; i < search->command->assignments->len; i++) {
    const ShellWord *word = &g_array_index(search->command->assignments, ShellWord, i);
    const char *equals = strchr(word->text, '=');
    g_autofree char *name = equals != NULL && equals[1] != '\0' ? g_ascii_strup(word->text, equals - word->text) : NULL;
    if (name != NULL && (g_str_has_suffix(name, "TAG") || g_str_has_suffix(name, "IMAGE")))
      search->found(equals + 1, g_str_has_suffix(name, "TAG"), word->start, word->end, "run", search->user);
  }
}

void command_images(const ShellCommand *command, ImageFound found, void *user) {
  guint at = 0;
  unsigned kind = 0;
  const char *program = shell_command_name(command, &at);
  for (size_t i = 0; program != NULL && i < G_N_ELEMENTS(programs); i++)
    kind |= strcmp(programs[i].name, program) == 0 ? programs[i].kind : 0;
  if (kind == 0)
    return;
  at = shell_operand(command, at, global_options);
  if (kind == DOCKER && at < command->words->len && g_strv_contains(managers, shell_word(command, at)->text))
    at = shell_operand(command, at + 1, global_options);
  const Search search = {command, found, user};
  if (kind == COMPOSE || (kind == DOCKER && at < command->words->len && strcmp(shell_word(command, at)->text, "compose") == 0))
    take_assignments(&search);
  for (size_t i = 0; at < command->words->len && i < G_N_ELEMENTS(rows); i++)
    if ((rows[i].programs & kind) && strcmp(rows[i].command, shell_word(command, at)->text) == 0)
      apply_row(&search, &rows[i], kind, at + 1);
}
