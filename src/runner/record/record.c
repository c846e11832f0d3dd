#include "runner/record/record.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/record/entries.h"
#include "runner/record/journal.h"

#include <stdlib.h>
#include <string.h>

#define REQUEST_MAX_BYTES ((size_t)16 << 20)

static char *request_file(const char *dir) {
  return g_build_filename(dir, "request.json", NULL);
}

json_t *run_record_request(const char *dir, GError **error) {
  g_autofree char *file = request_file(dir);
  size_t size;
  g_autofree char *text = fs_read(file, REQUEST_MAX_BYTES, &size, error);
  json_t *request = text != NULL ? json_loadb(text, size, 0, NULL) : NULL;
  if (text != NULL && !json_is_object(request)) {
    error_set(error, DROVER_ERROR_CORRUPT, "%s is not what was written", file);
    g_clear_pointer(&request, json_decref);
  }
  return request;
}

static RunRecord *record_of(const char *dir) {
  RunRecord *record = g_new0(RunRecord, 1);
  record->dir = g_strdup(dir);
  record->entries = json_array();
  return record;
}

RunRecord *run_record_new(const char *dir, const json_t *request, GError **error) {
  g_autoptr(RunRecord) record = record_of(dir);
  g_autofree char *file = request_file(dir);
  char *text = request != NULL ? json_dumps(request, JSON_INDENT(2)) : NULL;
  bool written = text == NULL || fs_write(file, text, strlen(text), 0600, error);
  free(text);
  record->journal = written ? run_journal_open(dir, error) : NULL;
  if (record->journal == NULL || !run_record_add(record, "run.started", NULL, record_now(), error))
    return NULL;
  return g_steal_pointer(&record);
}

RunRecord *run_record_read(const char *dir, GError **error) {
  g_autoptr(RunRecord) record = record_of(dir);
  json_t *entries = run_journal_read(dir, error);
  if (entries == NULL)
    return NULL;
  json_decref(record->entries);
  record->entries = entries;
  return g_steal_pointer(&record);
}

RunRecord *run_record_resume(const char *dir, GError **error) {
  g_autoptr(RunRecord) record = run_record_read(dir, error);
  if (record == NULL)
    return NULL;
  size_t count = json_array_size(record->entries);
  if (count > 0 && strcmp(record_kind(json_array_get(record->entries, count - 1)), "run.ended") == 0) {
    error_set(error, DROVER_ERROR_CONFLICT, "the run has ended: nothing is left to go on with (drover replay runs a job again)");
    return NULL;
  }
  record->journal = run_journal_open(dir, error);
  return record->journal != NULL ? g_steal_pointer(&record) : NULL;
}

void run_record_free(RunRecord *record) {
  g_clear_pointer(&record->journal, run_journal_close);
  json_decref(record->entries);
  g_free(record->dir);
  g_free(record);
}

const char *run_record_dir(const RunRecord *record) {
  return record->dir;
}

/* Keys hold what names of jobs may, and "/": all but letters and digits is written as its number. */
char *run_record_pictures(const RunRecord *record, const char *key) {
  g_autoptr(GString) name = g_string_new(NULL);
  for (const char *at = key; *at != '\0'; at++)
    if (g_ascii_isalnum(*at) || *at == '-')
      g_string_append_c(name, *at);
    else
      g_string_append_printf(name, "_%02x", (unsigned char)*at);
  return g_build_filename(record->dir, "record", name->str, NULL);
}

/* ---- writing ---- */

json_t *record_now(void) {
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *text = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
  return json_pack("{s:s}", "at", text);
}

bool run_record_add(RunRecord *record, const char *kind, const char *key, json_t *entry, GError **error) {
  json_auto_t *owned = entry != NULL ? entry : json_object();
  json_object_set_new(owned, "kind", json_string(kind));
  if (key != NULL)
    json_object_set_new(owned, "job", json_string(key));
  return run_journal_append(record->journal, owned, error);
}

bool run_record_end(RunRecord *record, const char *outcome, GError **error) {
  json_t *entry = record_now();
  json_object_set_new(entry, "outcome", json_string(outcome));
  return run_record_add(record, "run.ended", NULL, entry, error);
}

bool run_record_is_open(const char *dir) {
  return run_journal_is_open(dir);
}

/* ---- old ones ---- */

static int newest_first(const void *left, const void *right) {
  return strcmp(*(const char *const *)right, *(const char *const *)left); /* ids are ULIDs, which begin with the time */
}

static bool has_record(const char *dir) {
  g_autofree char *file = request_file(dir);
  return g_file_test(file, G_FILE_TEST_IS_REGULAR);
}

/* Removed only by who holds its journal. */
static void remove_record(const char *dir) {
  g_autoptr(RunJournal) journal = run_journal_open(dir, NULL);
  if (journal != NULL)
    fs_remove_tree(dir, NULL);
}

void run_records_sweep(const char *runs_dir, guint keep_max) {
  g_autoptr(GDir) dir = g_dir_open(runs_dir, 0, NULL);
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(runs_dir, name, NULL);
    if (has_record(path))
      g_ptr_array_add(found, g_steal_pointer(&path));
  }
  g_ptr_array_sort(found, newest_first);
  for (guint i = keep_max; i < found->len; i++)
    remove_record(g_ptr_array_index(found, i));
}
