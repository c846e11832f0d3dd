#include "base/facts.h"

#include "base/error.h"
#include "base/facts_resource.h"
#include "base/fs.h"

#include <string.h>

#define RESOURCE_FOLDER "/drover/data/"
#define KEY_START "{\"key\":\""
#define REPLACEMENT_MAX_BYTES ((size_t)16 << 20)

/* A file in use: whole lines, sorted. */
typedef struct Table Table;
struct Table {
  const char *bytes;
  size_t size;
  char **keys;        /* NULL until asked for */
  GHashTable *parsed; /* key to json_t */
  Table *retired;     /* what stood here before facts_use_folder() */
  GError *refusal;    /* of a replacement that is not in use */
};

static const char *const names[FACTS_COUNT] = {
  [FACTS_ACTIONS] = "actions",
  [FACTS_ADVISORIES] = "advisories",
  [FACTS_ARCHIVED] = "archived",
  [FACTS_EVENTS] = "events",
  [FACTS_KNOWN_ACTIONS] = "known-actions",
  [FACTS_PAYLOADS] = "payloads",
  [FACTS_RUNNER_LABELS] = "runner-labels",
  [FACTS_SCOPES] = "scopes",
  [FACTS_TIMEZONES] = "timezones",
};

static GMutex lock; /* over all below */
static Table *tables[FACTS_COUNT];
static Table *retired;
static char *data_folder; /* NULL: the user's */

const char *facts_name(FactsFile file) {
  return names[file];
}

/* ---- lines ---- */

static const char *line_end(const char *line, const char *end) {
  const char *newline = memchr(line, '\n', (size_t)(end - line));
  return newline != NULL ? newline : end;
}

/* The bytes between the quotes, or NULL where the line does not start as one of ours. */
static const char *line_key(const char *line, const char *end, size_t *size) {
  size_t start = strlen(KEY_START);
  if ((size_t)(end - line) < start || memcmp(line, KEY_START, start) != 0)
    return NULL;
  const char *key = line + start;
  const char *quote = memchr(key, '"', (size_t)(end - key));
  if (quote == NULL || memchr(key, '\\', (size_t)(quote - key)) != NULL)
    return NULL;
  *size = (size_t)(quote - key);
  return key;
}

