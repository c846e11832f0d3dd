#include "workflow/plan_build.h"

#include "base/error.h"
#include "base/fs.h"
#include "workflow/uses.h"

#include <string.h>

#define RULE "workflow-call"

static void file_free(void *data) {
  PlanFile *file = data;
  plan_file_jobs_free(file);
  g_clear_pointer(&file->workflow, workflow_free);
  g_free(file->name), g_free(file->owner), g_free(file->repo), g_free(file->ref);
  g_free(file);
}

GHashTable *plan_files_new(void) {
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, file_free);
}

static void read_text(const PlanFiles *files, PlanFile *file, const char *text, size_t size) {
  file->workflow = workflow_parse(file->name, text, size, files->diagnostics);
  file->good = file->workflow != NULL && plan_file_read_jobs(file, files->diagnostics);
}

PlanFile *plan_files_add_top(const PlanFiles *files, const char *name, const char *text, size_t size) {
  PlanFile *file = g_new0(PlanFile, 1);
  file->name = g_strdup(name);
  g_hash_table_insert(files->files, g_strdup(name), file);
  read_text(files, file, text, size);
  return file->good ? file : NULL;
}

char *plan_read_below(const char *path, size_t *size, void *root, GError **error) {
  g_autofree char *whole = g_build_filename(root, path, NULL);
  return fs_read(whole, PLAN_FILE_MAX_BYTES, size, error);
}

/* ---- called workflows ---- */

/* Workflows lie in one folder, at GitHub, and in none below it. */
static bool is_workflow_path(const char *path) {
  static const char folder[] = ".github/workflows/";
  if (path == NULL || !g_str_has_prefix(path, folder) || strchr(path + strlen(folder), '/') != NULL)
    return false;
  return g_str_has_suffix(path, ".yml") || g_str_has_suffix(path, ".yaml");
}

/* What `uses:` says; NULL, with a finding, when it can be no workflow. */
static Uses *read_reference(const WorkflowText *text, Diagnostics *diagnostics) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Uses) uses = uses_parse(text->text, NULL, &error);
  if (uses == NULL) {
    diagnostics_add_rule(diagnostics, text->location, RULE, "%s", error->message);
    return NULL;
  }
  if (uses->kind != USES_DOCKER && is_workflow_path(uses->path.text))
    return g_steal_pointer(&uses);
  diagnostics_add_rule(diagnostics, text->location, RULE,
                       "uses: \"%s\" is no workflow: expected ./.github/workflows/FILE.yml or owner/repo/.github/workflows/FILE.yml@ref", text->text);
  return NULL;
}

/* A file not yet read, of the repository that is named, or of that of `from`. */
static PlanFile *new_file(const PlanFile *from, const Uses *uses, char **key) {
  PlanFile *file = g_new0(PlanFile, 1);
  bool named = uses->kind == USES_REPOSITORY;
  file->owner = g_strdup(named ? uses->owner.text : from->owner);
  file->repo = g_strdup(named ? uses->repo.text : from->repo);
  file->ref = g_strdup(named ? uses->ref.text : from->ref);
  if (file->owner == NULL) {
    file->name = g_strdup(uses->path.text);
    *key = g_strdup(file->name);
    return file;
  }
  g_autofree char *repository = g_strconcat(file->owner, "/", file->repo, NULL), *folded = g_ascii_strdown(repository, -1);
  file->name = g_strdup_printf("%s/%s@%s", repository, uses->path.text, file->ref);
  *key = g_strdup_printf("%s/%s@%s", folded, uses->path.text, file->ref);
  return file;
}

static char *read_bytes(const PlanFiles *files, const PlanFile *file, const char *path, size_t *size, GError **error) {
  if (file->owner == NULL)
    return files->spec->read(path, size, files->spec->user, error);
  return mirror_read_file(files->spec->mirror, file->owner, file->repo, file->ref, path, size, error);
}

static void load(const PlanFiles *files, PlanFile *file, const char *path, const WorkflowText *uses) {
  g_autoptr(GError) error = NULL;
  size_t size;
  if (file->owner != NULL && !mirror_has(files->spec->mirror, file->owner, file->repo)) {
    diagnostics_add_rule(files->diagnostics, uses->location, RULE,
                         "the repository %s/%s is not in the folder of actions: put a clone there as %s/%s, or its files at %s as %s/%s/%s",
                         file->owner, file->repo, file->owner, file->repo, file->ref, file->owner, file->repo, file->ref);
    return;
  }
  g_autofree char *text = read_bytes(files, file, path, &size, &error);
  if (text != NULL)
    read_text(files, file, text, size);
  else if (file->owner == NULL && error_is(error, DROVER_ERROR_NOT_FOUND))
    diagnostics_add_rule(files->diagnostics, uses->location, RULE, "there is no file %s", file->name);
  else
    diagnostics_add_rule(files->diagnostics, uses->location, RULE, "the workflow %s cannot be read: %s", file->name, error->message);
}

PlanFile *plan_files_called(const PlanFiles *files, const PlanFile *from, const WorkflowJob *job) {
  g_autofree char *key = NULL;
  g_autoptr(Uses) uses = read_reference(&job->uses, files->diagnostics);
  if (uses == NULL || (uses->kind == USES_REPOSITORY && files->spec->mirror == NULL))
    return NULL;
  PlanFile *file = new_file(from, uses, &key), *known = g_hash_table_lookup(files->files, key);
  if (known != NULL) {
    file_free(file);
    return known->good ? known : NULL;
  }
  g_hash_table_insert(files->files, g_steal_pointer(&key), file);
  if (g_hash_table_size(files->files) > PLAN_WORKFLOWS_MAX + 1)
    diagnostics_add_rule(files->diagnostics, job->uses.location, RULE, "more than %d different workflows are called", PLAN_WORKFLOWS_MAX);
  else
    load(files, file, uses->path.text, &job->uses);
  return file->good ? file : NULL;
}
