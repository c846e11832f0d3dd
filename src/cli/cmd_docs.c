#include "cli/commands.h"
#include "cli/reference.h"
#include "lint/report/pages.h"

#include <stdio.h>
#include <string.h>

static const char *const pages[] = {"man", "markdown", "exit-status", "rules", NULL};

static const ArgumentRow arguments[] = {
  {{VALUE_CHOICE, "PAGE", .choices = pages}, ARITY_ONE, "the page to make"},
  {{0}},
};

static const ExampleRow examples[] = {
  {"drover docs man > drover.1", "the man page"},
  {"drover docs markdown > docs/reference/commands.md", "the reference of commands"},
  {"drover docs exit-status > docs/reference/exit-status.md", "the reference of exit statuses and errors"},
  {"drover docs rules > docs/reference/rules.md", "the list of the linter's rules"},
  {0},
};

static bool run(Invocation *invocation, G_GNUC_UNUSED GError **error) {
  const char *page = invocation_argument(invocation, 0);
  g_autofree char *text = strcmp(page, "man") == 0        ? reference_man(invocation->root)
                          : strcmp(page, "markdown") == 0 ? reference_commands(invocation->root)
                          : strcmp(page, "rules") == 0    ? lint_rules_reference()
                                                          : reference_exit_status();
  fputs(text, stdout);
  return true;
}

const Command command_docs = {
  .name = "docs",
  .group = GROUP_HELP,
  .summary = "make the written reference from the tables; for drover's own build",
  .arguments = arguments,
  .examples = examples,
  .hidden = true,
  .run = run,
};
