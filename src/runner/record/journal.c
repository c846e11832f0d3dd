#include "runner/record/journal.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FILE_NAME "journal"
#define FILE_MAX_BYTES ((size_t)1 << 30)
#define LINE_MAX_BYTES ((size_t)4 << 20)
#define HASH_SIZE 64 /* hexadecimal digits */
#define FLUSH_AFTER_US G_USEC_PER_SEC
#define CRASH_VARIABLE "DROVER_CRASH_AT"
#define CRASH_PREFIX "run-journal:"

struct RunJournal {
  int fd;
  char *path;
  GMutex lock; /* over all below */
  char hash[HASH_SIZE + 1];
  uint64_t entries;  /* that this process wrote */
  uint64_t crash_at; /* 0: never */
  bool dirty;
  bool closing;
  GCond changed;
  GThread *flusher; /* started with the first entry */
};

static void hash_next(const char *previous, const char *json, size_t size, char next[HASH_SIZE + 1]) {
  DigestStream *stream = digest_stream_new();
  digest_stream_update(stream, previous, HASH_SIZE);
  digest_stream_update(stream, json, size);
  Digest digest = digest_stream_end(stream);
  memcpy(next, digest_hex(digest.text), HASH_SIZE + 1);
}

/* ---- reading ---- */

typedef struct {
  char hash[HASH_SIZE + 1]; /* of the last entry */
  size_t used;              /* bytes of whole lines */
} Tail;

static json_t *read_line(const char *line, size_t size, Tail *tail) {
  if (size <= HASH_SIZE + 1 || line[HASH_SIZE] != ' ')
    return NULL;
  const char *json = line + HASH_SIZE + 1;
  char hash[HASH_SIZE + 1];
  hash_next(tail->hash, json, size - HASH_SIZE - 1, hash);
  if (memcmp(hash, line, HASH_SIZE) != 0)
    return NULL;
  memcpy(tail->hash, hash, sizeof hash);
  return json_loadb(json, size - HASH_SIZE - 1, JSON_ALLOW_NUL, NULL);
}

static json_t *read_entries(const char *path, const char *text, size_t size, Tail *tail, GError **error) {
  json_t *entries = json_array();
  memset(tail->hash, '0', HASH_SIZE);
  tail->hash[HASH_SIZE] = '\0';
  tail->used = 0;
  while (tail->used < size) {
    const char *line = text + tail->used, *end = memchr(line, '\n', size - tail->used);
    if (end == NULL)
      break; /* cut by a crash, or being written */
    json_t *entry = read_line(line, (size_t)(end - line), tail);
    if (!json_is_object(entry)) {
      json_decref(entry);
      error_set(error, DROVER_ERROR_CORRUPT, "%s: line %zu is not what was written", path, json_array_size(entries) + 1);
      json_decref(entries);
      return NULL;
    }
    json_array_append_new(entries, entry);
    tail->used += (size_t)(end - line) + 1;
  }
  return entries;
}

json_t *run_journal_read(const char *dir, GError **error) {
  g_autofree char *path = g_build_filename(dir, FILE_NAME, NULL);
  size_t size = 0;
  Tail tail;
  g_autofree char *text = fs_read(path, FILE_MAX_BYTES, &size, error);
  return text != NULL ? read_entries(path, text, size, &tail, error) : NULL;
}

/* ---- writing ---- */

static uint64_t crash_point(void) {
  const char *wanted = getenv(CRASH_VARIABLE);
  return wanted != NULL && g_str_has_prefix(wanted, CRASH_PREFIX) ? g_ascii_strtoull(wanted + strlen(CRASH_PREFIX), NULL, 10) : 0;
}

/* Goes on behind the last whole line; what a crash cut is taken away. */
static bool find_end(RunJournal *journal, GError **error) {
  size_t size = 0;
  Tail tail;
  g_autofree char *text = fs_read(journal->path, FILE_MAX_BYTES, &size, error);
  json_auto_t *entries = text != NULL ? read_entries(journal->path, text, size, &tail, error) : NULL;
  if (entries == NULL)
    return false;
  memcpy(journal->hash, tail.hash, sizeof tail.hash);
  return tail.used == size || ftruncate(journal->fd, (off_t)tail.used) == 0 || error_set_errno(error, errno, "%s", journal->path);
}

