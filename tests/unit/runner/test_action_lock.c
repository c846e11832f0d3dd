#include "base/error.h"
#include "runner/action/lock.h"

#include <string.h>

#define HEAD "# drover actions.lock 1\n"
#define COMMIT "08eba0b27e820071cde6df949e0beb9ba4906955"
#define HASH "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OTHER_HASH "sha256:0000000000000000000000000000000000000000000000000000000000000000"

static ActionLock *parse(const char *text, GError **error) {
  return action_lock_parse("actions.lock", text, strlen(text), error);
}

/* ---- what is refused, and at which line ---------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  const char *text;
  const char *says; /* the beginning of the error; NULL: it is read */
} rows[] = {
  {"entries-are-read", HEAD "a/b@v1 " COMMIT " " HASH "\nc/d@main - " HASH "\n", NULL},
  {"no-entries-are-fine", HEAD, NULL},
  {"the-last-newline-may-lack", HEAD "a/b@v1 - " HASH, NULL},
  {"lines-may-end-as-on-windows", "# drover actions.lock 1\r\na/b@v1 - " HASH "\r\n", NULL},
  {"comments-and-empty-lines-do-not-count", HEAD "\n# more\na/b@v1 - " HASH "\n\n", NULL},
  {"a-ref-may-hold-slashes-and-at-signs", HEAD "a/b@releases/v1@x - " HASH "\n", NULL},
  {"refs-differ-by-case", HEAD "a/b@v1 - " HASH "\na/b@V1 - " HASH "\n", NULL},
  {"an-empty-file-is-none", "", "actions.lock:1: expected the first line"},
  {"another-file-is-none", "version: 1\n", "actions.lock:1: expected the first line"},
  {"a-newer-version-is-refused", "# drover actions.lock 2: x\n", "actions.lock:1: version \"2\": expected 1"},
  {"a-version-that-begins-alike-is-refused", "# drover actions.lock 10\n", "actions.lock:1: version \"10\""},
  {"an-action-needs-a-ref", HEAD "a/b " COMMIT " " HASH "\n", "actions.lock:2: expected owner/repo@ref"},
  {"an-action-needs-an-owner", HEAD "/b@v1 " COMMIT " " HASH "\n", "actions.lock:2: expected owner/repo@ref"},
  {"an-action-has-no-path", HEAD "a/b/c@v1 " COMMIT " " HASH "\n", "actions.lock:2: expected owner/repo@ref"},
  {"a-name-climbs-nowhere", HEAD "a/../../b@v1 " COMMIT " " HASH "\n", "actions.lock:2: expected owner/repo@ref"},
  {"a-hash-must-be-there", HEAD "a/b@v1 " COMMIT "\n", "actions.lock:2: expected owner/repo@ref"},
  {"nothing-may-follow", HEAD "a/b@v1 " COMMIT " " HASH " x\n", "actions.lock:2: expected owner/repo@ref"},
  {"two-spaces-are-refused", HEAD "a/b@v1  " COMMIT " " HASH "\n", "actions.lock:2: expected owner/repo@ref"},
  {"a-shortened-commit-is-refused", HEAD "\na/b@v1 08eba0b " HASH "\n", "actions.lock:3: expected a commit"},
  {"a-hash-of-another-kind-is-refused", HEAD "a/b@v1 - md5:00\n", "actions.lock:2: expected a hash"},
  {"an-action-stands-once", HEAD "a/b@v1 - " HASH "\nA/B@v1 - " OTHER_HASH "\n", "actions.lock:3: expected each action once"},
  {"a-merge-must-be-settled", HEAD "<<<<<<< HEAD\n", "actions.lock:2: expected no marks of a merge"},
  {"only-utf-8-is-text", HEAD "a/b@\xff - " HASH "\n", "actions.lock:2: expected a line of text"},
};

static void test_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(ActionLock) lock = parse(rows[i].text, &error);
  g_assert_true((lock != NULL) == (rows[i].says == NULL));
  if (lock != NULL)
    return;
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
  if (!g_str_has_prefix(error->message, rows[i].says))
    g_error("%s", error->message);
}

static void test_limits(void) {
  g_autofree char *line = g_strnfill(2000, '#');
  g_autofree char *long_line = g_strconcat(HEAD, line, "\n", NULL);
  g_autofree char *padding = g_strnfill((1 << 20) + 1, '\n');
  g_autoptr(GError) too_long = NULL, too_large = NULL, zero = NULL;
  g_assert_null(parse(long_line, &too_long));
  g_assert_true(g_str_has_prefix(too_long->message, "actions.lock:2: expected a line of text"));
  g_assert_null(parse(padding, &too_large));
  g_assert_nonnull(strstr(too_large->message, "is larger than"));
  g_assert_null(action_lock_parse("actions.lock", HEAD "a\0b\n", strlen(HEAD) + 4, &zero));
  g_assert_true(error_is(zero, DROVER_ERROR_INPUT));
}

/* ---- entries ------------------------------------------------------------------------------------------------------------- */

static void test_finds_without_regard_to_case_of_names(void) {
  g_autoptr(ActionLock) lock = parse(HEAD "Actions/Checkout@V4 " COMMIT " " HASH "\n", NULL);
  const ActionLockEntry *entry = action_lock_find(lock, "actions", "CHECKOUT", "V4");
  g_assert_nonnull(entry);
  g_assert_cmpstr(entry->commit, ==, COMMIT);
  g_assert_cmpstr(entry->digest, ==, HASH);
  g_assert_null(action_lock_find(lock, "actions", "checkout", "v4"));
}

static void test_text_is_sorted_and_reads_back(void) {
  g_autoptr(ActionLock) lock = action_lock_new();
  action_lock_put(lock, "zed", "last", "v1", "", HASH);
  action_lock_put(lock, "Actions", "checkout", "v4", COMMIT, OTHER_HASH);
  action_lock_put(lock, "actions", "cache", "main", COMMIT, HASH);
  action_lock_put(lock, "actions", "checkout", "v4", COMMIT, HASH); /* in place of the first */
  g_autofree char *text = action_lock_text(lock);
  const char *entries = strchr(text, '\n') + 1;
  g_assert_cmpstr(entries, ==, "actions/cache@main " COMMIT " " HASH "\nactions/checkout@v4 " COMMIT " " HASH "\nzed/last@v1 - " HASH "\n");
  g_autoptr(GError) error = NULL;
  g_autoptr(ActionLock) again = parse(text, &error);
  g_assert_no_error(error);
  g_autofree char *same = action_lock_text(again);
  g_assert_cmpstr(same, ==, text);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/action-lock/", rows[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
  }
  g_test_add_func("/runner/action-lock/limits", test_limits);
  g_test_add_func("/runner/action-lock/finds-without-regard-to-case-of-names", test_finds_without_regard_to_case_of_names);
  g_test_add_func("/runner/action-lock/text-is-sorted-and-reads-back", test_text_is_sorted_and_reads_back);
  return g_test_run();
}
