#include "cli/reference.h"

#include "cli/help.h"

#include <string.h>

/* ---- markdown -------------------------------------------------------------------------------------------------------- */

/* Text for a table cell or a paragraph: what Markdown would take as markup is escaped. */
static char *markdown_escape(const char *text) {
  GString *escaped = g_string_new(NULL);
  for (; *text != '\0'; text++) {
    if (strchr("|<*_[", *text) != NULL)
      g_string_append_c(escaped, '\\');
    g_string_append_c(escaped, *text);
  }
  return g_string_free(escaped, FALSE);
}

static void markdown_options(GString *page, const Command *command, const OptionRow *options) {
  if (options == NULL || options->name == NULL)
    return;
  g_string_append(page, "\n| option | meaning |\n|---|---|\n");
  for (const OptionRow *option = options; option->name != NULL; option++) {
    g_autofree char *name = help_option(option), *says = help_option_says(option), *escaped = markdown_escape(says);
    if (help_takes_global(command, option))
      g_string_append_printf(page, "| `%s` | %s%s |\n", name, escaped, option->required ? " (required)" : "");
  }
}

static void markdown_arguments(GString *page, const Command *command) {
  if (command->arguments == NULL)
    return;
  g_string_append(page, "\n| argument | meaning |\n|---|---|\n");
  for (const ArgumentRow *argument = command->arguments; argument->value.label != NULL; argument++) {
    g_autofree char *says = markdown_escape(argument->says);
    g_string_append_printf(page, "| `%s` | %s |\n", argument->value.label, says);
  }
}

static void markdown_command(GString *page, const Command *root, const CommandEntry *entry) {
  const Command *command = entry->command;
  g_autofree char *usage = help_usage(command, entry->path);
  g_autofree char *says = markdown_escape(command->description != NULL ? command->description : "");
  g_string_append_printf(page, "\n## %s\n\n%c%s.\n\n    %s\n", entry->path, g_ascii_toupper(command->summary[0]), command->summary + 1, usage);
  if (*says != '\0')
    g_string_append_printf(page, "\n%s\n", says);
  markdown_arguments(page, command);
  markdown_options(page, command, command == root ? NULL : command->options);
  for (const ExampleRow *example = command->examples; example != NULL && example->line != NULL; example++)
    g_string_append_printf(page, "%s    $ %s\n    # %s\n", example == command->examples ? "\n" : "", example->line, example->says);
}

char *reference_commands(const Command *root) {
  g_autoptr(GPtrArray) entries = command_list(root, false);
  g_autofree char *says = markdown_escape(root->description);
  GString *page = g_string_new("<!-- Made by \"drover docs markdown\"; do not edit. -->\n# Commands\n\n");
  g_string_append_printf(page, "%s\n\nThese options are taken by every command (`--json` by those that list it):\n", says);
  markdown_options(page, root, root->options);
  for (guint i = 1; i < entries->len; i++)
    markdown_command(page, root, g_ptr_array_index(entries, i));
  return g_string_free(page, FALSE);
}

/* ---- man ------------------------------------------------------------------------------------------------------------- */

/* Text that roff takes as it is: no escape, no hyphen that becomes a typographic one, no line that begins a request. */
static char *man_escape(const char *text) {
  GString *escaped = g_string_new(NULL);
  for (const char *at = text; *at != '\0'; at++) {
    if (at == text && (*at == '.' || *at == '\''))
      g_string_append(escaped, "\\&");
    if (*at == '\\')
      g_string_append(escaped, "\\e");
    else if (*at == '-')
      g_string_append(escaped, "\\-");
    else if (*at == '\'')
      g_string_append(escaped, "\\(aq");
    else if (*at == '"')
      g_string_append(escaped, "\\(dq");
    else if (*at == '~')
      g_string_append(escaped, "\\(ti");
    else if (*at == '^')
      g_string_append(escaped, "\\(ha");
    else if (*at == '`')
      g_string_append(escaped, "\\(ga");
    else
      g_string_append_c(escaped, *at);
  }
  return g_string_free(escaped, FALSE);
}

