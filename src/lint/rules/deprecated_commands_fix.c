#include "lint/rules/deprecated_commands_fix.h"

#include "lint/edit/edit_yaml.h"

#include <string.h>

#define COMMANDS_MAX 1000 /* of a script: so many are searched for each that is mended */

/* The same command of the script, when it does nothing but print; NULL otherwise. */
static const ShellCommand *plain_echo(const ShellScript *script, ScriptRange range) {
  const ShellCommand *echo = NULL;
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    bool holds = command->compound && command->start <= range.start && range.end <= command->end;
    if (holds && (command->redirections->len > 0 || command->next == SHELL_PIPE)) /* somebody else takes what it prints */
      return NULL;
    if (!command->compound && command->start == range.start && command->end == range.end)
      echo = command;
  }
  bool plain = echo != NULL && echo->depth == 0 && echo->next != SHELL_PIPE && echo->next != SHELL_BACKGROUND && echo->redirections->len == 0 &&
               echo->assignments->len == 0 && echo->words->len > 1;
  return plain && shell_word_is(shell_word(echo, 0), "echo") ? echo : NULL;
}

static size_t name_length(const char *text) {
  return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

/* Whether the runner read a value otherwise than it stands there, or not to its end. */
static bool is_escaped(const char *text) {
  return strchr(text, '\n') != NULL || strstr(text, "%25") != NULL || strstr(text, "%0A") != NULL || strstr(text, "%0D") != NULL ||
         strstr(text, "%0a") != NULL || strstr(text, "%0d") != NULL;
}

/* What to print instead of `printed`, the words behind `echo` with their quotes: NAME=VALUE, or the folder of add-path. Transfer full;
 * NULL when it has another form. */
static char *line_of(const char *printed, const RunnerWrite *write) {
  g_autofree char *quote = g_strndup(printed, strspn(printed, "\"'") > 0 ? 1 : 0);
  g_autofree char *start = g_strconcat("::", write->command, NULL);
  const char *at = printed + strlen(quote);
  if (!g_str_has_prefix(at, start) || is_escaped(printed))
    return NULL;
  at += strlen(start);
  bool is_named = strcmp(write->command, "add-path") != 0;
  if (!is_named)
    return g_str_has_prefix(at, "::") && at[2] != '\0' && at[2] != '-' ? g_strconcat(quote, at + 2, NULL) : NULL;
  at += strspn(at, " ");
  if (!g_str_has_prefix(at, "name="))
    return NULL;
  at += strlen("name=");
  size_t length = name_length(at);
  if (length == 0 || *at == '-' || !g_str_has_prefix(at + length, "::"))
    return NULL;
  g_autofree char *name = g_strndup(at, length);
  return g_strconcat(quote, name, "=", at + length + 2, NULL);
}

Fix *deprecated_command_fix(LintFile *file, const WorkflowStep *step, const RunnerWrite *write) {
  const ShellScript *script = file->fixing && write->command != NULL ? lint_step_script(file, step) : NULL;
  const ShellCommand *echo = script != NULL && script->commands->len <= COMMANDS_MAX ? plain_echo(script, write->range) : NULL;
  if (echo == NULL)
    return NULL;
  size_t start = shell_word(echo, 1)->start;
  g_autofree char *printed = g_strndup(step->run.text + start, write->range.end - start), *line = line_of(printed, write);
  bool fixed = write->fixed && strstr(printed, "${{") == NULL;
  if (line == NULL)
    return NULL;
  g_autofree char *command = g_strdup_printf("%s >> \"$%s\"", line, write->variable);
  g_autofree char *description = g_strdup_printf("write to $%s", write->variable);
  g_autoptr(Fix) fix = fix_new(description, fixed);
  bool made = edit_replace_in_scalar(lint_edit_tree(file), fix, step->run.node, start, strlen(printed), command);
  return made ? g_steal_pointer(&fix) : NULL;
}
