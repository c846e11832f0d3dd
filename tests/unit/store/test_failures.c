/* SQLite's n-th write fails, for every n: nothing half-written is ever visible, what was reported as done is there, and the
 * store goes on when writing works again. */
#include "failing_vfs.h"
#include "fixture.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define WRITES_MAX 3000

static FailingVfs *vfs;

/* What the script was told: true once a call has said that it is done. */
typedef struct {
  bool opened, run_begun, run_ended, released[2], started[2], stepped, ended[2], cleared;
  char *releases[2];
} Told;

static void told_clear(Told *told) {
  for (int i = 0; i < 2; i++)
    g_free(told->releases[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Told, told_clear)

static const CheckRun run = {
  .id = (char *)"run", .project = (char *)"shop", .commit = (char *)COMMIT_A, .workflow = (char *)"ci.yml", .started_us = 1};

/* One life of a project; goes on after a failure, as far as it can. */
static void play(const char *dir, Told *told) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open(dir, &error);
  told->opened = store != NULL;
  if (store == NULL)
    return;
  static const char *const commits[] = {COMMIT_A, COMMIT_B}, *const rollouts[] = {"rollout-a", "rollout-b"};
  told->run_begun = check_run_begin(store, &run, NULL);
  told->run_ended = told->run_begun && check_run_end(store, "run", "success", 2, NULL);
  for (int i = 0; i < 2; i++) {
    told->released[i] = release_add(store, "shop", commits[i], &told->releases[i], NULL);
    told->started[i] = told->released[i] && rollout_add(store, rollouts[i], "dev", told->releases[i], "blue", NULL);
    told->stepped = told->started[i] && rollout_save_state(store, rollouts[i], "switch", "intent", NULL, NULL);
    told->ended[i] = told->started[i] && rollout_save_end(store, rollouts[i], "completed", NULL, 3 + i, NULL);
  }
  told->cleared = told->ended[1] && environment_clear(store, "shop", "dev", "ada", NULL);
}

static unsigned count_kind(const GPtrArray *entries, const char *kind, const char *subject) {
  unsigned count = 0;
  for (guint i = 0; i < entries->len; i++) {
    const JournalEntry *entry = entries->pdata[i];
    count += strcmp(entry->kind, kind) == 0 && (subject == NULL || strcmp(entry->subject, subject) == 0);
  }
  return count;
}

/* Each record and its journal entry are there together or not at all. */
static void check_pairs(Store *store, const GPtrArray *entries) {
  g_autoptr(CheckRun) found = check_run_get(store, "run", NULL);
  g_assert_cmpuint(found != NULL, ==, count_kind(entries, "check.started", "run"));
  g_assert_cmpuint(found != NULL && strcmp(found->outcome, "success") == 0, ==, count_kind(entries, "check.ended", "run"));
  g_autoptr(GPtrArray) releases = release_list(store, "shop", 99, NULL);
  g_assert_cmpuint(releases->len, ==, count_kind(entries, "release.recorded", NULL));
  g_autoptr(GPtrArray) rollouts = rollout_list(store, NULL, NULL, 99, NULL);
  g_assert_cmpuint(rollouts->len, ==, count_kind(entries, "rollout.started", NULL));
  g_autoptr(Environment) dev = environment_get(store, "shop", "dev", NULL);
  const char *last = NULL;
  for (guint i = rollouts->len; i > 0; i--) {
    const Rollout *rollout = rollouts->pdata[i - 1];
    g_assert_cmpuint(rollout->outcome != NULL, ==, count_kind(entries, "rollout.ended", rollout->id));
    g_assert_cmpuint(strcmp(rollout->state, "switch") == 0, ==, count_kind(entries, "rollout.step", rollout->id));
    if (rollout->outcome != NULL && rollout->ended_us == dev->since_us)
      last = rollout->release;
  }
  bool cleared = count_kind(entries, "environment.cleared", NULL) > 0;
  if (!cleared)
    g_assert_cmpstr(dev->release, ==, last);
  else
    g_assert_null(dev->release);
}

/* What a call reported as done is on the disk. */
static void check_told(const Told *told, const GPtrArray *entries) {
  if (told->run_begun)
    g_assert_cmpuint(count_kind(entries, "check.started", "run"), ==, 1);
  if (told->run_ended)
    g_assert_cmpuint(count_kind(entries, "check.ended", "run"), ==, 1);
  static const char *const rollouts[] = {"rollout-a", "rollout-b"};
  for (int i = 0; i < 2; i++) {
    if (told->released[i])
      g_assert_cmpuint(count_kind(entries, "release.recorded", told->releases[i]), ==, 1);
    if (told->started[i])
      g_assert_cmpuint(count_kind(entries, "rollout.started", rollouts[i]), ==, 1);
    if (told->ended[i])
      g_assert_cmpuint(count_kind(entries, "rollout.ended", rollouts[i]), ==, 1);
  }
  if (told->cleared)
    g_assert_cmpuint(count_kind(entries, "environment.cleared", NULL), ==, 1);
}

static void check_after(const char *dir, const Told *told) {
  failing_vfs_reset(0, false, SQLITE_OK);
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open(dir, &error);
  g_assert_no_error(error);
  (void)!journal_verify(store, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(GPtrArray) entries = journal_read(store, NULL, 0, 1000, &error);
  g_assert_no_error(error);
  check_pairs(store, entries);
  check_told(told, entries);
  g_assert_true(journal_append(store, "ada", "test", "after", NULL, &error));
}

static bool all_told(const Told *told) {
  return told->opened && told->run_ended && told->ended[0] && told->ended[1] && told->cleared;
}

static const struct {
  const char *claim;
  int code;
  bool for_good;
} kinds[] = {
  {"one-write-fails", SQLITE_IOERR_WRITE, false},
  {"the-disk-fills-up", SQLITE_FULL, true},
  {"the-disk-fills-up-and-is-cleared", SQLITE_FULL, false},
};

/* In memory where the machine has such a folder: thousands of flushes to a disk would take a minute. */
static char *make_dir(void) {
  const char *parent = g_access("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir();
  char *dir = g_build_filename(parent, "drover-store-XXXXXX", NULL);
  g_assert_nonnull(g_mkdtemp(dir));
  return dir;
}

static void test_every_write(gconstpointer data) {
  size_t kind = GPOINTER_TO_SIZE(data);
  for (unsigned n = 1;; n++) {
    g_assert_cmpuint(n, <, WRITES_MAX);
    g_auto(Fixture) fixture = {.dir = make_dir()};
    g_auto(Told) told = {0};
    failing_vfs_reset(n, kinds[kind].for_good, kinds[kind].code);
    play(fixture.dir, &told);
    bool reached = vfs->writes >= n;
    check_after(fixture.dir, &told);
    if (reached)
      continue;
    g_assert_true(all_told(&told));
    g_assert_cmpuint(n, >, 50); /* the script does write */
    g_test_message("%u writes, each failed once", n - 1);
    return;
  }
}

/* The caller learns that it is the disk, not that something is wrong with the database. */
static void test_a_full_disk_is_told(void) {
  g_auto(Fixture) fixture = fixture_new();
  failing_vfs_reset(1, true, SQLITE_FULL);
  g_autoptr(GError) full = NULL, broken = NULL;
  g_assert_false(journal_append(fixture.store, "ada", "test", "x", NULL, &full));
  g_assert_true(error_is(full, DROVER_ERROR_NO_SPACE));
  failing_vfs_reset(1, true, SQLITE_IOERR_WRITE);
  g_assert_false(journal_append(fixture.store, "ada", "test", "x", NULL, &broken));
  g_assert_true(error_is(broken, DROVER_ERROR_IO));
  failing_vfs_reset(0, false, SQLITE_OK);
  g_assert_true(journal_append(fixture.store, "ada", "test", "x", NULL, NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  vfs = failing_vfs_install();
  g_test_add_func("/store/failures/a-full-disk-is-told", test_a_full_disk_is_told);
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autofree char *path = g_strconcat("/store/failures/", kinds[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_every_write);
  }
  return g_test_run();
}
