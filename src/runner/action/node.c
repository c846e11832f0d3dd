#include "runner/action/node.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"
#include "runner/action/node_install.h"
#include "sandbox/sandbox.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INSIDE "/opt/drover/"
#define VERSION_MS 10000
#define LEAST 16 /* no action of today runs on an older one */

static const unsigned majors[] = {20, 24};
static const char *const programs[] = {"node20", "node24", "node"};

unsigned node_major(const char *using) {
  if (g_ascii_strncasecmp(using, "node", 4) != 0)
    return 0;
  guint64 major = 0;
  if (!g_ascii_string_to_unsigned(using + 4, 10, 1, 99, &major, NULL))
    return 0;
  return major < majors[0] ? majors[0] : (unsigned)major;
}

/* Folders that a sandbox replaces by empty ones. */
static bool is_hidden(const char *path) {
  static const char *const hidden[] = {"/root/", "/home/", "/tmp/", "/var/tmp/", "/run/"};
  for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
    if (g_str_has_prefix(path, hidden[i]))
      return true;
  return false;
}

/* The folder with bin/ in it; transfer full. */
static char *home_of(const char *program) {
  g_autofree char *bin = g_path_get_dirname(program);
  return g_path_get_dirname(bin);
}

/* A program of PATH by its real path; transfer full, NULL when it is not there. */
static char *in_path(const char *name) {
  g_autofree char *found = g_find_program_in_path(name);
  char *real = found != NULL ? realpath(found, NULL) : NULL;
  char *copy = g_strdup(real);
  free(real);
  return copy;
}

static char *own_folder(const char *data_dir) {
  return g_build_filename(data_dir, "node", NULL);
}

static void add_bind(GPtrArray *texts, GArray *binds, char *path, char *inside) {
  g_ptr_array_add(texts, path);
  g_ptr_array_add(texts, inside);
  SandboxBind bind = {.path = path, .inside = inside, .read_only = true};
  g_array_append_val(binds, bind);
}

GPtrArray *node_binds(const char *data_dir, GArray *binds) {
  GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *folder = own_folder(data_dir);
  if (fs_make_dirs(folder, 0755, NULL)) /* what is put there while the job runs shows, too */
    add_bind(texts, binds, g_steal_pointer(&folder), g_strdup(INSIDE "node"));
  for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
    g_autofree char *program = in_path(programs[i]);
    if (program != NULL && is_hidden(program))
      add_bind(texts, binds, home_of(program), g_strconcat(INSIDE "path-", programs[i], NULL));
  }
  return texts;
}

/* ---- choosing ---- */

static char *own_program(const Run *run, unsigned major, bool inside) {
  g_autofree char *folder = own_folder(run->spec->data_dir);
  g_autofree char *program = node_installed(folder, major);
  if (program == NULL || !inside)
    return g_steal_pointer(&program);
  return g_strdup_printf(INSIDE "node/%u/bin/node", major);
}

static char *path_program(const char *name, bool inside) {
  g_autofree char *program = in_path(name);
  if (program == NULL || !inside || !is_hidden(program))
    return g_steal_pointer(&program);
  g_autofree char *base = g_path_get_basename(program);
  return g_strconcat(INSIDE "path-", name, "/bin/", base, NULL);
}

/* The major of `node` in PATH, asked once a run; 0 when there is none. */
static unsigned path_major(Run *run) {
  g_mutex_lock(&run->lock);
  if (run->node_major < 0) {
    g_autofree char *program = in_path("node");
    const char *const argv[] = {program, "--version", NULL};
    g_autofree char *text = program != NULL ? process_output(&(ProcessSpec){.argv = argv, .deadline_ms = VERSION_MS}, NULL) : NULL;
    run->node_major = text != NULL && *text == 'v' ? atoi(text + 1) : 0;
  }
  unsigned major = (unsigned)run->node_major;
  g_mutex_unlock(&run->lock);
  return major;
}

/* Exactly what is asked for, where it is there. */
static char *find_exact(Run *run, unsigned major, bool inside) {
  g_autofree char *name = g_strdup_printf("node%u", major);
  char *program = own_program(run, major, inside);
  if (program == NULL)
    program = path_program(name, inside);
  return program == NULL && path_major(run) == major ? path_program("node", inside) : program;
}

/* Another one that will do: a newer, or, where none can be had, an older one. */
static char *find_other(Run *run, unsigned major, unsigned least, bool inside, char **note) {
  unsigned there = path_major(run);
  if (there >= least) {
    *note = g_strdup_printf("there is no node%u here: node %u runs the action", major, there);
    return path_program("node", inside);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(majors); i++) {
    char *program = majors[i] >= least ? own_program(run, majors[i], inside) : NULL;
    if (program == NULL)
      continue;
    *note = g_strdup_printf("there is no node%u here: node %u runs the action", major, majors[i]);
    return program;
  }
  return NULL;
}

static bool fetch(const Run *run, unsigned major, GError **error) {
  static GMutex one; /* several jobs may want it at once */
  g_autofree char *folder = own_folder(run->spec->data_dir);
  if (run->spec->action_server_url == NULL)
    return error_set(error, DROVER_ERROR_MISSING, "nothing may be fetched");
  g_mutex_lock(&one);
  bool good = node_install(folder, major, run->spec->cancellable, error);
  g_mutex_unlock(&one);
  return good;
}

char *node_find(Run *run, unsigned major, bool inside, char **note, GError **error) {
  g_autoptr(GError) inner = NULL;
  char *program = find_exact(run, major, inside);
  if (program == NULL)
    program = find_other(run, major, major, inside, note);
  if (program == NULL && fetch(run, major, &inner)) {
    *note = g_strdup_printf("Node.js %u for actions was fetched from npm", major);
    program = own_program(run, major, inside);
  }
  if (program == NULL)
    program = find_other(run, major, LEAST, inside, note);
  if (program != NULL)
    return program;
  g_autofree char *folder = own_folder(run->spec->data_dir);
  error_set(error, DROVER_ERROR_MISSING, "the action needs node %u, which is not here%s%s: put it in PATH as node%u or node, or at %s/%u/bin/node",
            major, inner != NULL ? " and cannot be had: " : "", inner != NULL ? inner->message : "", major, folder, major);
  return NULL;
}
