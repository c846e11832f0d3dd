#include "runner/record/journal.h"

#include "base/error.h"
#include "base/fs.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char *dir;
  char *path;
} Fixture;

static Fixture fixture_new(void) {
  g_autoptr(GError) error = NULL;
  Fixture fixture = {.dir = fs_temp_dir(g_get_tmp_dir(), "journal", &error)};
  g_assert_no_error(error);
  fixture.path = g_build_filename(fixture.dir, "journal", NULL);
  return fixture;
}

static void fixture_clear(Fixture *fixture) {
  fs_remove_tree(fixture->dir, NULL);
  g_free(fixture->dir);
  g_free(fixture->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static void append(RunJournal *journal, int number) {
  g_autoptr(GError) error = NULL;
  json_auto_t *entry = json_pack("{s:s, s:i}", "kind", "step", "number", number);
  g_assert_true(run_journal_append(journal, entry, &error));
  g_assert_no_error(error);
}

static RunJournal *open_journal(const Fixture *fixture) {
  g_autoptr(GError) error = NULL;
  RunJournal *journal = run_journal_open(fixture->dir, &error);
  g_assert_no_error(error);
  return journal;
}

/* How many entries there are; each must be its number. */
static size_t check(const Fixture *fixture) {
  g_autoptr(GError) error = NULL;
  json_auto_t *entries = run_journal_read(fixture->dir, &error);
  g_assert_no_error(error);
  for (size_t i = 0; i < json_array_size(entries); i++)
    g_assert_cmpint(json_integer_value(json_object_get(json_array_get(entries, i), "number")), ==, (int)i);
  return json_array_size(entries);
}

static void test_goes_on_where_it_ended(void) {
  g_auto(Fixture) fixture = fixture_new();
  for (int round = 0; round < 3; round++) {
    g_autoptr(RunJournal) journal = open_journal(&fixture);
    append(journal, 2 * round);
    append(journal, 2 * round + 1);
    g_assert_cmpuint(check(&fixture), ==, (size_t)(2 * round + 2)); /* readable while it is open */
  }
}

static void test_cut_at_every_byte(void) {
  g_auto(Fixture) fixture = fixture_new();
  RunJournal *journal = open_journal(&fixture);
  append(journal, 0);
  append(journal, 1);
  run_journal_close(journal);
  size_t size;
  g_autofree char *text = fs_read(fixture.path, 1 << 20, &size, NULL);
  size_t first = (size_t)(strchr(text, '\n') - text) + 1;
  for (size_t cut = 0; cut <= size; cut++) {
    g_assert_true(fs_write(fixture.path, text, cut, 0600, NULL));
    size_t whole = cut < first ? 0 : cut < size ? 1 : 2;
    g_assert_cmpuint(check(&fixture), ==, whole);
    journal = open_journal(&fixture);
    append(journal, (int)whole);
    run_journal_close(journal);
    g_assert_cmpuint(check(&fixture), ==, whole + 1);
  }
}

static void test_changed_byte_is_told(void) {
  g_auto(Fixture) fixture = fixture_new();
  RunJournal *journal = open_journal(&fixture);
  for (int i = 0; i < 3; i++)
    append(journal, i);
  run_journal_close(journal);
  size_t size;
  g_autofree char *text = fs_read(fixture.path, 1 << 20, &size, NULL);
  size_t second = (size_t)(strchr(text, '\n') - text) + 1;
  for (size_t at = second; text[at] != '\n'; at++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *changed = g_memdup2(text, size);
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    g_assert_true(fs_write(fixture.path, changed, size, 0600, NULL));
    g_assert_null(run_journal_read(fixture.dir, &error));
    g_assert_true(error_is(error, DROVER_ERROR_CORRUPT));
    g_assert_nonnull(strstr(error->message, "line 2"));
    g_clear_error(&error);
    g_assert_null(run_journal_open(fixture.dir, &error));
    g_assert_true(error_is(error, DROVER_ERROR_CORRUPT));
  }
}

static void test_one_writer(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(RunJournal) journal = open_journal(&fixture);
  g_autoptr(GError) error = NULL;
  g_assert_null(run_journal_open(fixture.dir, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
}

static void test_too_large_an_entry_leaves_it_whole(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(RunJournal) journal = open_journal(&fixture);
  g_autoptr(GError) error = NULL;
  g_autofree char *large = g_strnfill((size_t)5 << 20, 'x');
  json_auto_t *entry = json_pack("{s:s}", "kind", large);
  append(journal, 0);
  g_assert_false(run_journal_append(journal, entry, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  append(journal, 1);
  g_assert_cmpuint(check(&fixture), ==, 2);
}

/* A process that dies right after its n-th entry has written n. */
static void test_killed_at_every_entry(void) {
  enum { ENTRIES = 5 };
  for (int at = 1; at <= ENTRIES; at++) {
    g_auto(Fixture) fixture = fixture_new();
    pid_t pid = fork();
    if (pid == 0) {
      g_autofree char *point = g_strdup_printf("run-journal:%d", at);
      setenv("DROVER_CRASH_AT", point, 1);
      RunJournal *journal = open_journal(&fixture);
      for (int i = 0; i < ENTRIES; i++)
        append(journal, i);
      _exit(0);
    }
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    g_assert_cmpuint(check(&fixture), ==, (size_t)at);
  }
}

static void *write_many(void *data) {
  for (int i = 0; i < 100; i++) {
    json_auto_t *entry = json_pack("{s:s, s:i}", "kind", "x", "number", i);
    g_assert_true(run_journal_append(data, entry, NULL));
  }
  return NULL;
}

static void test_many_threads(void) {
  g_auto(Fixture) fixture = fixture_new();
  RunJournal *journal = open_journal(&fixture);
  GThread *threads[4];
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("writer", write_many, journal);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
  run_journal_close(journal);
  json_auto_t *entries = run_journal_read(fixture.dir, NULL);
  g_assert_cmpuint(json_array_size(entries), ==, 400);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/runner/journal/goes-on-where-it-ended", test_goes_on_where_it_ended);
  g_test_add_func("/runner/journal/cut-at-every-byte", test_cut_at_every_byte);
  g_test_add_func("/runner/journal/changed-byte-is-told", test_changed_byte_is_told);
  g_test_add_func("/runner/journal/one-writer", test_one_writer);
  g_test_add_func("/runner/journal/too-large-an-entry-leaves-it-whole", test_too_large_an_entry_leaves_it_whole);
  g_test_add_func("/runner/journal/killed-at-every-entry", test_killed_at_every_entry);
  g_test_add_func("/runner/journal/many-threads", test_many_threads);
  return g_test_run();
}
