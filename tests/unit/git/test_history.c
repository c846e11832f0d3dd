#include "repository_fixture.h"

#include "git/history.h"

static CommitDetails *details_of(const Fixture *fixture, const char *ref) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Commit) commit = commit_resolve(fixture->root, ref, &error);
  g_assert_no_error(error);
  CommitDetails *details = commit_details(commit, &error);
  g_assert_no_error(error);
  return details;
}

static char *join(GPtrArray *names) {
  g_autoptr(GString) all = g_string_new(NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf(all, "%s;", (const char *)g_ptr_array_index(names, i));
  return g_strdup(all->str);
}

static void assert_files(const CommitDetails *details, const char *added, const char *removed, const char *modified) {
  g_autofree char *a = join(details->added), *r = join(details->removed), *m = join(details->modified);
  g_assert_cmpstr(a, ==, added);
  g_assert_cmpstr(r, ==, removed);
  g_assert_cmpstr(m, ==, modified);
}

static void test_first_commit(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(CommitDetails) details = details_of(&fixture, NULL);
  g_assert_null(details->parent);
  g_assert_cmpstr(details->message, ==, "first");
  g_assert_cmpstr(details->author.name, ==, "Ada");
  g_assert_cmpstr(details->author.mail, ==, "ada@example.org");
  g_assert_cmpstr(details->author.time, ==, "2020-09-13T12:26:40+00:00");
  g_assert_cmpstr(details->committer.time, ==, "2023-11-15T00:13:20+02:00");
  assert_files(details, "backend/app.py;drover.yaml;", "", "");
}

static void test_changes(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(CommitDetails) before = details_of(&fixture, NULL);
  put(&fixture, "a \"b\"\n.txt", "x");
  put(&fixture, "backend/app.py", "two\n");
  git(&fixture, "mv drover.yaml moved.yaml");
  git(&fixture, "add --all");
  git(&fixture, "commit --quiet --message=line\n\nbody\n");
  g_autoptr(CommitDetails) details = details_of(&fixture, NULL);
  g_assert_cmpuint(strlen(details->parent), ==, 40);
  g_assert_cmpstr(details->message, ==, "line\n\nbody");
  g_assert_cmpstr(details->tree, !=, before->tree);
  assert_files(details, "a \"b\"\n.txt;moved.yaml;", "drover.yaml;", "backend/app.py;");
}

static void test_merge_is_against_its_first_parent(void) {
  g_auto(Fixture) fixture = fixture_new();
  git(&fixture, "checkout --quiet -b side");
  put(&fixture, "side.txt", "x");
  git(&fixture, "add --all");
  git(&fixture, "commit --quiet --message=side");
  git(&fixture, "checkout --quiet main");
  git(&fixture, "commit --quiet --allow-empty --message=main");
  git(&fixture, "merge --quiet --no-ff --message=merge side");
  g_autoptr(CommitDetails) details = details_of(&fixture, NULL);
  g_autoptr(Commit) main = commit_resolve(fixture.root, "main~1", NULL);
  g_assert_cmpstr(details->parent, ==, main->commit);
  assert_files(details, "side.txt;", "", "");
}

static void assert_default(const Fixture *fixture, const char *want) {
  bool failed = true;
  g_autofree char *branch = repository_default_branch(fixture->root, &failed, NULL);
  g_assert_false(failed);
  g_assert_cmpstr(branch, ==, want);
}

static void test_default_branch(void) {
  g_auto(Fixture) fixture = fixture_new();
  git(&fixture, "branch master");
  assert_default(&fixture, "main");
  git(&fixture, "update-ref refs/remotes/origin/trunk/x HEAD");
  git(&fixture, "symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/trunk/x");
  assert_default(&fixture, "trunk/x");
  git(&fixture, "symbolic-ref --delete refs/remotes/origin/HEAD");
  git(&fixture, "branch -m main other");
  assert_default(&fixture, "master");
  git(&fixture, "branch -m master main/below");
  assert_default(&fixture, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/git/history/first-commit", test_first_commit);
  g_test_add_func("/git/history/changes", test_changes);
  g_test_add_func("/git/history/a-merge-is-against-its-first-parent", test_merge_is_against_its_first_parent);
  g_test_add_func("/git/history/default-branch", test_default_branch);
  return g_test_run();
}