static int compare_keys(const char *a, size_t a_size, const char *b, size_t b_size) {
  int order = memcmp(a, b, MIN(a_size, b_size));
  return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

static json_t *parse_line(const char *line, const char *end) {
  return json_loadb(line, (size_t)(line_end(line, end) - line), JSON_REJECT_DUPLICATES, NULL);
}

static const char *find_line(const Table *table, const char *key) {
  size_t key_size = strlen(key);
  const char *end = table->bytes + table->size;
  for (const char *low = table->bytes, *high = end; low < high;) {
    const char *middle = low + (high - low) / 2;
    const char *newline = memrchr(low, '\n', (size_t)(middle - low));
    const char *line = newline != NULL ? newline + 1 : low;
    size_t size = 0;
    const char *found = line_key(line, end, &size);
    int order = compare_keys(found, size, key, key_size);
    if (order == 0)
      return line;
    if (order < 0)
      low = line_end(line, end) + 1;
    else
      high = line;
  }
  return NULL;
}

/* ---- replacements ---- */

static bool is_date(const char *text) {
  return text != NULL && g_regex_match_simple("^\\d{4}-\\d\\d-\\d\\d$", text, G_REGEX_DOLLAR_ENDONLY, G_REGEX_MATCH_DEFAULT);
}

static bool is_heading(const json_t *line) {
  return is_date(json_string_value(json_object_get(line, "date"))) && json_is_string(json_object_get(line, "source"));
}

static bool check_lines(const char *path, const char *bytes, size_t size, GError **error) {
  const char *end = bytes + size;
  const char *before = NULL;
  size_t before_size = 0;
  unsigned number = 1;
  if (size == 0 || end[-1] != '\n')
    return error_set(error, DROVER_ERROR_INPUT, "%s: expected lines of JSON, each with a line break at its end", path);
  for (const char *line = bytes; line < end; line = line_end(line, end) + 1, number++) {
    size_t key_size = 0;
    const char *key = line_key(line, line_end(line, end), &key_size);
    json_auto_t *parsed = key != NULL ? parse_line(line, end) : NULL;
    if (parsed == NULL)
      return error_set(error, DROVER_ERROR_INPUT, "%s:%u: expected one JSON object that starts with " KEY_START "...\"", path, number);
    if (before == NULL && (key_size != 0 || !is_heading(parsed)))
      return error_set(error, DROVER_ERROR_INPUT, "%s:%u: expected the key \"\" with a date (YYYY-MM-DD) and a source", path, number);
    if (before != NULL && compare_keys(before, before_size, key, key_size) >= 0)
      return error_set(error, DROVER_ERROR_INPUT, "%s:%u: keys must rise bytewise; sort the file with LC_ALL=C sort", path, number);
    before = key, before_size = key_size;
  }
  return true;
}

static char *replacement_path(FactsFile file) {
  const char *told = data_folder != NULL ? data_folder : g_getenv("DROVER_FACTS");
  g_autofree char *name = g_strconcat(names[file], ".jsonl", NULL);
  return told != NULL && *told != '\0' ? g_build_filename(told, name, NULL) : g_build_filename(g_get_user_data_dir(), "drover", "facts", name, NULL);
}

/* Whether the table now holds a replacement. */
static bool use_replacement(Table *table, FactsFile file) {
  g_autofree char *path = replacement_path(file);
  g_autoptr(GError) error = NULL;
  size_t size = 0;
  g_autofree char *bytes = fs_read(path, REPLACEMENT_MAX_BYTES, &size, &error);
  if (bytes == NULL && error_is(error, DROVER_ERROR_NOT_FOUND))
    return false;
  if (bytes == NULL || !check_lines(path, bytes, size, &error)) {
    table->refusal = g_steal_pointer(&error);
    return false;
  }
  table->bytes = g_steal_pointer(&bytes), table->size = size;
  return true;
}

static void use_built_in(Table *table, FactsFile file) {
  g_autofree char *path = g_strconcat(RESOURCE_FOLDER, names[file], ".jsonl", NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(facts_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes == NULL)
    g_error("%s is missing in this program", path);
  table->bytes = g_bytes_get_data(bytes, &table->size); /* static: it outlives the GBytes */
}

/* ---- tables; the lock is held ---- */

static Table *open_table(FactsFile file) {
  if (tables[file] != NULL)
    return tables[file];
  Table *table = g_new0(Table, 1);
  table->parsed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (!use_replacement(table, file))
    use_built_in(table, file);
  return tables[file] = table;
}

static char **list_keys(const Table *table) {
  GPtrArray *keys = g_ptr_array_new();
  const char *end = table->bytes + table->size;
  for (const char *line = line_end(table->bytes, end) + 1; line < end; line = line_end(line, end) + 1) {
    size_t size = 0;
    const char *key = line_key(line, end, &size);
    g_ptr_array_add(keys, g_strndup(key, size));
  }
  g_ptr_array_add(keys, NULL);
  return (char **)g_ptr_array_free(keys, FALSE);
}

const json_t *facts_find(FactsFile file, const char *key) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
  Table *table = open_table(file);
  json_t *parsed = g_hash_table_lookup(table->parsed, key);
  const char *line = parsed == NULL ? find_line(table, key) : NULL;
  if (line == NULL)
    return parsed;
  parsed = parse_line(line, table->bytes + table->size);
  g_hash_table_insert(table->parsed, g_strdup(key), parsed);
  return parsed;
}

const char *const *facts_keys(FactsFile file) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
  Table *table = open_table(file);
  if (table->keys == NULL)
    table->keys = list_keys(table);
  return (const char *const *)table->keys;
}

bool facts_check(GError **error) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
  for (FactsFile file = 0; file < FACTS_COUNT; file++) {
    const GError *refusal = open_table(file)->refusal;
    if (refusal != NULL)
      return error_set(error, DROVER_ERROR_INPUT, "%s; put it right, or remove the file to use the built-in facts", refusal->message);
  }
  return true;
}

void facts_use_folder(const char *folder) {
  g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
  g_free(data_folder);
  data_folder = g_strdup(folder);
  for (FactsFile file = 0; file < FACTS_COUNT; file++)
    if (tables[file] != NULL) {
      tables[file]->retired = retired;
      retired = g_steal_pointer(&tables[file]);
    }
}
