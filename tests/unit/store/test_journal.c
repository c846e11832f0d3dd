#include "fixture.h"

#include "base/digest.h"
#include "base/error.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 4
#define ENTRIES_EACH 25
#define THREADS 4

static void append(Store *store, const char *subject, const char *key, json_t *value) {
  json_auto_t *data = json_pack("{s:o}", key, value);
  g_autoptr(GError) error = NULL;
  g_assert_true(journal_append(store, "ada", "test.happened", subject, data, &error));
  g_assert_no_error(error);
}

static void test_reads_what_was_appended(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  append(fixture.store, "one", "b", json_string("ü ✓ \"quoted\""));
  append(fixture.store, "two", "n", json_real(0.1));
  g_assert_true(journal_append(fixture.store, "eve", "test.happened", "one", NULL, &error));
  g_autoptr(GPtrArray) all = journal_read(fixture.store, NULL, 0, 100, &error);
  g_assert_cmpuint(all->len, ==, 3);
  for (guint i = 0; i < all->len; i++) {
    const JournalEntry *entry = all->pdata[i];
    g_assert_cmpint(entry->sequence, ==, i + 1);
    g_assert_true(digest_is_valid(entry->hash));
    g_assert_cmpint(entry->at_us, >, 0);
  }
  g_assert_cmpstr(json_string_value(json_object_get(((JournalEntry *)all->pdata[0])->data, "b")), ==, "ü ✓ \"quoted\"");
  g_assert_cmpuint(json_object_size(((JournalEntry *)all->pdata[2])->data), ==, 0);
  g_autoptr(GPtrArray) one = journal_read(fixture.store, "one", 0, 100, &error);
  g_autoptr(GPtrArray) later = journal_read(fixture.store, NULL, 2, 100, &error);
  g_autoptr(GPtrArray) few = journal_read(fixture.store, NULL, 0, 1, &error);
  g_assert_cmpuint(one->len, ==, 2);
  g_assert_cmpuint(later->len, ==, 1);
  g_assert_cmpuint(few->len, ==, 1);
}

static void test_refuses_what_cannot_be_written(void) {
  g_auto(Fixture) fixture = fixture_new();
  json_auto_t *list = json_array();
  g_autoptr(GError) kind = NULL, text = NULL;
  g_assert_false(journal_append(fixture.store, "ada", "test", "x", list, &kind));
  g_assert_true(error_is(kind, DROVER_ERROR_INTERNAL));
  g_assert_false(journal_append(fixture.store, "ad\xff", "test", "x", NULL, &text));
  g_assert_true(error_is(text, DROVER_ERROR_INPUT));
  int64_t count = -1;
  g_assert_true(journal_verify(fixture.store, &count, NULL));
  g_assert_cmpint(count, ==, 0);
}

/* The hash is worked out here by hand, so that it stays what it is. */
static void test_hash_is_over_the_previous_and_canonical_json(void) {
  g_auto(Fixture) fixture = fixture_new();
  append(fixture.store, "s", "z", json_integer(1));
  append(fixture.store, "s", "a", json_true());
  g_autoptr(GPtrArray) all = journal_read(fixture.store, NULL, 0, 9, NULL);
  g_autofree char *previous = g_strconcat("sha256:", "0000000000000000000000000000000000000000000000000000000000000000", NULL);
  for (guint i = 0; i < all->len; i++) {
    const JournalEntry *entry = all->pdata[i];
    g_autofree char *text = g_strdup_printf("%s\n{\"actor\":\"ada\",\"at_us\":%" G_GINT64_FORMAT
                                            ",\"data\":{%s},\"kind\":\"test.happened\",\"sequence\":%u,\"subject\":\"s\"}",
                                            previous, entry->at_us, i == 0 ? "\"z\":1" : "\"a\":true", i + 1);
    Digest hash = digest_bytes(text, strlen(text));
    g_assert_cmpstr(entry->hash, ==, hash.text);
    g_free(previous);
    previous = g_strdup(hash.text);
  }
}

/* What somebody with the file could do once the triggers are gone, and which entry must be named. */
static const struct {
  const char *claim;
  const char *sql;
  const char *says;
} changes[] = {
  {"another-actor", "UPDATE journal SET actor = 'eve' WHERE sequence = 2", "journal entry 2 "},
  {"another-time", "UPDATE journal SET at_us = at_us + 1 WHERE sequence = 3", "journal entry 3 "},
  {"another-kind", "UPDATE journal SET kind = 'x' WHERE sequence = 1", "journal entry 1 "},
  {"another-subject", "UPDATE journal SET subject = 'x' WHERE sequence = 1", "journal entry 1 "},
  {"other-data", "UPDATE journal SET data = '{\"n\":9}' WHERE sequence = 2", "journal entry 2 "},
  {"the-same-data-written-otherwise", "UPDATE journal SET data = '{ \"n\":2}' WHERE sequence = 2", "journal entry 2 "},
  {"data-that-is-no-json", "UPDATE journal SET data = '{' WHERE sequence = 2", "journal entry 2: "},
  {"another-hash", "UPDATE journal SET hash = 'sha256:00' WHERE sequence = 4", "journal entry 4 "},
  {"an-entry-removed", "DELETE FROM journal WHERE sequence = 2", "journal entry 2 is missing"},
  {"the-first-removed", "DELETE FROM journal WHERE sequence = 1", "journal entry 1 is missing"},
  {"two-swapped", "UPDATE journal SET sequence = -sequence WHERE sequence IN (2, 3); UPDATE journal SET sequence = 5 + sequence WHERE sequence < 0",
   "journal entry 2 "},
};

