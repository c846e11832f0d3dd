#include "base/clock.h"
#include "cli/commands.h"
#include "cli/support.h"
#include "runner/record/record.h"
#include "runner/runner.h"

#include <stdio.h>
#include <string.h>

static const OptionRow options[] = {
  {"last", {VALUE_INTEGER, "COUNT", .min = 1, .max = 10000}, .alias = 'n', .fallback = "20", .says = "show so many of the newest"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover runs", "the runs that are recorded, the newest first"},
  {"drover runs --last 1 --json", "the newest, for a script"},
  {0},
};

static int newest_first(const void *left, const void *right) {
  return strcmp(*(const char *const *)right, *(const char *const *)left); /* ids begin with the time */
}

static GPtrArray *find_ids(const char *data_dir) {
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *runs = g_build_filename(data_dir, "runs", NULL);
  g_autoptr(GDir) dir = g_dir_open(runs, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *request = g_build_filename(runs, name, "request.json", NULL);
    if (g_file_test(request, G_FILE_TEST_IS_REGULAR))
      g_ptr_array_add(ids, g_strdup(name));
  }
  g_ptr_array_sort(ids, newest_first);
  return ids;
}

/* {"run", "workflow", "commit", "started", "outcome", "jobs"}; NULL where the record cannot be read. Transfer full. */
static json_t *describe(const char *id, const char *data_dir) {
  g_autofree char *folder = runner_folder(id, data_dir);
  json_auto_t *request = run_record_request(folder, NULL);
  g_autoptr(RunRecord) record = request != NULL ? run_record_read(folder, NULL) : NULL;
  if (record == NULL)
    return NULL;
  json_t *run = run_record_summary(record);
  if (json_is_null(json_object_get(run, "outcome")))
    json_object_set_new(run, "outcome", json_string(run_record_is_open(folder) ? "running" : "killed"));
  json_object_set_new(run, "run", json_string(id));
  json_object_set(run, "workflow", json_object_get(request, "workflow"));
  json_object_set(run, "commit", json_object_get(request, "commit"));
  return run;
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

static Colour colour_of(const char *outcome) {
  return strcmp(outcome, "success") == 0 ? COLOUR_GOOD : strcmp(outcome, "running") == 0 ? COLOUR_NONE : COLOUR_BAD;
}

static void print_runs(const json_t *runs) {
  static const char *const headings[] = {"RUN", "WORKFLOW", "COMMIT", "OUTCOME", "STARTED", NULL};
  g_autoptr(Table) table = table_new(headings);
  for (size_t i = 0; i < json_array_size(runs); i++) {
    const json_t *run = json_array_get(runs, i);
    table_cell(table, COLOUR_STRONG, "%s", text_of(run, "run"));
    table_cell(table, COLOUR_NONE, "%s", text_of(run, "workflow"));
    table_cell(table, COLOUR_FAINT, SHORT_COMMIT, text_of(run, "commit"));
    table_cell(table, colour_of(text_of(run, "outcome")), "%s", text_of(run, "outcome"));
    table_cell(table, COLOUR_FAINT, "%s", text_of(run, "started"));
  }
  table_print(table, stdout);
}

static bool run(Invocation *invocation, G_GNUC_UNUSED GError **error) {
  g_autoptr(GPtrArray) ids = find_ids(invocation->data_dir);
  json_auto_t *runs = json_array();
  for (guint i = 0; i < ids->len && json_array_size(runs) < (size_t)invocation_number(invocation, "last"); i++) {
    json_t *one = describe(g_ptr_array_index(ids, i), invocation->data_dir);
    if (one != NULL)
      json_array_append_new(runs, one);
  }
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:O}", "runs", runs));
  else if (json_array_size(runs) == 0)
    puts("no run is recorded yet: drover run makes one");
  else
    print_runs(runs);
  return true;
}

const Command command_runs = {
  .name = "runs",
  .group = GROUP_WORKFLOW,
  .summary = "list the runs that are recorded",
  .description =
    "Each run of `drover run` is recorded, but for those with --no-record, and the newest are kept. \"killed\" is what was said of a run whose "
    "drover died: `drover run --resume RUN` goes on with it.",
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
