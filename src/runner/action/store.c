#include "runner/action/store.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/action/lock.h"
#include "runner/action/source.h"

#include <string.h>

#define NAME_MAX_BYTES 250

struct ActionStore {
  GMutex mutex; /* over all below */
  GPtrArray *mirrors;
  char *cache_dir;
  char *server_url;
  char *lock_file;
  bool locked;
  bool update_lock;
  const Lockfile *github_lock;
  ActionLock *lock;
  ActionLock *added;
  GHashTable *answered; /* "owner/repo@ref" -> ActionSource */
};

void action_source_clear(ActionSource *source) {
  g_clear_pointer(&source->dir, g_free);
  g_clear_pointer(&source->commit, g_free);
  g_clear_pointer(&source->digest, g_free);
}

static void answer_free(gpointer data) {
  action_source_clear(data);
  g_free(data);
}

static ActionSource copy_source(const ActionSource *source) {
  return (ActionSource){.dir = g_strdup(source->dir), .commit = g_strdup(source->commit), .digest = g_strdup(source->digest)};
}

static bool open_mirrors(ActionStore *store, const char *const *folders, GError **error) {
  for (; folders != NULL && *folders != NULL; folders++) {
    Mirror *mirror = mirror_open(*folders, error);
    if (mirror == NULL)
      return false;
    g_ptr_array_add(store->mirrors, mirror);
  }
  return true;
}

ActionStore *action_store_open(const ActionStoreSpec *spec, GError **error) {
  g_autoptr(ActionStore) store = g_new0(ActionStore, 1);
  g_mutex_init(&store->mutex);
  store->mirrors = g_ptr_array_new_with_free_func((GDestroyNotify)mirror_free);
  store->cache_dir = g_canonicalize_filename(spec->cache_dir, NULL);
  store->server_url = g_strdup(spec->server_url);
  store->lock_file = g_strdup(spec->lock_file);
  store->locked = spec->locked;
  store->update_lock = spec->update_lock;
  store->github_lock = spec->github_lock;
  store->added = action_lock_new();
  store->answered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answer_free);
  store->lock = spec->lock_text != NULL ? action_lock_parse(ACTIONS_LOCK_PATH, spec->lock_text, strlen(spec->lock_text), error) : action_lock_new();
  return store->lock != NULL && open_mirrors(store, spec->folders, error) ? g_steal_pointer(&store) : NULL;
}

void action_store_free(ActionStore *store) {
  g_mutex_clear(&store->mutex);
  g_ptr_array_unref(store->mirrors);
  g_free(store->cache_dir);
  g_free(store->server_url);
  g_free(store->lock_file);
  g_clear_pointer(&store->lock, action_lock_free);
  action_lock_free(store->added);
  g_hash_table_unref(store->answered);
  g_free(store);
}

/* ---- names --------------------------------------------------------------------------------------------------------------- */

/* They become names of folders and arguments of git. */
static bool is_name(const char *name) {
  bool good = *name != '\0' && *name != '-' && strlen(name) <= NAME_MAX_BYTES && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
  for (const char *c = name; good && *c != '\0'; c++)
    good = g_ascii_isalnum(*c) || strchr("-_.", *c) != NULL;
  return good;
}

/* As git-check-ref-format(1), as far as it could mean something else than a name. */
static bool is_ref(const char *ref) {
  bool good =
    *ref != '\0' && *ref != '-' && *ref != '/' && strlen(ref) <= NAME_MAX_BYTES && strstr(ref, "..") == NULL && g_utf8_validate(ref, -1, NULL);
  for (const char *c = ref; good && *c != '\0'; c++)
    good = !g_ascii_iscntrl(*c) && strchr(" ~^:?*[\\", *c) == NULL;
  return good;
}

static bool check_names(const char *owner, const char *repo, const char *ref, GError **error) {
  if (is_name(owner) && is_name(repo) && is_ref(ref))
    return true;
  g_autofree char *name = g_strdup_printf("%.100s/%.100s@%.100s", owner, repo, ref);
  g_autofree char *shown = g_strescape(name, NULL);
  return error_set(error, DROVER_ERROR_INPUT, "\"%s\": expected owner/repo@ref, with the name of a branch or tag, or a whole commit", shown);
}

static char *make_key(const char *owner, const char *repo, const char *ref) {
  g_autofree char *name = g_strdup_printf("%s/%s", owner, repo);
  g_autofree char *lower = g_ascii_strdown(name, -1);
  return g_strdup_printf("%s@%s", lower, ref);
}

/* ---- the locks ----------------------------------------------------------------------------------------------------------- */

