#include "cli/completion.h"
#include "cli/help.h"

#include <string.h>

/* Text inside the brackets and colons of an _arguments specification. */
static char *escape_spec(const char *text) {
  GString *escaped = g_string_new(NULL);
  for (; *text != '\0'; text++) {
    if (strchr("[]:\\", *text) != NULL)
      g_string_append_c(escaped, '\\');
    g_string_append_c(escaped, *text);
  }
  return g_string_free(escaped, FALSE);
}

static char *function_name(const CommandEntry *entry) {
  g_autofree char *name = g_strdup(entry->path);
  g_strdelimit(name, " -", '_');
  return g_strconcat("_", name, NULL);
}

/* What completes a value: "_files", "(bash zsh fish)", or nothing. Transfer full. */
static char *value_action(const Command *root, const ValueRow *value) {
  if (value->kind == VALUE_PATH)
    return g_strdup("_files");
  GString *words = g_string_new(NULL);
  for (const char *const *choice = value->choices; value->kind == VALUE_CHOICE && *choice != NULL; choice++)
    g_string_append_printf(words, "%s%s", words->len > 0 ? " " : "(", *choice);
  for (const Command *const *child = root->commands; value->kind == VALUE_COMMAND && *child != NULL; child++)
    if (!(*child)->hidden)
      g_string_append_printf(words, "%s%s", words->len > 0 ? " " : "(", (*child)->name);
  g_string_append(words, words->len > 0 ? ")" : " ");
  return g_string_free(words, FALSE);
}

static void option_specs(GString *script, const Command *root, const Command *command, const OptionRow *options) {
  for (const OptionRow *option = options; option != NULL && option->name != NULL; option++) {
    if (!help_takes_global(command, option))
      continue;
    bool is_flag = option->value.kind == VALUE_FLAG;
    g_autofree char *says = escape_spec(option->says), *action = value_action(root, &option->value);
    g_autofree char *value = is_flag ? g_strdup("") : g_strdup_printf(":%s:%s", option->value.label, action);
    g_autofree char *once = option->repeatable   ? g_strdup("*")
                            : option->alias != 0 ? g_strdup_printf("(-%c --%s)", option->alias, option->name)
                                                 : g_strdup("");
    g_autofree char *spec = g_strdup_printf("[%s]%s", says, value);
    g_string_append(script, " \\\n    ");
    completion_quote(script, once);
    if (option->alias != 0)
      g_string_append_printf(script, is_flag ? "{-%c,--%s}" : "{-%c+,--%s=}", option->alias, option->name);
    else
      g_string_append_printf(script, is_flag ? "--%s" : "--%s=", option->name);
    completion_quote(script, spec);
  }
}

static void argument_specs(GString *script, const Command *root, const Command *command) {
  static const char *const prefixes[] = {[ARITY_ONE] = ":", [ARITY_OPTIONAL] = "::", [ARITY_ANY] = "*:", [ARITY_SOME] = "*:"};
  for (const ArgumentRow *argument = command->arguments; argument != NULL && argument->value.label != NULL; argument++) {
    g_autofree char *action = value_action(root, &argument->value);
    g_autofree char *spec = g_strdup_printf("%s%s:%s", prefixes[argument->arity], argument->value.label, action);
    g_string_append(script, " \\\n    ");
    completion_quote(script, spec);
  }
}

static void choose_command(GString *script, const Command *command, const char *function) {
  g_string_append(script, " \\\n    '1:command:->command' '*::argument:->argument'\n"
                          "  case $state in\n    command)\n      local -a commands=(\n");
  for (const Command *const *child = command->commands; *child != NULL; child++) {
    if ((*child)->hidden)
      continue;
    g_autofree char *row = g_strdup_printf("%s:%s", (*child)->name, (*child)->summary);
    g_string_append(script, "        ");
    completion_quote(script, row);
    g_string_append_c(script, '\n');
  }
  g_string_append(script, "      )\n      _describe command commands ;;\n    argument)\n      case $line[1] in\n");
  for (const Command *const *child = command->commands; *child != NULL; child++)
    if (!(*child)->hidden)
      g_string_append_printf(script, "        %s) %s_%s ;;\n", (*child)->name, function, (*child)->name);
  g_string_append(script, "      esac ;;\n  esac\n");
}

static void command_function(GString *script, const Command *root, const CommandEntry *entry) {
  const Command *command = entry->command;
  g_autofree char *function = function_name(entry);
  g_string_append_printf(script, "%s() {\n", function);
  if (command->commands != NULL)
    g_string_append(script, "  local curcontext=$curcontext state state_descr line\n  typeset -A opt_args\n");
  g_string_append(script, command->commands != NULL ? "  _arguments -C" : "  _arguments");
  if (command != root)
    option_specs(script, root, command, command->options);
  option_specs(script, root, command, root->options);
  if (command->commands != NULL) {
    choose_command(script, command, function);
  } else {
    argument_specs(script, root, command);
    g_string_append_c(script, '\n');
  }
  g_string_append(script, "}\n\n");
}

char *completion_zsh(const Command *root) {
  g_autoptr(GPtrArray) entries = command_list(root, false);
  GString *script = g_string_new(NULL);
  g_string_append_printf(script, "#compdef %s\n# Completes %s in zsh; made by \"%s completion zsh\".\n\n", root->name, root->name, root->name);
  for (guint i = 0; i < entries->len; i++)
    command_function(script, root, g_ptr_array_index(entries, i));
  g_string_append_printf(script, "if [[ $funcstack[1] == _%s ]]; then\n  _%s \"$@\"\nelse\n  compdef _%s %s\nfi\n", root->name, root->name,
                         root->name, root->name);
  return g_string_free(script, FALSE);
}
