#include "repository_fixture.h"

#include "base/error.h"
#include "git/mirror.h"
#include "git/refs.h"

#include <unistd.h>

/* A mirror of one repository with history, "Actions/Checkout", and one of files, "store/files". */
typedef struct {
  Fixture fixture;
  char *folder;
  char *one; /* the commits on main */
  char *two;
  char *fork;   /* what only a pull request leads to */
  char *object; /* the annotated tag v4.2.1 itself */
  Mirror *mirror;
} Scene;

static void scene_clear(Scene *scene) {
  g_clear_pointer(&scene->mirror, mirror_free);
  fixture_clear(&scene->fixture);
  g_free(scene->folder);
  g_free(scene->one);
  g_free(scene->two);
  g_free(scene->fork);
  g_free(scene->object);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scene, scene_clear)

static char *name_of(const Fixture *fixture, const char *ref) {
  const char *const argv[] = {"git", "-C", fixture->root, "rev-parse", ref, NULL};
  g_autoptr(GError) error = NULL;
  char *name = process_output(&(ProcessSpec){.argv = argv}, &error);
  g_assert_no_error(error);
  return name;
}

static void link_to(const Fixture *fixture, const char *path, const char *target) {
  g_autofree char *full = g_build_filename(fixture->root, path, NULL);
  g_assert_cmpint(symlink(target, full), ==, 0);
}

static void make_history(const Fixture *fixture) {
  put(fixture, "action.yml", "name: one\n");
  put(fixture, "deep/action.yml", "name: deep\n");
  link_to(fixture, "link.yml", "action.yml");
  link_to(fixture, "out.yml", "../../../outside.yml");
  git(fixture, "add --all");
  git(fixture, "commit --quiet --message=one");
  git(fixture, "tag v3");
  git(fixture, "tag v4.2.0-rc1");
  git(fixture, "branch release/v1");
  put(fixture, "action.yml", "name: two\n");
  git(fixture, "commit --quiet --all --message=two");
  git(fixture, "tag --annotate --message=two v4.2.1");
  git(fixture, "tag --annotate --message=nested v4 v4.2.1");
  git(fixture, "tag v4.2");
  git(fixture, "tag latest");
  git(fixture, "tag both main~1");
  git(fixture, "branch both");
  git(fixture, "checkout --quiet --detach");
  git(fixture, "commit --quiet --allow-empty --message=fork");
  git(fixture, "update-ref refs/pull/1/head HEAD");
  git(fixture, "checkout --quiet main");
}

static Scene scene_new(void) {
  Scene scene = {.fixture = fixture_empty()};
  const Fixture *fixture = &scene.fixture;
  make_history(fixture);
  git(fixture, "clone --quiet --mirror . ../mirror/Actions/Checkout.git");
  put(fixture, "../mirror/store/files/v1/action.yml", "name: files\n");
  put(fixture, "../mirror/store/files/release/v2/deep/action.yml", "name: release\n");
  put(fixture, "../mirror/store/outside.yml", "name: outside\n");
  link_to(fixture, "../mirror/store/files/v1/link.yml", "action.yml");
  link_to(fixture, "../mirror/store/files/v1/out.yml", "../../outside.yml");
  g_autoptr(GError) error = NULL;
  scene.folder = g_build_filename(fixture->dir, "mirror", NULL);
  scene.one = name_of(fixture, "main~1");
  scene.two = name_of(fixture, "main");
  scene.fork = name_of(fixture, "refs/pull/1/head");
  scene.object = name_of(fixture, "refs/tags/v4.2.1");
  scene.mirror = mirror_open(scene.folder, &error);
  g_assert_no_error(error);
  return scene;
}

/* ---- what is mirrored ------------------------------------------------------------------------------------------------------ */

static void test_has(void) {
  static const struct {
    const char *owner;
    const char *repo;
    bool has;
    bool history;
  } rows[] = {
    {"Actions", "Checkout", true, true}, {"actions", "checkout", true, true}, {"store", "files", true, false}, {"actions", "cache", false, false},
    {"actions", "..", false, false},     {"..", "mirror", false, false},      {"actions", "", false, false},   {"", "actions/checkout", false, false},
  };
  g_auto(Scene) scene = scene_new();
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_assert_cmpint(mirror_has(scene.mirror, rows[i].owner, rows[i].repo), ==, rows[i].has);
    g_assert_cmpint(mirror_knows_history(scene.mirror, rows[i].owner, rows[i].repo), ==, rows[i].history);
  }
}

