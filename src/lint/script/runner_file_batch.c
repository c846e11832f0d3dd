#include "lint/script/runner_file_internal.h"

#include <string.h>

/* A command of a batch file: a line, or a part of one between `&`. */
typedef struct {
  const char *text; /* of the whole script */
  size_t start, end;
  size_t echo; /* where the text of an `echo` begins; `end` when the line is none */
} Line;

static bool begins_with(const Line *line, const char *word) {
  size_t length = strlen(word);
  return line->end - line->start >= length && g_ascii_strncasecmp(line->text + line->start, word, length) == 0 &&
         (line->end - line->start == length || !g_ascii_isalnum(line->text[line->start + length]));
}

static void add_text(const Line *line, RunnerWrite *write, size_t start, size_t end) {
  while (start < end && (g_ascii_isspace(line->text[start]) || line->text[start] == '"'))
    start++;
  while (end > start && g_ascii_isspace(line->text[end - 1]))
    end--;
  size_t length = end - start;
  if (length > 0)
    runner_write_value(write, start, end, memchr(line->text + start, '%', length) == NULL && memchr(line->text + start, '!', length) == NULL);
}

/* At a `>`: the file behind it. Whether it is one of the runner's. */
static bool find_target(const Line *line, size_t at, GPtrArray *writes) {
  const char *text = line->text;
  size_t start = at;
  while (start < line->end && text[start] == '>')
    start++;
  while (start < line->end && (text[start] == ' ' || text[start] == '\t'))
    start++;
  size_t name = start + (start < line->end && text[start] == '"');
  if (name >= line->end || text[name] != '%')
    return false;
  const char *close = memchr(text + name + 1, '%', line->end - name - 1);
  const RunnerFile *file = close != NULL ? runner_file_named(text + name + 1, (size_t)(close - text) - name - 1) : NULL;
  if (file == NULL)
    return false;
  size_t end = (size_t)(close - text) + 1;
  end += name > start && end < line->end && text[end] == '"';
  RunnerWrite *write = runner_write_add(writes, file, false, (ScriptRange){line->start, line->end}, (ScriptRange){start, end});
  write->fixed = line->echo < line->end;
  if (line->echo < at)
    add_text(line, write, line->echo, at);
  if (line->echo < line->end)
    add_text(line, write, end, line->end);
  return true;
}

static void line_read(Line *line, GPtrArray *writes) {
  const char *text = line->text;
  while (line->start < line->end && (g_ascii_isspace(text[line->start]) || text[line->start] == '@' || text[line->start] == '('))
    line->start++;
  while (line->end > line->start && g_ascii_isspace(text[line->end - 1]))
    line->end--;
  if (begins_with(line, "rem") || (line->end - line->start >= 2 && memcmp(text + line->start, "::", 2) == 0))
    return;
  line->echo = begins_with(line, "echo") ? line->start + strlen("echo") : line->end;
  size_t said = line->echo;
  while (said < line->end && g_ascii_isspace(text[said]))
    said++;
  const RunnerFile *file = runner_file_of_command(text + said, line->end - said);
  if (file != NULL)
    add_text(line, runner_write_add(writes, file, true, (ScriptRange){line->start, line->end}, (ScriptRange){said, line->end}), said, line->end);
  for (size_t i = line->start; i < line->end; i++)
    if (text[i] == '>' && (i == line->start || text[i - 1] != '>') && find_target(line, i, writes))
      return;
}

void runner_file_read_batch(const char *text, size_t length, GPtrArray *writes) {
  for (size_t at = 0, end; at < length; at = end + 1) {
    for (end = at; end < length && text[end] != '\n'; end++)
      if (text[end] == '&' && (end == at || (text[end - 1] != '>' && text[end - 1] != '^')))
        break;
    line_read(&(Line){.text = text, .start = at, .end = end}, writes);
  }
}
