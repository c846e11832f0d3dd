#include "runner/record/entries.h"

#include <string.h>

#define POSITIONS_MAX 100000

const char *record_kind(const json_t *entry) {
  const char *kind = json_string_value(json_object_get(entry, "kind"));
  return kind != NULL ? kind : "";
}

static bool is_of(const json_t *entry, const char *kind, const char *key) {
  const char *job = json_string_value(json_object_get(entry, "job"));
  return strcmp(record_kind(entry), kind) == 0 && g_strcmp0(job, key) == 0;
}

static int position_of(const json_t *entry) {
  return (int)CLAMP(json_integer_value(json_object_get(entry, "position")), 0, POSITIONS_MAX);
}

static const json_t *last_of(const RunRecord *record, const char *kind, const char *key) {
  for (size_t i = json_array_size(record->entries); i > 0; i--)
    if (is_of(json_array_get(record->entries, i - 1), kind, key))
      return json_array_get(record->entries, i - 1);
  return NULL;
}

const json_t *run_record_result(const RunRecord *record, const char *key) {
  return json_object_get(last_of(record, "job.ended", key), "result");
}

const json_t *run_record_start(const RunRecord *record, const char *key) {
  return last_of(record, "job.started", key);
}

/* ---- checkpoints ---- */

/* Where the entries begin that count: a job that began anew has nothing to do with what it did before. */
static size_t beginning_of(const RunRecord *record, const char *key) {
  size_t index, first = 0;
  const json_t *entry;
  json_array_foreach (record->entries, index, entry)
    if (is_of(entry, "job.started", key) && json_integer_value(json_object_get(entry, "from")) == 0)
      first = index + 1;
  return first;
}

static const json_t *find_checkpoint(const RunRecord *record, const char *key, int position) {
  for (size_t i = json_array_size(record->entries), first = beginning_of(record, key); i > first; i--) {
    const json_t *entry = json_array_get(record->entries, i - 1);
    if (is_of(entry, "step.ended", key) && json_object_get(entry, "state") != NULL && (position < 0 || position_of(entry) < position))
      return entry;
  }
  return NULL;
}

/* The steps up to `last`, each as it ended when it was run last. Transfer full. */
static json_t *ended_steps(const RunRecord *record, const char *key, int last) {
  json_t *steps = json_array();
  for (int i = 0; i <= last; i++)
    json_array_append_new(steps, json_null());
  for (size_t i = beginning_of(record, key); i < json_array_size(record->entries); i++) {
    json_t *entry = json_array_get(record->entries, i);
    if (is_of(entry, "step.ended", key) && position_of(entry) <= last)
      json_array_set(steps, (size_t)position_of(entry), entry);
  }
  return steps;
}

json_t *run_record_checkpoint(const RunRecord *record, const char *key, int position) {
  const json_t *found = find_checkpoint(record, key, position);
  if (found == NULL)
    return NULL;
  json_auto_t *steps = ended_steps(record, key, position_of(found)), *report = json_array(), *annotations = json_array();
  size_t index;
  json_t *step;
  json_array_foreach (steps, index, step) {
    json_t *own = json_object_get(step, "report");
    json_array_append_new(report, own != NULL ? json_deep_copy(own) : json_null());
    json_array_extend(annotations, json_object_get(step, "annotations"));
  }
  return json_pack("{s:i, s:O, s:O*, s:O, s:O}", "position", position_of(found) + 1, "state", json_object_get(found, "state"), "failure",
                   json_object_get(found, "failure"), "report", report, "annotations", annotations);
}

/* ---- steps and jobs by name ---- */

static bool is_called(const json_t *entry, const char *name) {
  static const char *const members[] = {"id", "name"};
  json_int_t number = json_integer_value(json_object_get(entry, "number"));
  g_autofree char *digits = g_strdup_printf("%" JSON_INTEGER_FORMAT, number);
  for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
    if (g_strcmp0(json_string_value(json_object_get(entry, members[i])), name) == 0)
      return true;
  return strcmp(digits, name) == 0;
}

int run_record_position(const RunRecord *record, const char *key, const char *name) {
  size_t index;
  json_t *entry;
  json_array_foreach (record->entries, index, entry)
    if ((is_of(entry, "step.started", key) || is_of(entry, "step.ended", key)) && is_called(entry, name))
      return position_of(entry);
  return -1;
}

char **run_record_keys(const RunRecord *record) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GStrvBuilder) keys = g_strv_builder_new();
  size_t index;
  json_t *entry;
  json_array_foreach (record->entries, index, entry) {
    const char *key = json_string_value(json_object_get(entry, "job"));
    if (key != NULL && strcmp(record_kind(entry), "job.started") == 0 && g_hash_table_add(seen, (gpointer)key))
      g_strv_builder_add(keys, key);
  }
  return g_strv_builder_end(keys);
}

/* ---- all of it ---- */

/* Notes the first step that failed. */
static void note_step(json_t *job, const json_t *entry) {
  bool failed = g_strcmp0(json_string_value(json_object_get(entry, "conclusion")), "failure") == 0;
  if (failed && json_object_get(job, "failed") == NULL)
    json_object_set_new(job, "failed", json_integer(position_of(entry)));
}

/* Takes one entry of a job into its summary. */
static void note(json_t *jobs, const json_t *entry) {
  const char *key = json_string_value(json_object_get(entry, "job")), *kind = record_kind(entry);
  if (key == NULL)
    return;
  bool begins = strcmp(kind, "job.started") == 0 && json_integer_value(json_object_get(entry, "from")) == 0;
  if (begins)
    json_object_set_new(jobs, key, json_pack("{s:s, s:O*}", "key", key, "id", json_object_get(entry, "id")));
  json_t *job = json_object_get(jobs, key);
  if (job != NULL && strcmp(kind, "step.ended") == 0)
    note_step(job, entry);
  if (job != NULL && strcmp(kind, "job.ended") == 0)
    json_object_set(job, "conclusion", json_object_get(json_object_get(entry, "result"), "conclusion"));
}

static json_t *value_or_null(const json_t *entry, const char *key) {
  json_t *value = json_object_get(entry, key);
  return value != NULL ? json_incref(value) : json_null();
}

json_t *run_record_summary(const RunRecord *record) {
  json_auto_t *jobs = json_object(), *list = json_array();
  size_t index, count = json_array_size(record->entries);
  json_t *entry;
  json_array_foreach (record->entries, index, entry)
    note(jobs, entry);
  const char *key;
  json_t *job;
  json_object_foreach (jobs, key, job)
    json_array_append(list, job);
  const json_t *last = json_array_get(record->entries, count > 0 ? count - 1 : 0);
  bool ended = strcmp(record_kind(last), "run.ended") == 0;
  return json_pack("{s:o, s:o, s:O}", "started", value_or_null(json_array_get(record->entries, 0), "at"), "outcome",
                   ended ? value_or_null(last, "outcome") : json_null(), "jobs", list);
}
