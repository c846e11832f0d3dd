#include "store/environments.h"

#include "store/rows.h"

static const Column columns[] = {
  {"project", COLUMN_TEXT, offsetof(Environment, project)}, {"name", COLUMN_TEXT, offsetof(Environment, name)},
  {"release", COLUMN_TEXT, offsetof(Environment, release)}, {"previous", COLUMN_TEXT, offsetof(Environment, previous)},
  {"slot", COLUMN_TEXT, offsetof(Environment, slot)},       {"since_us", COLUMN_INTEGER, offsetof(Environment, since_us)},
};
static const RowType environments = {"environments", "environment",         sizeof(Environment),
                                     columns,        G_N_ELEMENTS(columns), (GDestroyNotify)environment_free};

void environment_free(Environment *environment) {
  row_free(&environments, environment);
}

/* `previous` stays what it was when the same release is rolled out again, and is never the release that runs. */
bool environment_move(Store *store, const Rollout *rollout, int64_t now_us, GError **error) {
  static const char sql[] = "INSERT INTO environments (project, name, release, previous, slot, since_us) VALUES (?1, ?2, ?3, NULL, ?4, ?5) "
                            "ON CONFLICT (project, name) DO UPDATE SET "
                            "previous = nullif(CASE WHEN release IS NULL OR release = ?3 THEN previous ELSE release END, ?3), "
                            "release = ?3, slot = ?4, since_us = ?5";
  return store_execute(store, sql,
                       VALUES(TEXT(rollout->project), TEXT(rollout->environment), TEXT(rollout->release), TEXT(rollout->slot), INTEGER(now_us)), NULL,
                       error);
}

Environment *environment_get(Store *store, const char *project, const char *name, GError **error) {
  HOLD(store);
  bool failed = false;
  Environment *found = row_find(store, &environments, "WHERE project = ? AND name = ?", VALUES(TEXT(project), TEXT(name)), &failed, error);
  if (found != NULL || failed)
    return found;
  found = g_new0(Environment, 1);
  found->project = g_strdup(project);
  found->name = g_strdup(name);
  return found;
}

GPtrArray *environment_list(Store *store, const char *project, GError **error) {
  return rows_select_locked(store, &environments, "WHERE project = coalesce(?, project) ORDER BY project, name", VALUES(TEXT(project)), error);
}

bool environment_clear(Store *store, const char *project, const char *name, const char *actor, GError **error) {
  int64_t now_us = g_get_real_time();
  g_autofree char *subject = g_strdup_printf("%s/%s", project, name);
  g_auto(Transaction) transaction = {0};
  bool failed = false;
  if (!transaction_begin(&transaction, store, error))
    return false;
  g_autoptr(Environment) before = row_find(store, &environments, "WHERE project = ? AND name = ?", VALUES(TEXT(project), TEXT(name)), &failed, error);
  if (failed)
    return false;
  if (before == NULL || before->release == NULL)
    return true;
  json_auto_t *data = json_pack("{s:s, s:s, s:s}", "project", project, "environment", name, "release", before->release);
  return store_execute(store, "UPDATE environments SET previous = release, release = NULL, slot = NULL, since_us = ? WHERE project = ? AND name = ?",
                       VALUES(INTEGER(now_us), TEXT(project), TEXT(name)), NULL, error) &&
         journal_write(store, now_us, actor, "environment.cleared", subject, data, error) && transaction_commit(&transaction, error);
}
