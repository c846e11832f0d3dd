#include "runner/record/snapshot.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MIB ((int64_t)1 << 20)

typedef struct {
  char *top, *dir, *folder;
  Snapshots *snapshots;
} Fixture;

static Snapshots *open_at(const Fixture *fixture, int64_t max_bytes) {
  g_autoptr(GError) error = NULL;
  Snapshots *snapshots = snapshots_open(fixture->dir, fixture->folder, max_bytes, &error);
  g_assert_no_error(error);
  return snapshots;
}

static Fixture fixture_new(void) {
  g_autoptr(GError) error = NULL;
  Fixture fixture = {.top = fs_temp_dir(g_get_tmp_dir(), "snapshot", &error)};
  g_assert_no_error(error);
  fixture.dir = g_build_filename(fixture.top, "record", NULL);
  fixture.folder = g_build_filename(fixture.top, "work", NULL);
  g_assert_true(fs_make_dirs(fixture.folder, 0755, NULL));
  fixture.snapshots = open_at(&fixture, 100 * MIB);
  return fixture;
}

static void fixture_clear(Fixture *fixture) {
  snapshots_free(fixture->snapshots);
  fs_remove_tree(fixture->top, NULL);
  g_free(fixture->top);
  g_free(fixture->dir);
  g_free(fixture->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static char *at(const Fixture *fixture, const char *path) {
  return g_build_filename(fixture->folder, path, NULL);
}

static void put(const Fixture *fixture, const char *path, const char *text) {
  g_autofree char *file = at(fixture, path), *parent = g_path_get_dirname(file);
  g_assert_true(fs_make_dirs(parent, 0755, NULL));
  g_assert_true(g_file_set_contents(file, text, -1, NULL));
}

static void take(const Fixture *fixture, const char *name) {
  g_autoptr(GError) error = NULL;
  (void)!snapshot_take(fixture->snapshots, name, &error);
  g_assert_no_error(error);
}

static void restore(const Fixture *fixture, const char *name) {
  g_autoptr(GError) error = NULL;
  (void)!snapshot_restore(fixture->snapshots, name, &error);
  g_assert_no_error(error);
}

/* All that a person could tell of a folder: kinds, modes, owners, times, links, attributes' names, contents. */
static char *describe(const char *folder) {
  g_autoptr(GError) error = NULL;
  const char *const argv[] = {"sh", "-c",
                              "find . -mindepth 1 -printf '%P %y %m %U %G %n %l ' -type f -printf '%T@ %s ' -exec sha256sum {} \\; -o -mindepth 1 "
                              "-printf '%P %y %m %T@ %l\\n' | sort",
                              NULL};
  ProcessSpec spec = {.argv = argv, .cwd = folder, .output_max_bytes = (size_t)64 << 20};
  char *text = process_output(&spec, &error);
  g_assert_no_error(error);
  return text;
}

static guint objects(const Fixture *fixture) {
  g_autofree char *path = g_build_filename(fixture->dir, "objects", NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  guint count = 0;
  while (g_dir_read_name(dir) != NULL)
    count++;
  return count;
}

/* ---- what is kept ---- */

static void test_kinds_come_back(void) {
  g_auto(Fixture) fixture = fixture_new();
  put(&fixture, "a/file", "one");
  put(&fixture, "a/b/empty", "");
  g_autofree char *file = at(&fixture, "a/file"), *hard = at(&fixture, "hard"), *soft = at(&fixture, "soft"), *fifo = at(&fixture, "fifo");
  g_autofree char *folder = at(&fixture, "a/b");
  g_assert_cmpint(link(file, hard), ==, 0);
  g_assert_cmpint(symlink("/etc/passwd", soft), ==, 0);
  g_assert_cmpint(mkfifo(fifo, 0640), ==, 0);
  g_assert_cmpint(chmod(file, 04711), ==, 0);
  g_assert_cmpint(chmod(folder, 0500), ==, 0);
  g_autofree char *before = describe(fixture.folder);
  take(&fixture, "1");
  g_assert_true(snapshot_has(fixture.snapshots, "1"));
  g_assert_false(snapshot_has(fixture.snapshots, "2"));
  g_assert_true(fs_remove_tree(fixture.folder, NULL));
  g_assert_true(fs_make_dirs(fixture.folder, 0755, NULL));
  for (int round = 0; round < 2; round++) {
    restore(&fixture, "1");
    g_autofree char *after = describe(fixture.folder);
    g_assert_cmpstr(before, ==, after);
  }
}

static void test_holes_stay_holes(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *path = at(&fixture, "sparse");
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  g_assert_cmpint(pwrite(fd, "end", 3, 50 * MIB), ==, 3);
  close(fd);
  take(&fixture, "1");
  unlink(path);
  restore(&fixture, "1");
  struct stat found;
  g_assert_cmpint(stat(path, &found), ==, 0);
  g_assert_cmpint(found.st_size, ==, 50 * MIB + 3);
  g_assert_cmpint(found.st_blocks * 512, <, MIB);
}

static void test_marks_of_an_overlay(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *gone = at(&fixture, "gone"), *opaque = at(&fixture, "opaque");
  g_assert_true(fs_make_dirs(opaque, 0755, NULL));
  if (mknod(gone, S_IFCHR, 0) != 0 || setxattr(opaque, "trusted.overlay.opaque", "y", 1, 0) != 0) {
    g_assert_cmpuint(geteuid(), !=, 0); /* root can; others have no such layers */
    return;
  }
  take(&fixture, "1");
  unlink(gone);
  removexattr(opaque, "trusted.overlay.opaque");
  restore(&fixture, "1");
  struct stat found;
  char value = '\0';
  g_assert_cmpint(stat(gone, &found), ==, 0);
  g_assert_true(S_ISCHR(found.st_mode) && found.st_rdev == 0);
  g_assert_cmpint(getxattr(opaque, "trusted.overlay.opaque", &value, 1), ==, 1);
  g_assert_cmpint(value, ==, 'y');
}

static void test_steps_back_and_forth(void) {
  g_auto(Fixture) fixture = fixture_new();
  put(&fixture, "same", "same");
  put(&fixture, "changes", "one");
  put(&fixture, "goes/deep/down", "x");
  take(&fixture, "1");
  g_autofree char *first = describe(fixture.folder), *goes = at(&fixture, "goes");
  put(&fixture, "changes", "another");
  fs_remove_tree(goes, NULL);
  put(&fixture, "goes", "a file now");
  put(&fixture, "new/file", "y");
  take(&fixture, "2");
  g_autofree char *second = describe(fixture.folder);
  const char *const names[] = {"1", "2", "1", "1", "2"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    restore(&fixture, names[i]);
    g_autofree char *now = describe(fixture.folder);
    g_assert_cmpstr(now, ==, *names[i] == '1' ? first : second);
  }
}

/* ---- what it costs ---- */

static void test_nothing_changed_copies_nothing(void) {
  g_auto(Fixture) fixture = fixture_new();
  for (int i = 0; i < 50; i++) {
    g_autofree char *path = g_strdup_printf("d%d/f", i);
    put(&fixture, path, "text");
  }
  take(&fixture, "1");
  g_assert_cmpuint(objects(&fixture), ==, 50);
  take(&fixture, "2");
  put(&fixture, "d7/f", "longer text");
  take(&fixture, "3");
  g_assert_cmpuint(objects(&fixture), ==, 51);
  restore(&fixture, "1");
  take(&fixture, "4"); /* what was put back is known */
  g_assert_cmpuint(objects(&fixture), ==, 51);
  snapshots_free(fixture.snapshots);
  fixture.snapshots = open_at(&fixture, 100 * MIB);
  take(&fixture, "5"); /* another process knows it, too */
  g_assert_cmpuint(objects(&fixture), ==, 51);
}

static void test_limit_keeps_nothing_of_it(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  snapshots_free(fixture.snapshots);
  fixture.snapshots = open_at(&fixture, 1000);
  put(&fixture, "small", "x");
  take(&fixture, "1");
  g_autofree char *large = g_strnfill(2000, 'x');
  put(&fixture, "large", large);
  g_assert_false(snapshot_take(fixture.snapshots, "2", &error));
  g_assert_true(error_is(error, DROVER_ERROR_REFUSED));
  g_assert_false(snapshot_has(fixture.snapshots, "2"));
  g_assert_cmpuint(objects(&fixture), ==, 1);
}

/* ---- hostile ---- */

/* Links in the way of what is put back must not lead drover's hand elsewhere. */
static void test_links_are_not_followed(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *victim = g_build_filename(fixture.top, "victim", NULL), *secret = g_build_filename(victim, "file", NULL);
  g_autofree char *folder = at(&fixture, "folder"), *file = at(&fixture, "other");
  g_assert_true(fs_make_dirs(victim, 0755, NULL));
  g_assert_true(g_file_set_contents(secret, "untouched", -1, NULL));
  put(&fixture, "folder/file", "mine");
  put(&fixture, "other", "mine");
  take(&fixture, "1");
  fs_remove_tree(folder, NULL);
  unlink(file);
  g_assert_cmpint(symlink(victim, folder), ==, 0);
  g_assert_cmpint(symlink(secret, file), ==, 0);
  take(&fixture, "2"); /* takes the links, not what they point to */
  restore(&fixture, "1");
  g_autofree char *text = fs_read(secret, 100, NULL, NULL);
  g_assert_cmpstr(text, ==, "untouched");
  restore(&fixture, "2");
  g_autofree char *target = g_file_read_link(folder, NULL);
  g_assert_cmpstr(target, ==, victim);
}

static void test_changed_list_is_told(void) {
  g_auto(Fixture) fixture = fixture_new();
  put(&fixture, "folder/file", "mine");
  take(&fixture, "1");
  g_autofree char *list = g_build_filename(fixture.dir, "lists", "1", NULL);
  size_t size;
  g_autofree char *text = fs_read(list, 1 << 20, &size, NULL);
  char *name = memmem(text, size, "folder/file", 11);
  memcpy(name, "../../file/", 11);
  g_assert_true(fs_write(list, text, size, 0600, NULL));
  g_autoptr(GError) error = NULL;
  g_assert_false(snapshot_restore(fixture.snapshots, "1", &error));
  g_assert_true(error_is(error, DROVER_ERROR_CORRUPT));
}

/* ---- any tree ---- */

static void grow(const Fixture *fixture, GRand *random, const char *path, int depth) {
  int count = g_rand_int_range(random, 0, 6);
  for (int i = 0; i < count; i++) {
    g_autofree char *inner = g_strdup_printf("%s%d", path, g_rand_int_range(random, 0, 8)), *file = at(fixture, inner);
    int kind = g_rand_int_range(random, 0, 5);
    g_autofree char *text = g_strnfill((gsize)g_rand_int_range(random, 0, 5000), (char)g_rand_int_range(random, 'a', 'z'));
    if (g_file_test(file, G_FILE_TEST_EXISTS) && kind < 3)
      fs_remove_tree(file, NULL);
    if (g_file_test(file, G_FILE_TEST_EXISTS) || kind == 0)
      continue;
    if (kind == 1)
      g_assert_cmpint(symlink(text + strlen(text) - MIN(strlen(text), 20), file), <=, 0);
    else if (kind == 2 && depth < 4) {
      g_assert_cmpint(mkdir(file, 0755), ==, 0);
      g_autofree char *below = g_strconcat(inner, "/", NULL);
      grow(fixture, random, below, depth + 1);
    } else
      g_assert_true(g_file_set_contents(file, text, -1, NULL));
  }
}

static void test_any_tree_comes_back(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  g_auto(GStrv) pictures = g_new0(char *, 13);
  for (int i = 0; i < 12; i++) {
    g_autofree char *name = g_strdup_printf("%d", i);
    grow(&fixture, random, "", 0);
    take(&fixture, name);
    pictures[i] = describe(fixture.folder);
  }
  for (int i = 0; i < 30; i++) {
    int chosen = g_rand_int_range(random, 0, 12);
    g_autofree char *name = g_strdup_printf("%d", chosen);
    restore(&fixture, name);
    g_autofree char *now = describe(fixture.folder);
    g_assert_cmpstr(now, ==, pictures[chosen]);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/runner/snapshot/kinds-come-back", test_kinds_come_back);
  g_test_add_func("/runner/snapshot/holes-stay-holes", test_holes_stay_holes);
  g_test_add_func("/runner/snapshot/marks-of-an-overlay", test_marks_of_an_overlay);
  g_test_add_func("/runner/snapshot/steps-back-and-forth", test_steps_back_and_forth);
  g_test_add_func("/runner/snapshot/nothing-changed-copies-nothing", test_nothing_changed_copies_nothing);
  g_test_add_func("/runner/snapshot/limit-keeps-nothing-of-it", test_limit_keeps_nothing_of_it);
  g_test_add_func("/runner/snapshot/links-are-not-followed", test_links_are_not_followed);
  g_test_add_func("/runner/snapshot/changed-list-is-told", test_changed_list_is_told);
  g_test_add_func("/runner/snapshot/any-tree-comes-back", test_any_tree_comes_back);
  return g_test_run();
}
