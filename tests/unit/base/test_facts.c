#include "base/error.h"
#include "base/facts.h"
#include "base/fs.h"

#include <stdlib.h>
#include <string.h>

#define HEADING "{\"key\":\"\",\"date\":\"2026-01-31\",\"source\":\"a test\"}\n"

/* ---- what is built in ---- */

static const struct {
  FactsFile file;
  guint fewest; /* lines; fewer means that an update lost some */
} files[] = {
  {FACTS_ACTIONS, 390}, {FACTS_ADVISORIES, 45},    {FACTS_ARCHIVED, 150}, {FACTS_EVENTS, 37},     {FACTS_KNOWN_ACTIONS, 100},
  {FACTS_PAYLOADS, 30}, {FACTS_RUNNER_LABELS, 50}, {FACTS_SCOPES, 20},    {FACTS_TIMEZONES, 590},
};

static void test_file_is_whole(gconstpointer data) {
  FactsFile file = (FactsFile)GPOINTER_TO_INT(data);
  const json_t *heading = facts_find(file, "");
  g_assert_nonnull(heading);
  g_assert_true(g_regex_match_simple("^20\\d\\d-[01]\\d-[0-3]\\d$", json_string_value(json_object_get(heading, "date")), 0, 0));
  g_assert_cmpstr(json_string_value(json_object_get(heading, "source")), !=, "");
  const char *const *keys = facts_keys(file);
  for (guint i = 0; keys[i] != NULL; i++) {
    if (i > 0)
      g_assert_cmpint(strcmp(keys[i - 1], keys[i]), <, 0);
    const json_t *line = facts_find(file, keys[i]);
    g_assert_nonnull(line);
    g_assert_cmpstr(json_string_value(json_object_get(line, "key")), ==, keys[i]);
  }
}

/* A type in the notation of data/README.md; nested ones and refs too. */
static void check_type(const char *place, const json_t *type) {
  static const char *const scalars[] = {"any", "bool", "null", "number", "string", NULL};
  if (json_is_string(type)) {
    g_assert_true(g_strv_contains(scalars, json_string_value(type)));
    return;
  }
  const json_t *members = json_object_get(type, "object");
  const json_t *item = json_object_get(type, "array");
  const char *ref = json_string_value(json_object_get(type, "ref"));
  g_assert_cmpint((members != NULL) + (item != NULL) + (ref != NULL), ==, 1);
  g_assert_cmpuint(json_object_size(type), ==, json_object_get(type, "rest") != NULL ? 2 : 1);
  if (ref != NULL && facts_find(FACTS_PAYLOADS, ref) == NULL)
    g_error("%s: payloads.jsonl has no \"%s\"", place, ref);
  if (item != NULL)
    check_type(place, item);
  if (json_object_get(type, "rest") != NULL)
    check_type(place, json_object_get(type, "rest"));
  const char *name;
  json_t *member;
  json_object_foreach ((json_t *)members, name, member)
    check_type(place, member);
}

