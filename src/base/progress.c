#include "base/progress.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>

struct Progress {
  ProgressOptions options;
  FILE *log;
  GHashTable *begun; /* task -> gint64 microseconds */
  GMutex lock;
};

static const struct {
  const char *mark;
  const char *colour;
  const char *word;
} outcomes[] = {
  [PROGRESS_OK] = {"✓", "\033[32m", "ok"},
  [PROGRESS_FAILED] = {"✗", "\033[1;31m", "failed"},
  [PROGRESS_SKIPPED] = {"-", "\033[2m", "skipped"},
  [PROGRESS_WARNED] = {"!", "\033[33m", "warning"},
};

Progress *progress_new(ProgressOptions options) {
  Progress *progress = g_new0(Progress, 1);
  progress->options = options;
  progress->begun = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init(&progress->lock);
  return progress;
}

void progress_free(Progress *progress) {
  if (progress->log != NULL)
    fclose(progress->log);
  g_hash_table_unref(progress->begun);
  g_mutex_clear(&progress->lock);
  g_free(progress);
}

bool progress_log_to(Progress *progress, const char *path, GError **error) {
  if (progress == NULL)
    return true;
  FILE *opened = path != NULL ? fopen(path, "ae") : NULL;
  if (path != NULL && opened == NULL)
    return error_set_errno(error, errno, "%s: cannot be written", path);
  g_mutex_lock(&progress->lock);
  if (progress->log != NULL)
    fclose(progress->log);
  progress->log = opened;
  g_mutex_unlock(&progress->lock);
  return true;
}

/* One line to both places: `colour` and `mark` for the stream, plain for the log. The lock is held. */
static void put(Progress *progress, bool shown, const char *colour, const char *mark, const char *text) {
  FILE *stream = progress->options.stream;
  if (stream != NULL && shown) {
    if (progress->options.colour)
      fprintf(stream, "%s%s\033[0m %s\n", colour, mark, text);
    else
      fprintf(stream, "%s %s\n", mark, text);
    fflush(stream);
  }
  if (progress->log != NULL) {
    fprintf(progress->log, "%s %s\n", mark, text);
    fflush(progress->log);
  }
}

void progress_begin(Progress *progress, const char *task) {
  if (progress == NULL)
    return;
  g_mutex_lock(&progress->lock);
  gint64 *now = g_new(gint64, 1);
  *now = g_get_monotonic_time();
  g_hash_table_replace(progress->begun, g_strdup(task), now);
  put(progress, true, "\033[36m", "▸", task);
  g_mutex_unlock(&progress->lock);
}

/* The length of a colour sequence, ESC "[" digits and ";" "m", at the start of `text`; 0 when there is none. */
static size_t colour_length(const char *text, size_t length) {
  size_t end = 2;
  if (length < 3 || text[0] != '\033' || text[1] != '[')
    return 0;
  while (end < length && (g_ascii_isdigit(text[end]) || text[end] == ';'))
    end++;
  return end < length && text[end] == 'm' ? end + 1 : 0;
}

/* A program's line as it may be shown: valid UTF-8, and no control character that could move a terminal's cursor or end the text
 * early. Colours go too: they would run on into the next line. */
static char *printable(const char *line, size_t length) {
  GString *kept = g_string_sized_new(length);
  for (size_t at = 0; at < length;) {
    size_t skipped = colour_length(line + at, length - at);
    if (skipped == 0) {
      unsigned char byte = (unsigned char)line[at];
      bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
      if (byte != '\r' || at + 1 < length) /* a carriage return at the end is the other half of a line's end */
        g_string_append(kept, control ? "\uFFFD" : (char[]){(char)byte, '\0'});
      skipped = 1;
    }
    at += skipped;
  }
  char *valid = g_utf8_make_valid(kept->str, (gssize)kept->len);
  g_string_free(kept, TRUE);
  return valid;
}

void progress_line(Progress *progress, const char *task, const char *line, size_t length) {
  if (progress == NULL)
    return;
  for (const char *next = line; next != NULL; line = next) { /* what is more than one line is attributed line by line */
    const char *end = memchr(line, '\n', length);
    size_t part = end != NULL ? (size_t)(end - line) : length;
    next = end != NULL ? end + 1 : NULL;
    length -= end != NULL ? part + 1 : part;
    g_autofree char *valid = printable(line, part);
    g_autofree char *text = g_strdup_printf("%s | %s", task, valid);
    g_mutex_lock(&progress->lock);
    put(progress, !progress->options.quiet, "\033[2m", " ", text);
    g_mutex_unlock(&progress->lock);
  }
}

void progress_end(Progress *progress, const char *task, ProgressOutcome outcome, const char *format, ...) {
  if (progress == NULL)
    return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *detail = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_mutex_lock(&progress->lock);
  const gint64 *begun = g_hash_table_lookup(progress->begun, task);
  double seconds = begun != NULL ? (double)(g_get_monotonic_time() - *begun) / G_USEC_PER_SEC : 0;
  g_autofree char *text = g_strdup_printf("%s: %s%s%s (%.1f s)", task, outcomes[outcome].word, *detail != '\0' ? ": " : "", detail, seconds);
  put(progress, true, outcomes[outcome].colour, outcomes[outcome].mark, text);
  g_hash_table_remove(progress->begun, task);
  g_mutex_unlock(&progress->lock);
}

void progress_note(Progress *progress, const char *format, ...) {
  if (progress == NULL)
    return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_mutex_lock(&progress->lock);
  put(progress, true, "\033[36m", "•", text);
  g_mutex_unlock(&progress->lock);
}
