#include "lint/lint.h"

#include "base/error.h"
#include "lint/discover.h"
#include "lint/doubles.h"
#include "lint/file.h"
#include "lint/fix.h"
#include "lint/queue.h"
#include "release/project.h"

#include <string.h>

#define PROJECT_FILE "drover.yaml"

/* A pass over files. */
typedef struct {
  const LintSpec *spec;
  const LintConfig *config;
  const RuleSet *rules;
  LintRepository *repository;
  LintQueue *queue;
  Findings *findings;
  guint files;
} Pass;

static void add_project_finding(Pass *pass, const Diagnostic *found) {
  const Rule *rule = lint_rule_find("project-file");
  if (!lint_rule_is_wanted(rule, pass->config))
    return;
  Finding *finding = g_new(Finding, 1);
  *finding = (Finding){
    .rule = rule->id,
    .family = rule->family,
    .severity = rule->severity,
    .confidence = rule->confidence,
    .path = g_strdup(found->file),
    .line = found->line,
    .column = found->column,
    .message = g_strdup(found->message),
  };
  findings_add(pass->findings, finding);
}

/* Where files are named, the project file only tells which of them are checks. */
static bool is_project_examined(const LintSpec *spec) {
  return spec->project != NULL || spec->only_project || (spec->files == NULL && spec->input == NULL);
}

/* "./a" and "a", and an absolute path below the root, are the same file. Points into `path`. */
static const char *relative_path(const LintSpec *spec, const char *path) {
  if (spec->root != NULL && g_str_has_prefix(path, spec->root) && path[strlen(spec->root)] == '/')
    path += strlen(spec->root) + 1;
  while (g_str_has_prefix(path, "./"))
    path += 2;
  return path;
}

/* Takes `text` over. */
static void look_at(Pass *pass, const char *path, char *text, size_t size, bool runs_here, LintFixes *fixes) {
  LintInput input = {
    .path = path,
    .root_path = relative_path(pass->spec, path),
    .text = text,
    .size = size,
    .kind = lint_file_kind(path),
    .runs_here = runs_here,
    .fixing = pass->spec->fixing,
    .fixes = fixes,
    .rules = pass->rules,
  };
  lint_queue_add(pass->queue, lint_file_open(&input, pass->config, pass->repository), text);
  pass->files++;
}

/* ---- which files ---- */

/* What was named, with folders opened, or all that is there; each once. NULL-terminated. */
static GPtrArray *choose_files(const Pass *pass) {
  const LintSpec *spec = pass->spec;
  if (spec->files == NULL && spec->read == NULL && spec->input == NULL) {
    GPtrArray *all = lint_discover(spec->root, "", pass->findings);
    g_ptr_array_add(all, NULL);
    return all;
  }
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (const char *const *file = spec->files; file != NULL && *file != NULL; file++) {
    g_autofree char *whole = g_path_is_absolute(*file) || spec->root == NULL ? g_strdup(*file) : g_build_filename(spec->root, *file, NULL);
    g_autoptr(GPtrArray) below = NULL;
    if (spec->read == NULL && g_file_test(whole, G_FILE_TEST_IS_DIR))
      below = lint_discover(spec->root, *file, pass->findings);
    for (guint i = 0; i < (below != NULL ? below->len : 1); i++) {
      char *path = g_strdup(below != NULL ? g_ptr_array_index(below, i) : *file);
      if (g_hash_table_add(seen, path))
        g_ptr_array_add(paths, path);
      else
        g_free(path);
    }
  }
  g_ptr_array_add(paths, NULL);
  return paths;
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
  *project = project_parse(path, text, size, diagnostics);
  if (!is_project_examined(pass->spec))
    return true;
  pass->files++;
  if (diagnostics_count(diagnostics) > 0)
    findings_keep_text(pass->findings, path, text, size);
  for (guint i = 0; i < diagnostics_count(diagnostics); i++)
    add_project_finding(pass, diagnostics_at(diagnostics, i));
  return true;
}

