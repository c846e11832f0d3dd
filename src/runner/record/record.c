#include "runner/record/record.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/record/journal.h"

#include <stdlib.h>
#include <string.h>

#define REQUEST_MAX_BYTES ((size_t)16 << 20)

struct RunRecord {
  char *dir;
  RunJournal *journal; /* NULL: only read */
  json_t *entries;     /* of earlier tries: a list */
};

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
  if (record->journal == NULL || !run_record_add(record, "run.started", NULL, NULL, error))
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

static const char *kind_of(const json_t *entry) {
  const char *kind = json_string_value(json_object_get(entry, "kind"));
  return kind != NULL ? kind : "";
}

RunRecord *run_record_resume(const char *dir, GError **error) {
  g_autoptr(RunRecord) record = run_record_read(dir, error);
  if (record == NULL)
    return NULL;
  size_t count = json_array_size(record->entries);
  if (count > 0 && strcmp(kind_of(json_array_get(record->entries, count - 1)), "run.ended") == 0) {
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

bool run_record_add(RunRecord *record, const char *kind, const char *key, json_t *entry, GError **error) {
  json_auto_t *owned = entry != NULL ? entry : json_object();
  json_object_set_new(owned, "kind", json_string(kind));
  if (key != NULL)
    json_object_set_new(owned, "job", json_string(key));
  return run_journal_append(record->journal, owned, error);
}

/* ---- reading ---- */

static bool is_of(const json_t *entry, const char *kind, const char *key) {
  const char *job = json_string_value(json_object_get(entry, "job"));
  return strcmp(kind_of(entry), kind) == 0 && g_strcmp0(job, key) == 0;
}

/* The last entry of a kind, at `before` or earlier where that is not negative. */
static const json_t *last_of(const RunRecord *record, const char *kind, const char *key, int before) {
  for (size_t i = json_array_size(record->entries); i > 0; i--) {
    const json_t *entry = json_array_get(record->entries, i - 1);
    if (is_of(entry, kind, key) && (before < 0 || json_integer_value(json_object_get(entry, "position")) <= before))
      return entry;
  }
  return NULL;
}

const json_t *run_record_result(const RunRecord *record, const char *key) {
  return json_object_get(last_of(record, "job.ended", key, -1), "result");
}

const json_t *run_record_checkpoint(const RunRecord *record, const char *key, int position) {
  return last_of(record, "checkpoint", key, position);
}

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
    if (is_of(entry, "step.started", key) && is_called(entry, name))
      return (int)json_integer_value(json_object_get(entry, "position"));
  return -1;
}

char **run_record_keys(const RunRecord *record) {
  g_autoptr(GStrvBuilder) keys = g_strv_builder_new();
  size_t index;
  json_t *entry;
  json_array_foreach (record->entries, index, entry)
    if (strcmp(kind_of(entry), "job.started") == 0)
      g_strv_builder_add(keys, json_string_value(json_object_get(entry, "job")));
  return g_strv_builder_end(keys);
}

/* ---- secrets ---- */

#define MARK "\x1f" /* no program's text has it around a name */
#define SECRET_MIN 4

typedef char *(*TextFunc)(const char *text, const json_t *secrets);

static char *replaced(char *text, const char *from, const char *to) {
  if (strstr(text, from) == NULL)
    return text;
  GString *whole = g_string_new(text);
  g_string_replace(whole, from, to, 0);
  g_free(text);
  return g_string_free(whole, FALSE);
}

static char *hide_text(const char *text, const json_t *secrets) {
  char *result = g_strdup(text);
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)secrets, name, value) {
    g_autofree char *mark = g_strconcat(MARK, name, MARK, NULL);
    if (json_string_length(value) >= SECRET_MIN)
      result = replaced(result, json_string_value(value), mark);
  }
  return result;
}

static char *reveal_text(const char *text, const json_t *secrets) {
  char *result = g_strdup(text);
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)secrets, name, value) {
    g_autofree char *mark = g_strconcat(MARK, name, MARK, NULL);
    result = replaced(result, mark, json_string_value(value));
  }
  return result;
}

static json_t *map_texts(const json_t *value, const json_t *secrets, TextFunc text) {
  if (json_is_string(value)) {
    g_autofree char *mapped = text(json_string_value(value), secrets);
    return json_string(mapped);
  }
  if (!json_is_object(value) && !json_is_array(value))
    return json_deep_copy(value);
  json_t *mapped = json_is_object(value) ? json_object() : json_array();
  const char *key;
  json_t *item;
  json_object_foreach ((json_t *)value, key, item)
    json_object_set_new(mapped, key, map_texts(item, secrets, text));
  for (size_t i = 0; i < json_array_size(value); i++)
    json_array_append_new(mapped, map_texts(json_array_get(value, i), secrets, text));
  return mapped;
}

json_t *record_hide(const json_t *value, const json_t *secrets) {
  return map_texts(value, secrets, hide_text);
}

json_t *record_reveal(const json_t *value, const json_t *secrets) {
  return map_texts(value, secrets, reveal_text);
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
