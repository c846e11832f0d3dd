#include "git/git.h"

#include "base/error.h"

#include <string.h>

static const char *const fixed[][2] = {
  {"GIT_TERMINAL_PROMPT", "0"}, {"GIT_OPTIONAL_LOCKS", "0"}, {"GIT_ATTR_NOSYSTEM", "1"}, {"GIT_NO_REPLACE_OBJECTS", "1"},
  {"GIT_PAGER", "cat"},         {"GIT_EDITOR", "false"},     {"GIT_ASKPASS", "false"},   {"LC_ALL", "C"},
  {"GIT_ADVICE", "0"},
};

static const char *const settings[] = {
  "git",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.quotePath=false",
  "-c",
  "core.attributesFile=/dev/null",
  "-c",
  "color.ui=false",
  "-c",
  "log.showSignature=false",
  "-c",
  "i18n.logOutputEncoding=UTF-8",
  "-c",
  "gc.auto=0",
  "-c",
  "maintenance.auto=false",
};

char **git_environment(void) {
  g_auto(GStrv) inherited = g_get_environ();
  g_autoptr(GStrvBuilder) kept = g_strv_builder_new();
  for (char **variable = inherited; *variable != NULL; variable++)
    if (!g_str_has_prefix(*variable, "GIT_"))
      g_strv_builder_add(kept, *variable);
  char **made = g_strv_builder_end(kept);
  for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
    made = g_environ_setenv(made, fixed[i][0], fixed[i][1], TRUE);
  return made;
}

void git_explain_missing(GError **error) {
  if (error == NULL || !error_is(*error, DROVER_ERROR_MISSING))
    return;
  g_clear_error(error);
  error_set(error, DROVER_ERROR_MISSING, "git is not installed or not in PATH: install it (on Debian: apt-get install git)");
}

bool git_run(const char *root, const char *const *arguments, ProcessSpec spec, ProcessResult *result, GError **error) {
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
    g_ptr_array_add(argv, (gpointer)settings[i]);
  g_ptr_array_add(argv, (gpointer) "-C");
  g_ptr_array_add(argv, (gpointer)root);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add(argv, (gpointer)*arguments);
  g_ptr_array_add(argv, NULL);
  g_auto(GStrv) environment = spec.env == NULL ? git_environment() : NULL;
  spec.argv = (const char *const *)argv->pdata;
  spec.env = spec.env != NULL ? spec.env : (const char *const *)environment;
  spec.deadline_ms = spec.deadline_ms != 0 ? spec.deadline_ms : GIT_DEADLINE_MS;
  if (process_run(&spec, result, error))
    return true;
  git_explain_missing(error);
  return false;
}

char *git_try(const char *root, const char *const *arguments, bool *failed, GError **error) {
  g_auto(ProcessResult) result = {0};
  *failed = !git_run(root, arguments, (ProcessSpec){0}, &result, error);
  if (*failed || result.exit_status != 0)
    return NULL;
  if (result.truncated) {
    *failed = true;
    error_set(error, DROVER_ERROR_INPUT, "git %s: its output is too large", arguments[0]);
    return NULL;
  }
  if (result.out_size > 0 && result.out[result.out_size - 1] == '\n')
    result.out[result.out_size - 1] = '\0';
  return g_steal_pointer(&result.out);
}

char *git_output(const char *root, const char *const *arguments, GError **error) {
  g_auto(ProcessResult) result = {0};
  if (!git_run(root, arguments, (ProcessSpec){0}, &result, error))
    return NULL;
  if (result.exit_status != 0 || result.truncated) {
    g_autofree char *words = g_utf8_make_valid(result.err, -1);
    error_set(error, DROVER_ERROR_FAILED, "git %s in %s ended with status %d: %s", arguments[0], root, result.exit_status,
              result.truncated ? "its output is too large" : g_strstrip(words));
    return NULL;
  }
  if (result.out_size > 0 && result.out[result.out_size - 1] == '\n')
    result.out[result.out_size - 1] = '\0';
  return g_steal_pointer(&result.out);
}
