#include "base/error.h"
#include "base/id.h"
#include "store/rows.h"

static const Column columns[] = {
  {"id", COLUMN_TEXT, offsetof(Release, id)},
  {"project", COLUMN_TEXT, offsetof(Release, project)},
  {"number", COLUMN_UNSIGNED, offsetof(Release, number)},
  {"commit_id", COLUMN_TEXT, offsetof(Release, commit)},
  {"subject", COLUMN_TEXT, offsetof(Release, subject)},
  {"author", COLUMN_TEXT, offsetof(Release, author)},
  {"images", COLUMN_JSON, offsetof(Release, images)},
  {"project_file", COLUMN_TEXT, offsetof(Release, project_file)},
  {"checks", COLUMN_JSON, offsetof(Release, checks)},
  {"recorded_us", COLUMN_INTEGER, offsetof(Release, recorded_us)},
};
static const RowType releases = {"releases", "release", sizeof(Release), columns, G_N_ELEMENTS(columns), (GDestroyNotify)release_free};

void release_free(Release *release) {
  row_free(&releases, release);
}

static Release *find_commit(Store *store, const char *project, const char *commit, bool *failed, GError **error) {
  return row_find(store, &releases, "WHERE project = ? AND commit_id = ?", VALUES(TEXT(project), TEXT(commit)), failed, error);
}

static bool next_number(Store *store, const char *project, unsigned *number, GError **error) {
  int64_t next = 0;
  if (!store_query_integer(store, "SELECT coalesce(max(number), 0) + 1 FROM releases WHERE project = ?", VALUES(TEXT(project)), 0, &next, error))
    return false;
  *number = (unsigned)next;
  return true;
}

static bool write_event(Store *store, const Release *release, const char *actor, GError **error) {
  json_auto_t *data = json_pack("{s:s, s:i, s:s, s:O, s:O}", "project", release->project, "number", (int)release->number, "commit", release->commit,
                                "images", release->images, "checks", release->checks);
  return journal_write(store, release->recorded_us, actor, "release.recorded", release->id, data, error);
}

bool release_record(Store *store, const Release *release, const char *actor, int64_t now_us, Release **made, GError **error) {
  g_autofree char *id = id_new();
  Release row = *release;
  row.id = id;
  row.recorded_us = now_us;
  g_auto(Transaction) transaction = {0};
  bool failed = false;
  if (!transaction_begin(&transaction, store, error))
    return false;
  g_autoptr(Release) before = find_commit(store, row.project, row.commit, &failed, error);
  if (failed)
    return false;
  if (before != NULL)
    return error_set(error, DROVER_ERROR_CONFLICT, "commit %.12s is release %u of %s already", row.commit, before->number, row.project);
  if (!next_number(store, row.project, &row.number, error) || !row_insert(store, &releases, &row, error) || !write_event(store, &row, actor, error))
    return false;
  g_autoptr(Release) stored = row_get(store, &releases, id, error);
  if (stored == NULL || !transaction_commit(&transaction, error))
    return false;
  if (made != NULL)
    *made = g_steal_pointer(&stored);
  return true;
}

Release *release_get(Store *store, const char *id, GError **error) {
  return row_get_locked(store, &releases, id, error);
}

Release *release_find_commit(Store *store, const char *project, const char *commit, GError **error) {
  HOLD(store);
  return find_commit(store, project, commit, NULL, error);
}

Release *release_find_number(Store *store, const char *project, unsigned number, GError **error) {
  return row_find_locked(store, &releases, "WHERE project = ? AND number = ?", VALUES(TEXT(project), INTEGER(number)), error);
}

GPtrArray *release_list(Store *store, const char *project, guint max, GError **error) {
  return rows_select_locked(store, &releases, "WHERE project = ? ORDER BY number DESC LIMIT ?", VALUES(TEXT(project), INTEGER(max)), error);
}
