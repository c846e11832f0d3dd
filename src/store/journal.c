#include "base/digest.h"
#include "base/error.h"
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

#define HASH_BEFORE_FIRST "sha256:0000000000000000000000000000000000000000000000000000000000000000"

static const Column columns[] = {
  {"sequence", COLUMN_INTEGER, offsetof(JournalEntry, sequence)},
  {"at_us", COLUMN_INTEGER, offsetof(JournalEntry, at_us)},
  {"actor", COLUMN_TEXT, offsetof(JournalEntry, actor)},
  {"kind", COLUMN_TEXT, offsetof(JournalEntry, kind)},
  {"subject", COLUMN_TEXT, offsetof(JournalEntry, subject)},
  {"data", COLUMN_JSON, offsetof(JournalEntry, data)},
  {"hash", COLUMN_TEXT, offsetof(JournalEntry, hash)},
};
static const RowType entries = {"journal", "journal entry", sizeof(JournalEntry), columns, G_N_ELEMENTS(columns), (GDestroyNotify)journal_entry_free};

void journal_entry_free(JournalEntry *entry) {
  row_free(&entries, entry);
}

/* SHA-256 over the previous hash, a newline, and the entry as canonical JSON. False when a text is not UTF-8. */
static bool entry_hash(const char *previous, const JournalEntry *entry, Digest *hash) {
  json_auto_t *object = json_pack("{s:I, s:I, s:s, s:s, s:s, s:O}", "sequence", (json_int_t)entry->sequence, "at_us", (json_int_t)entry->at_us,
                                  "actor", entry->actor, "kind", entry->kind, "subject", entry->subject, "data", entry->data);
  char *text = json_canonical(object);
  if (text == NULL)
    return false;
  DigestStream *stream = digest_stream_new();
  digest_stream_update(stream, previous, strlen(previous));
  digest_stream_update(stream, "\n", 1);
  digest_stream_update(stream, text, strlen(text));
  *hash = digest_stream_end(stream);
  free(text);
  return true;
}

static bool fail_text(const Store *store, GError **error) {
  return error_set(error, DROVER_ERROR_INPUT, "%s: a text that is not UTF-8 cannot be stored", store->path);
}

static bool append(Store *store, JournalEntry *entry, GError **error) {
  bool failed = false;
  g_autoptr(JournalEntry) last = row_find(store, &entries, "ORDER BY sequence DESC LIMIT 1", NULL, 0, &failed, error);
  if (failed)
    return false;
  Digest hash;
  entry->sequence = last != NULL ? last->sequence + 1 : 1;
  if (!entry_hash(last != NULL ? last->hash : HASH_BEFORE_FIRST, entry, &hash))
    return fail_text(store, error);
  entry->hash = hash.text;
  return row_insert(store, &entries, entry, error);
}

bool journal_write(Store *store, int64_t at_us, const char *actor, const char *kind, const char *subject, json_t *data, GError **error) {
  if (data == NULL) /* json_pack() refuses nothing else */
    return fail_text(store, error);
  JournalEntry entry = {.at_us = at_us, .actor = (char *)actor, .kind = (char *)kind, .subject = (char *)subject, .data = data};
  return append(store, &entry, error);
}

bool journal_append(Store *store, const char *actor, const char *kind, const char *subject, json_t *data, GError **error) {
  if (data != NULL && !json_is_object(data))
    return error_set(error, DROVER_ERROR_INTERNAL, "the data of journal entry %s is not an object", kind);
  json_auto_t *object = data != NULL ? json_incref(data) : json_object();
  g_auto(Transaction) transaction = {0};
  return transaction_begin(&transaction, store, error) && journal_write(store, g_get_real_time(), actor, kind, subject, object, error) &&
         transaction_commit(&transaction, error);
}

GPtrArray *journal_read(Store *store, const char *subject, int64_t after, guint max, GError **error) {
  if (subject == NULL)
    return rows_select_locked(store, &entries, "WHERE sequence > ? ORDER BY sequence LIMIT ?", VALUES(INTEGER(after), INTEGER(max)), error);
  return rows_select_locked(store, &entries, "WHERE subject = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                            VALUES(TEXT(subject), INTEGER(after), INTEGER(max)), error);
}

/* Whether the text of the row's data is what the entry's data is written as: else two texts would have one hash. */
static bool is_canonical(const JournalEntry *entry, Statement *row) {
  char *text = json_canonical(entry->data);
  bool same = g_strcmp0(text, (const char *)sqlite3_column_text(row, 5)) == 0;
  free(text);
  return same;
}

static bool verify_row(Store *store, Statement *row, int64_t expected, Digest *previous, GError **error) {
  g_autoptr(JournalEntry) entry = row_read(store, &entries, row, error);
  if (entry == NULL) {
    g_prefix_error(error, "journal entry %" G_GINT64_FORMAT ": ", expected);
    return false;
  }
  if (entry->sequence != expected)
    return error_set(error, DROVER_ERROR_CORRUPT, "journal entry %" G_GINT64_FORMAT " is missing", expected);
  Digest hash;
  if (!entry_hash(previous->text, entry, &hash) || strcmp(hash.text, entry->hash) != 0 || !is_canonical(entry, row))
    return error_set(error, DROVER_ERROR_CORRUPT, "journal entry %" G_GINT64_FORMAT " (%s) was changed: its hash does not fit", expected,
                     entry->kind);
  *previous = hash;
  return true;
}

bool journal_verify(Store *store, int64_t *count, GError **error) {
  HOLD(store);
  g_autoptr(Statement) statement =
    statement_new(store, "SELECT sequence, at_us, actor, kind, subject, data, hash FROM journal ORDER BY sequence", NULL, 0, error);
  if (statement == NULL)
    return false;
  Digest previous = {.text = HASH_BEFORE_FIRST};
  for (int64_t expected = 1;; expected++) {
    bool got = false;
    if (!statement_step(store, statement, &got, error))
      return false;
    if (!got) {
      if (count != NULL)
        *count = expected - 1;
      return true;
    }
    if (!verify_row(store, statement, expected, &previous, error))
      return false;
  }
}
