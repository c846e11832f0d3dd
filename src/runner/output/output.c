#include "runner/output/output.h"

#include "runner/output/parts.h"

#include <string.h>

Output *output_new(const OutputSpec *spec) {
  Output *output = g_new0(Output, 1);
  output->spec = *spec;
  output->log = output_log_new(spec->mask, spec->sink, spec->user);
  output->line = g_string_new(NULL);
  output->echo = spec->echo;
  return output;
}

void output_say(Output *output, const char *tag, const char *text, size_t length) {
  if (tag != NULL) {
    output_log_add(output->log, "##[", 3);
    output_log_add(output->log, tag, strlen(tag));
    output_log_add(output->log, "]", 1);
  }
  output_log_add(output->log, text, length);
  output_log_add(output->log, "\n", 1);
}

/* ---- lines ---- */

/* Whether a line may be a command, told at a glance. `bracket` is the first "##[" from the start of the line on, or NULL. */
static bool may_command(const char *line, const char *end, const char *bracket) {
  if (bracket != NULL && bracket < end)
    return true;
  while (line < end && g_ascii_isspace(*line))
    line++;
  return end - line >= 5 && line[0] == ':' && line[1] == ':';
}

static size_t without_return(const char *line, size_t length) {
  return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
}

/* A whole line, without its newline. */
static void take_line(Output *output, const char *line, size_t length) {
  length = without_return(line, length);
  const char *bracket = memmem(line, length, "##[", 3);
  if (may_command(line, line + length, bracket) && act_on_line(output, line, length))
    return;
  if (matchers_any(output->spec.matchers) && annotate_matched(output, line, length))
    return;
  output_say(output, NULL, line, length);
}

/* The plain lines at the start of `bytes`, up to one that needs a closer look; `bracket` as above, for all of them. Returns their bytes. */
static size_t plain_length(const char *bytes, size_t size, const char *bracket) {
  size_t at = 0;
  while (at < size) {
    const char *newline = memchr(bytes + at, '\n', size - at);
    if (newline == NULL || (size_t)(newline - bytes) - at > OUTPUT_LINE_MAX_BYTES || (newline > bytes + at && newline[-1] == '\r') ||
        may_command(bytes + at, newline, bracket))
      break;
    at = (size_t)(newline - bytes) + 1;
  }
  return at;
}

/* A part of a line, of which `line` may hold the beginning. A line that grows too long is text from then on. */
static void take_part(Output *output, const char *part, size_t length, bool ends) {
  GString *line = output->line;
  g_string_append_len(line, part, (gssize)length);
  output->text |= line->len > OUTPUT_LINE_MAX_BYTES;
  if (output->text) {
    size_t rest = ends || line->len == without_return(line->str, line->len) ? 0 : 1; /* a "\r" that a newline may follow */
    size_t size = ends ? without_return(line->str, line->len) : line->len - rest;
    output_log_add(output->log, line->str, size);
    if (ends)
      output_log_add(output->log, "\n", 1);
    g_string_erase(line, 0, (gssize)(line->len - rest));
  } else if (ends) {
    take_line(output, line->str, line->len);
    g_string_truncate(line, 0);
  }
  output->text &= !ends;
}

/* One line, or a part of one, at the start of `bytes`. Returns its bytes. */
static size_t take_next(Output *output, const char *bytes, size_t size) {
  const char *newline = memchr(bytes, '\n', size);
  size_t length = newline != NULL ? (size_t)(newline - bytes) : size;
  if (newline != NULL && output->line->len == 0 && !output->text && length <= OUTPUT_LINE_MAX_BYTES)
    take_line(output, bytes, length);
  else
    take_part(output, bytes, length, newline != NULL);
  return length + (newline != NULL ? 1 : 0);
}

void output_write(Output *output, const char *bytes, size_t size) {
  const char *end = bytes + size, *bracket = memmem(bytes, size, "##[", 3);
  while (bytes < end) {
    if (bracket != NULL && bracket < bytes)
      bracket = memmem(bytes, (size_t)(end - bytes), "##[", 3);
    bool begins = output->line->len == 0 && !output->text;
    size_t plain = begins && !matchers_any(output->spec.matchers) ? plain_length(bytes, (size_t)(end - bytes), bracket) : 0;
    if (plain > 0)
      output_log_add(output->log, bytes, plain);
    else
      plain = take_next(output, bytes, (size_t)(end - bytes));
    bytes += plain;
  }
  output_log_hand_on(output->log);
}

void output_free(Output *output, char **failure) {
  if (output->line->len > 0 || output->text)
    take_part(output, "", 0, true);
  output_log_free(output->log);
  g_clear_pointer(&output->matching, matching_free);
  g_string_free(output->line, TRUE);
  g_free(output->token);
  if (failure != NULL)
    *failure = g_steal_pointer(&output->failure);
  g_free(output->failure);
  g_free(output);
}
