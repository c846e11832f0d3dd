/* The inputs context of a dispatch. */
#include "runner/context/context.h"

#include "base/error.h"

#include <string.h>

#define WORKFLOW                                                                                                                                     \
  "on:\n"                                                                                                                                            \
  "  workflow_dispatch:\n"                                                                                                                           \
  "    inputs:\n"                                                                                                                                    \
  "      plain: {default: hello}\n"                                                                                                                  \
  "      dry: {type: boolean}\n"                                                                                                                     \
  "      count: {type: number, default: 3}\n"                                                                                                        \
  "      level: {type: choice, options: [low, high], default: low}\n"                                                                                \
  "      where: {type: environment}\n"                                                                                                               \
  "      who: {required: true, description: whom to greet}\n"                                                                                        \
  "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}\n"

static const struct {
  const char *claim;
  const char *given; /* JSON */
  const char *want;  /* JSON, keys sorted; NULL: an error */
  const char *message;
} rows[] = {
  {"defaults-with-their-types", "{\"who\": \"you\"}",
   "{\"count\":3,\"dry\":false,\"level\":\"low\",\"plain\":\"hello\",\"where\":\"\",\"who\":\"you\"}", NULL},
  {"text-becomes-its-type", "{\"who\": \"1\", \"dry\": \"true\", \"count\": \"2.5\", \"level\": \"high\", \"plain\": \"\", \"where\": \"dev\"}",
   "{\"count\":2.5,\"dry\":true,\"level\":\"high\",\"plain\":\"\",\"where\":\"dev\",\"who\":\"1\"}", NULL},
  {"values-of-json-and-names-in-any-case", "{\"WHO\": 7, \"Dry\": true, \"count\": 0}",
   "{\"count\":0,\"dry\":true,\"level\":\"low\",\"plain\":\"hello\",\"where\":\"\",\"who\":\"7\"}", NULL},
  {"what-is-required-is-missing", "{}", NULL, "requires the input \"who\", whom to greet: give it with --input who=VALUE"},
  {"what-is-required-is-empty", "{\"who\": \"\"}", NULL, "requires the input \"who\""},
  {"an-unknown-name", "{\"who\": \"x\", \"whom\": \"x\"}", NULL, "no input \"whom\", only plain, dry, count, level, where, who"},
  {"no-boolean", "{\"who\": \"x\", \"dry\": \"yes\"}", NULL, "\"dry\" is \"yes\": expected true or false"},
  {"no-number", "{\"who\": \"x\", \"count\": \"many\"}", NULL, "expected a number"},
  {"none-of-the-options", "{\"who\": \"x\", \"level\": \"none\"}", NULL, "\"level\" is \"none\": expected one of its options: low, high"},
};

static void test_inputs(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Workflow) workflow = workflow_parse("ci.yml", WORKFLOW, strlen(WORKFLOW), diagnostics);
  g_assert_nonnull(workflow);
  g_autoptr(GError) error = NULL;
  json_auto_t *given = json_loads(rows[i].given, 0, NULL);
  json_auto_t *inputs = context_inputs(&workflow_event(workflow, "workflow_dispatch")->inputs, given, &error);
  if (rows[i].want == NULL) {
    g_assert_null(inputs);
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, rows[i].message));
    return;
  }
  g_assert_no_error(error);
  char *text = json_dumps(inputs, JSON_COMPACT | JSON_SORT_KEYS);
  g_assert_cmpstr(text, ==, rows[i].want);
  free(text);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/inputs/", rows[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_inputs);
  }
  return g_test_run();
}