static void test_types_are_known(void) {
  static const struct {
    FactsFile file;
    const char *member;
  } rows[] = {{FACTS_EVENTS, "payload"}, {FACTS_PAYLOADS, "type"}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    for (const char *const *key = facts_keys(rows[i].file); *key != NULL; key++)
      check_type(*key, json_object_get(facts_find(rows[i].file, *key), rows[i].member));
}

typedef struct {
  const char *claim;
  FactsFile file;
  const char *key;
  const char *path; /* members with '.' between; NULL: the line itself */
  const char *json; /* what stands there; NULL: nothing */
} FactCase;

static const FactCase facts[] = {
  {"a pull request runs for three types when none are told", FACTS_EVENTS, "pull_request", "default_types",
   "[\"opened\",\"synchronize\",\"reopened\"]"},
  {"a push has no types", FACTS_EVENTS, "push", "types", "null"},
  {"a merge group filters by branch alone", FACTS_EVENTS, "merge_group", "filters", "[\"branches\",\"branches-ignore\"]"},
  {"a dispatched event has any type", FACTS_EVENTS, "repository_dispatch", "any_type", "true"},
  {"the inputs of a run by hand are open", FACTS_EVENTS, "workflow_dispatch", "payload.object.inputs", "{\"object\":{},\"rest\":\"any\"}"},
  {"a schedule tells its line", FACTS_EVENTS, "schedule", "payload.object.schedule", "\"string\""},
  {"a called workflow sees its caller's payload", FACTS_EVENTS, "workflow_call", "payload", "\"any\""},
  {"a type of a webhook is the union of its activities", FACTS_EVENTS, "pull_request", "payload.object.requested_team", "{\"ref\":\"team\"}"},
  {"a pull request's head names a repository", FACTS_PAYLOADS, "pull_request", "type.object.head.object.repo", "{\"ref\":\"repository\"}"},
  {"a nullable type is the type", FACTS_PAYLOADS, "pull_request", "type.object.merged_at", "\"string\""},
  {"a user is a user, not also a team", FACTS_PAYLOADS, "user", "type.object.slug", NULL},
  {"an ID token is written or not", FACTS_SCOPES, "id-token", "levels", "[\"write\",\"none\"]"},
  {"models are read or not", FACTS_SCOPES, "models", "levels", "[\"read\",\"none\"]"},
  {"a label that moves says what it is now", FACTS_RUNNER_LABELS, "ubuntu-latest", "image", "\"ubuntu-24.04\""},
  {"a removed label says since when", FACTS_RUNNER_LABELS, "ubuntu-20.04", "retired", "\"2025-04-15\""},
  {"an action's required input", FACTS_ACTIONS, "actions/cache@v4", "inputs.path.required", "true"},
  {"an action of a removed runtime", FACTS_ACTIONS, "actions/cache@v1", "outdated", "true"},
  {"an action with two advisories", FACTS_ADVISORIES, "tj-actions/branch-names", "advisories.1.ranges",
   "[{\"introduced\":\"0\",\"fixed\":\"9.0.0\"}]"},
  {"a link is a time zone too", FACTS_TIMEZONES, "US/Pacific", "key", "\"US/Pacific\""},
  {"an archived action", FACTS_ARCHIVED, "actions-rs/cargo", "key", "\"actions-rs/cargo\""},
  {"a known action in lower case", FACTS_KNOWN_ACTIONS, "swatinem/rust-cache", "key", "\"swatinem/rust-cache\""},
  {"a key is compared with case", FACTS_KNOWN_ACTIONS, "Swatinem/rust-cache", NULL, NULL},
  {"a beginning of a key is none", FACTS_SCOPES, "content", NULL, NULL},
  {"more than a key is none", FACTS_SCOPES, "contents2", NULL, NULL},
  {"before the first key", FACTS_SCOPES, "\x01", NULL, NULL},
  {"behind the last key", FACTS_SCOPES, "\x7f", NULL, NULL},
};

static void test_fact(gconstpointer data) {
  const FactCase *row = data;
  const json_t *found = facts_find(row->file, row->key);
  g_auto(GStrv) names = g_strsplit(row->path != NULL ? row->path : "", ".", -1);
  for (char **name = names; *name != NULL; name++)
    found = json_is_array(found) ? json_array_get(found, (size_t)atoi(*name)) : json_object_get(found, *name);
  g_autofree char *text = json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY);
  g_assert_cmpstr(text, ==, row->json);
}

static void test_lines_are_not_lost(void) {
  g_assert_cmpuint(G_N_ELEMENTS(files), ==, FACTS_COUNT);
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
    g_assert_cmpuint(g_strv_length((char **)facts_keys(files[i].file)), >=, files[i].fewest);
}

/* ---- replacements ---- */

typedef struct {
  const char *claim;
  const char *content; /* of scopes.jsonl */
  const char *refused; /* what facts_check() says, NULL: it is in use */
} ReplacementCase;

static const ReplacementCase replacements[] = {
  {"a replacement is used", HEADING "{\"key\":\"mine\"}\n", NULL},
  {"a replacement may have no lines", HEADING, NULL},
  {"an empty file is refused", "", "*scopes.jsonl: expected lines of JSON*"},
  {"a line that is cut off is refused", HEADING "{\"key\":\"mine\"}", "*scopes.jsonl: expected lines of JSON*"},
  {"lines out of order are refused", HEADING "{\"key\":\"b\"}\n{\"key\":\"a\"}\n", "*scopes.jsonl:3: keys must rise*"},
  {"a key twice is refused", HEADING "{\"key\":\"a\"}\n{\"key\":\"a\"}\n", "*scopes.jsonl:3: keys must rise*"},
  {"no heading is refused", "{\"key\":\"a\"}\n", "*scopes.jsonl:1: expected the key \"\" with a date*"},
  {"a heading without a date is refused", "{\"key\":\"\",\"source\":\"a test\"}\n", "*scopes.jsonl:1: expected the key \"\" with a date*"},
  {"a date in words is refused", "{\"key\":\"\",\"date\":\"May 4\",\"source\":\"a test\"}\n", "*scopes.jsonl:1: expected the key \"\" with a date*"},
  {"broken JSON is refused", HEADING "{\"key\":\"a\",}\n", "*scopes.jsonl:2: expected one JSON object*"},
  {"two objects in a line are refused", HEADING "{\"key\":\"a\"}{}\n", "*scopes.jsonl:2: expected one JSON object*"},
  {"the key stands first", HEADING "{\"x\":1,\"key\":\"a\"}\n", "*scopes.jsonl:2: expected one JSON object*"},
  {"a key without its end is refused", HEADING "{\"key\":\"a\n", "*scopes.jsonl:2: expected one JSON object*"},
  {"an escape in a key is refused", HEADING "{\"key\":\"\\u0061\"}\n", "*scopes.jsonl:2: expected one JSON object*"},
  {"an empty line is refused", HEADING "\n{\"key\":\"a\"}\n", "*scopes.jsonl:2: expected one JSON object*"},
};

