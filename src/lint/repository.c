#include "lint/repository.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 20)
#define WORKFLOWS_DIR ".github/workflows"

struct LintRepository {
  char *root;
  LintReadFunc read;
  void *data;
  LintCoverFunc cover; /* NULL: none */
  void *cover_data;
  GHashTable *entries;  /* what `uses:` names -> Entry */
  GHashTable *examined; /* the set of their paths */
  Mirror *mirror;
  Lockfile *lockfile;
  bool lockfile_read;
  GPtrArray *workflows; /* NULL until somebody asks */
};

/* A file that others use. */
typedef struct {
  LookupState state;
  const char *why;
  char *path;
  char *text;
  Diagnostics *findings;
  Action *action;
  Workflow *workflow;
} Entry;

static void entry_free(void *data) {
  Entry *entry = data;
  g_clear_pointer(&entry->action, action_free);
  g_clear_pointer(&entry->workflow, workflow_free);
  g_clear_pointer(&entry->findings, diagnostics_free);
  g_free(entry->path);
  g_free(entry->text);
  g_free(entry);
}

LintRepository *lint_repository_new(const char *root, LintReadFunc read, void *data) {
  LintRepository *repository = g_new0(LintRepository, 1);
  repository->root = g_strdup(root);
  repository->read = read;
  repository->data = data;
  repository->examined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  repository->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
  return repository;
}

void lint_repository_free(LintRepository *repository) {
  g_hash_table_unref(repository->entries);
  g_hash_table_unref(repository->examined);
  g_clear_pointer(&repository->mirror, mirror_free);
  g_clear_pointer(&repository->lockfile, lockfile_free);
  g_clear_pointer(&repository->workflows, g_ptr_array_unref);
  g_free(repository->root);
  g_free(repository);
}

void lint_repository_examines(LintRepository *repository, const char *path) {
  g_hash_table_add(repository->examined, g_strdup(path));
}

bool lint_repository_open_mirror(LintRepository *repository, const char *folder, GError **error) {
  g_clear_pointer(&repository->mirror, mirror_free);
  repository->mirror = mirror_open(folder, error);
  return repository->mirror != NULL;
}

Mirror *lint_repository_mirror(LintRepository *repository) {
  return repository->mirror;
}

void lint_repository_cover(LintRepository *repository, LintCoverFunc cover, void *data) {
  repository->cover = cover;
  repository->cover_data = data;
}

char *lint_repository_read(LintRepository *repository, const char *path, size_t *size, GError **error) {
  char *covering = repository->cover != NULL ? repository->cover(path, size, repository->cover_data) : NULL;
  if (covering != NULL)
    return covering;
  if (repository->read != NULL)
    return repository->read(path, size, repository->data, error);
  g_autofree char *whole = g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(repository->root, path, NULL);
  return fs_read(whole, FILE_MAX_BYTES, size, error);
}

/* The bytes of the file that `uses` names, the first of `names` in it that is there; `names` NULL: it names the file itself. */
static char *read_used(LintRepository *repository, const char *uses, const char *const *names, size_t *size, char **path) {
  static const char *const itself[] = {NULL, NULL};
  for (const char *const *name = names != NULL ? names : itself;; name++) {
    g_autofree char *tried = *name != NULL ? g_build_filename(uses, *name, NULL) : g_strdup(uses);
    g_autofree char *plain = g_canonicalize_filename(tried, "/"); /* stays below the root whatever `..` it holds */
    char *text = lint_repository_read(repository, plain + 1, size, NULL);
    if (text != NULL)
      *path = g_strdup(plain + 1);
    if (text != NULL || *name == NULL || name[1] == NULL)
      return text;
  }
}

static Entry *find_entry(LintRepository *repository, const char *uses, bool is_action) {
  static const char *const metadata[] = {"action.yml", "action.yaml", NULL};
  g_autofree char *key = g_strconcat(is_action ? "action " : "workflow ", uses, NULL);
  Entry *entry = g_hash_table_lookup(repository->entries, key);
  if (entry != NULL)
    return entry;
  entry = g_new0(Entry, 1);
  g_hash_table_insert(repository->entries, g_steal_pointer(&key), entry);
  size_t size = 0;
  entry->text = read_used(repository, uses, is_action ? metadata : NULL, &size, &entry->path);
  if (entry->text == NULL) {
    entry->state = LOOKUP_MISSING;
    entry->why = is_action ? "there is no action.yml and no action.yaml" : "there is no such file";
    return entry;
  }
  entry->findings = diagnostics_new();
  if (is_action)
    entry->action = action_parse_lenient(entry->path, entry->text, size, entry->findings);
  else
    entry->workflow = workflow_parse_lenient(entry->path, entry->text, size, entry->findings);
  if (entry->action == NULL && entry->workflow == NULL) {
    entry->state = LOOKUP_WRONG;
    entry->why = "its file cannot be read";
  }
  return entry;
}

const Action *lint_repository_action(LintRepository *repository, const char *uses, LookupState *state, const char **why) {
  const Entry *entry = find_entry(repository, uses, true);
  *state = entry->state;
  if (why != NULL)
    *why = entry->why;
  return entry->action;
}

const Diagnostics *lint_repository_action_findings(LintRepository *repository, const char *uses) {
  const Entry *entry = find_entry(repository, uses, true);
  return entry->path != NULL && g_hash_table_contains(repository->examined, entry->path) ? NULL : entry->findings;
}

const Workflow *lint_repository_workflow(LintRepository *repository, const char *uses, LookupState *state, const char **why) {
  const Entry *entry = find_entry(repository, uses, false);
  *state = entry->state;
  if (why != NULL)
    *why = entry->why;
  return entry->workflow;
}

const Lockfile *lint_repository_lockfile(LintRepository *repository) {
  if (repository->lockfile_read)
    return repository->lockfile;
  repository->lockfile_read = true;
  size_t size = 0;
  g_autofree char *text = lint_repository_read(repository, LOCKFILE_PATH, &size, NULL);
  if (text != NULL)
    repository->lockfile = lockfile_parse(LOCKFILE_PATH, text, size, NULL);
  return repository->lockfile;
}

/* ---- all workflows ---- */

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char *const *lint_repository_workflows(LintRepository *repository, guint *count) {
  if (repository->workflows == NULL) {
    repository->workflows = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folder = repository->read == NULL ? g_build_filename(repository->root, WORKFLOWS_DIR, NULL) : NULL;
    g_autoptr(GDir) dir = folder != NULL ? g_dir_open(folder, 0, NULL) : NULL;
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
      if (g_str_has_suffix(name, ".yml") || g_str_has_suffix(name, ".yaml"))
        g_ptr_array_add(repository->workflows, g_strdup_printf("./%s/%s", WORKFLOWS_DIR, name));
    g_ptr_array_sort(repository->workflows, by_text);
  }
  *count = repository->workflows->len;
  return (const char *const *)repository->workflows->pdata;
}
