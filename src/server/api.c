/* The API: what the store remembers, as JSON. Times are RFC 3339 in UTC, or null for "not yet". */
#include "base/clock.h"
#include "base/error.h"
#include "server/routes.h"

#include <string.h>

#define ROWS_DEFAULT 50
#define ROWS_MAX 1000

static const char *query(const RouteCall *call, const char *name) {
  const char *value = MHD_lookup_connection_value(call->connection, MHD_GET_ARGUMENT_KIND, name);
  return value != NULL && *value != '\0' ? value : NULL;
}

static bool query_number(const RouteCall *call, const char *name, guint64 min, guint64 max, guint64 *number, GError **error) {
  const char *text = query(call, name);
  if (text == NULL || g_ascii_string_to_unsigned(text, 10, min, max, number, NULL))
    return true;
  return error_set(error, DROVER_ERROR_INPUT, "%s: expected a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, name, min, max);
}

static bool query_rows(const RouteCall *call, guint *rows, GError **error) {
  guint64 max = ROWS_DEFAULT;
  if (!query_number(call, "max", 1, ROWS_MAX, &max, error))
    return false;
  *rows = (guint)max;
  return true;
}

static json_t *time_json(int64_t time_us) {
  g_autofree char *text = time_us > 0 ? clock_format(time_us) : NULL;
  return text != NULL ? json_string(text) : json_null();
}

/* An object that could not be made would leave a hole where the client expects a row. */
static bool append(json_t *list, json_t *row, GError **error) {
  return json_array_append_new(list, row) == 0 || error_set(error, DROVER_ERROR_CORRUPT, "a stored row is not UTF-8 text");
}

static json_t *release_json(const Release *release) {
  return json_pack("{s:s, s:s, s:i, s:s, s:s?, s:s?, s:O?, s:O?, s:o}", "id", release->id, "project", release->project, "number",
                   (int)release->number, "commit", release->commit, "subject", release->subject, "author", release->author, "images", release->images,
                   "checks", release->checks, "recorded", time_json(release->recorded_us));
}

/* `release` is the one it moves to, so that a client need not ask once more for each row. */
static json_t *rollout_json(const Rollout *rollout, const Release *release) {
  return json_pack("{s:s, s:s, s:s, s:o, s:s?, s:s?, s:s, s:s?, s:s?, s:s?, s:o, s:o}", "id", rollout->id, "project", rollout->project, "environment",
                   rollout->environment, "release", release_json(release), "from_release", rollout->from_release, "actor", rollout->actor, "state",
                   rollout->state, "slot", rollout->slot, "outcome", rollout->outcome, "error", rollout->error, "started",
                   time_json(rollout->started_us), "ended", time_json(rollout->ended_us));
}

const char *api_health(const Environment *environment, const Rollout *open, const Rollout *last) {
  static const struct {
    const char *outcome;
    const char *health;
  } rows[] = {{"completed", "healthy"}, {"rolled-back", "kept"}, {"failed", "failed"}};
  if (open != NULL)
    return "moving";
  for (size_t i = 0; last != NULL && i < G_N_ELEMENTS(rows); i++)
    if (g_strcmp0(last->outcome, rows[i].outcome) == 0)
      return environment->release == NULL && i < 2 ? "empty" : rows[i].health;
  return environment->release == NULL ? "empty" : "unknown";
}

/* `rollout` may be NULL, which makes null. */
static bool rollout_row(Store *store, const Rollout *rollout, json_t **made, GError **error) {
  g_autoptr(Release) release = rollout != NULL ? release_get(store, rollout->release, error) : NULL;
  if (rollout != NULL && release == NULL)
    return false;
  *made = rollout != NULL ? rollout_json(rollout, release) : json_null();
  return true;
}

/* One environment with the release it runs and its last rollout. */
static bool environment_row(Store *store, const Environment *environment, json_t **made, GError **error) {
  g_autoptr(GError) why = NULL;
  json_t *last_row = NULL;
  g_autoptr(Release) release = environment->release != NULL ? release_get(store, environment->release, &why) : NULL;
  g_autoptr(Rollout) open = why == NULL ? rollout_find_open(store, environment->project, environment->name, &why) : NULL;
  g_autoptr(Rollout) last = why == NULL ? rollout_find_last(store, environment->project, environment->name, &why) : NULL;
  if (why != NULL || !rollout_row(store, last, &last_row, &why)) {
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
  }
  *made = json_pack("{s:s, s:s, s:o, s:s?, s:s?, s:o, s:s, s:o}", "project", environment->project, "name", environment->name, "release",
                    release != NULL ? release_json(release) : json_null(), "previous", environment->previous, "slot", environment->slot, "since",
                    time_json(environment->since_us), "health", api_health(environment, open, last), "rollout", last_row);
  return true;
}

bool api_environments(const RouteCall *call, json_t **made, GError **error) {
  g_autoptr(GPtrArray) environments = environment_list(call->store, query(call, "project"), error);
  if (environments == NULL)
    return false;
  json_auto_t *list = json_array();
  for (guint i = 0; i < environments->len; i++) {
    json_t *row = NULL;
    if (!environment_row(call->store, g_ptr_array_index(environments, i), &row, error) || !append(list, row, error))
      return false;
  }
  *made = json_pack("{s:O}", "environments", list);
  return true;
}

bool api_releases(const RouteCall *call, json_t **made, GError **error) {
  guint rows = 0;
  const char *project = query(call, "project");
  if (!query_rows(call, &rows, error))
    return false;
  if (project == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "project: expected the name of a project, as in ?project=shop");
  g_autoptr(GPtrArray) releases = release_list(call->store, project, rows, error);
  if (releases == NULL)
    return false;
  json_auto_t *list = json_array();
  for (guint i = 0; i < releases->len; i++)
    if (!append(list, release_json(g_ptr_array_index(releases, i)), error))
      return false;
  *made = json_pack("{s:O}", "releases", list);
  return true;
}

bool api_rollouts(const RouteCall *call, json_t **made, GError **error) {
  guint rows = 0;
  if (!query_rows(call, &rows, error))
    return false;
  g_autoptr(GPtrArray) rollouts = rollout_list(call->store, query(call, "project"), query(call, "environment"), rows, error);
  if (rollouts == NULL)
    return false;
  json_auto_t *list = json_array();
  for (guint i = 0; i < rollouts->len; i++) {
    json_t *row = NULL;
    if (!rollout_row(call->store, g_ptr_array_index(rollouts, i), &row, error) || !append(list, row, error))
      return false;
  }
  *made = json_pack("{s:O}", "rollouts", list);
  return true;
}

static json_t *entry_json(const JournalEntry *entry) {
  return json_pack("{s:I, s:o, s:s, s:s, s:s?, s:O?, s:s}", "sequence", (json_int_t)entry->sequence, "at", time_json(entry->at_us), "actor",
                   entry->actor, "kind", entry->kind, "subject", entry->subject, "data", entry->data, "hash", entry->hash);
}

bool api_journal(const RouteCall *call, json_t **made, GError **error) {
  guint rows = 0;
  guint64 after = 0;
  if (!query_rows(call, &rows, error) || !query_number(call, "after", 0, G_MAXINT64, &after, error))
    return false;
  g_autoptr(GPtrArray) entries = journal_read(call->store, query(call, "subject"), (int64_t)after, rows, error);
  if (entries == NULL)
    return false;
  json_auto_t *list = json_array();
  for (guint i = 0; i < entries->len; i++)
    if (!append(list, entry_json(g_ptr_array_index(entries, i)), error))
      return false;
  *made = json_pack("{s:O}", "entries", list);
  return true;
}
