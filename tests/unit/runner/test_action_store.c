#include "../git/repository_fixture.h"

#include "base/error.h"
#include "runner/action/digest.h"
#include "runner/action/store.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS 6
#define NO_HASH "sha256:0000000000000000000000000000000000000000000000000000000000000000"

/* octo/tool with the tag v1 and, behind it, v2 (annotated), main and a branch and a tag that are both called "both"; as a repository in
 * history/, on the server, and the files of v1 alone in files/. */
typedef struct {
  Fixture repository;
  char *history, *files, *server_url, *cache, *lock;
  char *first, *second; /* commits */
} World;

static char *commit_of(const Fixture *fixture, const char *name) {
  const char *const argv[] = {"git", "-C", fixture->root, "rev-parse", name, NULL};
  return process_output(&(ProcessSpec){.argv = argv}, NULL);
}

static void copy_repository(const Fixture *fixture, const char *folder) {
  g_autofree char *words = g_strdup_printf("clone --quiet --bare . %s/octo/tool.git", folder);
  git(fixture, words);
}

static World world_new(void) {
  World world = {.repository = fixture_empty()};
  const Fixture *work = &world.repository;
  world.history = g_build_filename(work->dir, "history", NULL);
  world.files = g_build_filename(work->dir, "files", NULL);
  world.cache = g_build_filename(work->dir, "data/actions", NULL);
  world.lock = g_build_filename(work->dir, "tree/.github/actions.lock", NULL);
  g_autofree char *server = g_build_filename(work->dir, "server", NULL);
  world.server_url = g_strconcat("file://", server, NULL);
  g_autofree char *run = g_build_filename(work->root, "sub/run.sh", NULL), *link = g_build_filename(work->root, "link", NULL);
  put(work, "action.yml", "one"), put(work, "sub/run.sh", "true");
  g_assert_cmpint(chmod(run, 0755), ==, 0);
  g_assert_cmpint(symlink("action.yml", link), ==, 0);
  git(work, "add --all"), git(work, "commit --quiet --message=first"), git(work, "tag v1"), git(work, "tag both");
  world.first = commit_of(work, "HEAD");
  put(work, "action.yml", "two");
  git(work, "commit --quiet --all --message=second"), git(work, "tag --annotate --message=x v2"), git(work, "branch both");
  world.second = commit_of(work, "HEAD");
  copy_repository(work, world.history), copy_repository(work, server);
  put(work, "../files/octo/tool/v1/action.yml", "one"), put(work, "../files/octo/tool/v1/sub/run.sh", "true");
  put(work, "../files/octo/tool/v1/.git/config", "not counted");
  g_autofree char *files_run = g_build_filename(world.files, "octo/tool/v1/sub/run.sh", NULL);
  g_autofree char *files_link = g_build_filename(world.files, "octo/tool/v1/link", NULL);
  g_assert_cmpint(chmod(files_run, 0700), ==, 0);
  g_assert_cmpint(symlink("action.yml", files_link), ==, 0);
  return world;
}

