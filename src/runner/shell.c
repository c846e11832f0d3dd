#include "runner/shell.h"

#include "base/error.h"
#include "workflow/workflow.h"

#include <string.h>
#include <unistd.h>

static const struct {
  const char *name;
  const char *extension;
  const char *command;
} shells[] = {
  {"bash", ".sh", "bash --noprofile --norc -e -o pipefail {0}"},
  {"sh", ".sh", "sh -e {0}"},
  {"python", ".py", "python {0}"},
};

const char *shell_extension(const char *shell) {
  for (size_t i = 0; shell != NULL && i < G_N_ELEMENTS(shells); i++)
    if (g_ascii_strcasecmp(shells[i].name, shell) == 0)
      return shells[i].extension;
  return shell == NULL ? ".sh" : "";
}

static bool in_path(const char *program, const char *path) {
  g_auto(GStrv) folders = g_strsplit(path, ":", -1);
  for (char **folder = folders; *folder != NULL; folder++) {
    g_autofree char *file = g_build_filename(**folder != '\0' ? *folder : ".", program, NULL);
    if (access(file, X_OK) == 0)
      return true;
  }
  return false;
}

static const char *template_of(const char *shell, const char *path) {
  if (shell == NULL)
    return in_path("bash", path) ? "bash -e {0}" : "sh -e {0}";
  for (size_t i = 0; i < G_N_ELEMENTS(shells); i++)
    if (g_ascii_strcasecmp(shells[i].name, shell) == 0)
      return shells[i].command;
  return shell;
}

static char *put_script(const char *word, const char *script) {
  g_auto(GStrv) parts = g_strsplit(word, "{0}", -1);
  return g_strjoinv(script, parts);
}

char **shell_argv(const char *shell, const char *script, const char *path, GError **error) {
  g_autofree char *why = NULL;
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) inner = NULL;
  if (shell != NULL && !workflow_shell_known(shell, &why)) {
    error_set(error, DROVER_ERROR_INPUT, "%s", why);
    return NULL;
  }
  if (!g_shell_parse_argv(template_of(shell, path), NULL, &words, &inner)) {
    error_set(error, DROVER_ERROR_INPUT, "shell \"%s\": %s", shell, inner->message);
    return NULL;
  }
  for (char **word = words; *word != NULL; word++) {
    char *put = put_script(*word, script);
    g_free(*word);
    *word = put;
  }
  /* Debian's Python has no plain name of its own */
  if (g_strcmp0(words[0], "python") == 0 && !in_path("python", path)) {
    g_free(words[0]);
    words[0] = g_strdup("python3");
  }
  return g_steal_pointer(&words);
}