RunJournal *run_journal_open(const char *dir, GError **error) {
  g_autofree char *path = g_build_filename(dir, FILE_NAME, NULL);
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    error_set_errno(error, errno, "%s", path);
    return NULL;
  }
  RunJournal *journal = g_new0(RunJournal, 1);
  journal->fd = fd;
  journal->path = g_steal_pointer(&path);
  journal->crash_at = crash_point();
  g_mutex_init(&journal->lock);
  g_cond_init(&journal->changed);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0)
    error_set(error, DROVER_ERROR_CONFLICT, "%s: another drover is writing it: the run still goes on", journal->path);
  else if (find_end(journal, error))
    return journal;
  run_journal_close(journal);
  return NULL;
}

bool run_journal_is_open(const char *dir) {
  g_autofree char *path = g_build_filename(dir, FILE_NAME, NULL);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return false;
  bool held = flock(fd, LOCK_SH | LOCK_NB) != 0;
  close(fd);
  return held;
}

static void *flush(void *data) {
  RunJournal *journal = data;
  g_mutex_lock(&journal->lock);
  while (!journal->closing) {
    int64_t until_us = g_get_monotonic_time() + FLUSH_AFTER_US;
    while (!journal->closing && g_cond_wait_until(&journal->changed, &journal->lock, until_us))
      continue;
    bool dirty = journal->dirty;
    journal->dirty = false;
    g_mutex_unlock(&journal->lock);
    if (dirty)
      (void)fdatasync(journal->fd);
    g_mutex_lock(&journal->lock);
  }
  g_mutex_unlock(&journal->lock);
  return NULL;
}

void run_journal_close(RunJournal *journal) {
  g_mutex_lock(&journal->lock);
  journal->closing = true;
  g_cond_signal(&journal->changed);
  g_mutex_unlock(&journal->lock);
  if (journal->flusher != NULL)
    g_thread_join(journal->flusher);
  close(journal->fd);
  g_mutex_clear(&journal->lock);
  g_cond_clear(&journal->changed);
  g_free(journal->path);
  g_free(journal);
}

/* The whole line or nothing: a part of one would hide all that is written after it. */
static bool write_line(const RunJournal *journal, const GString *line, GError **error) {
  off_t end = lseek(journal->fd, 0, SEEK_END);
  ssize_t written = write(journal->fd, line->str, line->len);
  if (written == (ssize_t)line->len)
    return true;
  int code = written < 0 ? errno : ENOSPC;
  if (end >= 0)
    (void)!ftruncate(journal->fd, end);
  return error_set_errno(error, code, "%s", journal->path);
}

static bool append(RunJournal *journal, const char *json, GError **error) {
  char hash[HASH_SIZE + 1];
  size_t size = strlen(json);
  g_autoptr(GString) line = g_string_sized_new(size + HASH_SIZE + 2);
  hash_next(journal->hash, json, size, hash);
  g_string_append(line, hash);
  g_string_append_c(line, ' ');
  g_string_append_len(line, json, (gssize)size);
  g_string_append_c(line, '\n');
  if (!write_line(journal, line, error))
    return false;
  memcpy(journal->hash, hash, sizeof hash);
  journal->dirty = true;
  if (journal->flusher == NULL)
    journal->flusher = g_thread_new("journal", flush, journal);
  if (++journal->entries == journal->crash_at)
    kill(getpid(), SIGKILL);
  return true;
}

bool run_journal_append(RunJournal *journal, json_t *entry, GError **error) {
  char *json = json_dumps(entry, JSON_COMPACT);
  bool good = json != NULL && strlen(json) <= LINE_MAX_BYTES;
  if (good) {
    g_mutex_lock(&journal->lock);
    good = append(journal, json, error);
    g_mutex_unlock(&journal->lock);
  } else {
    error_set(error, DROVER_ERROR_INPUT, "%s: an entry of more than %zu bytes is not written", journal->path, LINE_MAX_BYTES);
  }
  free(json);
  return good;
}
