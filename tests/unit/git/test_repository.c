#include "repository_fixture.h"

#include "base/error.h"
#include "git/repository.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- names --------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *claim;
  const char *ref;
  const char *branch;
  const char *subject;
  const char *tag;
} names[] = {
  {"nothing-is-head", NULL, "main", "second"},
  {"head", "HEAD", "main", "second"},
  {"at-sign-is-head", "@", "main", "second"},
  {"a-branch", "main", "main", "second"},
  {"another-branch", "feature/x", "feature/x", "first"},
  {"a-full-name", "refs/heads/feature/x", "feature/x", "first"},
  {"a-tag-has-no-branch", "v1", NULL, "first", "v1"},
  {"a-tag-by-its-full-name", "refs/tags/both", NULL, "first", "both"},
  {"an-annotated-tag-is-peeled", "v2", NULL, "second", "v2"},
  {"a-commit-below-a-tag-is-none", "v2~1", NULL, "first"},
  {"an-ancestor-has-no-branch", "main~1", NULL, "first"},
  {"a-branch-comes-before-a-tag-of-its-name", "both", "both", "second"},
};

static Fixture fixture_with_names(void) {
  Fixture fixture = fixture_new();
  git(&fixture, "branch feature/x");
  git(&fixture, "tag v1");
  git(&fixture, "tag both");
  put(&fixture, "backend/app.py", "print('two')\n");
  git(&fixture, "commit --quiet --all --message=second");
  git(&fixture, "tag --annotate --message=two v2");
  git(&fixture, "branch both");
  return fixture;
}

static void test_resolves(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Fixture) fixture = fixture_with_names();
  g_autoptr(GError) error = NULL;
  g_autofree char *inside = g_build_filename(fixture.root, "backend", NULL);
  g_autoptr(Commit) commit = commit_resolve(inside, names[i].ref, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(commit->root, ==, fixture.root);
  g_assert_cmpstr(commit->branch, ==, names[i].branch);
  g_assert_cmpstr(commit->tag, ==, names[i].tag);
  g_assert_cmpstr(commit->subject, ==, names[i].subject);
  g_assert_cmpstr(commit->author, ==, "Ada <ada@example.org>");
  g_assert_cmpint(commit->time_s, ==, COMMIT_TIME);
  g_assert_cmpuint(strlen(commit->commit), ==, 40);
  g_autoptr(Commit) again = commit_resolve(fixture.root, commit->commit, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(again->commit, ==, commit->commit);
  g_assert_null(again->branch);
}

static void test_detached_head_has_no_branch(void) {
  g_auto(Fixture) fixture = fixture_with_names();
  git(&fixture, "checkout --quiet --detach");
  g_autoptr(Commit) commit = commit_resolve(fixture.root, NULL, NULL);
  g_assert_null(commit->branch);
  g_assert_cmpstr(commit->subject, ==, "second");
}

static const struct {
  const char *claim;
  const char *ref;
  DroverError code;
  const char *says;
} unknown[] = {
  {"an-unknown-name", "nothing-like-it", DROVER_ERROR_NOT_FOUND, "names no commit"},
  {"the-nearest-is-named", "feature/y", DROVER_ERROR_NOT_FOUND, "did you mean \"feature/x\"?"},
  {"an-option", "--exec=true", DROVER_ERROR_INPUT, "cannot be a commit's name"},
  {"an-empty-name", "", DROVER_ERROR_INPUT, "cannot be a commit's name"},
  {"a-newline", "main\nv1", DROVER_ERROR_INPUT, "cannot be a commit's name"},
  {"bytes-that-are-not-utf8", "\xff", DROVER_ERROR_INPUT, "cannot be a commit's name"},
  {"a-range", "main~1..main", DROVER_ERROR_NOT_FOUND, "names no commit"},
  {"a-file", "main:drover.yaml", DROVER_ERROR_NOT_FOUND, "names no commit"},
  {"a-commit-that-is-not-there", "0123456789012345678901234567890123456789", DROVER_ERROR_NOT_FOUND, "names no commit"},
};

static void test_refuses(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Fixture) fixture = fixture_with_names();
  g_autoptr(GError) error = NULL;
  g_assert_null(commit_resolve(fixture.root, unknown[i].ref, &error));
  g_assert_true(error_is(error, unknown[i].code));
  g_assert_nonnull(strstr(error->message, unknown[i].says));
}

