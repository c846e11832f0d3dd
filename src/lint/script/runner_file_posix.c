#include "lint/script/runner_file_internal.h"

#include "lint/script/shell.h"

#include <string.h>

/* No command costs more than linear time, however it is made. */
#define WRITES_MAX 8   /* of one command */
#define SEARCH_MAX 256 /* commands between the two ends of a pipe: those of substitutions */

static const char *const printers[] = {"echo", "printf", NULL};

static const RunnerFile *named_by(const ShellWord *word) {
  const char *name = word->text + strspn(word->text, "${");
  size_t length = 0;
  while (g_ascii_isalnum(name[length]) || name[length] == '_')
    length++;
  const RunnerFile *file = runner_file_named(name, length);
  return file != NULL && shell_word_is_variable(word, file->variable) ? file : NULL;
}

static void add_value(RunnerWrite *write, const ShellWord *word) {
  runner_write_value(write, word->start, word->end, (word->flags & (SHELL_VARIABLE | SHELL_COMMAND)) == 0);
}

/* What a simple command prints, where that can be told from its words. */
static void add_output(RunnerWrite *write, const ShellCommand *command) {
  guint first = 0;
  const char *name = shell_command_name(command, &first);
  bool known = name != NULL && g_strv_contains(printers, name);
  for (guint i = known ? shell_operand(command, first, NULL) : command->words->len; i < command->words->len; i++)
    add_value(write, shell_word(command, i));
  bool copies = name != NULL && strcmp(name, "cat") == 0 && shell_operand(command, first, NULL) == command->words->len;
  for (guint i = 0; copies && i < command->redirections->len; i++) {
    const ShellRedirection *redirection = shell_redirection(command, i);
    if (!g_str_has_prefix(redirection->operation, "<<") || redirection->operation[2] == '<')
      continue;
    known = true;
    runner_write_value(write, redirection->body_start, redirection->body_end, (redirection->body_flags & (SHELL_VARIABLE | SHELL_COMMAND)) == 0);
  }
  write->fixed = write->fixed && known;
}

/* What the command at `index`, simple or compound, prints. */
static void add_output_of(RunnerWrite *write, const ShellScript *script, guint index) {
  const ShellCommand *command = shell_command(script, index);
  if (!command->compound) {
    add_output(write, command);
    return;
  }
  guint first = index;
  while (first > 0 && !shell_command(script, first - 1)->compound && shell_command(script, first - 1)->start >= command->start)
    first--;
  bool whole = first == 0 || shell_command(script, first - 1)->start < command->start; /* else an inner compound command, with its own */
  write->fixed = whole && first < index;
  for (; first < index; first++)
    add_output(write, shell_command(script, first));
}

static void find_redirections(const ShellScript *script, guint index, GPtrArray *writes) {
  const ShellCommand *command = shell_command(script, index);
  guint most = writes->len + WRITES_MAX;
  for (guint i = 0; i < command->redirections->len && writes->len < most; i++) {
    const ShellRedirection *redirection = shell_redirection(command, i);
    const RunnerFile *file = named_by(&redirection->target);
    if (file == NULL || redirection->operation[0] == '<' || strcmp(redirection->operation, ">&") == 0)
      continue;
    ScriptRange target = {redirection->target.start, redirection->target.end};
    add_output_of(runner_write_add(writes, file, false, (ScriptRange){command->start, command->end}, target), script, index);
  }
}

/* The index of the command whose output goes into the pipe before `index`; `index` when there is none. */
static guint before_pipe(const ShellScript *script, guint index) {
  unsigned depth = shell_command(script, index)->depth;
  for (guint i = index; i-- > 0 && index - i < SEARCH_MAX;)
    if (shell_command(script, i)->depth == depth)
      return shell_command(script, i)->next == SHELL_PIPE ? i : index;
  return index;
}

static void find_tee(const ShellScript *script, guint index, guint first_argument, GPtrArray *writes) {
  const ShellCommand *command = shell_command(script, index);
  guint source = before_pipe(script, index), most = writes->len + WRITES_MAX;
  for (guint i = first_argument; i < command->words->len && writes->len < most; i++) {
    const ShellWord *word = shell_word(command, i);
    const RunnerFile *file = named_by(word);
    if (file == NULL)
      continue;
    RunnerWrite *write = runner_write_add(writes, file, false, (ScriptRange){command->start, command->end}, (ScriptRange){word->start, word->end});
    if (source == index)
      write->fixed = false;
    else
      add_output_of(write, script, source);
  }
}

static void find_command_of_old(const ShellCommand *command, guint first_argument, GPtrArray *writes) {
  guint at = shell_operand(command, first_argument, NULL);
  if (at == command->words->len)
    return;
  const ShellWord *word = shell_word(command, at);
  const RunnerFile *file = runner_file_of_command(word->text, strlen(word->text));
  if (file != NULL)
    add_output(runner_write_add(writes, file, true, (ScriptRange){command->start, command->end}, (ScriptRange){word->start, word->end}), command);
}

void runner_file_read_posix(const char *text, size_t length, GPtrArray *writes) {
  g_autoptr(ShellScript) script = shell_parse(text, length);
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    guint first = 0;
    const char *name = shell_command_name(command, &first);
    find_redirections(script, i, writes);
    if (name != NULL && strcmp(name, "tee") == 0)
      find_tee(script, i, first, writes);
    else if (name != NULL && g_strv_contains(printers, name))
      find_command_of_old(command, first, writes);
  }
}