static void world_clear(World *world) {
  char **const texts[] = {&world->history, &world->files, &world->server_url, &world->cache, &world->lock, &world->first, &world->second};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_clear_pointer(texts[i], g_free);
  fixture_clear(&world->repository);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

static ActionStore *open_store(const World *world, const char *folder, const char *server_url, const char *lock_text) {
  const char *const folders[] = {folder, NULL};
  g_autoptr(GError) error = NULL;
  ActionStore *store = action_store_open(
    &(ActionStoreSpec){.folders = folders, .cache_dir = world->cache, .server_url = server_url, .lock_text = lock_text, .lock_file = world->lock},
    &error);
  g_assert_no_error(error);
  return store;
}

static char *text_of(const ActionSource *source, const char *name) {
  g_autofree char *path = g_build_filename(source->dir, name, NULL);
  char *text = NULL;
  g_file_get_contents(path, &text, NULL, NULL);
  return text;
}

/* ---- what a ref means, wherever the action lies -------------------------------------------------------------------------- */

enum { HISTORY = 1, SERVER = 2, FILES = 4 };

static const struct {
  const char *name;
  unsigned places;
  const char *ref; /* NULL: the first commit's full name */
  const char *text;
  const char *says; /* instead of text */
} rows[] = {
  {"a-tag", HISTORY | SERVER | FILES, "v1", "one", NULL},
  {"an-annotated-tag", HISTORY | SERVER, "v2", "two", NULL},
  {"a-branch", HISTORY | SERVER, "main", "two", NULL},
  {"a-branch-before-a-tag", HISTORY | SERVER, "both", "two", NULL},
  {"a-commit", HISTORY | SERVER, NULL, "one", NULL},
  {"what-is-not-there", HISTORY | SERVER | FILES, "v9", NULL, "give it with --actions DIR, in which lies octo/tool/v9/"},
  {"a-shortened-commit", HISTORY | SERVER, "abcdef0", NULL, "a shortened commit is not enough"},
  {"a-commit-that-is-not-there", HISTORY | SERVER, "0123456789012345678901234567890123456789", NULL,
   "octo/tool@0123456789012345678901234567890123456789: was not found"},
  {"a-pattern-is-no-ref", HISTORY | SERVER, "v*", NULL, "expected owner/repo@ref"},
  {"an-option-is-no-ref", HISTORY | SERVER, "--upload-pack=x", NULL, "expected owner/repo@ref"},
  {"a-ref-climbs-nowhere", FILES, "../tool/v1", NULL, "expected owner/repo@ref"},
};

static void check_row(size_t i, const World *world, unsigned place) {
  const char *folder = place == HISTORY ? world->history : place == FILES ? world->files : NULL;
  g_autoptr(ActionStore) store = open_store(world, folder, place == SERVER ? world->server_url : NULL, NULL);
  g_auto(ActionSource) source = {0};
  g_autoptr(GError) error = NULL;
  const char *ref = rows[i].ref != NULL ? rows[i].ref : world->first;
  bool got = action_store_get(store, "octo", "tool", ref, &source, NULL, &error);
  if (rows[i].says != NULL) {
    g_assert_false(got);
    g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND) || error_is(error, DROVER_ERROR_INPUT));
    if (strstr(error->message, rows[i].says) == NULL)
      g_error("%s", error->message);
    return;
  }
  g_assert_no_error(error);
  g_autofree char *text = text_of(&source, "action.yml"), *run = text_of(&source, "sub/run.sh");
  g_assert_cmpstr(text, ==, rows[i].text);
  g_assert_cmpstr(run, ==, "true");
  const char *commit = place == FILES ? "" : strcmp(text, "one") == 0 ? world->first : world->second;
  g_assert_cmpstr(source.commit, ==, commit);
}

static void test_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(World) world = world_new();
  for (unsigned place = HISTORY; place <= FILES; place *= 2)
    if ((rows[i].places & place) != 0)
      check_row(i, &world, place);
}

/* ---- the cache ----------------------------------------------------------------------------------------------------------- */

static void test_the_same_files_have_the_same_hash(void) {
  g_auto(World) world = world_new();
  g_autoptr(ActionStore) history = open_store(&world, world.history, NULL, NULL);
  g_autoptr(ActionStore) files = open_store(&world, world.files, NULL, NULL);
  g_auto(ActionSource) from_history = {0}, from_files = {0}, other = {0};
  g_assert_true(action_store_get(history, "octo", "tool", "v1", &from_history, NULL, NULL));
  g_assert_true(action_store_get(files, "octo", "tool", "v1", &from_files, NULL, NULL));
  g_assert_true(action_store_get(history, "octo", "tool", "v2", &other, NULL, NULL));
  g_assert_cmpstr(from_history.digest, ==, from_files.digest);
  g_assert_cmpstr(from_history.digest, !=, other.digest);
  g_assert_true(g_str_has_prefix(from_history.dir, world.cache));
  g_assert_true(g_str_has_prefix(from_files.dir, world.files)); /* used where they lie */
}

static void test_what_was_fetched_needs_no_server(void) {
  g_auto(World) world = world_new();
  g_autoptr(ActionStore) first = open_store(&world, NULL, world.server_url, NULL);
  g_auto(ActionSource) fetched = {0}, again = {0};
  g_assert_false(action_store_has(first, "octo", "tool", world.first));
  g_assert_true(action_store_get(first, "octo", "tool", world.first, &fetched, NULL, NULL));
  g_autoptr(ActionStore) offline = open_store(&world, NULL, NULL, NULL);
  g_assert_true(action_store_has(offline, "octo", "tool", world.first));
  g_assert_true(action_store_get(offline, "OCTO", "Tool", world.first, &again, NULL, NULL));
  g_assert_cmpstr(again.dir, ==, fetched.dir);
  g_assert_cmpstr(again.digest, ==, fetched.digest);
}