/* A check that the project file names. It has no place of its own there, so the whole file is blamed. */
static bool lint_check(Pass *pass, char *path, GError **error) {
  g_autoptr(GError) inner = NULL;
  size_t size = 0;
  char *text = lint_repository_read(pass->repository, path, &size, &inner);
  if (text == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND)) {
    g_autofree char *message = g_strdup_printf("checks: the workflow \"%s\" is not there", path);
    const char *project = pass->spec->project != NULL ? pass->spec->project : PROJECT_FILE;
    add_project_finding(pass, &(Diagnostic){.file = (char *)project, .message = message});
    return true;
  }
  if (text == NULL)
    g_propagate_error(error, g_steal_pointer(&inner));
  else
    look_at(pass, path, text, size, true, pass->spec->fixes);
  return text != NULL;
}

/* ---- everything ---- */

/* Nobody named the file: it is no reason to leave the others alone, and none to call it right. */
static void add_unreadable(Pass *pass, const char *path, const char *why) {
  const Rule *rule = lint_rule_find("syntax-check");
  Finding *finding = g_new(Finding, 1);
  *finding = (Finding){
    .rule = rule->id,
    .family = rule->family,
    .severity = rule->severity,
    .confidence = rule->confidence,
    .path = g_strdup(path),
    .message = g_strdup_printf("the file cannot be read: %s", why),
  };
  findings_add(pass->findings, finding);
}

static bool lint_others(Pass *pass, const Project *project, const GPtrArray *chosen, GError **error) {
  for (const char *const *paths = (const char *const *)chosen->pdata; *paths != NULL; paths++) {
    bool check = is_check(pass->spec, project, *paths);
    if (check && is_project_examined(pass->spec))
      continue; /* it was looked at with the project file */
    size_t size = 0;
    g_autoptr(GError) inner = NULL;
    char *text = lint_repository_read(pass->repository, *paths, &size, &inner);
    bool named = pass->spec->files != NULL && g_strv_contains(pass->spec->files, *paths);
    if (text == NULL && named) {
      g_propagate_error(error, g_steal_pointer(&inner));
      return false;
    }
    if (text != NULL)
      look_at(pass, *paths, text, size, check, pass->spec->fixes);
    else
      add_unreadable(pass, *paths, inner->message);
  }
  return true;
}

bool lint_files(const LintSpec *spec, Findings *findings, guint *files, GError **error) {
  g_autoptr(LintConfig) standard = lint_config_new();
  g_autoptr(LintRepository) repository = lint_repository_new(spec->root, spec->read, spec->data);
  const LintConfig *config = spec->config != NULL ? spec->config : standard;
  if (spec->fixes != NULL)
    lint_repository_cover(repository, lint_fixes_text, spec->fixes);
  g_autoptr(RuleSet) rules = rule_set_new(config);
  g_autoptr(LintQueue) queue = lint_queue_new(config, findings);
  Pass pass = {.spec = spec, .config = config, .rules = rules, .repository = repository, .queue = queue, .findings = findings};
  if (config->mirror != NULL && !lint_repository_open_mirror(repository, config->mirror, error))
    return false;
  Project *read = NULL;
  if (!lint_project(&pass, &read, error))
    return false;
  g_autoptr(Project) project = read;
  g_autoptr(GPtrArray) chosen = spec->only_project ? NULL : choose_files(&pass);
  for (guint i = 0; chosen != NULL && i + 1 < chosen->len; i++)
    lint_repository_examines(repository, relative_path(spec, g_ptr_array_index(chosen, i)));
  bool examined = project != NULL && is_project_examined(spec);
  for (char **check = examined ? project->checks : NULL; check != NULL && *check != NULL; check++)
    if (!lint_check(&pass, *check, error))
      return false;
  if (chosen != NULL && !lint_others(&pass, project, chosen, error))
    return false;
  if (spec->input != NULL)
    look_at(&pass, spec->input_name, g_strndup(spec->input, spec->input_size), spec->input_size, false, NULL);
  lint_queue_flush(queue);
  findings_sort(findings);
  lint_drop_doubles(findings, config);
  if (files != NULL)
    *files = pass.files;
  return true;
}
