#include "cli/help.h"

#include <string.h>

#define WIDTH 100
#define COLUMN_MAX 30 /* where the words of a list begin at the latest */

static const char *const groups[GROUP_COUNT] = {
  [GROUP_SHIP] = "Ship and take back", [GROUP_LOOK] = "Look", [GROUP_WORKFLOW] = "Workflows", [GROUP_OPERATE] = "Operate", [GROUP_HELP] = "Help",
};

const char *help_group(CommandGroup group) {
  return groups[group];
}

bool help_takes_global(const Command *command, const OptionRow *option) {
  return strcmp(option->name, "json") != 0 || command->has_json;
}

/* ---- pieces ---------------------------------------------------------------------------------------------------------- */

static char *value_label(const ValueRow *row) {
  return row->kind == VALUE_CHOICE ? g_strjoinv("|", (char **)row->choices) : g_strdup(row->label);
}

char *help_argument(const ArgumentRow *argument) {
  static const char *const formats[][2] = {
    [ARITY_ONE] = {"", ""}, [ARITY_OPTIONAL] = {"[", "]"}, [ARITY_ANY] = {"[", "...]"}, [ARITY_SOME] = {"", "..."}};
  g_autofree char *label = value_label(&argument->value);
  return g_strconcat(formats[argument->arity][0], label, formats[argument->arity][1], NULL);
}

char *help_option(const OptionRow *option) {
  g_autofree char *alias = option->alias != 0 ? g_strdup_printf("-%c, ", option->alias) : g_strdup("");
  const char *label = option->value.label;
  return g_strdup_printf("%s--%s%s%s", alias, option->name, label != NULL ? " " : "", label != NULL ? label : "");
}

char *help_option_says(const OptionRow *option) {
  GString *says = g_string_new(option->says);
  if (option->value.kind == VALUE_CHOICE) {
    g_autofree char *known = g_strjoinv(", ", (char **)option->value.choices);
    g_string_append_printf(says, ": one of %s", known);
  }
  if (option->repeatable)
    g_string_append(says, "; may be repeated");
  if (option->fallback != NULL)
    g_string_append_printf(says, " (default: %s)", option->fallback);
  return g_string_free(says, FALSE);
}

char *help_usage(const Command *command, const char *path) {
  GString *usage = g_string_new(path);
  if (command->commands != NULL)
    g_string_append(usage, " COMMAND [ARGUMENT...] [--OPTION...]");
  for (const ArgumentRow *argument = command->arguments; argument != NULL && argument->value.label != NULL; argument++) {
    g_autofree char *text = help_argument(argument);
    g_string_append_printf(usage, " %s", text);
  }
  for (const OptionRow *option = command->options; command->commands == NULL && option != NULL && option->name != NULL; option++) {
    const char *label = option->value.label;
    g_string_append_printf(usage, option->required ? " --%s%s%s%s" : " [--%s%s%s]%s", option->name, label != NULL ? " " : "",
                           label != NULL ? label : "", option->repeatable ? "..." : "");
  }
  if (command->has_json && command->commands == NULL)
    g_string_append(usage, " [--json]");
  return g_string_free(usage, FALSE);
}

/* ---- layout ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  GString *text;
  bool colour;
} Page;

static void heading(Page *page, const char *words) {
  g_string_append_printf(page->text, page->colour ? "\n\033[1m%s\033[0m\n" : "\n%s\n", words);
}

/* Appends words from column `at` on, broken before WIDTH; further lines begin at `indent`. */
static void wrap(GString *text, const char *words, size_t at, size_t indent) {
  g_auto(GStrv) parts = g_strsplit(words, " ", -1);
  bool first = true;
  for (char **part = parts; *part != NULL; part++, first = false) {
    size_t width = (size_t)g_utf8_strlen(*part, -1);
    bool breaks = !first && at + 1 + width > WIDTH;
    if (breaks)
      g_string_append_printf(text, "\n%*s", (int)indent, "");
    else if (!first)
      g_string_append_c(text, ' ');
    at = breaks ? indent + width : at + width + !first;
    g_string_append(text, *part);
  }
  g_string_append_c(text, '\n');
}

