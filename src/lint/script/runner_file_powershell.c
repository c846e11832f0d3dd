#include "lint/script/runner_file_internal.h"

#include "lint/script/powershell.h"

#include <string.h>

#define WRITES_MAX 8 /* of one command, so that none costs more than linear time */

/* One command of a pipeline: tokens from `first` up to `last`. */
typedef struct {
  const char *text;
  const PowershellToken *tokens;
  guint first, last;
} Stage;

static const char *const printers[] = {"echo", "write-output", "write-host", NULL};
static const char *const valued[] = {"-encoding", "-path", "-literalpath", "-filepath", "-stream", "-width", "-delimiter", NULL};

typedef enum { WRITER_NONE, WRITER_OF_ARGUMENTS, WRITER_OF_PIPE } WriterKind;

static const struct {
  const char *name;
  WriterKind kind;
} writers[] = {
  {"add-content", WRITER_OF_ARGUMENTS}, {"set-content", WRITER_OF_ARGUMENTS}, {"ac", WRITER_OF_ARGUMENTS}, {"sc", WRITER_OF_ARGUMENTS},
  {"out-file", WRITER_OF_PIPE},         {"tee-object", WRITER_OF_PIPE},       {"tee", WRITER_OF_PIPE},
};

static bool is_word(const Stage *stage, guint index, const char *word) {
  const PowershellToken *token = &stage->tokens[index];
  size_t length = strlen(word);
  return token->kind == POWERSHELL_WORD && token->end - token->start == length && g_ascii_strncasecmp(stage->text + token->start, word, length) == 0;
}

static bool is_one_of(const Stage *stage, guint index, const char *const *words) {
  for (size_t i = 0; words[i] != NULL; i++)
    if (is_word(stage, index, words[i]))
      return true;
  return false;
}

static WriterKind writer_of(const Stage *stage, guint index) {
  for (size_t i = 0; i < G_N_ELEMENTS(writers); i++)
    if (is_word(stage, index, writers[i].name))
      return writers[i].kind;
  return WRITER_NONE;
}

/* A word without the quotes around it. */
static ScriptRange unquoted(const Stage *stage, guint index) {
  ScriptRange range = {stage->tokens[index].start, stage->tokens[index].end};
  char quote = range.end - range.start >= 2 ? stage->text[range.start] : '\0';
  if ((quote == '"' || quote == '\'') && stage->text[range.end - 1] == quote)
    range.start++, range.end--;
  return range;
}

/* `$env:NAME` or `${env:NAME}`, also in double quotes. */
static const RunnerFile *file_of(const Stage *stage, guint index) {
  ScriptRange range = unquoted(stage, index);
  const char *name = stage->text + range.start;
  size_t length = range.end - range.start;
  if (!stage->tokens[index].expands || stage->tokens[index].kind != POWERSHELL_WORD)
    return NULL;
  if (length > strlen("$env:") && g_ascii_strncasecmp(name, "$env:", strlen("$env:")) == 0)
    return runner_file_named(name + strlen("$env:"), length - strlen("$env:"));
  if (length > strlen("${env:}") && g_ascii_strncasecmp(name, "${env:", strlen("${env:")) == 0 && name[length - 1] == '}')
    return runner_file_named(name + strlen("${env:"), length - strlen("${env:}"));
  return NULL;
}

static bool is_option(const Stage *stage, guint index) {
  return stage->tokens[index].kind == POWERSHELL_WORD && stage->text[stage->tokens[index].start] == '-';
}

static void add_value(RunnerWrite *write, const Stage *stage, guint index) {
  const PowershellToken *token = &stage->tokens[index];
  if (token->kind == POWERSHELL_WORD)
    runner_write_value(write, token->start, token->end, !token->expands);
}

/* What a command prints, where that can be told from its words: those of `echo`, or a text that stands alone. */
static void add_output(RunnerWrite *write, const Stage *stage) {
  if (stage->first == stage->last) {
    write->fixed = false;
    return;
  }
  bool printer = is_one_of(stage, stage->first, printers);
  char begin = stage->text[stage->tokens[stage->first].start];
  write->fixed = write->fixed && (printer || begin == '"' || begin == '\'' || begin == '@');
  for (guint i = stage->first + printer; i < stage->last; i++)
    if (!is_option(stage, i))
      add_value(write, stage, i);
}

/* The values among the arguments of Add-Content and its like: all but options and the file. */
static void add_arguments(RunnerWrite *write, const Stage *stage, guint writer) {
  for (guint i = writer + 1; i < stage->last && stage->tokens[i].kind == POWERSHELL_WORD; i++) {
    if (is_one_of(stage, i, valued))
      i++;
    else if (!is_option(stage, i) && stage->tokens[i].start != write->target.start)
      add_value(write, stage, i);
  }
}

static RunnerWrite *add_write(GPtrArray *writes, const Stage *stage, const RunnerFile *file, bool by_command, guint target) {
  ScriptRange range = {stage->tokens[stage->first].start, stage->tokens[stage->last - 1].end};
  return runner_write_add(writes, file, by_command, range, (ScriptRange){stage->tokens[target].start, stage->tokens[target].end});
}

static void find_command_of_old(const Stage *stage, GPtrArray *writes) {
  guint at = stage->first + is_one_of(stage, stage->first, printers);
  while (at < stage->last && is_option(stage, at))
    at++;
  if (at == stage->last)
    return;
  ScriptRange range = unquoted(stage, at);
  const RunnerFile *file = runner_file_of_command(stage->text + range.start, range.end - range.start);
  RunnerWrite *write = file != NULL ? add_write(writes, stage, file, true, at) : NULL;
  for (guint i = at; write != NULL && i < stage->last; i++)
    add_value(write, stage, i);
}

static void stage_read(const Stage *stage, const Stage *before, GPtrArray *writes) {
  guint most = writes->len + WRITES_MAX, writer = stage->last;
  if (stage->first == stage->last)
    return;
  find_command_of_old(stage, writes);
  for (guint i = stage->first; i < stage->last && writes->len < most; i++) {
    if (writer_of(stage, i) != WRITER_NONE)
      writer = i;
    const RunnerFile *file = file_of(stage, i);
    bool redirected = i > stage->first && stage->tokens[i - 1].kind == POWERSHELL_REDIRECT;
    if (file == NULL || (!redirected && writer == stage->last))
      continue;
    RunnerWrite *write = add_write(writes, stage, file, false, i);
    if (redirected)
      add_output(write, &(Stage){stage->text, stage->tokens, stage->first, i - 1});
    else if (writer_of(stage, writer) == WRITER_OF_ARGUMENTS)
      add_arguments(write, stage, writer);
    if (!redirected && write->values->len == 0)
      add_output(write, before);
  }
}

void runner_file_read_powershell(const char *text, size_t length, GPtrArray *writes) {
  g_autoptr(GArray) tokens = powershell_tokens(text, length);
  const PowershellToken *all = (const PowershellToken *)(void *)tokens->data;
  Stage before = {text, all, 0, 0};
  for (guint first = 0, last; first < tokens->len; first = last + 1) {
    for (last = first; last < tokens->len && all[last].kind != POWERSHELL_PIPE && all[last].kind != POWERSHELL_END;)
      last++;
    Stage stage = {text, all, first, last};
    stage_read(&stage, &before, writes);
    bool piped = last < tokens->len && all[last].kind == POWERSHELL_PIPE;
    before = piped ? stage : (Stage){text, all, last, last};
  }
}
