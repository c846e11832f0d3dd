#include "fixture.h"

#include "base/error.h"

#include <sqlite3.h>
#include <string.h>

/* ---- check runs --------------------------------------------------------------------------------------------------------- */

static CheckRun run_sample(const char *id) {
  return (CheckRun){
    .id = (char *)id, .project = (char *)"shop", .commit = (char *)COMMIT_A, .workflow = (char *)"ci.yml", .started_us = 10, .log = (char *)"log/x"};
}

static void test_check_run_lives(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  CheckRun sample = run_sample("r1");
  g_assert_true(check_run_begin(fixture.store, &sample, &error));
  g_autoptr(GPtrArray) running = check_run_list_running(fixture.store, "shop", &error);
  g_assert_cmpuint(running->len, ==, 1);
  g_assert_null(check_run_find_success(fixture.store, "shop", COMMIT_A, "ci.yml", &error));
  g_assert_no_error(error);
  g_assert_true(check_run_end(fixture.store, "r1", "success", 20, &error));
  g_autoptr(CheckRun) found = check_run_find_success(fixture.store, "shop", COMMIT_A, "ci.yml", &error);
  g_assert_cmpstr(found->id, ==, "r1");
  g_assert_cmpint(found->started_us, ==, 10);
  g_assert_cmpint(found->ended_us, ==, 20);
  g_assert_cmpstr(found->log, ==, "log/x");
  g_autoptr(GPtrArray) after = check_run_list_running(fixture.store, "shop", &error);
  g_assert_cmpuint(after->len, ==, 0);
}

static void test_check_run_refusals(void) {
  g_auto(Fixture) fixture = fixture_new();
  CheckRun sample = run_sample("r1"), short_commit = run_sample("r2"), bad_text = run_sample("r3");
  short_commit.commit = (char *)"abc";
  bad_text.workflow = (char *)"\xff.yml";
  g_assert_true(check_run_begin(fixture.store, &sample, NULL));
  g_autoptr(GError) twice = NULL, length = NULL, text = NULL, none = NULL, word = NULL, running = NULL, ended = NULL;
  g_assert_false(check_run_begin(fixture.store, &sample, &twice));
  g_assert_true(error_is(twice, DROVER_ERROR_CONFLICT));
  g_assert_false(check_run_begin(fixture.store, &short_commit, &length));
  g_assert_true(error_is(length, DROVER_ERROR_INPUT));
  g_assert_false(check_run_begin(fixture.store, &bad_text, &text));
  g_assert_true(error_is(text, DROVER_ERROR_INPUT));
  g_assert_false(check_run_end(fixture.store, "none", "success", 1, &none));
  g_assert_true(error_is(none, DROVER_ERROR_NOT_FOUND));
  g_assert_false(check_run_end(fixture.store, "r1", "great", 1, &word));
  g_assert_true(error_is(word, DROVER_ERROR_INPUT));
  g_assert_false(check_run_end(fixture.store, "r1", "running", 1, &running));
  g_assert_true(error_is(running, DROVER_ERROR_INPUT));
  g_assert_true(check_run_end(fixture.store, "r1", "failure", 1, NULL));
  g_assert_false(check_run_end(fixture.store, "r1", "success", 1, &ended));
  g_assert_true(error_is(ended, DROVER_ERROR_CONFLICT));
  g_autoptr(GPtrArray) entries = journal_read(fixture.store, NULL, 0, 100, NULL);
  g_assert_cmpuint(entries->len, ==, 2); /* what was refused left no entry */
}

/* ---- releases ----------------------------------------------------------------------------------------------------------- */

