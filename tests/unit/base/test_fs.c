#include "tracer.h"

#include "base/error.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLD "the old content"
#define NEW "the new content, which is longer than the old"

typedef struct {
  char *dir;
  char *path;
} Fixture;

static Fixture fixture_new(void) {
  Fixture fixture = {.dir = g_dir_make_tmp("drover-fs-XXXXXX", NULL)};
  fixture.path = g_build_filename(fixture.dir, "file", NULL);
  return fixture;
}

static void fixture_clear(Fixture *fixture) {
  fs_remove_tree(fixture->dir, NULL);
  g_free(fixture->dir);
  g_free(fixture->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static void put(const char *path, const char *text) {
  g_assert_true(fs_write(path, text, strlen(text), 0644, NULL));
}

static void assert_text(const char *path, const char *text) {
  g_autofree char *found = NULL;
  g_file_get_contents(path, &found, NULL, NULL);
  g_assert_cmpstr(found, ==, text);
}

static guint count_entries(const char *dir) {
  g_autoptr(GDir) opened = g_dir_open(dir, 0, NULL);
  guint count = 0;
  while (g_dir_read_name(opened) != NULL)
    count++;
  return count;
}

/* ---- writing ---------------------------------------------------------------------------------------------------------------- */

static void test_write_sets_text_and_mode(void) {
  g_auto(Fixture) fixture = fixture_new();
  static const mode_t modes[] = {0644, 0600, 0755};
  for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
    mode_t before = umask(077);
    g_assert_true(fs_write(fixture.path, NEW, strlen(NEW), modes[i], NULL));
    umask(before);
    struct stat facts;
    g_assert_cmpint(stat(fixture.path, &facts), ==, 0);
    g_assert_cmpint(facts.st_mode & 07777, ==, modes[i]);
    assert_text(fixture.path, NEW);
    g_assert_cmpuint(count_entries(fixture.dir), ==, 1);
  }
}

static int write_new(void *path) {
  return fs_write(path, NEW, strlen(NEW), 0644, NULL) ? 0 : 1;
}

/* The process dies before its n-th system call, for every n. */
static void test_a_crash_leaves_old_or_new(void) {
  bool seen_old = false, seen_new = false;
  for (unsigned n = 1;; n++) {
    g_auto(Fixture) fixture = fixture_new();
    put(fixture.path, OLD);
    bool ended = tracer_run(write_new, fixture.path, n, NULL);
    g_autofree char *found = NULL;
    g_assert_true(g_file_get_contents(fixture.path, &found, NULL, NULL));
    bool is_new = strcmp(found, NEW) == 0;
    g_assert_true(is_new || strcmp(found, OLD) == 0);
    g_assert_false(seen_new && !is_new); /* once there, it stays */
    seen_new |= is_new, seen_old |= !is_new;
    if (ended)
      break;
  }
  g_assert_true(seen_old && seen_new);
}

static size_t find_call(const GArray *calls, size_t from, long number) {
  while (from < calls->len && g_array_index(calls, long, from) != number)
    from++;
  return from;
}

/* What the disk must be told, in this order, so that a power cut is as harmless as a crash. */
static void test_flushes_file_then_renames_then_flushes_folder(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GArray) calls = g_array_new(FALSE, FALSE, sizeof(long));
  g_assert_true(tracer_run(write_new, fixture.path, 0, calls));
  size_t at = find_call(calls, 0, SYS_fsync);
#ifdef SYS_rename
  size_t renamed = find_call(calls, at, SYS_rename);
#else
  size_t renamed = calls->len;
#endif
  renamed = MIN(renamed, find_call(calls, at, SYS_renameat));
  g_assert_cmpuint(find_call(calls, at, SYS_write), ==, calls->len); /* nothing is written after the first flush */
  g_assert_cmpuint(renamed, <, calls->len);
  g_assert_cmpuint(find_call(calls, renamed, SYS_fsync), <, calls->len);
}

