#include "runner/output/log.h"

#include <stdint.h>
#include <string.h>

#define UNKNOWN "\xef\xbf\xbd" /* U+FFFD */

struct OutputLog {
  const Mask *mask;
  const OutputSink *sink;
  void *user;
  MaskSeam seam;
  GString *raw;    /* as it was added */
  GString *masked; /* bytes of which the last may be an unfinished letter */
  GString *clean;  /* what is handed on; behind that an unfinished line */
};

OutputLog *output_log_new(const Mask *mask, const OutputSink *sink, void *user) {
  OutputLog *log = g_new0(OutputLog, 1);
  *log = (OutputLog){.mask = mask, .sink = sink, .user = user, .raw = g_string_new(NULL), .masked = g_string_new(NULL), .clean = g_string_new(NULL)};
  return log;
}

void output_log_add(OutputLog *log, const char *text, size_t length) {
  g_string_append_len(log->raw, text, (gssize)length);
}

/* ---- letters ---- */

/* How many bytes at the start are ASCII without NUL. */
static size_t ascii_length(const char *text, size_t length) {
  const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
  size_t at = 0;
  for (uint64_t word; at + sizeof word <= length; at += sizeof word) {
    memcpy(&word, text + at, sizeof word);
    if (((word | (word - ones)) & highs) != 0)
      break;
  }
  while (at < length && (signed char)text[at] > 0)
    at++;
  return at;
}

/* The bytes of the letter at the start; 0: it is none; -1: it may be one when more comes. */
static int letter_length(const char *text, size_t length) {
  if (*text == '\0')
    return 0;
  gunichar letter = g_utf8_get_char_validated(text, (gssize)length);
  return letter == (gunichar)-2 ? -1 : letter == (gunichar)-1 ? 0 : g_utf8_skip[(unsigned char)*text];
}

/* Moves what is masked to what is clean. */
static void clean(OutputLog *log, bool more) {
  const char *text = log->masked->str;
  size_t length = log->masked->len, at = 0, written = 0;
  while (at < length) {
    at += ascii_length(text + at, length - at);
    int letter = at < length ? letter_length(text + at, length - at) : -1;
    if (at == length || (letter < 0 && more))
      break;
    if (letter > 0) {
      at += (size_t)letter;
      continue;
    }
    g_string_append_len(log->clean, text + written, (gssize)(at - written));
    g_string_append(log->clean, UNKNOWN);
    written = ++at;
  }
  g_string_append_len(log->clean, text + written, (gssize)(at - written));
  g_string_erase(log->masked, 0, (gssize)at);
}

/* ---- lines ---- */

static void give(const OutputLog *log, const char *text, size_t length) {
  if (length > 0 && log->sink->lines != NULL)
    log->sink->lines(text, length, log->user);
}

/* A piece of a line that is too long, as a line of its own. */
static void give_part(const OutputLog *log, const char *text, size_t length) {
  g_autofree char *line = g_malloc(length + 1);
  memcpy(line, text, length);
  line[length] = '\n';
  give(log, line, length + 1);
}

/* How much of a text's first line is to be handed on as a line of its own; 0: it is not too long. */
static size_t part_length(const char *line, size_t length) {
  if (length <= OUTPUT_LINE_MAX_BYTES)
    return 0;
  const char *end = line + OUTPUT_LINE_MAX_BYTES;
  return (size_t)((((unsigned char)*end & 0xc0) == 0x80 ? g_utf8_find_prev_char(line, end) : end) - line);
}

/* Hands on long lines in parts; all before the place that it returns is given. */
static size_t give_parts(const OutputLog *log) {
  const char *text = log->clean->str;
  size_t given = 0, start = 0;
  while (start < log->clean->len) {
    const char *newline = memchr(text + start, '\n', log->clean->len - start);
    size_t length = newline != NULL ? (size_t)(newline - text) - start : log->clean->len - start, part = part_length(text + start, length);
    if (part == 0) {
      start += length + 1;
      continue;
    }
    give(log, text + given, start - given);
    give_part(log, text + start, part);
    given = start += part;
  }
  return given;
}

static void hand_on(OutputLog *log, bool more) {
  size_t used = mask_piece(log->mask, &log->seam, log->raw->str, log->raw->len, more, log->masked);
  g_string_erase(log->raw, 0, (gssize)used);
  clean(log, more);
  size_t given = log->clean->len > OUTPUT_LINE_MAX_BYTES ? give_parts(log) : 0;
  const char *rest = log->clean->str + given, *newline = memrchr(rest, '\n', log->clean->len - given);
  size_t whole = newline != NULL ? (size_t)(newline - rest) + 1 : 0;
  give(log, rest, whole);
  g_string_erase(log->clean, 0, (gssize)(given + whole));
  if (!more && log->clean->len > 0)
    give_part(log, log->clean->str, log->clean->len);
}

void output_log_hand_on(OutputLog *log) {
  if (log->raw->len > 0)
    hand_on(log, true);
}

void output_log_free(OutputLog *log) {
  hand_on(log, false);
  g_string_free(log->raw, TRUE);
  g_string_free(log->masked, TRUE);
  g_string_free(log->clean, TRUE);
  g_free(log);
}
