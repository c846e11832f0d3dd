#include "fix_text.h"

#include <sys/stat.h>
#include <unistd.h>

#define HEAD "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
#define TAIL "    steps:\n      - run: make\n"
#define BEFORE HEAD TAIL
#define AFTER HEAD "    timeout-minutes: 30\n" TAIL

static void test_writes_and_keeps_the_mode(void) {
  g_autoptr(LintConfig) config = fix_config("require-job-timeout", NULL);
  g_autofree char *root = fix_folder(FIX_PATH, BEFORE, strlen(BEFORE)), *file = g_build_filename(root, FIX_PATH, NULL);
  guint changed;
  g_autoptr(Findings) left = fix_run(root, config, true, &changed);
  g_autofree char *text = fix_read(root, FIX_PATH);
  struct stat facts;
  g_assert_cmpstr(text, ==, AFTER);
  g_assert_cmpuint(findings_count(left), ==, 0);
  g_assert_cmpuint(changed, ==, 1);
  g_assert_cmpint(stat(file, &facts), ==, 0);
  g_assert_cmpint(facts.st_mode & 07777, ==, 0640);
  fs_remove_tree(root, NULL);
}

static void test_leaves_unsafe_fixes_alone(void) {
  g_autoptr(LintConfig) config = fix_config("require-job-timeout", NULL);
  g_autofree char *root = fix_folder(FIX_PATH, BEFORE, strlen(BEFORE));
  guint changed;
  g_autoptr(Findings) left = fix_run(root, config, false, &changed);
  g_autofree char *text = fix_read(root, FIX_PATH);
  g_assert_cmpstr(text, ==, BEFORE);
  g_assert_cmpuint(changed, ==, 0);
  g_assert_cmpuint(findings_count(left), ==, 1);
  g_assert_nonnull(findings_at(left, 0)->fix);
  fs_remove_tree(root, NULL);
}

static void test_leaves_ignored_findings_alone(void) {
  static const char ignored[] = "on: push\njobs:\n  a: # drover: ignore[require-job-timeout] it takes days\n    runs-on: ubuntu-latest\n" TAIL;
  g_autoptr(LintConfig) config = fix_config("require-job-timeout", NULL);
  g_autofree char *root = fix_folder(FIX_PATH, ignored, strlen(ignored));
  guint changed;
  g_autoptr(Findings) left = fix_run(root, config, true, &changed);
  g_assert_cmpuint(findings_count(left), ==, 0);
  g_assert_cmpuint(changed, ==, 0);
  fs_remove_tree(root, NULL);
}

/* ---- what must not be written ---- */

/* Mends `name` of the folder, and gives back the error of writing; NULL when there is none. */
static GError *try_to_write(const char *root, const char *name, void (*meanwhile)(const char *root), guint *changed) {
  g_autoptr(LintConfig) config = fix_config("require-job-timeout", NULL);
  g_autoptr(LintFixes) fixes = lint_fixes_new(root, true);
  GError *error = NULL;
  const char *files[] = {name, NULL};
  g_autoptr(Findings) left = lint_fix(fixes, &(LintSpec){.root = root, .config = config, .files = files}, NULL, &error);
  g_assert_no_error(error);
  g_assert_nonnull(left);
  *changed = lint_fixes_count(fixes);
  if (meanwhile != NULL)
    meanwhile(root);
  g_assert_cmpint(lint_fixes_write(fixes, &error), ==, error == NULL);
  return error;
}

static void add_a_comment(const char *root) {
  g_autofree char *file = g_build_filename(root, FIX_PATH, NULL);
  g_assert_true(fs_write(file, BEFORE "# x\n", strlen(BEFORE "# x\n"), 0600, NULL));
}

static void test_a_file_that_changed_stays(void) {
  guint changed;
  g_autofree char *root = fix_folder(FIX_PATH, BEFORE, strlen(BEFORE));
  g_autoptr(GError) error = try_to_write(root, FIX_PATH, add_a_comment, &changed);
  g_autofree char *text = fix_read(root, FIX_PATH);
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_CONFLICT);
  g_assert_cmpstr(text, ==, BEFORE "# x\n");
  fs_remove_tree(root, NULL);
}

/* The folder of workflows moves away, and a link to it takes its place. */
static void put_a_link(const char *root) {
  g_autofree char *folder = g_build_filename(root, ".github", NULL), *moved = g_build_filename(root, "moved", NULL);
  g_assert_cmpint(rename(folder, moved), ==, 0);
  g_assert_cmpint(symlink(moved, folder), ==, 0);
}

