#include "lint/lint.h"

#include "base/error.h"
#include "lint/file.h"
#include "release/project.h"

#include <string.h>

#define PROJECT_FILE "drover.yaml"
#define WORKFLOWS_DIR ".github/workflows"

/* A pass over files. */
typedef struct {
  const LintSpec *spec;
  const LintConfig *config;
  LintRepository *repository;
  Findings *findings;
  guint files;
} Pass;

static void add_project_finding(Pass *pass, const Diagnostic *found) {
  Finding *finding = g_new(Finding, 1);
  *finding = (Finding){
    .rule = "project-file",
    .family = FAMILY_CORRECTNESS,
    .severity = SEVERITY_ERROR,
    .confidence = CONFIDENCE_HIGH,
    .path = g_strdup(found->file),
    .line = found->line,
    .column = found->column,
    .message = g_strdup(found->message),
  };
  findings_add(pass->findings, finding);
}

static void look_at(Pass *pass, const char *path, const char *text, size_t size, bool runs_here) {
  LintInput input = {.path = path, .text = text, .size = size, .kind = lint_file_kind(path), .runs_here = runs_here, .fixing = pass->spec->fixing};
  lint_file(&input, pass->config, pass->repository, pass->findings);
  pass->files++;
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
static bool lint_project(Pass *pass, Project **project, GError **error) {
  const char *path = pass->spec->project != NULL ? pass->spec->project : PROJECT_FILE;
  g_autoptr(GError) inner = NULL;
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  size_t size = 0;
  *project = NULL;
  g_autofree char *text = lint_repository_read(pass->repository, path, &size, &inner);
  if (text == NULL && pass->spec->project == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND))
    return true;
  if (text == NULL) {
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
  }
  pass->files++;
  *project = project_parse(path, text, size, diagnostics);
  for (guint i = 0; i < diagnostics_count(diagnostics); i++)
    add_project_finding(pass, diagnostics_at(diagnostics, i));
  return true;
}

/* A check that the project file names. It has no place of its own there, so the whole file is blamed. */
static bool lint_check(Pass *pass, char *path, GError **error) {
  g_autoptr(GError) inner = NULL;
  size_t size = 0;
  g_autofree char *text = lint_repository_read(pass->repository, path, &size, &inner);
  if (text == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND)) {
    g_autofree char *message = g_strdup_printf("checks: the workflow \"%s\" is not there", path);
    const char *project = pass->spec->project != NULL ? pass->spec->project : PROJECT_FILE;
    add_project_finding(pass, &(Diagnostic){.file = (char *)project, .message = message});
    return true;
  }
  if (text == NULL)
    g_propagate_error(error, g_steal_pointer(&inner));
  else
    look_at(pass, path, text, size, true);
  return text != NULL;
}

/* ---- everything ---- */

static bool lint_others(Pass *pass, const Project *project, GError **error) {
  g_autoptr(GPtrArray) found = find_workflows(pass->spec);
  g_ptr_array_add(found, NULL);
  const char *const *paths = pass->spec->files != NULL ? pass->spec->files : (const char *const *)found->pdata;
  for (; *paths != NULL; paths++) {
    if (is_check(pass->spec, project, *paths))
      continue;
    size_t size = 0;
    g_autofree char *text = lint_repository_read(pass->repository, *paths, &size, error);
    if (text == NULL)
      return false;
    look_at(pass, *paths, text, size, false);
  }
  return true;
}

bool lint_files(const LintSpec *spec, Findings *findings, guint *files, GError **error) {
  g_autoptr(LintConfig) standard = lint_config_new();
  g_autoptr(LintRepository) repository = lint_repository_new(spec->root, spec->read, spec->data);
  Pass pass = {.spec = spec, .config = spec->config != NULL ? spec->config : standard, .repository = repository, .findings = findings};
  Project *read = NULL;
  if (!lint_project(&pass, &read, error))
    return false;
  g_autoptr(Project) project = read;
  for (char **check = project != NULL ? project->checks : NULL; check != NULL && *check != NULL; check++)
    if (!lint_check(&pass, *check, error))
      return false;
  if (!spec->only_project && !lint_others(&pass, project, error))
    return false;
  findings_sort(findings);
  if (files != NULL)
    *files = pass.files;
  return true;
}