static gpointer get_on_thread(gpointer data) {
  g_auto(ActionSource) source = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(ActionStore) store = open_store(data, NULL, ((const World *)data)->server_url, NULL);
  g_assert_true(action_store_get(store, "octo", "tool", "v1", &source, NULL, &error));
  return text_of(&source, "action.yml");
}

static void test_several_stores_share_a_folder(void) {
  g_auto(World) world = world_new();
  GThread *threads[THREADS];
  for (size_t i = 0; i < THREADS; i++)
    threads[i] = g_thread_new("store", get_on_thread, &world);
  for (size_t i = 0; i < THREADS; i++) {
    g_autofree char *text = g_thread_join(threads[i]);
    g_assert_cmpstr(text, ==, "one");
  }
  g_autofree char *folder = g_build_filename(world.cache, "octo/tool", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  guint count = 0;
  while (g_dir_read_name(dir) != NULL)
    count++;
  g_assert_cmpuint(count, ==, 2); /* the commit and its hash: nothing is left aside */
}

/* ---- the lock ------------------------------------------------------------------------------------------------------------ */

static char *save(ActionStore *store, const World *world, guint expected) {
  guint added = 99;
  g_autoptr(GError) error = NULL;
  g_assert_true(action_store_save_lock(store, &added, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(added, ==, expected);
  char *text = NULL;
  g_file_get_contents(world->lock, &text, NULL, NULL);
  return text;
}

static char *lock_line(const char *commit, const char *digest) {
  return g_strdup_printf("# drover actions.lock 1\nocto/tool@main %s %s\n", commit, digest);
}

static void test_new_actions_are_added_to_the_lock(void) {
  g_auto(World) world = world_new();
  g_autoptr(ActionStore) store = open_store(&world, world.history, NULL, NULL);
  g_auto(ActionSource) source = {0}, other = {0};
  g_assert_true(action_store_get(store, "octo", "tool", "v2", &source, NULL, NULL));
  g_assert_true(action_store_get(store, "octo", "tool", "main", &other, NULL, NULL));
  g_autofree char *text = save(store, &world, 2);
  g_autofree char *line = g_strdup_printf("\nocto/tool@main %s %s\nocto/tool@v2 %s %s\n", other.commit, other.digest, source.commit, source.digest);
  g_assert_true(g_str_has_suffix(text, line));
  g_autoptr(ActionStore) later = open_store(&world, world.history, NULL, text);
  g_auto(ActionSource) again = {0};
  g_assert_true(action_store_get(later, "octo", "tool", "v2", &again, NULL, NULL));
  g_autofree char *same = save(later, &world, 0);
  g_assert_cmpstr(same, ==, text);
}

static void test_the_locked_commit_is_used_when_a_ref_moved(void) {
  static const unsigned places[] = {HISTORY, SERVER};
  g_auto(World) world = world_new();
  g_autoptr(ActionStore) plain = open_store(&world, world.history, NULL, NULL);
  g_auto(ActionSource) first = {0};
  g_assert_true(action_store_get(plain, "octo", "tool", "v1", &first, NULL, NULL));
  g_autofree char *lock = lock_line(world.first, first.digest);
  for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
    fs_remove_tree(world.cache, NULL);
    g_autoptr(ActionStore) store =
      open_store(&world, places[i] == HISTORY ? world.history : NULL, places[i] == SERVER ? world.server_url : NULL, lock);
    g_auto(ActionSource) source = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(action_store_get(store, "octo", "tool", "main", &source, NULL, &error));
    g_assert_cmpstr(source.commit, ==, world.first);
  }
}

/* What the lock says, and what is refused. */
static const struct {
  const char *name;
  const char *ref;
  const char *commit; /* of main in the lock; NULL: the true one */
  const char *digest; /* NULL: the true one */
  unsigned place;
  bool locked;
  const char *says; /* NULL: it is given */
} lock_rows[] = {
  {"what-is-met", "main", NULL, NULL, HISTORY, true, NULL},
  {"what-is-met-by-files-alone", "v1", NULL, NULL, FILES, false, NULL},
  {"other-files", "main", NULL, NO_HASH, HISTORY, false, "renew the lock with: drover run --update-lock"},
  {"other-files-on-the-server", "main", NULL, NO_HASH, SERVER, false, "is locked to commit"},
  {"a-commit-that-is-gone", "main", "0123456789012345678901234567890123456789", NULL, HISTORY, false, "is locked to commit 0123456789"},
  {"a-commit-that-is-gone-from-the-server", "main", "0123456789012345678901234567890123456789", NULL, SERVER, false,
   "is locked to commit 0123456789"},
  {"what-the-lock-lacks-when-it-is-final", "v2", NULL, NULL, HISTORY, true, "is not in .github/actions.lock"},
};

static void test_lock_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(World) world = world_new();
  g_autoptr(ActionStore) plain = open_store(&world, world.history, NULL, NULL);
  g_auto(ActionSource) truth = {0}, source = {0};
  g_assert_true(action_store_get(plain, "octo", "tool", "main", &truth, NULL, NULL));
  g_autofree char *lock =
    lock_line(lock_rows[i].commit != NULL ? lock_rows[i].commit : truth.commit, lock_rows[i].digest != NULL ? lock_rows[i].digest : truth.digest);
  const char *const folders[] = {lock_rows[i].place == HISTORY ? world.history : lock_rows[i].place == FILES ? world.files : NULL, NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(ActionStore) store = action_store_open(&(ActionStoreSpec){.folders = folders,
                                                                      .cache_dir = world.cache,
                                                                      .server_url = lock_rows[i].place == SERVER ? world.server_url : NULL,
                                                                      .lock_text = lock,
                                                                      .locked = lock_rows[i].locked},
                                                   &error);
  g_assert_no_error(error);
  bool got = action_store_get(store, "octo", "tool", lock_rows[i].ref, &source, NULL, &error);
  g_assert_true(got == (lock_rows[i].says == NULL));
  g_assert_true(got || error_is(error, DROVER_ERROR_REFUSED));
  if (!got && strstr(error->message, lock_rows[i].says) == NULL)
    g_error("%s", error->message);
}

static void test_an_update_replaces_what_the_lock_says(void) {
  g_auto(World) world = world_new();
  g_autofree char *lock = lock_line(world.first, NO_HASH);
  put(&world.repository, "../tree/.github/actions.lock", lock);
  const char *const folders[] = {world.history, NULL};
  const ActionStoreSpec spec = {.folders = folders, .cache_dir = world.cache, .lock_text = lock, .lock_file = world.lock, .update_lock = true};
  g_autoptr(ActionStore) store = action_store_open(&spec, NULL);
  g_auto(ActionSource) source = {0};
  g_assert_true(action_store_get(store, "octo", "tool", "main", &source, NULL, NULL));
  g_assert_cmpstr(source.commit, ==, world.second);
  g_autofree char *text = save(store, &world, 1);
  g_assert_nonnull(strstr(text, world.second));
  g_assert_null(strstr(text, world.first));
}

static void test_a_wrong_lock_is_not_opened(void) {
  g_autoptr(GError) error = NULL;
  ActionStore *store = action_store_open(&(ActionStoreSpec){.cache_dir = "/none", .lock_text = "# drover actions.lock 1\nx\n"}, &error);
  g_assert_null(store);
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_true(g_str_has_prefix(error->message, ".github/actions.lock:2: "));
}

static void test_githubs_lock_decides_the_commit(void) {
  g_auto(World) world = world_new();
  g_autofree char *text = g_strdup_printf("version: 'v0.0.2'\nworkflows: {'.github/workflows/ci.yml': ['octo/tool@main']}\n"
                                          "dependencies: {'octo/tool@main': {ref: 'main', commit: 'sha1-%s'}}\n",
                                          world.first);
  g_autoptr(GError) error = NULL;
  g_autoptr(Lockfile) github_lock = lockfile_parse("actions.lock", text, strlen(text), &error);
  g_assert_no_error(error);
  g_autofree char *lock = lock_line(world.second, NO_HASH);
  const char *const folders[] = {world.history, NULL};
  ActionStoreSpec spec = {.folders = folders, .cache_dir = world.cache, .github_lock = github_lock};
  g_autoptr(ActionStore) store = action_store_open(&spec, NULL);
  spec.lock_text = lock;
  g_autoptr(ActionStore) torn = action_store_open(&spec, NULL);
  g_auto(ActionSource) source = {0}, none = {0};
  g_assert_true(action_store_get(store, "octo", "tool", "main", &source, NULL, NULL));
  g_assert_cmpstr(source.commit, ==, world.first);
  g_assert_false(action_store_get(torn, "octo", "tool", "main", &none, NULL, &error));
  g_assert_true(error_is(error, DROVER_ERROR_REFUSED));
}

/* ---- other failures ------------------------------------------------------------------------------------------------------ */

static void test_a_server_that_does_not_answer(void) {
  g_auto(World) world = world_new();
  g_autoptr(ActionStore) store = open_store(&world, world.history, "http://127.0.0.1:1", NULL);
  g_auto(ActionSource) source = {0};
  g_autoptr(GError) error = NULL;
  g_assert_false(action_store_get(store, "octo", "other", "v1", &source, NULL, &error));
  g_assert_true(error_is(error, DROVER_ERROR_UNAVAILABLE));
  g_assert_nonnull(strstr(error->message, "octo/other: is not mirrored in"));
  g_assert_nonnull(strstr(error->message, "after 3 attempts: http://127.0.0.1:1/octo/other: "));
  g_assert_nonnull(strstr(error->message, "run it where the network reaches that server"));
}

static void test_odd_files_have_no_hash(void) {
  g_auto(World) world = world_new();
  g_autofree char *fifo = g_build_filename(world.files, "octo/tool/v1/fifo", NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *digest = NULL;
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_false(action_digest(world.files, &digest, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
}

static void test_the_hash_is_as_documented(void) {
  g_auto(World) world = world_new();
  g_autofree char *dir = g_build_filename(world.files, "octo/tool/v1", NULL), *digest = NULL;
  const char *const script = "cd \"$1\" && { printf '100644 %s action.yml\\0' $(sha256sum < action.yml | cut -c1-64);"
                             " printf '120000 %s link\\0' $(printf action.yml | sha256sum | cut -c1-64);"
                             " printf '100755 %s sub/run.sh\\0' $(sha256sum < sub/run.sh | cut -c1-64); } | sha256sum | cut -c1-64";
  const char *const argv[] = {"bash", "-c", script, "bash", dir, NULL};
  g_autofree char *expected = process_output(&(ProcessSpec){.argv = argv}, NULL);
  g_assert_true(action_digest(dir, &digest, NULL));
  g_assert_cmpstr(digest + strlen("sha256:"), ==, expected);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/action-store/resolves/", rows[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(lock_rows); i++) {
    g_autofree char *path = g_strconcat("/runner/action-store/lock/", lock_rows[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_lock_row);
  }
  g_test_add_func("/runner/action-store/the-same-files-have-the-same-hash", test_the_same_files_have_the_same_hash);
  g_test_add_func("/runner/action-store/what-was-fetched-needs-no-server", test_what_was_fetched_needs_no_server);
  g_test_add_func("/runner/action-store/several-stores-share-a-folder", test_several_stores_share_a_folder);
  g_test_add_func("/runner/action-store/new-actions-are-added-to-the-lock", test_new_actions_are_added_to_the_lock);
  g_test_add_func("/runner/action-store/the-locked-commit-is-used-when-a-ref-moved", test_the_locked_commit_is_used_when_a_ref_moved);
  g_test_add_func("/runner/action-store/an-update-replaces-what-the-lock-says", test_an_update_replaces_what_the_lock_says);
  g_test_add_func("/runner/action-store/a-wrong-lock-is-not-opened", test_a_wrong_lock_is_not_opened);
  g_test_add_func("/runner/action-store/githubs-lock-decides-the-commit", test_githubs_lock_decides_the_commit);
  g_test_add_func("/runner/action-store/a-server-that-does-not-answer", test_a_server_that_does_not_answer);
  g_test_add_func("/runner/action-store/odd-files-have-no-hash", test_odd_files_have_no_hash);
  g_test_add_func("/runner/action-store/the-hash-is-as-documented", test_the_hash_is_as_documented);
  return g_test_run();
}