static void man_paragraphs(GString *page, const char *words) {
  g_auto(GStrv) parts = g_strsplit(words, "\n\n", -1);
  for (char **part = parts; *part != NULL; part++) {
    g_autofree char *text = man_escape(*part);
    g_string_append_printf(page, "%s%s\n", part == parts ? "" : ".PP\n", text);
  }
}

static void man_item(GString *page, const char *name, const char *says) {
  g_autofree char *left = man_escape(name), *right = man_escape(says);
  g_string_append_printf(page, ".TP\n.B \"%s\"\n%s\n", left, right);
}

static void man_options(GString *page, const Command *command, const OptionRow *options) {
  for (const OptionRow *option = options; option != NULL && option->name != NULL; option++) {
    g_autofree char *name = help_option(option), *says = help_option_says(option);
    if (help_takes_global(command, option))
      man_item(page, name, says);
  }
}

static void man_examples(GString *page, const Command *command) {
  for (const ExampleRow *example = command->examples; example != NULL && example->line != NULL; example++) {
    g_autofree char *line = man_escape(example->line), *says = man_escape(example->says);
    g_string_append_printf(page, "%s.TP\n.I \"%s\"\n%s\n", example == command->examples ? ".PP\nExamples:\n" : "", line, says);
  }
}

static void man_command(GString *page, const Command *root, const CommandEntry *entry) {
  const Command *command = entry->command;
  g_autofree char *usage = help_usage(command, entry->path), *escaped = man_escape(usage);
  g_autofree char *summary = g_strdup_printf("%c%s.", g_ascii_toupper(command->summary[0]), command->summary + 1);
  g_string_append_printf(page, ".SS \"%s\"\n", escaped);
  man_paragraphs(page, summary);
  if (command->description != NULL) {
    g_string_append(page, ".PP\n");
    man_paragraphs(page, command->description);
  }
  for (const ArgumentRow *argument = command->arguments; argument != NULL && argument->value.label != NULL; argument++)
    man_item(page, argument->value.label, argument->says);
  man_options(page, command, command == root ? NULL : command->options);
  man_examples(page, command);
}

char *reference_man(const Command *root) {
  g_autoptr(GPtrArray) entries = command_list(root, false);
  g_autofree char *summary = man_escape(root->summary);
  GString *page = g_string_new(".\\\" Made by \"drover docs man\".\n");
  g_string_append_printf(page, ".TH DROVER 1 \"\" \"drover %s\" \"User Commands\"\n.SH NAME\n%s \\- %s\n", DROVER_VERSION, root->name, summary);
  g_string_append_printf(page, ".SH SYNOPSIS\n.B %s\n.I COMMAND\n[\\fIARGUMENT\\fR...] [\\fI\\-\\-OPTION\\fR...]\n.SH DESCRIPTION\n", root->name);
  man_paragraphs(page, root->description);
  g_string_append(page, ".SH OPTIONS\nThese are taken by every command, \\fB\\-\\-json\\fR by those that list it.\n");
  man_options(page, root, root->options);
  g_string_append(page, ".SH COMMANDS\n");
  for (guint i = 1; i < entries->len; i++)
    man_command(page, root, g_ptr_array_index(entries, i));
  g_string_append(page, ".SH \"EXIT STATUS\"\n");
  for (const ExitStatusRow *row = reference_statuses; row->says != NULL; row++) {
    g_autofree char *status = g_strdup_printf("%d", (int)row->status);
    man_item(page, status, row->says);
  }
  g_string_append(page, ".SH ENVIRONMENT\n");
  man_item(page, "DROVER_DATA", "where drover keeps its state, when --data is not given");
  man_item(page, "DROVER_FACTS", "a folder of files that stand for the built-in facts on events, actions, runner labels and so on");
  man_item(page, "NO_COLOR", "no colours, even on a terminal");
  return g_string_free(page, FALSE);
}