static void test_a_link_is_not_followed(void) {
  guint changed;
  g_autofree char *root = fix_folder(FIX_PATH, BEFORE, strlen(BEFORE));
  g_autoptr(GError) late = try_to_write(root, FIX_PATH, put_a_link, &changed);
  g_assert_error(late, DROVER_ERROR, DROVER_ERROR_CONFLICT);
  g_assert_cmpuint(changed, ==, 1);
  g_autoptr(GError) early = try_to_write(root, FIX_PATH, NULL, &changed);
  g_assert_no_error(early);
  g_assert_cmpuint(changed, ==, 0);
  g_autofree char *text = fix_read(root, FIX_PATH);
  g_assert_cmpstr(text, ==, BEFORE);
  fs_remove_tree(root, NULL);
}

static void test_a_file_outside_stays(void) {
  guint changed;
  g_autofree char *root = fix_folder(FIX_PATH, BEFORE, strlen(BEFORE)), *other = fix_folder(FIX_PATH, BEFORE, strlen(BEFORE));
  g_autofree char *outside = g_build_filename(other, FIX_PATH, NULL);
  g_autoptr(GError) error = try_to_write(root, outside, NULL, &changed);
  g_autofree char *text = fix_read(other, FIX_PATH);
  g_assert_no_error(error);
  g_assert_cmpuint(changed, ==, 0);
  g_assert_cmpstr(text, ==, BEFORE);
  fs_remove_tree(root, NULL);
  fs_remove_tree(other, NULL);
}

static void test_two_names_of_a_file_are_one(void) {
  g_autoptr(LintConfig) config = fix_config("require-job-timeout", NULL);
  g_autofree char *root = fix_folder(FIX_PATH, BEFORE, strlen(BEFORE)), *whole = g_build_filename(root, FIX_PATH, NULL);
  g_autoptr(LintFixes) fixes = lint_fixes_new(root, true);
  g_autoptr(GError) error = NULL;
  const char *files[] = {FIX_PATH, whole, "./" FIX_PATH, NULL};
  G_GNUC_UNUSED g_autoptr(Findings) left = lint_fix(fixes, &(LintSpec){.root = root, .config = config, .files = files}, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(lint_fixes_count(fixes), ==, 1);
  LintFixed fixed = lint_fixes_at(fixes, 0);
  g_assert_cmpuint(fixed.fixes, ==, 1);
  g_assert_cmpmem(fixed.before, fixed.before_size, BEFORE, strlen(BEFORE));
  g_assert_cmpmem(fixed.after, fixed.after_size, AFTER, strlen(AFTER));
  fs_remove_tree(root, NULL);
}

/* ---- beside the file ---- */

#define COMMIT "11bd71901bbe5b1630ceea73d27597364c9af683"
#define LOCK                                                                                                                                         \
  "version: v0.0.2\nworkflows: {'.github/workflows/other.yml': ['a/b@v4']}\ndependencies:\n  'a/b@v4': {ref: v4.1.2, commit: sha1-" COMMIT "}\n"
#define USES HEAD "    steps:\n      - uses: a/b@"

static void test_pins_to_what_is_locked(void) {
  static const char *const rules[] = {"unpinned-uses", "pinned-actions", "require-commit-hash"};
  for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
    g_autoptr(LintConfig) config = fix_config(rules[i], NULL);
    g_autofree char *root = fix_folder(FIX_PATH, USES "v4\n", strlen(USES "v4\n")), *lock = g_build_filename(root, LOCKFILE_PATH, NULL);
    g_assert_true(fs_write(lock, LOCK, strlen(LOCK), 0600, NULL));
    guint changed;
    g_autoptr(Findings) left = fix_run(root, config, false, &changed);
    g_autofree char *text = fix_read(root, FIX_PATH);
    g_assert_cmpstr(text, ==, USES COMMIT " # v4.1.2\n");
    g_assert_cmpuint(findings_count(left), ==, 0);
    fs_remove_tree(root, NULL);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lint/fix/writes-and-keeps-the-mode", test_writes_and_keeps_the_mode);
  g_test_add_func("/lint/fix/leaves-unsafe-fixes-alone", test_leaves_unsafe_fixes_alone);
  g_test_add_func("/lint/fix/leaves-ignored-findings-alone", test_leaves_ignored_findings_alone);
  g_test_add_func("/lint/fix/a-file-that-changed-stays", test_a_file_that_changed_stays);
  g_test_add_func("/lint/fix/a-link-is-not-followed", test_a_link_is_not_followed);
  g_test_add_func("/lint/fix/a-file-outside-stays", test_a_file_outside_stays);
  g_test_add_func("/lint/fix/two-names-of-a-file-are-one", test_two_names_of_a_file_are_one);
  g_test_add_func("/lint/fix/pins-to-what-is-locked", test_pins_to_what_is_locked);
  return g_test_run();
}
