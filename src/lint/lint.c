#include "lint/lint.h"

#include "base/error.h"
#include "base/fs.h"
#include "lint/rules.h"
#include "release/project.h"
#include "workflow/workflow.h"

#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 20)
#define PROJECT_FILE "drover.yaml"
#define WORKFLOWS_DIR ".github/workflows"

void lint_workflow(const char *name, const char *text, size_t size, bool runs_here, Diagnostics *diagnostics) {
  g_autoptr(Workflow) workflow = workflow_parse(name, text, size, diagnostics);
  if (workflow == NULL)
    return;
  rules_apply(workflow, diagnostics);
  if (runs_here)
    (void)!workflow_check_runnable(workflow, NULL, diagnostics);
}

static char *read_file(const LintSpec *spec, const char *path, size_t *size, GError **error) {
  if (spec->read != NULL)
    return spec->read(path, size, spec->data, error);
  g_autofree char *whole = g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(spec->root, path, NULL);
  return fs_read(whole, FILE_MAX_BYTES, size, error);
}

/* ---- which files ---- */

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static GPtrArray *find_workflows(const LintSpec *spec) {
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *folder = g_build_filename(spec->root, WORKFLOWS_DIR, NULL);
  g_autoptr(GDir) dir = spec->read == NULL ? g_dir_open(folder, 0, NULL) : NULL;
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
    if (g_str_has_suffix(name, ".yml") || g_str_has_suffix(name, ".yaml"))
      g_ptr_array_add(paths, g_build_filename(WORKFLOWS_DIR, name, NULL));
  g_ptr_array_sort(paths, by_text);
  return paths;
}

/* "./a" and "a", and an absolute path below the root, are the same file. Points into `path`. */
static const char *relative_path(const LintSpec *spec, const char *path) {
  if (spec->root != NULL && g_str_has_prefix(path, spec->root) && path[strlen(spec->root)] == '/')
    path += strlen(spec->root) + 1;
  while (g_str_has_prefix(path, "./"))
    path += 2;
  return path;
}

static bool is_check(const LintSpec *spec, const Project *project, const char *path) {
  for (char **check = project != NULL ? project->checks : NULL; check != NULL && *check != NULL; check++)
    if (strcmp(relative_path(spec, *check), relative_path(spec, path)) == 0)
      return true;
  return false;
}

/* ---- the project file ---- */

/* Sets `project` to NULL when there is none, or when it is wrong, which is then among the findings. */
static bool lint_project(const LintSpec *spec, Diagnostics *diagnostics, guint *files, Project **project, GError **error) {
  const char *path = spec->project != NULL ? spec->project : PROJECT_FILE;
  g_autoptr(GError) inner = NULL;
  size_t size = 0;
  *project = NULL;
  g_autofree char *text = read_file(spec, path, &size, &inner);
  if (text == NULL && spec->project == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND))
    return true;
  if (text == NULL) {
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
  }
  ++*files;
  *project = project_parse(path, text, size, diagnostics);
  return true;
}

/* A check that the project file names. It has no place of its own there, so the whole file is blamed. */
static bool lint_check(const LintSpec *spec, const char *path, Diagnostics *diagnostics, guint *files, GError **error) {
  g_autoptr(GError) inner = NULL;
  size_t size = 0;
  g_autofree char *text = read_file(spec, path, &size, &inner);
  if (text == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND)) {
    Location whole = {.file = spec->project != NULL ? spec->project : PROJECT_FILE};
    diagnostics_add(diagnostics, whole, "checks: the workflow \"%s\" is not there", path);
    return true;
  }
  if (text == NULL) {
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
  }
  ++*files;
  lint_workflow(path, text, size, true, diagnostics);
  return true;
}

/* ---- everything ---- */

static bool lint_others(const LintSpec *spec, const Project *project, Diagnostics *diagnostics, guint *files, GError **error) {
  g_autoptr(GPtrArray) found = find_workflows(spec);
  g_ptr_array_add(found, NULL);
  const char *const *paths = spec->workflows != NULL ? spec->workflows : (const char *const *)found->pdata;
  for (; *paths != NULL; paths++) {
    if (is_check(spec, project, *paths))
      continue;
    size_t size = 0;
    g_autofree char *text = read_file(spec, *paths, &size, error);
    if (text == NULL)
      return false;
    ++*files;
    lint_workflow(*paths, text, size, false, diagnostics);
  }
  return true;
}

bool lint_files(const LintSpec *spec, Diagnostics *diagnostics, guint *files, GError **error) {
  guint count = 0;
  Project *read = NULL;
  if (!lint_project(spec, diagnostics, &count, &read, error))
    return false;
  g_autoptr(Project) project = read;
  for (char **check = project != NULL ? project->checks : NULL; check != NULL && *check != NULL; check++)
    if (!lint_check(spec, *check, diagnostics, &count, error))
      return false;
  if (!spec->only_project && !lint_others(spec, project, diagnostics, &count, error))
    return false;
  diagnostics_sort(diagnostics);
  if (files != NULL)
    *files = count;
  return true;
}
