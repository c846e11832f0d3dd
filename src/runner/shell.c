#include "runner/shell.h"

#include "base/error.h"
#include "workflow/workflow.h"

#include <string.h>

static const struct Shell {
  const char *name; /* case does not matter */
  const char *extension;
  const char *command;
  const char *before; /* lines around the script, or NULL */
  const char *behind;
} shells[] = {
  {"bash", ".sh", "bash --noprofile --norc -e -o pipefail {0}", NULL, NULL},
  {"sh", ".sh", "sh -e {0}", NULL, NULL},
  {"python", ".py", "python {0}", NULL, NULL},
  {"pwsh", ".ps1", "pwsh -command \". '{0}'\"", "$ErrorActionPreference = 'stop'\n",
   "\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }"},
};

/* The shell whose program `shell` begins with: a template of bash has bash's extension. */
static const struct Shell *find_shell(const char *shell) {
  size_t length = strcspn(shell, " ");
  for (size_t i = 0; i < G_N_ELEMENTS(shells); i++)
    if (strlen(shells[i].name) == length && g_ascii_strncasecmp(shells[i].name, shell, length) == 0)
      return &shells[i];
  return NULL;
}

static bool is_default(const char *shell) {
  return shell == NULL || *shell == '\0';
}

const char *shell_extension(const char *shell) {
  const struct Shell *known = find_shell(is_default(shell) ? "sh" : shell);
  return known != NULL ? known->extension : "";
}

char *shell_script(const char *shell, const char *text) {
  const struct Shell *known = find_shell(is_default(shell) ? "sh" : shell);
  if (known == NULL || known->before == NULL)
    return g_strdup(text);
  return g_strconcat(known->before, text, known->behind, NULL);
}

/* The command with {0} in it; a built-in shell's name alone stands for its own. */
static const char *template_of(const char *shell, ShellHasFunc has, void *user) {
  if (is_default(shell))
    return has("bash", user) ? "bash -e {0}" : "sh -e {0}";
  const struct Shell *known = find_shell(shell);
  return known != NULL && strchr(shell, ' ') == NULL ? known->command : shell;
}

static char *put_script(const char *word, const char *script) {
  g_auto(GStrv) parts = g_strsplit(word, "{0}", -1);
  return g_strjoinv(script, parts);
}

/* A word, quotes taken away, and `text` behind it. The rules are those of the program that starts GitHub's shells: "..." holds
 * blanks and "" in it a quote, a backslash counts before a quote only, and '...' means nothing. */
static char *next_word(const char **text) {
  GString *word = g_string_new(NULL);
  bool quoted = false;
  const char *at = *text;
  for (; *at != '\0' && (quoted || !strchr(" \t", *at)); at++) {
    size_t slashes = strspn(at, "\\");
    if (slashes > 0) {
      bool escapes = at[slashes] == '"';
      g_string_append_len(word, at, (gssize)(escapes ? slashes / 2 : slashes));
      at += slashes - 1;
      if (escapes && slashes % 2 == 1)
        g_string_append_c(word, *++at);
    } else if (*at == '"' && quoted && at[1] == '"') {
      g_string_append_c(word, *++at);
    } else if (*at == '"') {
      quoted = !quoted;
    } else {
      g_string_append_c(word, *at);
    }
  }
  *text = at;
  return g_string_free(word, FALSE);
}

/* `script` is put in afterwards, so that its own letters mean nothing. */
static char **split(const char *command, const char *script) {
  GPtrArray *words = g_ptr_array_new();
  for (const char *at = command + strspn(command, " \t"); *at != '\0'; at += strspn(at, " \t")) {
    g_autofree char *word = next_word(&at);
    g_ptr_array_add(words, put_script(word, script));
  }
  g_ptr_array_add(words, NULL);
  return (char **)g_ptr_array_free(words, FALSE);
}

char **shell_argv(const char *shell, const char *script, ShellHasFunc has, void *user, GError **error) {
  g_autofree char *why = NULL;
  if (!is_default(shell) && !workflow_shell_known(shell, &why)) {
    error_set(error, DROVER_ERROR_INPUT, "%s", why);
    return NULL;
  }
  g_auto(GStrv) words = split(template_of(shell, has, user), script);
  /* Debian's Python has no plain name of its own */
  if (strcmp(words[0], "python") == 0 && !has("python", user)) {
    g_free(words[0]);
    words[0] = g_strdup("python3");
  }
  if (has(words[0], user))
    return g_steal_pointer(&words);
  error_set(error, DROVER_ERROR_MISSING, "shell \"%s\": the program %s is not installed where the job runs", is_default(shell) ? "sh" : shell,
            words[0]);
  return NULL;
}
