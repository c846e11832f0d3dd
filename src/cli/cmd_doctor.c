#include "base/log.h"
#include "cli/commands.h"
#include "cli/support.h"
#include "sandbox/sandbox.h"

#include <dlfcn.h>
#include <unistd.h>

static const ExampleRow examples[] = {
  {"drover doctor", "see what is there and what is missing"},
  {"drover doctor --json | jq -r '.missing[]'", "what is missing, for a script"},
  {0},
};

/* A probe gives where the part is (transfer full), or NULL when it is not there. */
typedef struct {
  const char *name;
  const char *needed_for;
  const char *remedy;          /* when it is no package */
  const char *package;         /* of Debian */
  const char *const *programs; /* one of them is enough; NULL: `probe` */
  char *(*probe)(void);
} Part;

#define PROGRAMS(...) ((const char *const[]){__VA_ARGS__, NULL})

static char *probe_libpq(void) {
  static const char name[] = "libpq.so.5";
  void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  if (library != NULL)
    dlclose(library);
  return library != NULL ? g_strdup(name) : NULL;
}

static char *probe_cgroups(void) {
  static const char *const files[] = {"/sys/fs/cgroup/cgroup.controllers", "/sys/fs/cgroup/unified/cgroup.controllers",
                                      "/sys/fs/cgroup/memory/tasks"};
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
    if (g_file_test(files[i], G_FILE_TEST_EXISTS))
      return g_path_get_dirname(files[i]);
  return NULL;
}

/* Made and not read from settings: there are several, and a container may forbid it besides. */
static char *probe_sandbox(void) {
  g_autofree char *why = NULL;
  if (sandbox_probe(&why))
    return g_strdup(geteuid() == 0 ? "a sandbox can be made" : "a sandbox can be made, with your own ids");
  log_warning("%s", why);
  return NULL;
}

static const Part parts[] = {
  {"git", "reading commits", .package = "git", .programs = PROGRAMS("git")},
  {"podman or docker", "running containers", .package = "podman", .programs = PROGRAMS("podman", "docker")},
  {"buildah", "building images", .package = "buildah", .programs = PROGRAMS("buildah")},
  {"haproxy", "routing traffic to releases", .package = "haproxy", .programs = PROGRAMS("haproxy")},
  {"skopeo", "copying images to other registries", .package = "skopeo", .programs = PROGRAMS("skopeo")},
  {"PostgreSQL client library", "migrations and the shared store", .package = "libpq5", .probe = probe_libpq},
  {"cgroups", "limits of jobs and containers", .remedy = "mount cgroup2 at /sys/fs/cgroup", .probe = probe_cgroups},
  {"sandboxes", "isolation of jobs",
   .remedy = "sysctl -w user.max_user_namespaces=10000; sysctl -w kernel.unprivileged_userns_clone=1 where there is one; Linux 5.12 or later",
   .probe = probe_sandbox},
};

static char *find_part(const Part *part) {
  char *found = NULL;
  for (const char *const *program = part->programs; program != NULL && *program != NULL && found == NULL; program++)
    found = g_find_program_in_path(*program);
  return part->programs == NULL ? part->probe() : found;
}

static const char *remedy_of(const Part *part) {
  return part->package != NULL ? part->package : part->remedy;
}

static void print_text(char *const *found) {
  static const char *const headings[] = {"PART", "STATE", "NEEDED FOR", "WHERE, OR WHAT TO DO", NULL};
  g_autoptr(Table) table = table_new(headings);
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
    const Part *part = &parts[i];
    table_cell(table, COLOUR_STRONG, "%s", part->name);
    table_cell(table, found[i] != NULL ? COLOUR_GOOD : COLOUR_BAD, "%s", found[i] != NULL ? "found" : "missing");
    table_cell(table, COLOUR_NONE, "%s", part->needed_for);
    if (found[i] != NULL)
      table_cell(table, COLOUR_FAINT, "%s", found[i]);
    else
      table_cell(table, COLOUR_WARNING, "%s%s", part->package != NULL ? "apt-get install " : "", remedy_of(part));
  }
  table_print(table, stdout);
}

static json_t *parts_json(char *const *found) {
  json_t *list = json_array(), *missing = json_array();
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
    const Part *part = &parts[i];
    json_array_append_new(list, json_pack("{s:s, s:s, s:s?, s:s?, s:b, s:o}", "name", part->name, "needed_for", part->needed_for, "package",
                                          part->package, "remedy", part->remedy, "ok", found[i] != NULL, "found", support_text_json(found[i])));
    if (found[i] == NULL)
      json_array_append_new(missing, json_string(part->name));
  }
  return json_pack("{s:o, s:o}", "parts", list, "missing", missing);
}

static bool missing_error(char *const *found, GError **error) {
  g_autoptr(GString) names = g_string_new(NULL), packages = g_string_new(NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
    if (found[i] != NULL)
      continue;
    g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", parts[i].name);
    if (parts[i].package != NULL)
      g_string_append_printf(packages, " %s", parts[i].package);
  }
  if (names->len == 0)
    return true;
  return error_set(error, DROVER_ERROR_MISSING, "missing: %s%s%s", names->str, packages->len > 0 ? "\napt-get install" : "", packages->str);
}

static bool run(Invocation *invocation, GError **error) {
  char *found[G_N_ELEMENTS(parts) + 1] = {0};
  GError *failure = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
    found[i] = find_part(&parts[i]);
  (void)missing_error(found, &failure);
  if (!invocation->json)
    print_text(found);
  json_t *document = invocation->json ? parts_json(found) : NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
    g_free(found[i]);
  return support_answer(invocation, document, failure, error);
}

const Command command_doctor = {
  .name = "doctor",
  .group = GROUP_OPERATE,
  .summary = "check that everything drover stands on is there",
  .description =
    "Looks for the programs and services that drover uses, and tells what each is needed for and how to get what is missing. Exit status "
    "3 when something is missing.",
  .examples = examples,
  .has_json = true,
  .run = run,
};