/* A write that fails half-way: the limit on a file's size stands for a full disk. */
static void test_a_failed_write_leaves_the_old(void) {
  g_auto(Fixture) fixture = fixture_new();
  put(fixture.path, OLD);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 5, .rlim_max = 5});
    g_autoptr(GError) error = NULL;
    _exit(!fs_write(fixture.path, NEW, strlen(NEW), 0644, &error) && error_is(error, DROVER_ERROR_IO) ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  g_assert_cmpint(status, ==, 0);
  assert_text(fixture.path, OLD);
  g_assert_cmpuint(count_entries(fixture.dir), ==, 1); /* and nothing beside it */
}

static void test_write_where_nothing_can_be(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *inside = g_build_filename(fixture.dir, "none/file", NULL);
  g_autoptr(GError) error = NULL, folder = NULL;
  g_assert_false(fs_write(inside, "x", 1, 0644, &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
  g_assert_false(fs_write(fixture.dir, "x", 1, 0644, &folder));
  g_autofree char *parent = g_path_get_dirname(fixture.dir), *name = g_path_get_basename(fixture.dir);
  g_autoptr(GDir) beside = g_dir_open(parent, 0, NULL);
  for (const char *entry; (entry = g_dir_read_name(beside)) != NULL;)
    g_assert_true(strcmp(entry, name) == 0 || !g_str_has_prefix(entry, name));
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------- */

static void test_read(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *fifo = g_build_filename(fixture.dir, "fifo", NULL), *none = g_build_filename(fixture.dir, "none", NULL);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_true(fs_write(fixture.path, "a\0b", 3, 0644, NULL));
  const struct {
    const char *path;
    size_t max;
    const char *text; /* NULL: refused with */
    DroverError code;
  } rows[] = {
    {fixture.path, 3, "a", 0},
    {fixture.path, 100, "a", 0},
    {fixture.path, 2, NULL, DROVER_ERROR_INPUT},
    {fixture.path, 0, NULL, DROVER_ERROR_INPUT},
    {none, 9, NULL, DROVER_ERROR_NOT_FOUND},
    {fixture.dir, 9, NULL, DROVER_ERROR_INPUT},
    {fifo, 9, NULL, DROVER_ERROR_INPUT}, /* and does not wait for a writer */
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    size_t size = 99;
    g_autofree char *text = fs_read(rows[i].path, rows[i].max, &size, &error);
    g_assert_cmpstr(text, ==, rows[i].text);
    g_assert_cmpuint(size, ==, text != NULL ? 3 : 99);
    g_assert_true(text != NULL || error_is(error, rows[i].code));
  }
}

/* ---- folders ---------------------------------------------------------------------------------------------------------------- */

static void test_remove_tree(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *tree = g_build_filename(fixture.dir, "tree", NULL), *deep = g_build_filename(tree, "a/b/c", NULL);
  g_autofree char *file = g_build_filename(deep, "file", NULL), *link = g_build_filename(tree, "link", NULL),
                  *kept = g_build_filename(fixture.dir, "kept", NULL);
  g_autofree char *inside = g_build_filename(kept, "inside", NULL);
  g_assert_true(fs_make_dirs(deep, 0755, NULL) && fs_make_dirs(kept, 0755, NULL));
  put(file, "x"), put(inside, "x");
  g_assert_cmpint(symlink(kept, link), ==, 0);
  g_assert_cmpint(chmod(deep, 0), ==, 0);
  g_assert_true(fs_remove_tree(tree, NULL));
  g_assert_false(g_file_test(tree, G_FILE_TEST_EXISTS));
  assert_text(inside, "x");                    /* the link was not followed */
  g_assert_true(fs_remove_tree(tree, NULL));   /* what is not there is success */
  g_assert_true(fs_remove_tree(inside, NULL)); /* a file */
}

static void test_temp_dirs_differ(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *parent = g_build_filename(fixture.dir, "made/when/missing", NULL);
  g_autofree char *first = fs_temp_dir(parent, "x", NULL), *second = fs_temp_dir(parent, "x", NULL);
  struct stat facts;
  g_assert_cmpstr(first, !=, second);
  g_assert_cmpint(stat(first, &facts), ==, 0);
  g_assert_cmpint(facts.st_mode & 07777, ==, 0700);
}

/* ---- locks ------------------------------------------------------------------------------------------------------------------ */

static void test_lock_names_its_holder(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(FileLock) first = file_lock_try(fixture.path, "ada rolls out release 3\n", NULL);
  g_assert_nonnull(first);
  g_assert_null(file_lock_try(fixture.path, "eve", &error));
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
  g_assert_cmpstr(error->message, ==, "ada rolls out release 3");
  g_clear_pointer(&first, file_lock_free);
  g_autoptr(FileLock) second = file_lock_try(fixture.path, "eve", NULL);
  g_assert_nonnull(second);
  assert_text(fixture.path, "eve");
}

static void test_lock_dies_with_its_process(void) {
  g_auto(Fixture) fixture = fixture_new();
  int ready[2];
  g_assert_cmpint(pipe(ready), ==, 0);
  pid_t holder = fork();
  if (holder == 0) {
    FileLock *lock = file_lock_try(fixture.path, "the other one", NULL);
    (void)!write(ready[1], lock != NULL ? "y" : "n", 1);
    pause();
  }
  char answer = 0;
  g_assert_cmpint(read(ready[0], &answer, 1), ==, 1);
  g_assert_cmpint(answer, ==, 'y');
  g_autoptr(GError) error = NULL;
  g_assert_null(file_lock_try(fixture.path, "me", &error));
  g_assert_cmpstr(error->message, ==, "the other one");
  kill(holder, SIGKILL);
  waitpid(holder, NULL, 0);
  g_autoptr(FileLock) lock = file_lock_try(fixture.path, "me", NULL);
  g_assert_nonnull(lock);
  close(ready[0]), close(ready[1]);
}

/* It guards: a child forked meanwhile held a copy of the descriptor, and with it the lock, for a moment after it was freed. */
static void test_lock_is_free_though_a_child_has_the_descriptor(void) {
  g_auto(Fixture) fixture = fixture_new();
  FileLock *lock = file_lock_try(fixture.path, "me", NULL);
  pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  file_lock_free(lock);
  g_autoptr(FileLock) again = file_lock_try(fixture.path, "me again", NULL);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  g_assert_nonnull(again);
}

static void test_lock_in_a_folder_that_is_not_there(void) {
  g_autoptr(GError) error = NULL;
  g_assert_null(file_lock_try("/no/such/folder/lock", "me", &error));
  g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/fs/write-sets-text-and-mode", test_write_sets_text_and_mode);
  g_test_add_func("/base/fs/a-crash-leaves-old-or-new", test_a_crash_leaves_old_or_new);
  g_test_add_func("/base/fs/flushes-file-then-renames-then-flushes-folder", test_flushes_file_then_renames_then_flushes_folder);
  g_test_add_func("/base/fs/a-failed-write-leaves-the-old", test_a_failed_write_leaves_the_old);
  g_test_add_func("/base/fs/write-where-nothing-can-be", test_write_where_nothing_can_be);
  g_test_add_func("/base/fs/read", test_read);
  g_test_add_func("/base/fs/remove-tree", test_remove_tree);
  g_test_add_func("/base/fs/temp-dirs-differ", test_temp_dirs_differ);
  g_test_add_func("/base/lock/names-its-holder", test_lock_names_its_holder);
  g_test_add_func("/base/lock/dies-with-its-process", test_lock_dies_with_its_process);
  g_test_add_func("/base/lock/is-free-though-a-child-has-the-descriptor", test_lock_is_free_though_a_child_has_the_descriptor);
  g_test_add_func("/base/lock/in-a-folder-that-is-not-there", test_lock_in_a_folder_that_is_not_there);
  return g_test_run();
}
