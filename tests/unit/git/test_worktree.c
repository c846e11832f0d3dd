#include "repository_fixture.h"

#include "git/git.h"
#include "git/repository.h"

#include <unistd.h>

static char *read_at(const Commit *commit, const char *path) {
  return commit_read_file(commit, path, NULL, NULL);
}

static char *status_of(const Fixture *fixture) {
  return git_output(fixture->root, (const char *const[]){"status", "--porcelain=v1", NULL}, NULL);
}

static void test_all_that_is_not_ignored(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  put(&fixture, ".gitignore", "*.o\n");
  put(&fixture, "backend/app.py", "changed\n");
  put(&fixture, "new/file", "new\n");
  put(&fixture, "a.o", "object\n");
  g_autofree char *before = status_of(&fixture);
  g_autoptr(Commit) commit = commit_worktree(fixture.root, &error);
  g_assert_no_error(error);
  g_autofree char *changed = read_at(commit, "backend/app.py"), *new = read_at(commit, "new/file"), *object = read_at(commit, "a.o");
  g_assert_cmpstr(changed, ==, "changed\n");
  g_assert_cmpstr(new, ==, "new\n");
  g_assert_null(object);
  g_assert_cmpstr(commit->branch, ==, "main");
  g_autofree char *after = status_of(&fixture);
  g_assert_cmpstr(after, ==, before); /* nothing was staged */
}

static void test_removed_files_are_gone(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(fixture.root, "backend/app.py", NULL);
  g_assert_cmpint(unlink(path), ==, 0);
  g_autoptr(Commit) commit = commit_worktree(fixture.root, &error);
  g_assert_no_error(error);
  g_assert_null(read_at(commit, "backend/app.py"));
}

static void test_nothing_changed_is_head(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(Commit) head = commit_resolve(fixture.root, NULL, &error);
  g_autoptr(Commit) commit = commit_worktree(fixture.root, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(commit->commit, ==, head->commit);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/git/worktree/all-that-is-not-ignored", test_all_that_is_not_ignored);
  g_test_add_func("/git/worktree/removed-files-are-gone", test_removed_files_are_gone);
  g_test_add_func("/git/worktree/nothing-changed-is-head", test_nothing_changed_is_head);
  return g_test_run();
}
