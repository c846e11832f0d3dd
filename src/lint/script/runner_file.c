#include "lint/script/runner_file_internal.h"

#include <string.h>

static const RunnerFile files[] = {
  {"GITHUB_ENV", "set-env"},      {"GITHUB_PATH", "add-path"},   {"GITHUB_OUTPUT", "set-output"},
  {"GITHUB_STATE", "save-state"}, {"GITHUB_STEP_SUMMARY", NULL},
};

const RunnerFile *runner_file_named(const char *name, size_t length) {
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
    if (strlen(files[i].variable) == length && g_ascii_strncasecmp(files[i].variable, name, length) == 0)
      return &files[i];
  return NULL;
}

const RunnerFile *runner_file_of_command(const char *text, size_t length) {
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    size_t size = files[i].command != NULL ? strlen(files[i].command) : length;
    if (length < size + 2 || strncmp(text, "::", 2) != 0 || g_ascii_strncasecmp(text + 2, files[i].command, size) != 0)
      continue;
    if (length == size + 2 || text[size + 2] == ' ' || text[size + 2] == ':')
      return &files[i];
  }
  return NULL;
}

static void write_free(void *data) {
  RunnerWrite *write = data;
  g_array_unref(write->values);
  g_free(write);
}

RunnerWrite *runner_write_add(GPtrArray *writes, const RunnerFile *file, bool by_command, ScriptRange range, ScriptRange target) {
  RunnerWrite *write = g_new(RunnerWrite, 1);
  *write = (RunnerWrite){file->variable, by_command ? file->command : NULL, range, target, NULL, true};
  write->values = g_array_new(FALSE, FALSE, sizeof(ScriptRange));
  g_ptr_array_add(writes, write);
  return write;
}

void runner_write_value(RunnerWrite *write, size_t start, size_t end, bool fixed) {
  ScriptRange range = {start, end};
  g_array_append_val(write->values, range);
  write->fixed = write->fixed && fixed;
}

GPtrArray *script_writes_runner_file(ScriptShell shell, const char *text, size_t length) {
  GPtrArray *writes = g_ptr_array_new_with_free_func(write_free);
  if (script_shell_is_posix(shell))
    runner_file_read_posix(text, length, writes);
  else if (shell == SCRIPT_POWERSHELL)
    runner_file_read_powershell(text, length, writes);
  else if (shell == SCRIPT_CMD)
    runner_file_read_batch(text, length, writes);
  return writes;
}
