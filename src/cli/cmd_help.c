#include "base/log.h"
#include "cli/commands.h"
#include "cli/help.h"

#include <stdio.h>
#include <unistd.h>

static const ArgumentRow arguments[] = {
  {{VALUE_COMMAND, "COMMAND"}, ARITY_ANY, "the command, with the words below it; default: an overview"},
  {{0}},
};

static const ExampleRow examples[] = {
  {"drover help", "all commands"},
  {"drover help secret set", "one command"},
  {0},
};

static bool run(Invocation *invocation, GError **error) {
  g_autoptr(GPtrArray) words = g_ptr_array_copy(invocation->arguments, NULL, NULL);
  g_autofree char *path = NULL;
  g_ptr_array_add(words, NULL);
  const Command *command = command_find(invocation->root, (const char *const *)words->pdata, &path, error);
  if (command == NULL)
    return false;
  g_autofree char *text = help_text(invocation->root, command, path, log_fd_has_colour(STDOUT_FILENO));
  fputs(text, stdout);
  return true;
}

const Command command_help = {
  .name = "help",
  .group = GROUP_HELP,
  .summary = "show the help of drover or of a command",
  .arguments = arguments,
  .examples = examples,
  .run = run,
};
