#include "repository_fixture.h"

#include "base/digest.h"
#include "base/error.h"
#include "git/repository.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREADS 6

static char *in(const Fixture *fixture, const char *name) {
  g_autofree char *path = g_build_filename(fixture->dir, name, NULL);
  g_assert_true(fs_make_dirs(path, 0755, NULL));
  return g_steal_pointer(&path);
}

static void commit_all(const Fixture *fixture) {
  git(fixture, "add --all");
  git(fixture, "commit --quiet --message=more");
}

static bool check_out(const Fixture *fixture, const char *target, GError **error) {
  g_autoptr(Commit) commit = commit_resolve(fixture->root, NULL, error);
  return commit != NULL && commit_checkout(commit, target, NULL, error);
}

static void assert_text(const char *target, const char *path, const char *text) {
  g_autofree char *full = g_build_filename(target, path, NULL);
  g_autofree char *found = NULL;
  g_file_get_contents(full, &found, NULL, NULL);
  g_assert_cmpstr(found, ==, text);
}

static void assert_mode_and_time(const char *target, const char *path, mode_t mode) {
  g_autofree char *full = g_build_filename(target, path, NULL);
  struct stat facts;
  g_assert_cmpint(lstat(full, &facts), ==, 0);
  if (!S_ISLNK(facts.st_mode))
    g_assert_cmpint(facts.st_mode & 07777, ==, mode);
  g_assert_cmpint(facts.st_mtim.tv_sec, ==, COMMIT_TIME);
  g_assert_cmpint(facts.st_mtim.tv_nsec, ==, 0);
}

/* Only the commit decides: the working tree, the umask and the machine's git settings have no say. */
static void test_only_the_commit_decides(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *link = g_build_filename(fixture.root, "backend/link", NULL);
  g_autofree char *script = g_build_filename(fixture.root, "run.sh", NULL);
  g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
  put(&fixture, "run.sh", "#!/bin/sh\n");
  put(&fixture, "version.txt", "$Format:%H$\n");
  put(&fixture, "windows.bat", "one\ntwo\n");
  put(&fixture, "filtered.txt", "as it is\n");
  put(&fixture, "left-out/file", "kept\n");
  put(&fixture, ".gitattributes", "version.txt export-subst\nleft-out export-ignore\nwindows.bat text eol=crlf\nfiltered.txt filter=shout\n");
  g_assert_cmpint(chmod(script, 0755), ==, 0);
  commit_all(&fixture);
  git(&fixture, "config filter.shout.smudge false");
  git(&fixture, "config filter.shout.required true");
  git(&fixture, "config core.autocrlf true");
  git(&fixture, "config core.sparseCheckout true");
  put(&fixture, ".git/info/attributes", "*.py text eol=crlf\n");
  put(&fixture, ".git/info/sparse-checkout", "/run.sh\n");
  put(&fixture, ".gitattributes", "*.txt text eol=crlf\n");
  put(&fixture, "untracked", "x");
  put(&fixture, "backend/app.py", "changed");
  g_autofree char *target = in(&fixture, "out");
  g_autoptr(GError) error = NULL;
  mode_t before = umask(077);
  bool done = check_out(&fixture, target, &error);
  umask(before);
  g_assert_no_error(error);
  g_assert_true(done);
  assert_text(target, "backend/app.py", "print('one')\n");
  assert_text(target, "version.txt", "$Format:%H$\n");
  assert_text(target, "left-out/file", "kept\n");
  assert_text(target, "filtered.txt", "as it is\n");
  assert_text(target, "windows.bat", "one\r\ntwo\r\n"); /* the commit's own attributes do count */
  assert_text(target, "untracked", NULL);
  assert_text(target, ".git/HEAD", NULL);
  static const struct {
    const char *path;
    mode_t mode;
  } rows[] = {{".", 0755}, {"backend", 0755}, {"backend/app.py", 0644}, {"backend/link", 0}, {"run.sh", 0755}, {"left-out/file", 0644}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    assert_mode_and_time(target, rows[i].path, rows[i].mode);
  g_autofree char *copied = g_build_filename(target, "backend/link", NULL);
  g_autofree char *to = g_file_read_link(copied, NULL);
  g_assert_cmpstr(to, ==, "/etc/passwd");
  struct stat passwd;
  g_assert_cmpint(stat("/etc/passwd", &passwd), ==, 0);
  g_assert_cmpint(passwd.st_mtim.tv_sec, !=, COMMIT_TIME);
}

static void test_leaves_the_repository_alone(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *target = in(&fixture, "out");
  g_autofree char *index = g_build_filename(fixture.root, ".git/index", NULL);
  g_autofree char *before = NULL, *after = NULL;
  gsize before_size = 0, after_size = 0;
  g_assert_true(g_file_get_contents(index, &before, &before_size, NULL));
  g_assert_true(check_out(&fixture, target, NULL));
  g_assert_true(g_file_get_contents(index, &after, &after_size, NULL));
  g_assert_cmpmem(before, before_size, after, after_size);
}

typedef struct {
  const Commit *commit;
  char *target;
  GError *error;
} Job;

static gpointer check_out_on_thread(gpointer data) {
  Job *job = data;
  (void)!commit_checkout(job->commit, job->target, NULL, &job->error);
  return NULL;
}

static void test_several_at_once(void) {
  g_auto(Fixture) fixture = fixture_new();
  for (int i = 0; i < 50; i++) {
    g_autofree char *path = g_strdup_printf("many/%d/file", i);
    put(&fixture, path, path);
  }
  commit_all(&fixture);
  g_autoptr(Commit) commit = commit_resolve(fixture.root, NULL, NULL);
  Job jobs[THREADS] = {0};
  GThread *threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    g_autofree char *name = g_strdup_printf("out-%d", i);
    jobs[i] = (Job){.commit = commit, .target = in(&fixture, name)};
    threads[i] = g_thread_new("checkout", check_out_on_thread, &jobs[i]);
  }
  for (int i = 0; i < THREADS; i++) {
    g_thread_join(threads[i]);
    g_assert_no_error(jobs[i].error);
    assert_text(jobs[i].target, "many/49/file", "many/49/file");
    assert_mode_and_time(jobs[i].target, "many/49", 0755);
    g_free(jobs[i].target);
  }
}

