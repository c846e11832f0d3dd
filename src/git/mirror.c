#include "git/mirror.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/path.h"
#include "git/mirrored.h"

#include <stdlib.h>
#include <string.h>

#define REPOSITORIES_MAX 100000

typedef struct {
  char *name;        /* OWNER/REPO as the folders are called */
  char *files;       /* the folder that holds a folder a ref, NULL: none */
  Mirrored *history; /* NULL: only files */
} Repository;

struct Mirror {
  char *folder;
  GHashTable *repositories; /* owner/repo in lower case -> Repository */
};

/* ---- the folder ---------------------------------------------------------------------------------------------------------- */

static void repository_free(gpointer data) {
  Repository *repository = data;
  g_free(repository->name);
  g_free(repository->files);
  g_clear_pointer(&repository->history, mirrored_free);
  g_free(repository);
}

static bool exists(const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  return g_file_test(path, G_FILE_TEST_EXISTS);
}

static char *find_git_dir(const char *path) {
  if (exists(path, ".git"))
    return g_build_filename(path, ".git", NULL);
  return exists(path, "HEAD") && exists(path, "objects") ? g_strdup(path) : NULL;
}

/* OWNER/REPO in the form by which it is found; owners and names hold no slash. */
static char *make_key(const char *owner, const char *repo) {
  g_autofree char *name = g_strconcat(owner, "/", repo, NULL);
  return g_ascii_strdown(name, -1);
}

/* REPO.git and REPO are one repository: one with history answers for it. */
static void add_repository(Mirror *mirror, const char *owner, const char *entry) {
  g_autofree char *path = g_build_filename(mirror->folder, owner, entry, NULL);
  if (!g_file_test(path, G_FILE_TEST_IS_DIR))
    return;
  g_autofree char *repo = g_str_has_suffix(entry, ".git") ? g_strndup(entry, strlen(entry) - 4) : g_strdup(entry);
  g_autofree char *key = make_key(owner, repo);
  Repository *repository = g_hash_table_lookup(mirror->repositories, key);
  if (repository == NULL) {
    repository = g_new0(Repository, 1);
    repository->name = g_strconcat(owner, "/", repo, NULL);
    g_hash_table_insert(mirror->repositories, g_steal_pointer(&key), repository);
  }
  g_autofree char *git_dir = find_git_dir(path);
  if (git_dir == NULL && repository->files == NULL)
    repository->files = g_steal_pointer(&path);
  if (git_dir != NULL && repository->history == NULL)
    repository->history = mirrored_new(repository->name, git_dir);
}

static bool list(Mirror *mirror, GError **error) {
  g_autoptr(GDir) owners = g_dir_open(mirror->folder, 0, NULL);
  if (owners == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: is not a folder that can be read", mirror->folder);
  for (const char *owner; (owner = g_dir_read_name(owners)) != NULL;) {
    g_autofree char *path = g_build_filename(mirror->folder, owner, NULL);
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    for (const char *entry; entries != NULL && (entry = g_dir_read_name(entries)) != NULL;) {
      add_repository(mirror, owner, entry);
      if (g_hash_table_size(mirror->repositories) > REPOSITORIES_MAX)
        return error_set(error, DROVER_ERROR_INPUT, "%s: holds more than %d repositories", mirror->folder, REPOSITORIES_MAX);
    }
  }
  return true;
}

Mirror *mirror_open(const char *folder, GError **error) {
  g_autoptr(Mirror) mirror = g_new0(Mirror, 1);
  mirror->folder = g_canonicalize_filename(folder, NULL);
  mirror->repositories = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, repository_free);
  return list(mirror, error) ? g_steal_pointer(&mirror) : NULL;
}

void mirror_free(Mirror *mirror) {
  g_hash_table_unref(mirror->repositories);
  g_free(mirror->folder);
  g_free(mirror);
}

static const Repository *find(const Mirror *mirror, const char *owner, const char *repo) {
  g_autofree char *key = make_key(owner, repo);
  return g_hash_table_lookup(mirror->repositories, key);
}

bool mirror_has(const Mirror *mirror, const char *owner, const char *repo) {
  return find(mirror, owner, repo) != NULL;
}

