#include "base/error.h"
#include "store/environments.h"
#include "store/rows.h"

#include <string.h>

static const Column columns[] = {
  {"id", COLUMN_TEXT, offsetof(Rollout, id)},
  {"project", COLUMN_TEXT, offsetof(Rollout, project)},
  {"environment", COLUMN_TEXT, offsetof(Rollout, environment)},
  {"release", COLUMN_TEXT, offsetof(Rollout, release)},
  {"from_release", COLUMN_TEXT, offsetof(Rollout, from_release)},
  {"actor", COLUMN_TEXT, offsetof(Rollout, actor)},
  {"state", COLUMN_TEXT, offsetof(Rollout, state)},
  {"slot", COLUMN_TEXT, offsetof(Rollout, slot)},
  {"outcome", COLUMN_TEXT, offsetof(Rollout, outcome)},
  {"error", COLUMN_TEXT, offsetof(Rollout, error)},
  {"started_us", COLUMN_INTEGER, offsetof(Rollout, started_us)},
  {"ended_us", COLUMN_INTEGER, offsetof(Rollout, ended_us)},
  {"log", COLUMN_TEXT, offsetof(Rollout, log)},
};
static const RowType rollouts = {"rollouts", "rollout", sizeof(Rollout), columns, G_N_ELEMENTS(columns), (GDestroyNotify)rollout_free};

#define WHERE_OPEN "WHERE project = ? AND environment = ? AND outcome IS NULL"

void rollout_free(Rollout *rollout) {
  row_free(&rollouts, rollout);
}

bool rollout_record(Store *store, const Rollout *rollout, GError **error) {
  Rollout row = *rollout;
  row.outcome = row.error = NULL;
  row.ended_us = 0;
  g_auto(Transaction) transaction = {0};
  bool failed = false;
  if (!transaction_begin(&transaction, store, error))
    return false;
  g_autoptr(Rollout) open = row_find(store, &rollouts, WHERE_OPEN, VALUES(TEXT(row.project), TEXT(row.environment)), &failed, error);
  if (failed)
    return false;
  if (open != NULL)
    return error_set(error, DROVER_ERROR_CONFLICT, "%s of %s has an unfinished rollout: %s by %s", row.environment, row.project, open->id,
                     open->actor);
  json_auto_t *data = json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s}", "project", row.project, "environment", row.environment, "release", row.release,
                                "from_release", row.from_release, "slot", row.slot, "state", row.state);
  return row_insert(store, &rollouts, &row, error) && journal_write(store, row.started_us, row.actor, "rollout.started", row.id, data, error) &&
         transaction_commit(&transaction, error);
}

/* The rollout with `id`, which has not ended: CONFLICT when it has. Inside a transaction. */
static Rollout *get_open(Store *store, const char *id, GError **error) {
  g_autoptr(Rollout) rollout = row_get(store, &rollouts, id, error);
  if (rollout == NULL)
    return NULL;
  if (rollout->outcome == NULL)
    return g_steal_pointer(&rollout);
  error_set(error, DROVER_ERROR_CONFLICT, "rollout %s has ended already: %s", id, rollout->outcome);
  return NULL;
}

bool rollout_save_state(Store *store, const char *id, const char *state, const char *phase, json_t *data, GError **error) {
  if (strcmp(phase, "intent") != 0 && strcmp(phase, "outcome") != 0)
    return error_set(error, DROVER_ERROR_INTERNAL, "a step's phase is \"intent\" or \"outcome\", not \"%s\"", phase);
  g_auto(Transaction) transaction = {0};
  if (!transaction_begin(&transaction, store, error))
    return false;
  g_autoptr(Rollout) rollout = get_open(store, id, error);
  if (rollout == NULL)
    return false;
  json_auto_t *entry = json_pack("{s:s, s:s, s:O*}", "state", state, "phase", phase, "data", data);
  return store_execute(store, "UPDATE rollouts SET state = ? WHERE id = ?", VALUES(TEXT(state), TEXT(id)), NULL, error) &&
         journal_write(store, g_get_real_time(), rollout->actor, "rollout.step", id, entry, error) && transaction_commit(&transaction, error);
}

bool rollout_save_end(Store *store, const char *id, const char *outcome, const char *error_text, int64_t now_us, GError **error) {
  g_auto(Transaction) transaction = {0};
  if (!transaction_begin(&transaction, store, error))
    return false;
  g_autoptr(Rollout) rollout = get_open(store, id, error);
  if (rollout == NULL)
    return false;
  json_auto_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s?}", "project", rollout->project, "environment", rollout->environment, "release",
                                rollout->release, "outcome", outcome, "error", error_text);
  return store_execute(store, "UPDATE rollouts SET outcome = ?, error = ?, ended_us = ? WHERE id = ?",
                       VALUES(TEXT(outcome), TEXT(error_text), INTEGER(now_us), TEXT(id)), NULL, error) &&
         (strcmp(outcome, "completed") != 0 || environment_move(store, rollout, now_us, error)) &&
         journal_write(store, now_us, rollout->actor, "rollout.ended", id, data, error) && transaction_commit(&transaction, error);
}

Rollout *rollout_get(Store *store, const char *id, GError **error) {
  return row_get_locked(store, &rollouts, id, error);
}

Rollout *rollout_find_open(Store *store, const char *project, const char *environment, GError **error) {
  return row_find_locked(store, &rollouts, WHERE_OPEN, VALUES(TEXT(project), TEXT(environment)), error);
}

Rollout *rollout_find_last(Store *store, const char *project, const char *environment, GError **error) {
  return row_find_locked(store, &rollouts, "WHERE project = ? AND environment = ? ORDER BY started_us DESC, id DESC LIMIT 1",
                         VALUES(TEXT(project), TEXT(environment)), error);
}

GPtrArray *rollout_list(Store *store, const char *project, const char *environment, guint max, GError **error) {
  return rows_select_locked(store, &rollouts,
                            "WHERE project = coalesce(?, project) AND environment = coalesce(?, environment) "
                            "ORDER BY started_us DESC, id DESC LIMIT ?",
                            VALUES(TEXT(project), TEXT(environment), INTEGER(max)), error);
}
