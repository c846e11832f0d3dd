#include "base/error.h"
#include "workflow/lockfile.h"

#include <string.h>

#define A40 "34e114876b0b11c390a56381ad16ebd13914f8d5"
#define B40 "11bd71901bbe5b1630ceea73d27597364c9af683"
#define C64 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const char whole[] = "# written by a machine\n"
                            "version: 'v0.0.2'\n"
                            "workflows:\n"
                            "    '.github/workflows/ci.yml':\n"
                            "        - 'actions/checkout@v4'\n"
                            "        - 'gone/gone@v1'\n"
                            "    '.github/workflows/none.yml': []\n"
                            "    '.github/workflows/null.yml':\n"
                            "dependencies:\n"
                            "    'actions/checkout@v4':\n"
                            "        ref: 'v4.3.1'\n"
                            "        commit: 'sha1-" A40 "'\n"
                            "        owner_id: 44036562\n"
                            "        repo_id: 197814629\n"
                            "        uses:\n"
                            "            - 'actions/cache@" B40 "'\n"
                            "    'Actions/Cache@" B40 "':\n"
                            "        commit: 'sha1-11BD71901BBE5B1630CEEA73D27597364C9AF683'\n"
                            "    'a/b@release/V2':\n"
                            "        ref: 'release/V2'\n"
                            "        commit: 'sha256-" C64 "'\n"
                            "later: 'is read over'\n";

static const struct {
  const char *claim;
  const char *workflow;
  const char *owner;
  const char *repo;
  const char *ref;
  const char *commit; /* NULL: none */
  const char *locked_at;
} finds[] = {
  {"in the workflow", ".github/workflows/ci.yml", "actions", "checkout", "v4", A40, "v4.3.1"},
  {"without regard to case", ".github/workflows/ci.yml", "Actions", "CheckOut", "v4", A40, "v4.3.1"},
  {"in any workflow", NULL, "actions", "cache", B40, B40, NULL},
  {"a commit of SHA-256 at a branch", NULL, "a", "b", "release/V2", C64, "release/V2"},
  {"a ref with regard to case", NULL, "a", "b", "release/v2", NULL, NULL},
  {"another ref", ".github/workflows/ci.yml", "actions", "checkout", "v3", NULL, NULL},
  {"not listed for the workflow", ".github/workflows/ci.yml", "actions", "cache", B40, NULL, NULL},
  {"in a workflow that is not covered", ".github/workflows/other.yml", "actions", "checkout", "v4", NULL, NULL},
  {"listed without a commit", ".github/workflows/ci.yml", "gone", "gone", "v1", NULL, NULL},
  {"nothing", NULL, "", "", "", NULL, NULL},
};

static void test_finds(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(Lockfile) lockfile = lockfile_parse("actions.lock", whole, strlen(whole), &error);
  g_assert_no_error(error);
  const LockfileEntry *entry = lockfile_find(lockfile, finds[i].workflow, finds[i].owner, finds[i].repo, finds[i].ref);
  g_assert_cmpstr(entry != NULL ? entry->commit : NULL, ==, finds[i].commit);
  g_assert_cmpstr(entry != NULL ? entry->ref : NULL, ==, finds[i].locked_at);
}

static void test_covers(void) {
  g_autoptr(Lockfile) lockfile = lockfile_parse("actions.lock", whole, strlen(whole), NULL);
  g_assert_true(lockfile_covers(lockfile, ".github/workflows/ci.yml"));
  g_assert_true(lockfile_covers(lockfile, ".github/workflows/none.yml"));
  g_assert_true(lockfile_covers(lockfile, ".github/workflows/null.yml"));
  g_assert_false(lockfile_covers(lockfile, ".github/workflows/other.yml"));
}

static void test_keys_with_commits(void) {
  static const char text[] = "version: v0.0.1\n"
                             "workflows: {w.yml: ['actions/checkout@v4:sha1-" A40 "']}\n"
                             "dependencies: {'actions/checkout@v4:sha1-" A40 "': {ref: v4.3.1, commit: sha1-" A40 "}}\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(Lockfile) lockfile = lockfile_parse("actions.lock", text, strlen(text), &error);
  g_assert_no_error(error);
  const LockfileEntry *entry = lockfile_find(lockfile, "w.yml", "actions", "checkout", "v4");
  g_assert_cmpstr(entry->commit, ==, A40);
  g_assert_cmpstr(entry->ref, ==, "v4.3.1");
}

static const struct {
  const char *claim;
  const char *text;
  const char *says;
} refused[] = {
  {"nothing", "", "actions.lock:1:1: expected a lock file"},
  {"no version", "dependencies: {}\n", "\"version\""},
  {"a later version", "version: v1.0.0\n", "\"version\""},
  {"a list for the actions", "version: v0.0.2\ndependencies: []\n", "actions.lock:2:15: expected a mapping"},
  {"a key that is no action", "version: v0.0.2\ndependencies: {checkout: {commit: sha1-" A40 "}}\n", "owner/repo@ref"},
  {"an action in a folder", "version: v0.0.2\ndependencies: {a/b/c@v1: {commit: sha1-" A40 "}}\n", "owner/repo@ref"},
  {"an empty ref", "version: v0.0.2\ndependencies: {'a/b@': {commit: sha1-" A40 "}}\n", "owner/repo@ref"},
  {"no commit", "version: v0.0.2\ndependencies: {a/b@v1: {ref: v1}}\n", "\"commit\""},
  {"a short commit", "version: v0.0.2\ndependencies: {a/b@v1: {commit: sha1-34e1148}}\n", "\"commit\""},
  {"a commit without its kind", "version: v0.0.2\ndependencies: {a/b@v1: {commit: " A40 "}}\n", "\"commit\""},
  {"an action twice", "version: v0.0.2\ndependencies: {a/b@v1: {commit: sha1-" A40 "}, A/B@v1: {commit: sha1-" B40 "}}\n", "once"},
  {"text for a workflow's list", "version: v0.0.2\nworkflows: {w.yml: a/b@v1}\n", "a list of actions"},
  {"a list of others", "version: v0.0.2\nworkflows: {w.yml: [{}]}\n", "owner/repo@ref"},
};

static void test_refuses(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_assert_null(lockfile_parse("actions.lock", refused[i].text, strlen(refused[i].text), &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_nonnull(strstr(error->message, refused[i].says));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(finds); i++) {
    g_autofree char *path = g_strdup_printf("/workflow/lockfile/finds/%s", finds[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_finds);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *path = g_strdup_printf("/workflow/lockfile/refuses/%s", refused[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refuses);
  }
  g_test_add_func("/workflow/lockfile/covers", test_covers);
  g_test_add_func("/workflow/lockfile/keys-with-commits", test_keys_with_commits);
  return g_test_run();
}