static void test_places_that_are_no_repository(void) {
  g_auto(Fixture) fixture = fixture_empty();
  g_autofree char *plain = g_build_filename(fixture.dir, "plain", NULL);
  g_autofree char *none = g_build_filename(fixture.dir, "none", NULL);
  g_autofree char *inner = g_build_filename(fixture.root, ".git", NULL);
  g_assert_true(fs_make_dirs(plain, 0755, NULL));
  g_autoptr(GError) outside = NULL, missing = NULL, inside = NULL, empty = NULL;
  g_assert_null(commit_resolve(plain, NULL, &outside));
  g_assert_true(error_is(outside, DROVER_ERROR_NOT_FOUND));
  g_assert_nonnull(strstr(outside->message, "git init"));
  g_assert_null(commit_resolve(none, NULL, &missing));
  g_assert_true(error_is(missing, DROVER_ERROR_NOT_FOUND));
  g_assert_null(commit_resolve(inner, NULL, &inside));
  g_assert_true(error_is(inside, DROVER_ERROR_NOT_FOUND));
  g_assert_null(commit_resolve(fixture.root, NULL, &empty));
  g_assert_true(error_is(empty, DROVER_ERROR_INPUT));
  g_assert_nonnull(strstr(empty->message, "no commit yet"));
}