bool mirror_knows_history(const Mirror *mirror, const char *owner, const char *repo) {
  const Repository *repository = find(mirror, owner, repo);
  return repository != NULL && repository->history != NULL;
}

static const Repository *find_known(const Mirror *mirror, const char *owner, const char *repo, GError **error) {
  const Repository *repository = find(mirror, owner, repo);
  if (repository == NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "%.100s/%.100s: is not mirrored in %s", owner, repo, mirror->folder);
  return repository;
}

/* The refs of a repository with history, or NULL; `found` is set to it. */
static const RefIndex *find_refs(const Mirror *mirror, const char *owner, const char *repo, const Repository **found, GError **error) {
  const Repository *repository = find_known(mirror, owner, repo, error);
  if (repository == NULL)
    return NULL;
  if (repository->history == NULL) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: only its files are mirrored in %s, without its history", repository->name, mirror->folder);
    return NULL;
  }
  *found = repository;
  return mirrored_refs(repository->history, error);
}

const char *mirror_git_dir(const Mirror *mirror, const char *owner, const char *repo) {
  const Repository *repository = find(mirror, owner, repo);
  return repository != NULL && repository->history != NULL ? mirrored_git_dir(repository->history) : NULL;
}

/* ---- questions about history --------------------------------------------------------------------------------------------- */

static bool resolve(const Repository *repository, const char *ref, MirrorRef *found, GError **error) {
  const RefIndex *refs = mirrored_refs(repository->history, error);
  if (refs == NULL)
    return false;
  const char *commit = mirrored_is_commit(ref) ? mirrored_peel(repository->history, ref, error) : "";
  if (commit == NULL)
    return false;
  const char *branch = ref_index_branch(refs, ref);
  const char *tag = ref_index_tag(refs, ref);
  const char *meant = *commit != '\0' ? commit : branch != NULL ? branch : tag;
  if (meant == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: its mirror has no branch, tag or commit \"%.100s\"", repository->name, ref);
  *found = (MirrorRef){.is_commit = *commit != '\0', .is_branch = branch != NULL, .is_tag = tag != NULL};
  g_strlcpy(found->commit, meant, sizeof found->commit);
  return true;
}

const char *const *mirror_tags_at(Mirror *mirror, const char *owner, const char *repo, const char *commit, GError **error) {
  const Repository *repository = NULL;
  const RefIndex *refs = find_refs(mirror, owner, repo, &repository, error);
  g_autofree char *name = g_ascii_strdown(commit, -1);
  return refs != NULL ? ref_index_versions_at(refs, name) : NULL;
}

bool mirror_is_tagged(Mirror *mirror, const char *owner, const char *repo, const char *commit, bool *tagged, GError **error) {
  const Repository *repository = NULL;
  const RefIndex *refs = find_refs(mirror, owner, repo, &repository, error);
  g_autofree char *name = g_ascii_strdown(commit, -1);
  if (refs != NULL)
    *tagged = ref_index_is_tagged(refs, name);
  return refs != NULL;
}

const char *mirror_tag_commit(Mirror *mirror, const char *owner, const char *repo, const char *tag, GError **error) {
  const Repository *repository = NULL;
  const RefIndex *refs = find_refs(mirror, owner, repo, &repository, error);
  const char *commit = refs != NULL ? ref_index_tag(refs, tag) : NULL;
  if (refs != NULL && commit == NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: its mirror has no tag \"%.100s\"", repository->name, tag);
  return commit;
}

