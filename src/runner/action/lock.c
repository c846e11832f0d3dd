#include "runner/action/lock.h"

#include "base/digest.h"
#include "base/error.h"

#include <string.h>

#define TEXT_MAX_BYTES ((size_t)1 << 20)
#define LINE_MAX_BYTES 1024
#define HEAD "# drover actions.lock "
#define VERSION "1"
#define HEAD_WORDS ": the commits and files of the actions that runs use. Renew it with: drover run --update-lock"

struct ActionLock {
  GHashTable *entries; /* "owner/repo@ref", the first two in lower case -> ActionLockEntry */
};

static void entry_free(gpointer data) {
  ActionLockEntry *entry = data;
  g_free(entry->name);
  g_free(entry->commit);
  g_free(entry->digest);
  g_free(entry);
}

ActionLock *action_lock_new(void) {
  ActionLock *lock = g_new0(ActionLock, 1);
  lock->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
  return lock;
}

void action_lock_free(ActionLock *lock) {
  g_hash_table_unref(lock->entries);
  g_free(lock);
}

/* Only what stands before the "@" is compared without regard to case. */
static char *make_key(const char *name) {
  size_t length = strcspn(name, "@");
  g_autofree char *repository = g_ascii_strdown(name, (gssize)length);
  return g_strconcat(repository, name + length, NULL);
}

static void put(ActionLock *lock, const char *name, const char *commit, const char *digest) {
  ActionLockEntry *entry = g_new0(ActionLockEntry, 1);
  entry->name = g_strdup(name);
  entry->commit = g_strdup(commit);
  entry->digest = g_strdup(digest);
  g_hash_table_replace(lock->entries, make_key(name), entry);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  unsigned number; /* of the line, from 1 */
} Place;

static bool refuse(const Place *place, GError **error, const char *expected) {
  return error_set(error, DROVER_ERROR_INPUT, "%s:%u: expected %s", place->name, place->number, expected);
}

static bool read_head(const Place *place, const char *line, GError **error) {
  const char *version = line + strlen(HEAD);
  if (!g_str_has_prefix(line, HEAD))
    return refuse(place, error, "the first line to begin with \"" HEAD VERSION "\"");
  size_t length = strcspn(version, ": ");
  if (length == strlen(VERSION) && strncmp(version, VERSION, length) == 0)
    return true;
  return error_set(error, DROVER_ERROR_INPUT, "%s:%u: version \"%.*s\": expected " VERSION "; a newer drover made it", place->name, place->number,
                   (int)MIN(length, 20), version);
}

/* owner/repo@ref, of characters that need no quoting. */
static bool is_action(const char *name) {
  const char *slash = strchr(name, '/'), *at = strchr(name, '@');
  if (slash == NULL || at == NULL || slash == name || at <= slash + 1 || at[1] == '\0')
    return false;
  for (const char *c = name; c < at; c++)
    if (c != slash && !g_ascii_isalnum(*c) && strchr("-_.", *c) == NULL)
      return false;
  for (const char *c = at + 1; *c != '\0'; c++)
    if (g_ascii_iscntrl(*c))
      return false;
  return true;
}

static bool is_commit(const char *text) {
  size_t digits = strspn(text, "0123456789abcdef");
  return text[digits] == '\0' && (digits == 40 || digits == 64);
}

static bool read_entry(ActionLock *lock, const Place *place, const char *line, GError **error) {
  if (g_str_has_prefix(line, "<<<<<<<") || g_str_has_prefix(line, "=======") || g_str_has_prefix(line, ">>>>>>>"))
    return refuse(place, error, "no marks of a merge: keep one line of each action, or remove them all and run: drover run --update-lock");
  g_auto(GStrv) words = g_strsplit(line, " ", 4);
  if (g_strv_length(words) != 3 || !is_action(words[0]))
    return refuse(place, error, "owner/repo@ref, its commit and the hash of its files, with one space between");
  bool has_commit = strcmp(words[1], "-") != 0;
  if (has_commit && !is_commit(words[1]))
    return refuse(place, error, "a commit of 40 or 64 lower-case hexadecimal digits, or \"-\"");
  if (!digest_is_valid(words[2]))
    return refuse(place, error, "a hash: \"sha256:\" and 64 lower-case hexadecimal digits");
  g_autofree char *key = make_key(words[0]);
  if (g_hash_table_contains(lock->entries, key))
    return refuse(place, error, "each action once; this one stands above already");
  put(lock, words[0], has_commit ? words[1] : "", words[2]);
  return true;
}

static bool read_line(ActionLock *lock, const Place *place, const char *bytes, size_t length, GError **error) {
  if (length > LINE_MAX_BYTES || memchr(bytes, '\0', length) != NULL || !g_utf8_validate(bytes, (gssize)length, NULL))
    return refuse(place, error, "a line of text in UTF-8, of at most 1,024 bytes");
  g_autofree char *line = g_strndup(bytes, length);
  g_strchomp(line);
  if (place->number == 1)
    return read_head(place, line, error);
  return *line == '\0' || *line == '#' || read_entry(lock, place, line, error);
}

ActionLock *action_lock_parse(const char *name, const char *text, size_t size, GError **error) {
  g_autoptr(ActionLock) lock = action_lock_new();
  Place place = {.name = name, .number = 1};
  if (size > TEXT_MAX_BYTES) {
    error_set(error, DROVER_ERROR_INPUT, "%s: is larger than %zu bytes", name, TEXT_MAX_BYTES);
    return NULL;
  }
  for (const char *line = text, *end = text + size; line < end || place.number == 1; place.number++) {
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    size_t length = (size_t)((newline != NULL ? newline : end) - line);
    if (!read_line(lock, &place, line, length, error))
      return NULL;
    line += length + (newline != NULL);
  }
  return g_steal_pointer(&lock);
}

/* ---- asking and writing -------------------------------------------------------------------------------------------------- */

const ActionLockEntry *action_lock_find(const ActionLock *lock, const char *owner, const char *repo, const char *ref) {
  g_autofree char *name = g_strdup_printf("%s/%s@%s", owner, repo, ref);
  g_autofree char *key = make_key(name);
  return g_hash_table_lookup(lock->entries, key);
}

void action_lock_put(ActionLock *lock, const char *owner, const char *repo, const char *ref, const char *commit, const char *digest) {
  g_autofree char *name = g_strdup_printf("%s/%s@%s", owner, repo, ref);
  put(lock, name, commit, digest);
}

void action_lock_put_all(ActionLock *lock, const ActionLock *from) {
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, from->entries);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const ActionLockEntry *entry = value;
    put(lock, entry->name, entry->commit, entry->digest);
  }
}

guint action_lock_count(const ActionLock *lock) {
  return g_hash_table_size(lock->entries);
}

char *action_lock_text(const ActionLock *lock) {
  g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(lock->entries), (GCompareFunc)strcmp);
  GString *text = g_string_new(HEAD VERSION HEAD_WORDS "\n");
  for (const GList *key = keys; key != NULL; key = key->next) {
    const ActionLockEntry *entry = g_hash_table_lookup(lock->entries, key->data);
    g_string_append_printf(text, "%s %s %s\n", entry->name, *entry->commit != '\0' ? entry->commit : "-", entry->digest);
  }
  return g_string_free(text, FALSE);
}