/* What the locks say that it must be. */
static bool expect(const ActionStore *store, ActionWanted *wanted, GError **error) {
  const char *owner = wanted->owner, *repo = wanted->repo, *ref = wanted->ref;
  const ActionLockEntry *entry = store->update_lock ? NULL : action_lock_find(store->lock, owner, repo, ref);
  const LockfileEntry *pinned = store->github_lock != NULL ? lockfile_find(store->github_lock, NULL, owner, repo, ref) : NULL;
  if (entry == NULL && store->locked)
    return error_set(error, DROVER_ERROR_REFUSED,
                     "%s/%s@%s: is not in " ACTIONS_LOCK_PATH ", which is final here; add it with: drover run --update-lock", owner, repo, ref);
  if (entry != NULL) {
    wanted->commit = *entry->commit != '\0' ? entry->commit : NULL;
    wanted->digest = entry->digest;
  }
  if (pinned == NULL)
    return true;
  if (wanted->commit != NULL && strcmp(wanted->commit, pinned->commit) != 0)
    return error_set(error, DROVER_ERROR_REFUSED,
                     "%s/%s@%s: " ACTIONS_LOCK_PATH " says commit %s and " LOCKFILE_PATH " says %s; renew the first with: drover run --update-lock",
                     owner, repo, ref, wanted->commit, pinned->commit);
  wanted->commit = pinned->commit;
  return true;
}

static void note(ActionStore *store, const ActionWanted *wanted, const ActionSource *source) {
  const ActionLockEntry *entry = action_lock_find(store->lock, wanted->owner, wanted->repo, wanted->ref);
  bool known = entry != NULL && (!store->update_lock || (strcmp(entry->commit, source->commit) == 0 && strcmp(entry->digest, source->digest) == 0));
  if (!known && store->lock_file != NULL)
    action_lock_put(store->added, wanted->owner, wanted->repo, wanted->ref, source->commit, source->digest);
}

/* What others wrote into the file meanwhile stays. */
static bool write_lock(const ActionStore *store, GError **error) {
  size_t size = 0;
  g_autoptr(GError) problem = NULL;
  g_autofree char *there = fs_read(store->lock_file, ACTIONS_LOCK_MAX_BYTES, &size, &problem);
  if (there == NULL && !error_is(problem, DROVER_ERROR_NOT_FOUND)) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
  }
  g_autoptr(ActionLock) lock = there != NULL ? action_lock_parse(store->lock_file, there, size, error) : action_lock_new();
  if (lock == NULL)
    return false;
  action_lock_put_all(lock, store->added);
  g_autofree char *text = action_lock_text(lock);
  g_autofree char *folder = g_path_get_dirname(store->lock_file);
  return fs_make_dirs(folder, 0755, error) && fs_write(store->lock_file, text, strlen(text), 0644, error);
}

bool action_store_save_lock(ActionStore *store, guint *added, GError **error) {
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&store->mutex);
  guint count = action_lock_count(store->added);
  if (count > 0 && !write_lock(store, error))
    return false;
  *added = count;
  return true;
}

/* ---- answers ------------------------------------------------------------------------------------------------------------- */

static ActionPlaces places_of(const ActionStore *store) {
  return (ActionPlaces){.mirrors = store->mirrors, .cache_dir = store->cache_dir, .server_url = store->server_url};
}

bool action_store_get(ActionStore *store, const char *owner, const char *repo, const char *ref, ActionSource *source, GCancellable *cancellable,
                      GError **error) {
  if (!check_names(owner, repo, ref, error))
    return false;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&store->mutex);
  g_autofree char *key = make_key(owner, repo, ref);
  const ActionSource *known = g_hash_table_lookup(store->answered, key);
  if (known == NULL) {
    ActionWanted wanted = {.owner = owner, .repo = repo, .ref = ref};
    ActionPlaces places = places_of(store);
    g_auto(ActionSource) found = {0};
    if (!expect(store, &wanted, error) || !action_source_find(&places, &wanted, &found, cancellable, error))
      return false;
    note(store, &wanted, &found);
    known = g_memdup2(&found, sizeof found);
    found = (ActionSource){0};
    g_hash_table_insert(store->answered, g_steal_pointer(&key), (gpointer)known);
  }
  *source = copy_source(known);
  return true;
}

bool action_store_has(ActionStore *store, const char *owner, const char *repo, const char *ref) {
  if (!check_names(owner, repo, ref, NULL))
    return false;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&store->mutex);
  ActionWanted wanted = {.owner = owner, .repo = repo, .ref = ref};
  ActionPlaces places = places_of(store);
  return expect(store, &wanted, NULL) && action_source_is_here(&places, &wanted);
}

const char *action_store_git_dir(ActionStore *store, const char *owner, const char *repo) {
  const char *git_dir = NULL;
  for (guint i = 0; i < store->mirrors->len && git_dir == NULL; i++) /* which never change */
    git_dir = mirror_git_dir(g_ptr_array_index(store->mirrors, i), owner, repo);
  return git_dir;
}