const char *mirror_latest_version(Mirror *mirror, const char *owner, const char *repo, const Semver *within, GError **error) {
  const Repository *repository = NULL;
  const RefIndex *refs = find_refs(mirror, owner, repo, &repository, error);
  const char *tag = refs != NULL ? ref_index_latest(refs, within) : NULL;
  if (refs != NULL && tag == NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: its mirror has no tag of such a release", repository->name);
  return tag;
}

bool mirror_contains(Mirror *mirror, const char *owner, const char *repo, const char *commit, bool *contained, GError **error) {
  const Repository *repository = NULL;
  if (find_refs(mirror, owner, repo, &repository, error) == NULL)
    return false;
  const char *known = mirrored_is_commit(commit) ? mirrored_peel(repository->history, commit, error) : "";
  if (known == NULL)
    return false;
  if (*known != '\0')
    return mirrored_contains(repository->history, known, contained, error);
  *contained = false;
  return true;
}

/* ---- files --------------------------------------------------------------------------------------------------------------- */

/* The folder of files that `ref` names, or NULL. Transfer full. */
static char *find_files(const Repository *repository, const char *ref) {
  g_autofree char *inside = repository->files != NULL ? path_inside(ref) : NULL;
  if (inside == NULL || strcmp(inside, ref) != 0 || strcmp(ref, ".") == 0)
    return NULL;
  g_autofree char *folder = g_build_filename(repository->files, inside, NULL);
  return g_file_test(folder, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&folder) : NULL;
}

char *mirror_files_dir(const Mirror *mirror, const char *owner, const char *repo, const char *ref) {
  const Repository *repository = find(mirror, owner, repo);
  return repository != NULL && repository->history == NULL ? find_files(repository, ref) : NULL;
}

bool mirror_lay_out(const Mirror *mirror, const char *owner, const char *repo, const char *commit, const char *target, GCancellable *cancellable,
                    GError **error) {
  const Repository *repository = find_known(mirror, owner, repo, error);
  if (repository == NULL)
    return false;
  if (repository->history == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: only its files are mirrored in %s, without its history", repository->name, mirror->folder);
  return mirrored_lay_out(repository->history, commit, target, cancellable, error);
}

bool mirror_resolve(Mirror *mirror, const char *owner, const char *repo, const char *ref, MirrorRef *found, GError **error) {
  const Repository *repository = find_known(mirror, owner, repo, error);
  if (repository == NULL)
    return false;
  if (repository->history != NULL)
    return resolve(repository, ref, found, error);
  g_autofree char *folder = find_files(repository, ref);
  if (folder == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: no files are mirrored at \"%.100s\"", repository->name, ref);
  *found = (MirrorRef){.is_commit = mirrored_is_commit(ref)};
  for (size_t i = 0; found->is_commit && ref[i] != '\0'; i++)
    found->commit[i] = g_ascii_tolower(ref[i]);
  return true;
}

/* A link may lead out of the action's own folder. NULL without an error where there is no such file. */
static char *read_from_files(const Repository *repository, const char *ref, const char *path, size_t *size, GError **error) {
  g_autofree char *folder = find_files(repository, ref);
  g_autofree char *full = folder != NULL ? g_build_filename(folder, path, NULL) : NULL;
  g_autofree char *real = full != NULL ? realpath(full, NULL) : NULL;
  g_autofree char *top = folder != NULL ? realpath(folder, NULL) : NULL;
  if (real == NULL || top == NULL || !g_file_test(real, G_FILE_TEST_IS_REGULAR))
    return NULL;
  size_t length = strlen(top);
  bool inside = strncmp(real, top, length) == 0 && real[length] == '/';
  return inside ? fs_read(real, MIRRORED_FILE_MAX_BYTES, size, error) : NULL;
}

static char *read_from_history(const Repository *repository, const char *ref, const char *path, size_t *size, GError **error) {
  MirrorRef found;
  return resolve(repository, ref, &found, error) ? mirrored_read(repository->history, found.commit, path, size, error) : NULL;
}

char *mirror_read_file(Mirror *mirror, const char *owner, const char *repo, const char *ref, const char *path, size_t *size, GError **error) {
  const Repository *repository = find_known(mirror, owner, repo, error);
  if (repository == NULL)
    return NULL;
  g_autofree char *inside = path_inside(path);
  g_autoptr(GError) problem = NULL;
  char *bytes = NULL;
  if (inside != NULL)
    bytes = (repository->history != NULL ? read_from_history : read_from_files)(repository, ref, inside, size, &problem);
  if (problem != NULL)
    g_propagate_error(error, g_steal_pointer(&problem));
  else if (bytes == NULL)
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: its mirror has no file \"%.200s\" at \"%.100s\"", repository->name, path, ref);
  return bytes;
}