static void test_a_bare_repository(void) {
  g_auto(Fixture) fixture = fixture_new();
  git(&fixture, "clone --quiet --bare . ../bare.git");
  g_autofree char *bare = g_build_filename(fixture.dir, "bare.git", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(Commit) commit = commit_resolve(bare, "main", &error);
  g_assert_no_error(error);
  g_autofree char *text = commit_read_file(commit, "drover.yaml", NULL, &error);
  g_assert_cmpstr(text, ==, "version: 1\n");
  bool dirty = true;
  g_assert_true(repository_is_dirty(commit->root, &dirty, &error));
  g_assert_false(dirty);
}

static void test_git_is_not_installed(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *path = g_strdup(g_getenv("PATH"));
  g_setenv("PATH", "/nowhere", TRUE);
  g_autoptr(GError) error = NULL;
  g_assert_null(commit_resolve(fixture.root, NULL, &error));
  g_setenv("PATH", path, TRUE);
  g_assert_true(error_is(error, DROVER_ERROR_MISSING));
  g_assert_nonnull(strstr(error->message, "install"));
}

/* The surroundings of a git hook name another repository; they must not have a say. */
static void test_git_variables_do_not_lead_astray(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_setenv("GIT_DIR", "/nowhere", TRUE);
  g_setenv("GIT_INDEX_FILE", "/nowhere/index", TRUE);
  g_autoptr(GError) error = NULL;
  g_autoptr(Commit) commit = commit_resolve(fixture.root, NULL, &error);
  g_unsetenv("GIT_DIR");
  g_unsetenv("GIT_INDEX_FILE");
  g_assert_no_error(error);
  g_assert_cmpstr(commit->root, ==, fixture.root);
}

/* ---- dirt and files ------------------------------------------------------------------------------------------------------- */

static void test_dirty_means_tracked_files(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *app = g_build_filename(fixture.root, "backend/app.py", NULL);
  bool dirty = true;
  g_assert_true(repository_is_dirty(fixture.root, &dirty, NULL));
  g_assert_false(dirty);
  put(&fixture, "untracked", "x");
  g_assert_true(repository_is_dirty(fixture.root, &dirty, NULL));
  g_assert_false(dirty);
  put(&fixture, "backend/app.py", "changed");
  g_assert_true(repository_is_dirty(fixture.root, &dirty, NULL));
  g_assert_true(dirty);
  git(&fixture, "checkout --quiet -- .");
  unlink(app);
  g_assert_true(repository_is_dirty(fixture.root, &dirty, NULL));
  g_assert_true(dirty);
}

static const struct {
  const char *claim;
  const char *path;
  const char *text; /* NULL: NOT_FOUND */
} files[] = {
  {"a-file", "drover.yaml", "version: 1\n"},
  {"a-file-in-a-folder", "backend/app.py", "print('one')\n"},
  {"a-path-with-dots-inside", "./backend//app.py", "print('one')\n"},
  {"a-link-to-a-file", "link.yaml", "version: 1\n"},
  {"an-empty-file", "empty", ""},
  {"a-name-with-spaces", "a b", "spaced"},
  {"a-folder-is-no-file", "backend", NULL},
  {"a-missing-file", "none.yaml", NULL},
  {"a-link-that-leads-out", "out", NULL},
  {"a-link-to-nothing", "dangling", NULL},
  {"above-the-repository", "../drover.yaml", NULL},
  {"an-absolute-path", "/etc/passwd", NULL},
  {"an-empty-path", "", NULL},
  {"a-newline", "drover.yaml\nHEAD:empty", NULL},
};

static void test_reads_file(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Fixture) fixture = fixture_new();
  put(&fixture, "empty", "");
  put(&fixture, "a b", "spaced");
  static const char *const links[][2] = {{"link.yaml", "drover.yaml"}, {"out", "../outside"}, {"dangling", "nowhere"}};
  for (size_t k = 0; k < G_N_ELEMENTS(links); k++) {
    g_autofree char *path = g_build_filename(fixture.root, links[k][0], NULL);
    g_assert_cmpint(symlink(links[k][1], path), ==, 0);
  }
  git(&fixture, "add --all");
  git(&fixture, "commit --quiet --message=more");
  put(&fixture, "drover.yaml", "what the commit does not hold");
  g_autoptr(GError) error = NULL;
  g_autoptr(Commit) commit = commit_resolve(fixture.root, NULL, NULL);
  size_t size = 99;
  g_autofree char *text = commit_read_file(commit, files[i].path, &size, &error);
  g_assert_cmpstr(text, ==, files[i].text);
  if (files[i].text != NULL)
    g_assert_cmpuint(size, ==, strlen(files[i].text));
  else
    g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

static void test_reads_large_and_binary_files_whole(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *path = g_build_filename(fixture.root, "large", NULL);
  size_t large = (size_t)3 << 20;
  g_autofree char *bytes = g_malloc(large);
  for (size_t i = 0; i < large; i++)
    bytes[i] = (char)(i * 7 % 256);
  g_assert_true(g_file_set_contents(path, bytes, (gssize)large, NULL));
  git(&fixture, "add --all");
  git(&fixture, "commit --quiet --message=large");
  g_autoptr(Commit) commit = commit_resolve(fixture.root, NULL, NULL);
  size_t size = 0;
  g_autoptr(GError) error = NULL;
  g_autofree char *read = commit_read_file(commit, "large", &size, &error);
  g_assert_no_error(error);
  g_assert_cmpmem(read, size, bytes, large);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_strconcat("/git/repository/resolves/", names[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_resolves);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
    g_autofree char *path = g_strconcat("/git/repository/refuses/", unknown[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refuses);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_strconcat("/git/repository/reads/", files[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_reads_file);
  }
  g_test_add_func("/git/repository/reads/large-and-binary-files-whole", test_reads_large_and_binary_files_whole);
  g_test_add_func("/git/repository/detached-head-has-no-branch", test_detached_head_has_no_branch);
  g_test_add_func("/git/repository/places-that-are-no-repository", test_places_that_are_no_repository);
  g_test_add_func("/git/repository/a-bare-repository", test_a_bare_repository);
  g_test_add_func("/git/repository/git-is-not-installed", test_git_is_not_installed);
  g_test_add_func("/git/repository/git-variables-do-not-lead-astray", test_git_variables_do_not_lead_astray);
  g_test_add_func("/git/repository/dirty-means-tracked-files", test_dirty_means_tracked_files);
  return g_test_run();
}