static char *make_folder(const char *content) {
  g_autoptr(GError) error = NULL;
  char *folder = fs_temp_dir(g_get_tmp_dir(), "facts", &error);
  g_assert_no_error(error);
  g_autofree char *path = g_build_filename(folder, "scopes.jsonl", NULL);
  g_assert_true(fs_write(path, content, strlen(content), 0644, &error));
  return folder;
}

static void test_replacement(gconstpointer data) {
  const ReplacementCase *row = data;
  g_autofree char *folder = make_folder(row->content);
  facts_use_folder(folder);
  g_autoptr(GError) error = NULL;
  g_assert_true(facts_check(&error) == (row->refused == NULL));
  if (row->refused != NULL) {
    g_assert_true(error_is(error, DROVER_ERROR_INPUT));
    if (!g_pattern_match_simple(row->refused, error->message))
      g_error("\"%s\" is not \"%s\"", error->message, row->refused);
  }
  g_assert_true((facts_find(FACTS_SCOPES, "contents") != NULL) == (row->refused != NULL));
  g_assert_true((facts_find(FACTS_SCOPES, "mine") != NULL) == (strstr(row->content, "mine") != NULL && row->refused == NULL));
  g_assert_nonnull(facts_find(FACTS_EVENTS, "push"));
  fs_remove_tree(folder, NULL);
  facts_use_folder(NULL);
}

static void test_handed_out_stays(void) {
  const json_t *before = facts_find(FACTS_SCOPES, "contents");
  const char *const *keys = facts_keys(FACTS_SCOPES);
  g_autofree char *folder = make_folder(HEADING);
  facts_use_folder(folder);
  g_assert_null(facts_find(FACTS_SCOPES, "contents"));
  g_assert_null(facts_keys(FACTS_SCOPES)[0]);
  g_assert_cmpstr(json_string_value(json_object_get(before, "key")), ==, "contents");
  g_assert_cmpstr(keys[0], ==, "actions");
  fs_remove_tree(folder, NULL);
  facts_use_folder(NULL);
}

static void test_environment(void) {
  g_autofree char *folder = make_folder(HEADING "{\"key\":\"mine\"}\n");
  g_setenv("DROVER_FACTS", folder, TRUE);
  facts_use_folder(NULL);
  g_assert_nonnull(facts_find(FACTS_SCOPES, "mine"));
  g_unsetenv("DROVER_FACTS");
  facts_use_folder(NULL);
  g_assert_null(facts_find(FACTS_SCOPES, "mine"));
  fs_remove_tree(folder, NULL);
}

static void *find_all(G_GNUC_UNUSED void *unused) {
  for (const char *const *key = facts_keys(FACTS_TIMEZONES); *key != NULL; key++)
    g_assert_true(facts_find(FACTS_TIMEZONES, *key) == facts_find(FACTS_TIMEZONES, *key));
  return NULL;
}

static void test_threads(void) {
  GThread *threads[4];
  facts_use_folder(NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("facts", find_all, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
}

int main(int argc, char **argv) {
  g_setenv("XDG_DATA_HOME", "/nonexistent", TRUE);
  g_unsetenv("DROVER_FACTS");
  g_test_init(&argc, &argv, NULL);
  for (FactsFile file = 0; file < FACTS_COUNT; file++) {
    g_autofree char *path = g_strdup_printf("/base/facts/%s is sorted, parses, and has a date and a source", facts_name(file));
    g_test_add_data_func(path, GINT_TO_POINTER(file), test_file_is_whole);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
    g_autofree char *path = g_strdup_printf("/base/facts/%s", facts[i].claim);
    g_test_add_data_func(path, &facts[i], test_fact);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(replacements); i++) {
    g_autofree char *path = g_strdup_printf("/base/facts/replacement/%s", replacements[i].claim);
    g_test_add_data_func(path, &replacements[i], test_replacement);
  }
  g_test_add_func("/base/facts/types are written right and refer to lines that exist", test_types_are_known);
  g_test_add_func("/base/facts/no file has lost lines", test_lines_are_not_lost);
  g_test_add_func("/base/facts/what was handed out stays", test_handed_out_stays);
  g_test_add_func("/base/facts/the environment names the folder", test_environment);
  g_test_add_func("/base/facts/threads look up side by side", test_threads);
  return g_test_run();
}