static void test_a_linked_worktree(void) {
  g_auto(Fixture) fixture = fixture_new();
  git(&fixture, "worktree add --quiet ../linked -b other");
  g_autofree char *linked = g_build_filename(fixture.dir, "linked", NULL);
  g_autofree char *target = in(&fixture, "out");
  g_autoptr(GError) error = NULL;
  g_autoptr(Commit) commit = commit_resolve(linked, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(commit->branch, ==, "other");
  g_assert_true(commit_checkout(commit, target, NULL, &error));
  assert_text(target, "drover.yaml", "version: 1\n");
}

static void test_refuses_a_submodule(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(Commit) commit = commit_resolve(fixture.root, NULL, NULL);
  g_autofree char *add = g_strdup_printf("update-index --add --cacheinfo 160000,%s,vendor/part", commit->commit);
  git(&fixture, add);
  git(&fixture, "commit --quiet --message=more");
  g_autofree char *target = in(&fixture, "out");
  g_autoptr(GError) error = NULL;
  g_assert_false(check_out(&fixture, target, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_nonnull(strstr(error->message, "vendor/part: is a submodule, which is not supported yet"));
}

static void test_refuses_lfs(void) {
  g_auto(Fixture) fixture = fixture_new();
  put(&fixture, "media/film", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n");
  commit_all(&fixture);
  g_autofree char *target = in(&fixture, "out");
  g_autoptr(GError) error = NULL;
  g_assert_false(check_out(&fixture, target, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  g_assert_true(g_str_has_prefix(error->message, "media/film: lies in Git LFS"));
}

static void test_refuses_a_target_that_is_not_empty(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) full = NULL, missing = NULL;
  g_autofree char *none = g_build_filename(fixture.dir, "none", NULL);
  g_assert_false(check_out(&fixture, fixture.root, &full));
  g_assert_true(error_is(full, DROVER_ERROR_CONFLICT));
  g_assert_false(check_out(&fixture, none, &missing));
  g_assert_true(error_is(missing, DROVER_ERROR_NOT_FOUND));
}

static void test_cancelled(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *target = in(&fixture, "out");
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(Commit) commit = commit_resolve(fixture.root, NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_cancellable_cancel(cancellable);
  g_assert_false(commit_checkout(commit, target, cancellable, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CANCELLED));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/git/checkout/only-the-commit-decides", test_only_the_commit_decides);
  g_test_add_func("/git/checkout/leaves-the-repository-alone", test_leaves_the_repository_alone);
  g_test_add_func("/git/checkout/several-at-once", test_several_at_once);
  g_test_add_func("/git/checkout/a-linked-worktree", test_a_linked_worktree);
  g_test_add_func("/git/checkout/refuses-a-submodule", test_refuses_a_submodule);
  g_test_add_func("/git/checkout/refuses-lfs", test_refuses_lfs);
  g_test_add_func("/git/checkout/refuses-a-target-that-is-not-empty", test_refuses_a_target_that_is_not_empty);
  g_test_add_func("/git/checkout/cancelled", test_cancelled);
  return g_test_run();
}
