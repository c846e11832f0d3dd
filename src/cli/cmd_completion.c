#include "cli/commands.h"
#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *shell;
  char *(*script)(const Command *root);
} rows[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

static const ArgumentRow arguments[] = {
  {{VALUE_CHOICE, "SHELL", .choices = shells}, ARITY_ONE, "the shell that the script is for"},
  {{0}},
};

static const ExampleRow examples[] = {
  {"source <(drover completion bash)", "in bash, for this session"},
  {"drover completion zsh > ~/.zfunc/_drover", "in zsh, in a folder of $fpath"},
  {"drover completion fish > ~/.config/fish/completions/drover.fish", "in fish"},
  {0},
};

static bool run(Invocation *invocation, GError **error) {
  const char *shell = invocation_argument(invocation, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].shell, shell) == 0) {
      g_autofree char *script = rows[i].script(invocation->root);
      fputs(script, stdout);
      return true;
    }
  return error_set(error, DROVER_ERROR_INTERNAL, "no script for %s", shell);
}

const Command command_completion = {
  .name = "completion",
  .group = GROUP_HELP,
  .summary = "print the script that completes drover's command line in a shell",
  .arguments = arguments,
  .examples = examples,
  .run = run,
};
