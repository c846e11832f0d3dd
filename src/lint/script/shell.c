#include "lint/script/shell_internal.h"

#include <string.h>

#define TEXT_CHUNK_BYTES 4096

static void command_free(void *data) {
  ShellCommand *command = data;
  g_array_unref(command->assignments);
  g_array_unref(command->words);
  g_array_unref(command->redirections);
  g_free(command);
}

ShellScript *shell_parse(const char *text, size_t length) {
  ShellScript *script = g_new0(ShellScript, 1);
  script->commands = g_ptr_array_new_with_free_func(command_free);
  script->texts = g_string_chunk_new(TEXT_CHUNK_BYTES);
  ShellParser parser = {.text = text, .end = length, .script = script, .heredocs = shell_heredocs_new()};
  shell_list_read(&parser, false);
  g_array_unref(parser.heredocs);
  return script;
}

void shell_script_free(ShellScript *script) {
  g_ptr_array_unref(script->commands);
  g_string_chunk_free(script->texts);
  g_free(script);
}

const ShellCommand *shell_command(const ShellScript *script, guint index) {
  return g_ptr_array_index(script->commands, index);
}

const ShellWord *shell_word(const ShellCommand *command, guint index) {
  return &g_array_index(command->words, ShellWord, index);
}

const ShellRedirection *shell_redirection(const ShellCommand *command, guint index) {
  return &g_array_index(command->redirections, ShellRedirection, index);
}

bool shell_word_is(const ShellWord *word, const char *text) {
  return (word->flags & SHELL_EXPANDED) == 0 && strcmp(word->text, text) == 0;
}

bool shell_word_is_variable(const ShellWord *word, const char *name) {
  size_t length = strlen(name);
  if ((word->flags & SHELL_VARIABLE) == 0 || (word->flags & (SHELL_SINGLE_QUOTED | SHELL_ESCAPED)) != 0 || word->text[0] != '$')
    return false;
  bool braces = word->text[1] == '{';
  const char *behind = word->text + 1 + braces + length;
  if (strncmp(word->text + 1 + braces, name, length) != 0)
    return false;
  return braces ? !g_ascii_isalnum(*behind) && *behind != '_' && strchr(behind, '}') == behind + strlen(behind) - 1 : *behind == '\0';
}

const char *shell_assigned(const ShellCommand *command, const char *name) {
  size_t length = strlen(name);
  for (guint i = command->assignments->len; i-- > 0;) {
    const char *text = g_array_index(command->assignments, ShellWord, i).text;
    if (strncmp(text, name, length) == 0 && text[length] == '=')
      return text + length + 1;
  }
  return NULL;
}
