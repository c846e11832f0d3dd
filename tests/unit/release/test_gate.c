#include "base/error.h"
#include "release/gate.h"

#include <string.h>

/* A row: the release's evidence, and what the gate must say ("" is yes). */
typedef struct {
  const char *name;
  const char *evidence;
  const char *says;
} Row;

static const Row rows[] = {
  {"all-checks-succeeded", "[{\"workflow\": \"a.yml\", \"outcome\": \"success\"}, {\"workflow\": \"b.yml\", \"outcome\": \"success\"}]", ""},
  {"order-does-not-matter", "[{\"workflow\": \"b.yml\", \"outcome\": \"success\"}, {\"workflow\": \"a.yml\", \"outcome\": \"success\"}]", ""},
  {"one-failed", "[{\"workflow\": \"a.yml\", \"outcome\": \"failure\"}, {\"workflow\": \"b.yml\", \"outcome\": \"success\"}]", "check a.yml failure"},
  {"one-has-no-evidence", "[{\"workflow\": \"a.yml\", \"outcome\": \"success\"}]", "check b.yml has no result"},
  {"none-has-evidence", "[]", "check a.yml has no result; check b.yml has no result"},
  {"evidence-is-not-a-list", "{}", "check a.yml has no result"},
  {"evidence-without-outcome", "[{\"workflow\": \"a.yml\"}, {\"workflow\": \"b.yml\", \"outcome\": \"success\"}]", "check a.yml has no result"},
};

static void test_row(gconstpointer data) {
  const Row *row = data;
  g_autoptr(GError) error = NULL;
  json_auto_t *evidence = json_loads(row->evidence, 0, NULL);
  char *checks[] = {(char *)"a.yml", (char *)"b.yml", NULL};
  Project project = {.checks = checks};
  ProjectEnvironment environment = {.name = (char *)"production"};
  Release release = {.number = 7, .checks = evidence};
  bool allowed = gate_allows(&project, &environment, &release, &error);
  g_assert_cmpint(allowed, ==, *row->says == '\0');
  if (allowed)
    return;
  g_assert_true(error_is(error, DROVER_ERROR_REFUSED));
  g_assert_nonnull(strstr(error->message, row->says));
  g_assert_nonnull(strstr(error->message, "gate of production"));
  g_assert_nonnull(strstr(error->message, "release 7"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/release/gate/", rows[i].name, NULL);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  return g_test_run();
}