static void test_release_numbers_count_by_project(void) {
  g_auto(Fixture) fixture = fixture_new();
  static const struct {
    const char *project, *commit;
    unsigned number;
  } rows[] = {{"shop", COMMIT_A, 1}, {"shop", COMMIT_B, 2}, {"blog", COMMIT_A, 1}, {"shop", COMMIT_C, 3}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *id = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_true(release_add(fixture.store, rows[i].project, rows[i].commit, &id, &error));
    g_autoptr(Release) found = release_get(fixture.store, id, &error);
    g_assert_cmpuint(found->number, ==, rows[i].number);
    g_assert_cmpstr(json_string_value(json_object_get(found->images, "backend")), ==, "sha256:00");
    g_assert_true(json_is_array(found->checks));
    g_assert_cmpint(found->recorded_us, ==, 1000);
    g_autoptr(Release) by_number = release_find_number(fixture.store, rows[i].project, rows[i].number, &error);
    g_assert_cmpstr(by_number->id, ==, id);
    g_autoptr(Release) by_commit = release_find_commit(fixture.store, rows[i].project, rows[i].commit, &error);
    g_assert_cmpstr(by_commit->id, ==, id);
  }
  g_autoptr(GPtrArray) list = release_list(fixture.store, "shop", 2, NULL);
  g_assert_cmpuint(list->len, ==, 2);
  g_assert_cmpuint(((Release *)list->pdata[0])->number, ==, 3);
}

static void test_release_refusals(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) twice = NULL, images = NULL, none = NULL;
  g_assert_true(release_add(fixture.store, "shop", COMMIT_A, NULL, NULL));
  g_assert_false(release_add(fixture.store, "shop", COMMIT_A, NULL, &twice));
  g_assert_true(error_is(twice, DROVER_ERROR_CONFLICT));
  g_assert_nonnull(strstr(twice->message, "release 1 of shop"));
  Release without = release_sample("shop", COMMIT_B);
  g_assert_false(release_record(fixture.store, &without, "ada", 1, NULL, &images));
  g_assert_true(error_is(images, DROVER_ERROR_INPUT));
  g_assert_null(release_get(fixture.store, "none", &none));
  g_assert_true(error_is(none, DROVER_ERROR_NOT_FOUND));
  g_assert_null(release_find_number(fixture.store, "shop", 9, NULL));
}

/* What even a hand with the sqlite3 program cannot do. */
static const struct {
  const char *claim;
  const char *sql;
} forbidden[] = {
  {"a-release-is-not-updated", "UPDATE releases SET images = '{}'"},
  {"a-release-is-not-deleted", "DELETE FROM releases"},
  {"a-release-is-not-replaced-by-id",
   "INSERT OR REPLACE INTO releases SELECT id, project, 7, '" COMMIT_C "', subject, author, images, project_file, checks, 5 FROM releases"},
  {"a-release-is-not-replaced-by-commit",
   "REPLACE INTO releases SELECT 'other', project, 7, commit_id, subject, author, images, project_file, checks, 5 FROM releases"},
  {"a-release-is-not-upserted", "INSERT INTO releases SELECT * FROM releases WHERE true ON CONFLICT (id) DO UPDATE SET author = 'eve'"},
  {"the-journal-is-not-updated", "UPDATE journal SET actor = 'eve'"},
  {"the-journal-is-not-deleted", "DELETE FROM journal"},
  {"the-journal-is-not-replaced", "REPLACE INTO journal SELECT sequence, at_us, 'eve', kind, subject, data, hash FROM journal"},
  {"the-journal-has-no-gaps", "INSERT INTO journal SELECT sequence + 2, at_us, actor, kind, subject, data, hash FROM journal"},
};

static sqlite3 *open_raw(const char *dir) {
  g_autofree char *path = g_build_filename(dir, "drover.db", NULL);
  sqlite3 *db = NULL;
  g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
  return db;
}

