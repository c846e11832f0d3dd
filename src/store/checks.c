#include "base/error.h"
#include "store/rows.h"

static const Column columns[] = {
  {"id", COLUMN_TEXT, offsetof(CheckRun, id)},
  {"project", COLUMN_TEXT, offsetof(CheckRun, project)},
  {"commit_id", COLUMN_TEXT, offsetof(CheckRun, commit)},
  {"workflow", COLUMN_TEXT, offsetof(CheckRun, workflow)},
  {"outcome", COLUMN_TEXT, offsetof(CheckRun, outcome)},
  {"started_us", COLUMN_INTEGER, offsetof(CheckRun, started_us)},
  {"ended_us", COLUMN_INTEGER, offsetof(CheckRun, ended_us)},
  {"log", COLUMN_TEXT, offsetof(CheckRun, log)},
};
static const RowType runs = {"check_runs", "check run", sizeof(CheckRun), columns, G_N_ELEMENTS(columns), (GDestroyNotify)check_run_free};

void check_run_free(CheckRun *run) {
  row_free(&runs, run);
}

static bool write_event(Store *store, const CheckRun *run, int64_t at_us, const char *kind, const char *outcome, GError **error) {
  json_auto_t *data =
    json_pack("{s:s, s:s, s:s, s:s}", "project", run->project, "commit", run->commit, "workflow", run->workflow, "outcome", outcome);
  return journal_write(store, at_us, "drover", kind, run->id, data, error);
}

bool check_run_begin(Store *store, const CheckRun *run, GError **error) {
  CheckRun begun = *run;
  begun.outcome = (char *)"running";
  begun.ended_us = 0;
  g_auto(Transaction) transaction = {0};
  return transaction_begin(&transaction, store, error) && row_insert(store, &runs, &begun, error) &&
         write_event(store, &begun, begun.started_us, "check.started", begun.outcome, error) && transaction_commit(&transaction, error);
}

bool check_run_end(Store *store, const char *id, const char *outcome, int64_t ended_us, GError **error) {
  if (g_strcmp0(outcome, "running") == 0)
    return error_set(error, DROVER_ERROR_INPUT, "a check run cannot end as \"running\"");
  g_auto(Transaction) transaction = {0};
  if (!transaction_begin(&transaction, store, error))
    return false;
  g_autoptr(CheckRun) run = row_get(store, &runs, id, error);
  if (run == NULL)
    return false;
  if (g_strcmp0(run->outcome, "running") != 0)
    return error_set(error, DROVER_ERROR_CONFLICT, "check run %s has ended already: %s", id, run->outcome);
  return store_execute(store, "UPDATE check_runs SET outcome = ?, ended_us = ? WHERE id = ?", VALUES(TEXT(outcome), INTEGER(ended_us), TEXT(id)),
                       NULL, error) &&
         write_event(store, run, ended_us, "check.ended", outcome, error) && transaction_commit(&transaction, error);
}

CheckRun *check_run_get(Store *store, const char *id, GError **error) {
  return row_get_locked(store, &runs, id, error);
}

CheckRun *check_run_find_success(Store *store, const char *project, const char *commit, const char *workflow, GError **error) {
  return row_find_locked(store, &runs,
                         "WHERE project = ? AND commit_id = ? AND workflow = ? AND outcome = 'success' ORDER BY ended_us DESC, id DESC LIMIT 1",
                         VALUES(TEXT(project), TEXT(commit), TEXT(workflow)), error);
}

GPtrArray *check_run_list_running(Store *store, const char *project, GError **error) {
  return rows_select_locked(store, &runs, "WHERE project = ? AND outcome = 'running' ORDER BY id", VALUES(TEXT(project)), error);
}