static void test_no_folder(void) {
  g_autoptr(GError) error = NULL;
  g_assert_null(mirror_open("/nowhere/at/all", &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

/* ---- names ----------------------------------------------------------------------------------------------------------------- */

enum { NO_COMMIT, ONE, TWO, FORK };

static const struct {
  const char *claim;
  const char *ref; /* NULL: the name that `named` says */
  int named;
  int commit; /* NO_COMMIT: NOT_FOUND */
  bool is_branch;
  bool is_tag;
  bool is_commit;
} refs[] = {
  {"a branch", "main", 0, TWO, true, false, false},
  {"a branch with a slash", "release/v1", 0, ONE, true, false, false},
  {"a tag", "v3", 0, ONE, false, true, false},
  {"an annotated tag", "v4.2.1", 0, TWO, false, true, false},
  {"a tag of a tag", "v4", 0, TWO, false, true, false},
  {"a branch comes before a tag of its name", "both", 0, TWO, true, true, false},
  {"a commit", NULL, ONE, ONE, false, false, true},
  {"a commit that only a pull request leads to", NULL, FORK, FORK, false, false, true},
  {"an unknown name", "v9", 0, NO_COMMIT},
  {"a tag is not found without regard to case", "V3", 0, NO_COMMIT},
  {"a full name is none", "refs/heads/main", 0, NO_COMMIT},
  {"a pull request is none", "pull/1/head", 0, NO_COMMIT},
  {"HEAD is none", "HEAD", 0, NO_COMMIT},
  {"an expression of git is none", "main~1", 0, NO_COMMIT},
  {"an option is none", "--all", 0, NO_COMMIT},
  {"nothing is none", "", 0, NO_COMMIT},
  {"a commit that is not there", "0123456789012345678901234567890123456789", 0, NO_COMMIT},
  {"a commit of the other kind", "0123456789012345678901234567890123456789012345678901234567890123", 0, NO_COMMIT},
};

static void test_resolves(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Scene) scene = scene_new();
  const char *const commits[] = {"", scene.one, scene.two, scene.fork};
  MirrorRef found = {.commit = "untouched"};
  g_autoptr(GError) error = NULL;
  bool resolved = mirror_resolve(scene.mirror, "actions", "checkout", refs[i].ref != NULL ? refs[i].ref : commits[refs[i].named], &found, &error);
  g_assert_cmpint(resolved, ==, refs[i].commit != NO_COMMIT);
  if (!resolved) {
    g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
    g_assert_cmpstr(found.commit, ==, "untouched");
    return;
  }
  g_assert_no_error(error);
  g_assert_cmpstr(found.commit, ==, commits[refs[i].commit]);
  g_assert_cmpint(found.is_branch, ==, refs[i].is_branch);
  g_assert_cmpint(found.is_tag, ==, refs[i].is_tag);
  g_assert_cmpint(found.is_commit, ==, refs[i].is_commit);
}

static void test_commits_in_other_words(void) {
  g_auto(Scene) scene = scene_new();
  g_autofree char *upper = g_ascii_strup(scene.two, -1);
  g_autofree char *shortened = g_strndup(scene.two, 12);
  MirrorRef found;
  g_autoptr(GError) error = NULL;
  g_assert_true(mirror_resolve(scene.mirror, "actions", "checkout", upper, &found, NULL));
  g_assert_cmpstr(found.commit, ==, scene.two);
  g_assert_true(mirror_resolve(scene.mirror, "actions", "checkout", scene.object, &found, NULL));
  g_assert_cmpstr(found.commit, ==, scene.two);
  g_assert_true(found.is_commit);
  g_assert_false(mirror_resolve(scene.mirror, "actions", "checkout", shortened, &found, &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

/* ---- versions -------------------------------------------------------------------------------------------------------------- */

static void test_tags(void) {
  g_auto(Scene) scene = scene_new();
  g_autoptr(GError) error = NULL;
  const char *const *tags = mirror_tags_at(scene.mirror, "actions", "checkout", scene.two, &error);
  g_assert_no_error(error);
  g_autofree char *joined = g_strjoinv(" ", (char **)tags);
  g_assert_cmpstr(joined, ==, "v4.2.1 v4.2 v4");
  g_assert_null(mirror_tags_at(scene.mirror, "actions", "checkout", scene.fork, &error)[0]);
  g_assert_cmpstr(mirror_tag_commit(scene.mirror, "actions", "checkout", "both", &error), ==, scene.one);
  g_assert_no_error(error);
  g_assert_null(mirror_tag_commit(scene.mirror, "actions", "checkout", "main", &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

static void test_tagged(void) {
  g_auto(Scene) scene = scene_new();
  const struct {
    const char *commit;
    bool tagged;
  } rows[] = {{scene.one, true}, {scene.two, true}, {scene.fork, false}, {"main", false}};
  g_autofree char *upper = g_ascii_strup(scene.one, -1);
  g_autoptr(GError) error = NULL;
  bool tagged = false;
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_assert_true(mirror_is_tagged(scene.mirror, "actions", "checkout", rows[i].commit, &tagged, &error));
    g_assert_cmpint(tagged, ==, rows[i].tagged);
  }
  g_assert_true(mirror_is_tagged(scene.mirror, "Actions", "Checkout", upper, &tagged, &error) && tagged);
  g_assert_false(mirror_is_tagged(scene.mirror, "actions", "cache", scene.one, &tagged, &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

static void test_latest(void) {
  static const struct {
    const char *within;
    const char *tag;
  } rows[] = {{NULL, "v4.2.1"}, {"v4", "v4.2.1"}, {"v3", "v3"}, {"v4.3", NULL}, {"v5", NULL}};
  g_auto(Scene) scene = scene_new();
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    Semver within;
    bool some = semver_parse(rows[i].within, &within);
    g_autoptr(GError) error = NULL;
    g_assert_cmpstr(mirror_latest_version(scene.mirror, "actions", "checkout", some ? &within : NULL, &error), ==, rows[i].tag);
    g_assert_cmpint(error_is(error, DROVER_ERROR_NOT_FOUND), ==, rows[i].tag == NULL);
  }
}

#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B40 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void test_index(void) {
  static const char text[] = A40 " refs/heads/main\n" B40 " refs/remotes/origin/main\n" B40 " refs/remotes/origin/next\n" B40 " refs/tags/v1\n" A40
                                 " refs/tags/v1^{}\n" A40 " refs/tags/1.0.0\n" A40 " refs/tags/v1.0.0\n" A40 " refs/tags/v1.0.0-rc1\n" B40
                                 " refs/pull/1/head\n" B40 " refs/tags/\nnonsense\n\n" A40 "\n" A40 " \n" B40 " refs/heads/last";
  g_autoptr(RefIndex) index = ref_index_parse(text);
  g_assert_cmpstr(ref_index_branch(index, "main"), ==, A40);
  g_assert_cmpstr(ref_index_branch(index, "next"), ==, B40);
  g_assert_cmpstr(ref_index_branch(index, "last"), ==, B40);
  g_assert_cmpstr(ref_index_tag(index, "v1"), ==, A40);
  g_assert_null(ref_index_tag(index, ""));
  g_autofree char *joined = g_strjoinv(" ", (char **)ref_index_versions_at(index, A40));
  g_assert_cmpstr(joined, ==, "v1.0.0 1.0.0 v1.0.0-rc1 v1");
  g_assert_cmpstr(ref_index_latest(index, NULL), ==, "v1.0.0");
}

/* ---- history --------------------------------------------------------------------------------------------------------------- */

static void test_contains(void) {
  g_auto(Scene) scene = scene_new();
  const struct {
    const char *commit;
    bool contained;
  } rows[] = {
    {scene.two, true},   {scene.one, true}, {scene.object, true}, {scene.fork, false}, {"0123456789012345678901234567890123456789", false},
    {scene.fork, false}, {"main", false},   {"--all", false},
  };
  git(&scene.fixture, "-C ../mirror/Actions/Checkout.git branch --quiet --delete --force release/v1");
  git(&scene.fixture, "-C ../mirror/Actions/Checkout.git tag --delete v3 both v4.2.0-rc1");
  g_autoptr(GError) error = NULL;
  g_autoptr(Mirror) mirror = mirror_open(scene.folder, &error);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    bool contained = !rows[i].contained;
    g_assert_true(mirror_contains(mirror, "actions", "checkout", rows[i].commit, &contained, &error));
    g_assert_no_error(error);
    g_assert_cmpint(contained, ==, rows[i].contained);
  }
}

static void test_plain_clone(void) {
  g_auto(Scene) scene = scene_new();
  git(&scene.fixture, "clone --quiet . ../mirror/plain/clone");
  g_autoptr(GError) error = NULL;
  g_autoptr(Mirror) mirror = mirror_open(scene.folder, &error);
  MirrorRef found;
  g_assert_true(mirror_resolve(mirror, "plain", "clone", "release/v1", &found, &error));
  g_assert_cmpstr(found.commit, ==, scene.one);
  g_assert_true(found.is_branch);
}

static void test_empty_repository(void) {
  g_auto(Scene) scene = scene_new();
  git(&scene.fixture, "init --quiet --bare ../mirror/empty/empty.git");
  g_autoptr(Mirror) mirror = mirror_open(scene.folder, NULL);
  g_autoptr(GError) error = NULL;
  MirrorRef found;
  g_assert_false(mirror_resolve(mirror, "empty", "empty", "main", &found, &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

static void test_broken_repository(void) {
  g_auto(Scene) scene = scene_new();
  put(&scene.fixture, "../mirror/bad/bad.git/HEAD", "nonsense");
  put(&scene.fixture, "../mirror/bad/bad.git/objects/x", "");
  g_autoptr(Mirror) mirror = mirror_open(scene.folder, NULL);
  g_autoptr(GError) error = NULL;
  MirrorRef found;
  g_assert_false(mirror_resolve(mirror, "bad", "bad", "main", &found, &error));
  g_assert_true(error_is(error, DROVER_ERROR_FAILED));
}

/* A partial clone would get what it lacks from where it came, were it let. */
static void test_nothing_is_fetched(void) {
  g_auto(Scene) scene = scene_new();
  git(&scene.fixture, "config uploadpack.allowFilter true");
  g_autofree char *words = g_strdup_printf("clone --quiet --bare --filter=blob:none file://%s ../mirror/partial/clone.git", scene.fixture.root);
  git(&scene.fixture, words);
  g_autoptr(GError) error = NULL;
  g_autoptr(Mirror) mirror = mirror_open(scene.folder, NULL);
  MirrorRef found;
  g_assert_true(mirror_resolve(mirror, "partial", "clone", "v4", &found, &error));
  g_assert_no_error(error);
  g_assert_null(mirror_read_file(mirror, "partial", "clone", "v4", "action.yml", NULL, &error));
  g_assert_nonnull(error);
}

/* ---- files ----------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *claim;
  const char *repo; /* with its owner */
  const char *ref;
  const char *path;
  const char *text; /* NULL: NOT_FOUND */
} files[] = {
  {"at a tag", "actions/checkout", "v3", "action.yml", "name: one\n"},
  {"at a branch", "actions/checkout", "main", "action.yml", "name: two\n"},
  {"in a folder", "actions/checkout", "v3", "deep/action.yml", "name: deep\n"},
  {"a path with dots inside", "actions/checkout", "v3", "./deep//action.yml", "name: deep\n"},
  {"a link", "actions/checkout", "v4", "link.yml", "name: two\n"},
  {"a link that leads out", "actions/checkout", "v4", "out.yml", NULL},
  {"a folder is no file", "actions/checkout", "v4", "deep", NULL},
  {"a file that is not there", "actions/checkout", "v4", "none.yml", NULL},
  {"above the repository", "actions/checkout", "v4", "../config", NULL},
  {"a line break", "actions/checkout", "v4", "action.yml\nHEAD:action.yml", NULL},
  {"an unknown ref", "actions/checkout", "v9", "action.yml", NULL},
  {"a repository that is not mirrored", "actions/cache", "v4", "action.yml", NULL},
  {"of the files at a ref", "store/files", "v1", "action.yml", "name: files\n"},
  {"of the files at a ref with a slash", "store/files", "release/v2", "deep/action.yml", "name: release\n"},
  {"a link among the files", "store/files", "v1", "link.yml", "name: files\n"},
  {"a link that leads out of the files", "store/files", "v1", "out.yml", NULL},
  {"files of an unknown ref", "store/files", "v2", "action.yml", NULL},
  {"files above the ref", "store/files", "v1", "../../outside.yml", NULL},
  {"a ref that leads up", "store/files", "..", "outside.yml", NULL},
  {"a ref that stays", "store/files", ".", "v1/action.yml", NULL},
  {"an absolute ref", "store/files", "/etc", "hostname", NULL},
};

static void test_reads(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Scene) scene = scene_new();
  g_auto(GStrv) names = g_strsplit(files[i].repo, "/", 2);
  size_t size = 99;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = mirror_read_file(scene.mirror, names[0], names[1], files[i].ref, files[i].path, &size, &error);
  g_assert_cmpstr(text, ==, files[i].text);
  g_assert_cmpuint(size, ==, text != NULL ? strlen(text) : 99);
  g_assert_cmpint(error_is(error, DROVER_ERROR_NOT_FOUND), ==, text == NULL);
}

static void test_large_file(void) {
  g_auto(Scene) scene = scene_new();
  g_autofree char *large = g_strnfill((1 << 20) + 1, 'x');
  put(&scene.fixture, "large", large);
  put(&scene.fixture, "../mirror/store/files/v1/large", large);
  git(&scene.fixture, "add large");
  git(&scene.fixture, "commit --quiet --message=large");
  git(&scene.fixture, "clone --quiet --bare . ../mirror/large/large.git");
  g_autoptr(GError) history = NULL, plain = NULL;
  g_autoptr(Mirror) mirror = mirror_open(scene.folder, NULL);
  g_assert_null(mirror_read_file(mirror, "large", "large", "main", "large", NULL, &history));
  g_assert_true(error_is(history, DROVER_ERROR_INPUT));
  g_assert_null(mirror_read_file(mirror, "store", "files", "v1", "large", NULL, &plain));
  g_assert_true(error_is(plain, DROVER_ERROR_INPUT));
}

static void test_files_have_no_history(void) {
  g_auto(Scene) scene = scene_new();
  put(&scene.fixture, "../mirror/store/files/" A40 "/action.yml", "name: pinned\n");
  MirrorRef found;
  g_assert_true(mirror_resolve(scene.mirror, "store", "files", "v1", &found, NULL));
  g_assert_cmpstr(found.commit, ==, "");
  g_assert_false(found.is_branch || found.is_tag || found.is_commit);
  g_assert_true(mirror_resolve(scene.mirror, "store", "files", A40, &found, NULL));
  g_assert_cmpstr(found.commit, ==, A40);
  g_assert_true(found.is_commit);
  g_autoptr(GError) error = NULL;
  bool contained = true;
  g_assert_false(mirror_contains(scene.mirror, "store", "files", A40, &contained, &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
  g_assert_null(mirror_tags_at(scene.mirror, "store", "files", A40, NULL));
  g_assert_null(mirror_latest_version(scene.mirror, "store", "files", NULL, NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(refs); i++) {
    g_autofree char *path = g_strdup_printf("/git/mirror/resolves/%s", refs[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_resolves);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_strdup_printf("/git/mirror/reads/%s", files[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_reads);
  }
  g_test_add_func("/git/mirror/has", test_has);
  g_test_add_func("/git/mirror/no-folder", test_no_folder);
  g_test_add_func("/git/mirror/commits-in-other-words", test_commits_in_other_words);
  g_test_add_func("/git/mirror/tags", test_tags);
  g_test_add_func("/git/mirror/tagged", test_tagged);
  g_test_add_func("/git/mirror/latest", test_latest);
  g_test_add_func("/git/mirror/index", test_index);
  g_test_add_func("/git/mirror/contains", test_contains);
  g_test_add_func("/git/mirror/plain-clone", test_plain_clone);
  g_test_add_func("/git/mirror/empty-repository", test_empty_repository);
  g_test_add_func("/git/mirror/broken-repository", test_broken_repository);
  g_test_add_func("/git/mirror/nothing-is-fetched", test_nothing_is_fetched);
  g_test_add_func("/git/mirror/large-file", test_large_file);
  g_test_add_func("/git/mirror/files-have-no-history", test_files_have_no_history);
  return g_test_run();
}