static void test_schema_forbids(gconstpointer data) {
  g_auto(Fixture) fixture = fixture_new();
  g_assert_true(release_add(fixture.store, "shop", COMMIT_A, NULL, NULL));
  sqlite3 *db = open_raw(fixture.dir);
  g_assert_cmpint(sqlite3_exec(db, data, NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
  sqlite3_close(db);
  g_assert_true(journal_verify(fixture.store, NULL, NULL));
}

/* ---- rollouts and environments ------------------------------------------------------------------------------------------- */

typedef struct {
  const char *release; /* "a", "b", "c" */
  const char *outcome;
  const char *runs, *previous; /* what the environment says after it */
} Move;

static const struct {
  const char *claim;
  Move moves[6];
} histories[] = {
  {"the-first-has-no-previous", {{"a", "completed", "a", NULL}}},
  {"previous-is-the-one-before", {{"a", "completed", "a", NULL}, {"b", "completed", "b", "a"}, {"c", "completed", "c", "b"}}},
  {"a-failed-one-changes-nothing", {{"a", "completed", "a", NULL}, {"b", "failed", "a", NULL}, {"c", "rolled-back", "a", NULL}}},
  {"the-same-again-keeps-previous", {{"a", "completed", "a", NULL}, {"b", "completed", "b", "a"}, {"b", "completed", "b", "a"}}},
  {"a-rollback-swaps", {{"a", "completed", "a", NULL}, {"b", "completed", "b", "a"}, {"a", "completed", "a", "b"}}},
};

static const char *letter_of(char *ids[3], const char *id) {
  for (int i = 0; id != NULL && i < 3; i++)
    if (strcmp(ids[i], id) == 0)
      return (const char *[]){"a", "b", "c"}[i];
  return NULL;
}

static void test_history(gconstpointer data) {
  const Move *moves = data;
  g_auto(Fixture) fixture = fixture_new();
  static const char *const commits[] = {COMMIT_A, COMMIT_B, COMMIT_C};
  char *ids[3] = {NULL};
  for (int i = 0; i < 3; i++)
    g_assert_true(release_add(fixture.store, "shop", commits[i], &ids[i], NULL));
  for (int i = 0; moves[i].release != NULL; i++) {
    g_autofree char *id = g_strdup_printf("rollout-%d", i);
    g_autoptr(GError) error = NULL;
    const char *slot = i % 2 == 0 ? "blue" : "green";
    g_assert_true(rollout_add(fixture.store, id, "dev", ids[moves[i].release[0] - 'a'], slot, &error));
    g_assert_true(rollout_save_end(fixture.store, id, moves[i].outcome, NULL, 3000 + i, &error));
    g_autoptr(Environment) dev = environment_get(fixture.store, "shop", "dev", &error);
    g_assert_cmpstr(letter_of(ids, dev->release), ==, moves[i].runs);
    g_assert_cmpstr(letter_of(ids, dev->previous), ==, moves[i].previous);
    if (strcmp(moves[i].outcome, "completed") == 0) {
      g_assert_cmpstr(dev->slot, ==, slot);
      g_assert_cmpint(dev->since_us, ==, 3000 + i);
    }
  }
  for (int i = 0; i < 3; i++)
    g_free(ids[i]);
}

static void test_rollout_steps(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *release = NULL;
  g_assert_true(release_add(fixture.store, "shop", COMMIT_A, &release, &error));
  g_assert_true(rollout_add(fixture.store, "r1", "dev", release, "blue", &error));
  json_auto_t *data = json_pack("{s:i}", "port", 4711);
  g_assert_true(rollout_save_state(fixture.store, "r1", "start", "intent", data, &error));
  g_assert_true(rollout_save_state(fixture.store, "r1", "start", "outcome", NULL, &error));
  g_autoptr(Rollout) open = rollout_find_open(fixture.store, "shop", "dev", &error);
  g_assert_cmpstr(open->id, ==, "r1");
  g_assert_cmpstr(open->state, ==, "start");
  g_assert_null(open->outcome);
  g_assert_true(rollout_save_end(fixture.store, "r1", "failed", "it did not answer", 9, &error));
  g_assert_null(rollout_find_open(fixture.store, "shop", "dev", &error));
  g_assert_no_error(error);
  g_autoptr(Rollout) last = rollout_find_last(fixture.store, "shop", "dev", &error);
  g_assert_cmpstr(last->error, ==, "it did not answer");
  g_assert_cmpint(last->ended_us, ==, 9);
  g_autoptr(GPtrArray) steps = journal_read(fixture.store, "r1", 0, 100, &error);
  static const char *const kinds[] = {"rollout.started", "rollout.step", "rollout.step", "rollout.ended"};
  g_assert_cmpuint(steps->len, ==, G_N_ELEMENTS(kinds));
  for (guint i = 0; i < steps->len; i++)
    g_assert_cmpstr(((JournalEntry *)steps->pdata[i])->kind, ==, kinds[i]);
  const json_t *first = ((JournalEntry *)steps->pdata[1])->data;
  g_assert_cmpstr(json_string_value(json_object_get(first, "phase")), ==, "intent");
  g_assert_cmpint(json_integer_value(json_object_get(json_object_get(first, "data"), "port")), ==, 4711);
}

static void test_rollout_refusals(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *release = NULL;
  g_assert_true(release_add(fixture.store, "shop", COMMIT_A, &release, NULL));
  g_assert_true(rollout_add(fixture.store, "r1", "dev", release, "blue", NULL));
  g_autoptr(GError) second = NULL, unknown = NULL, phase = NULL, outcome = NULL, ended = NULL, none = NULL;
  g_assert_false(rollout_add(fixture.store, "r2", "dev", release, "green", &second));
  g_assert_true(error_is(second, DROVER_ERROR_CONFLICT));
  g_assert_true(rollout_add(fixture.store, "r3", "uat", release, "green", NULL)); /* environments do not wait for each other */
  g_assert_false(rollout_add(fixture.store, "r4", "production", "no such release", "blue", &unknown));
  g_assert_true(error_is(unknown, DROVER_ERROR_NOT_FOUND));
  g_assert_false(rollout_save_state(fixture.store, "r1", "start", "maybe", NULL, &phase));
  g_assert_true(error_is(phase, DROVER_ERROR_INTERNAL));
  g_assert_false(rollout_save_end(fixture.store, "r1", "great", NULL, 1, &outcome));
  g_assert_true(error_is(outcome, DROVER_ERROR_INPUT));
  g_assert_true(rollout_save_end(fixture.store, "r1", "completed", NULL, 1, NULL));
  g_assert_false(rollout_save_state(fixture.store, "r1", "start", "intent", NULL, &ended));
  g_assert_true(error_is(ended, DROVER_ERROR_CONFLICT));
  g_assert_false(rollout_save_state(fixture.store, "none", "start", "intent", NULL, &none));
  g_assert_true(error_is(none, DROVER_ERROR_NOT_FOUND));
  g_autoptr(GPtrArray) all = rollout_list(fixture.store, NULL, NULL, 100, NULL);
  g_autoptr(GPtrArray) uat = rollout_list(fixture.store, "shop", "uat", 100, NULL);
  g_assert_cmpuint(all->len, ==, 2);
  g_assert_cmpuint(uat->len, ==, 1);
}

static void test_environment_clear(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_autofree char *release = NULL;
  g_assert_true(environment_clear(fixture.store, "shop", "dev", "ada", NULL)); /* nothing ran: nothing to do */
  g_assert_true(release_add(fixture.store, "shop", COMMIT_A, &release, NULL));
  g_assert_true(rollout_add(fixture.store, "r1", "dev", release, "blue", NULL));
  g_assert_true(rollout_save_end(fixture.store, "r1", "completed", NULL, 1, NULL));
  g_assert_true(environment_clear(fixture.store, "shop", "dev", "ada", NULL));
  g_autoptr(Environment) dev = environment_get(fixture.store, "shop", "dev", NULL);
  g_assert_null(dev->release);
  g_assert_null(dev->slot);
  g_assert_cmpstr(dev->previous, ==, release);
  g_autoptr(GPtrArray) list = environment_list(fixture.store, NULL, NULL);
  g_assert_cmpuint(list->len, ==, 1);
  g_autoptr(GPtrArray) entries = journal_read(fixture.store, "shop/dev", 0, 9, NULL);
  g_assert_cmpuint(entries->len, ==, 1);
}

/* ---- opening ------------------------------------------------------------------------------------------------------------- */

static void test_open_again_keeps_all(void) {
  g_auto(Fixture) fixture = fixture_new();
  g_assert_true(release_add(fixture.store, "shop", COMMIT_A, NULL, NULL));
  g_clear_pointer(&fixture.store, store_close);
  g_autoptr(GError) error = NULL;
  fixture.store = store_open(fixture.dir, &error);
  g_assert_no_error(error);
  g_autoptr(Release) found = release_find_commit(fixture.store, "shop", COMMIT_A, &error);
  g_assert_nonnull(found);
}

static void test_settings_in_force(void) {
  g_auto(Fixture) fixture = fixture_new();
  sqlite3 *db = open_raw(fixture.dir);
  sqlite3_stmt *statement = NULL;
  g_assert_cmpint(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
  g_assert_cmpstr((const char *)sqlite3_column_text(statement, 0), ==, "wal");
  sqlite3_finalize(statement);
  sqlite3_close(db);
}

static const struct {
  const char *claim;
  const char *bytes; /* written as drover.db, or */
  const char *sql;   /* run on a good database, or on a new one */
  bool fresh;
  const char *says;
} refused[] = {
  {"bytes-that-are-no-database", "this is certainly not a database, not even a small one; it is only some text that is long enough", NULL, false,
   "not a database"},
  {"a-newer-schema", NULL, "INSERT INTO schema_version VALUES (99, '099-later.sql', 1)", false, "newer drover (schema 99"},
  {"another-program-by-id", NULL, "PRAGMA application_id = 7", true, "another program"},
  {"another-program-by-tables", NULL, "CREATE TABLE other (x)", true, "another program"},
};

static void test_open_refuses(gconstpointer data) {
  const size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Fixture) fixture = {0};
  if (refused[i].sql != NULL && !refused[i].fresh)
    fixture = fixture_new();
  else
    fixture.dir = g_dir_make_tmp("drover-store-XXXXXX", NULL);
  g_clear_pointer(&fixture.store, store_close);
  g_autofree char *path = g_build_filename(fixture.dir, "drover.db", NULL);
  if (refused[i].bytes != NULL)
    g_assert_true(g_file_set_contents(path, refused[i].bytes, -1, NULL));
  else {
    sqlite3 *db = open_raw(fixture.dir);
    g_assert_cmpint(sqlite3_exec(db, refused[i].sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(store_open(fixture.dir, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CORRUPT));
  g_assert_nonnull(strstr(error->message, refused[i].says));
}

static void test_open_where_nothing_can_be(void) {
  g_autoptr(GError) error = NULL;
  g_assert_null(store_open("/dev/null/data", &error));
  g_assert_nonnull(error);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/check-run/lives", test_check_run_lives);
  g_test_add_func("/store/check-run/refusals", test_check_run_refusals);
  g_test_add_func("/store/release/numbers-count-by-project", test_release_numbers_count_by_project);
  g_test_add_func("/store/release/refusals", test_release_refusals);
  g_test_add_func("/store/rollout/steps", test_rollout_steps);
  g_test_add_func("/store/rollout/refusals", test_rollout_refusals);
  g_test_add_func("/store/environment/clear", test_environment_clear);
  g_test_add_func("/store/open/again-keeps-all", test_open_again_keeps_all);
  g_test_add_func("/store/open/settings-in-force", test_settings_in_force);
  g_test_add_func("/store/open/where-nothing-can-be", test_open_where_nothing_can_be);
  for (size_t i = 0; i < G_N_ELEMENTS(forbidden); i++) {
    g_autofree char *path = g_strconcat("/store/schema/", forbidden[i].claim, NULL);
    g_test_add_data_func(path, forbidden[i].sql, test_schema_forbids);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(histories); i++) {
    g_autofree char *path = g_strconcat("/store/environment/", histories[i].claim, NULL);
    g_test_add_data_func(path, histories[i].moves, test_history);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *path = g_strconcat("/store/open/refuses-", refused[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_open_refuses);
  }
  return g_test_run();
}