static void paragraphs(Page *page, const char *words) {
  g_auto(GStrv) parts = g_strsplit(words, "\n\n", -1);
  for (char **part = parts; *part != NULL; part++) {
    g_string_append_c(page->text, '\n');
    wrap(page->text, *part, 0, 0);
  }
}

/* Names on the left, what they mean on the right. */
typedef struct {
  GPtrArray *names; /* char * */
  GPtrArray *says;
} List;

static void list_init(List *list) {
  *list = (List){g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free)};
}

static void list_add(List *list, char *name, char *says) {
  g_ptr_array_add(list->names, name);
  g_ptr_array_add(list->says, says);
}

/* Writes the list under `words`, unless it is empty, and frees it. */
static void list_end(List *list, Page *page, const char *words) {
  size_t column = 0;
  for (guint i = 0; i < list->names->len; i++) {
    size_t width = strlen(g_ptr_array_index(list->names, i)) + 4;
    column = width <= COLUMN_MAX ? MAX(column, width) : MAX(column, 8);
  }
  if (list->names->len > 0 && words != NULL)
    heading(page, words);
  for (guint i = 0; i < list->names->len; i++) {
    const char *name = g_ptr_array_index(list->names, i);
    g_string_append_printf(page->text, "  %s", name);
    if (strlen(name) + 4 > column)
      g_string_append_printf(page->text, "\n%*s", (int)column, "");
    else
      g_string_append_printf(page->text, "%*s", (int)(column - 2 - strlen(name)), "");
    wrap(page->text, g_ptr_array_index(list->says, i), column, column);
  }
  g_ptr_array_unref(list->names);
  g_ptr_array_unref(list->says);
}

/* ---- sections -------------------------------------------------------------------------------------------------------- */

static void arguments_section(Page *page, const Command *command) {
  List list;
  list_init(&list);
  for (const ArgumentRow *argument = command->arguments; argument != NULL && argument->value.label != NULL; argument++)
    list_add(&list, value_label(&argument->value), g_strdup(argument->says));
  list_end(&list, page, "Arguments");
}

static void options_section(Page *page, const char *words, const Command *command, const OptionRow *options) {
  bool has_alias = false;
  List list;
  list_init(&list);
  for (const OptionRow *option = options; option != NULL && option->name != NULL; option++)
    has_alias |= option->alias != 0;
  for (const OptionRow *option = options; option != NULL && option->name != NULL; option++) {
    g_autofree char *name = help_option(option);
    if (help_takes_global(command, option))
      list_add(&list, g_strconcat(has_alias && option->alias == 0 ? "    " : "", name, NULL), help_option_says(option));
  }
  list_end(&list, page, words);
}

static void group_section(Page *page, const Command *command, CommandGroup group, const char *words) {
  List list;
  list_init(&list);
  for (const Command *const *child = command->commands; *child != NULL; child++)
    if (!(*child)->hidden && (*child)->group == group)
      list_add(&list, g_strdup((*child)->name), g_strdup((*child)->summary));
  list_end(&list, page, words);
}

static void commands_section(Page *page, const Command *root, const Command *command) {
  for (CommandGroup group = 0; command->commands != NULL && group < GROUP_COUNT; group++)
    group_section(page, command, group, command == root ? groups[group] : "Commands");
}

static void examples_section(Page *page, const Command *command) {
  if (command->examples == NULL)
    return;
  heading(page, "Examples");
  for (const ExampleRow *example = command->examples; example->line != NULL; example++)
    g_string_append_printf(page->text, "  %s\n      %s\n", example->line, example->says);
}

char *help_text(const Command *root, const Command *command, const char *path, bool colour) {
  Page page = {.text = g_string_new(NULL), .colour = colour};
  g_autofree char *usage = help_usage(command, path);
  g_string_append_printf(page.text, "%s: %s\n", path, command->summary);
  heading(&page, "Usage");
  g_string_append(page.text, "  ");
  wrap(page.text, usage, 2, 6);
  if (command->description != NULL)
    paragraphs(&page, command->description);
  arguments_section(&page, command);
  if (command != root)
    options_section(&page, "Options", command, command->options);
  commands_section(&page, root, command);
  options_section(&page, command == root ? "Options of every command" : "Global options", command, root->options);
  examples_section(&page, command);
  return g_string_free(page.text, FALSE);
}
