/* Any text as a script: ranges lie inside of it, columns lead back into it, and nothing takes long. */
#include "lint/script/runner_file.h"
#include "lint/script/shell.h"

#include <stdint.h>
#include <string.h>

static void check_word(const ShellWord *word, const ShellCommand *command, size_t size) {
  g_assert_true(word->start <= word->end && word->end <= size);
  g_assert_true(word->start >= command->start && word->end <= command->end);
  g_assert_cmpuint(strlen(word->text), <=, word->end - word->start);
}

static void try_shell(const char *text, size_t size) {
  g_autoptr(ShellScript) script = shell_parse(text, size);
  size_t last = 0;
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    g_assert_true(command->start <= command->end && command->end <= size);
    g_assert_true(command->compound || command->start >= last);
    last = command->compound ? last : command->start;
    for (guint n = 0; n < command->words->len; n++)
      check_word(shell_word(command, n), command, size);
    for (guint n = 0; n < command->redirections->len; n++) {
      const ShellRedirection *redirection = shell_redirection(command, n);
      check_word(&redirection->target, command, size);
      g_assert_true(redirection->body_start <= redirection->body_end && redirection->body_end <= size);
    }
    guint first = 0;
    (void)shell_command_name(command, &first);
    g_assert_cmpuint(shell_operand(command, first, NULL), <=, MAX(command->words->len, first));
    (void)shell_option(command, first, "-t", "--tag", NULL);
  }
}

static void try_writes(ScriptShell shell, const char *text, size_t size) {
  g_autoptr(GPtrArray) writes = script_writes_runner_file(shell, text, size);
  for (guint i = 0; i < writes->len; i++) {
    const RunnerWrite *write = g_ptr_array_index(writes, i);
    g_assert_true(write->range.start <= write->target.start && write->target.end <= write->range.end && write->range.end <= size);
    for (guint n = 0; n < write->values->len; n++)
      g_assert_cmpuint(g_array_index(write->values, ScriptRange, n).end, <=, size);
  }
}

static void try_places(const char *text, size_t size) {
  g_autofree char *plain = script_without_expressions(text, size);
  g_assert_true(g_utf8_validate(plain, -1, NULL));
  size_t offset = script_offset(text, size, 1 + (unsigned)(size % 7), 1 + (unsigned)(size % 31));
  g_assert_cmpuint(offset, <=, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *text = g_malloc(MAX(size, 1)); /* its own size: reading behind it is seen */
  if (size > 0)
    memcpy(text, data, size);
  try_shell(text, size);
  try_writes(SCRIPT_BASH, text, size);
  try_writes(SCRIPT_POWERSHELL, text, size);
  try_writes(SCRIPT_CMD, text, size);
  try_places(text, size);
  return 0;
}
