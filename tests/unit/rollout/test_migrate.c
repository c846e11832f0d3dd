#include "rollout/migrate.h"

#include <string.h>

static void test_classify(void) {
  static const struct {
    const char *claim;
    int status;
    const char *output;
    MigrationResult result;
  } rows[] = {
    {"status 0 is done", 0, "", MIGRATION_DONE},
    {"status 0 is done, whatever was said", 0, "ERROR:  canceling statement due to lock timeout", MIGRATION_DONE},
    {"psql's words", 1, "ERROR:  canceling statement due to lock timeout\n", MIGRATION_LOCKED},
    {"psql with VERBOSITY=sqlstate", 3, "ERROR:  55P03\n", MIGRATION_LOCKED},
    {"psycopg's exception", 1, "psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout\nLINE 1\n", MIGRATION_LOCKED},
    {"asyncpg's and node-pg's condition", 1, "error: lock_not_available", MIGRATION_LOCKED},
    {"a table that is not there", 1, "ERROR:  relation \"t\" does not exist\n", MIGRATION_FAILED},
    {"a statement that took too long", 1, "ERROR:  canceling statement due to statement timeout\n", MIGRATION_FAILED},
    {"a deadlock", 1, "ERROR:  deadlock detected\n", MIGRATION_FAILED},
    {"a program that is not there", 127, "exec: \"python3\": not found", MIGRATION_FAILED},
    {"killed without a word", 137, "", MIGRATION_FAILED},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_assert_cmpint(migration_classify(rows[i].status, rows[i].output), ==, rows[i].result);
  }
}

static void test_last_words(void) {
  static const struct {
    const char *claim;
    const char *output;
    unsigned lines;
    const char *words;
  } rows[] = {
    {"nothing", "", 3, ""},
    {"only blank lines", "\n \n\t\n", 3, ""},
    {"the last ones", "a\nb\nc\nd\n", 2, "c\nd"},
    {"blank ones do not count", "a\n\nb\n\n\nc\n\n", 2, "b\nc"},
    {"fewer than asked for", "a\n", 5, "a"},
    {"ends of lines go", "a  \r\nb\r\n", 5, "a\nb"},
    {"bytes that are no UTF-8", "\xff\n", 1, "\xef\xbf\xbd"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autofree char *words = migration_last_words(rows[i].output, rows[i].lines);
    g_assert_cmpstr(words, ==, rows[i].words);
  }
}

static void test_last_words_are_bounded(void) {
  GString *output = g_string_new(NULL);
  for (int i = 0; i < 1000; i++)
    g_string_append_printf(output, "%0100d\n", i);
  g_autofree char *words = migration_last_words(output->str, 1000);
  g_assert_cmpuint(strlen(words), <=, 2000);
  g_assert_true(g_str_has_suffix(words, "999"));
  g_string_free(output, TRUE);
}

static void test_options(void) {
  static const struct {
    const char *existing;
    int version;
    const char *options;
  } rows[] = {
    {NULL, 130011, "-c lock_timeout=3000"},
    {NULL, 150004, "-c lock_timeout=3000 -c client_connection_check_interval=1000"},
    {"-c work_mem=64MB", 130011, "-c work_mem=64MB -c lock_timeout=3000"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *options = migration_options(rows[i].existing, 3000, rows[i].version);
    g_assert_cmpstr(options, ==, rows[i].options);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/migrate/classify", test_classify);
  g_test_add_func("/migrate/last-words", test_last_words);
  g_test_add_func("/migrate/last-words-bounded", test_last_words_are_bounded);
  g_test_add_func("/migrate/options", test_options);
  return g_test_run();
}