static void test_verify_finds(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Fixture) fixture = fixture_new();
  for (int n = 1; n <= 4; n++)
    append(fixture.store, "s", "n", json_integer(n));
  int64_t count = 0;
  g_assert_true(journal_verify(fixture.store, &count, NULL));
  g_assert_cmpint(count, ==, 4);
  g_autofree char *path = g_build_filename(fixture.dir, "drover.db", NULL);
  sqlite3 *db = NULL;
  g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_exec(db, "DROP TRIGGER journal_never_changes; DROP TRIGGER journal_forgets_nothing", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_exec(db, changes[i].sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close(db);
  g_autoptr(GError) error = NULL;
  g_assert_false(journal_verify(fixture.store, &count, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CORRUPT));
  g_assert_nonnull(strstr(error->message, changes[i].says));
}

/* ---- many writers --------------------------------------------------------------------------------------------------------- */

static void assert_whole(Store *store, int64_t entries) {
  int64_t count = 0;
  g_autoptr(GError) error = NULL;
  bool whole = journal_verify(store, &count, &error);
  g_assert_no_error(error);
  g_assert_true(whole);
  g_assert_cmpint(count, ==, entries);
}

static int write_from_process(const char *dir, int writer) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open(dir, &error);
  if (store == NULL)
    return 2;
  for (int i = 0; i < ENTRIES_EACH; i++) {
    g_autofree char *commit = g_strdup_printf("%020d%020d", writer, i);
    if (!release_add(store, "shop", commit, NULL, &error)) {
      g_printerr("# %s\n", error->message);
      return 1;
    }
  }
  return 0;
}

/* They race for a database that none has made yet, and number their releases without a gap. */
static void test_several_processes_keep_one_chain(void) {
  g_auto(Fixture) fixture = {.dir = g_dir_make_tmp("drover-store-XXXXXX", NULL)};
  pid_t writers[WRITERS];
  for (int i = 0; i < WRITERS; i++) {
    writers[i] = fork();
    if (writers[i] == 0)
      _exit(write_from_process(fixture.dir, i));
  }
  for (int i = 0; i < WRITERS; i++) {
    int status = -1;
    g_assert_cmpint(waitpid(writers[i], &status, 0), ==, writers[i]);
    g_assert_cmpint(status, ==, 0);
  }
  fixture.store = store_open(fixture.dir, NULL);
  assert_whole(fixture.store, WRITERS * ENTRIES_EACH);
  g_autoptr(GPtrArray) releases = release_list(fixture.store, "shop", 1000, NULL);
  g_assert_cmpuint(releases->len, ==, WRITERS * ENTRIES_EACH);
  for (guint i = 0; i < releases->len; i++)
    g_assert_cmpuint(((Release *)releases->pdata[i])->number, ==, releases->len - i);
}

static gpointer write_from_thread(gpointer data) {
  for (int i = 0; i < ENTRIES_EACH; i++)
    append(data, "thread", "i", json_integer(i));
  return NULL;
}

static void test_several_threads_share_a_store(void) {
  g_auto(Fixture) fixture = fixture_new();
  GThread *threads[THREADS];
  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new("writer", write_from_thread, fixture.store);
  for (int i = 0; i < THREADS; i++)
    g_thread_join(threads[i]);
  assert_whole(fixture.store, THREADS * ENTRIES_EACH);
}

/* A writer that is killed at any moment leaves a chain that others go on with. */
static void test_a_killed_writer_leaves_a_whole_chain(void) {
  g_auto(Fixture) fixture = fixture_new();
  for (int round = 0; round < 5; round++) {
    int ready[2];
    g_assert_cmpint(pipe(ready), ==, 0);
    pid_t writer = fork();
    if (writer == 0) {
      g_autoptr(Store) store = store_open(fixture.dir, NULL);
      for (;;) {
        (void)!journal_append(store, "ada", "test", "x", NULL, NULL);
        (void)!write(ready[1], "x", 1);
      }
    }
    char byte;
    for (int i = 0; i <= round; i++)
      g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    close(ready[0]), close(ready[1]);
    g_autoptr(GError) error = NULL;
    g_assert_true(journal_verify(fixture.store, NULL, &error));
    append(fixture.store, "after", "round", json_integer(round));
  }
  g_assert_true(journal_verify(fixture.store, NULL, NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/journal/several-processes-keep-one-chain", test_several_processes_keep_one_chain);
  g_test_add_func("/store/journal/a-killed-writer-leaves-a-whole-chain", test_a_killed_writer_leaves_a_whole_chain);
  g_test_add_func("/store/journal/several-threads-share-a-store", test_several_threads_share_a_store);
  g_test_add_func("/store/journal/reads-what-was-appended", test_reads_what_was_appended);
  g_test_add_func("/store/journal/refuses-what-cannot-be-written", test_refuses_what_cannot_be_written);
  g_test_add_func("/store/journal/hash-is-over-the-previous-and-canonical-json", test_hash_is_over_the_previous_and_canonical_json);
  for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
    g_autofree char *path = g_strconcat("/store/journal/verify-finds/", changes[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_verify_finds);
  }
  return g_test_run();
}
