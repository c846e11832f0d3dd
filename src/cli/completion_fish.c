#include "cli/completion.h"
#include "cli/help.h"

#include <string.h>

/* In fish a backslash inside single quotes escapes a quote and itself. */
static void quote(GString *script, const char *text) {
  g_string_append_c(script, '\'');
  for (; *text != '\0'; text++) {
    if (*text == '\'' || *text == '\\')
      g_string_append_c(script, '\\');
    g_string_append_c(script, *text);
  }
  g_string_append_c(script, '\'');
}

/* "complete -c drover -n '__drover_at "secret set"'", for the command of `entry`. */
static void rule(GString *script, const Command *root, const CommandEntry *entry) {
  g_string_append_printf(script, "complete -c %s -n '__%s_at \"%s\"'", root->name, root->name, completion_key(root, entry));
}

/* How the words so far lead to a command: options' values are passed over. */
static void walk_function(GString *script, const Command *root, GPtrArray *entries) {
  g_string_append_printf(script,
                         "function __%s_at\n"
                         "    set -l path ''\n"
                         "    set -l skip 0\n"
                         "    for word in (commandline -opc)[2..-1]\n"
                         "        if test $skip = 1\n"
                         "            set skip 0\n"
                         "            continue\n"
                         "        end\n"
                         "        switch \"$path:$word\"\n",
                         root->name);
  for (guint i = 0; i < entries->len; i++) {
    const CommandEntry *entry = g_ptr_array_index(entries, i);
    const char *key = entry->command == root ? "*" : completion_key(root, entry);
    for (const OptionRow *option = entry->command->options; option != NULL && option->name != NULL; option++) {
      if (option->value.kind == VALUE_FLAG)
        continue;
      g_string_append_printf(script, "            case '%s:--%s'", key, option->name);
      if (option->alias != 0)
        g_string_append_printf(script, " '%s:-%c'", key, option->alias);
      g_string_append(script, "\n                set skip 1\n");
    }
  }
  for (guint i = 1; i < entries->len; i++) {
    const CommandEntry *entry = g_ptr_array_index(entries, i);
    const char *key = completion_key(root, entry), *last = strrchr(key, ' ');
    g_string_append_printf(script, "            case '%.*s:%s'\n                set path '%s'\n", last != NULL ? (int)(last - key) : 0, key,
                           entry->command->name, key);
  }
  g_string_append(script, "        end\n    end\n    test \"$path\" = \"$argv[1]\"\nend\n\n");
}

static void value_words(GString *script, const Command *root, const ValueRow *value) {
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  for (const char *const *choice = value->choices; value->kind == VALUE_CHOICE && *choice != NULL; choice++)
    g_ptr_array_add(words, (gpointer)*choice);
  for (const Command *const *child = root->commands; value->kind == VALUE_COMMAND && *child != NULL; child++)
    if (!(*child)->hidden)
      g_ptr_array_add(words, (gpointer)(*child)->name);
  g_ptr_array_add(words, NULL);
  g_autofree char *text = g_strjoinv(" ", (char **)words->pdata);
  if (*text != '\0') {
    g_string_append(script, " -a ");
    quote(script, text);
  }
}

static void option_rules(GString *script, const Command *root, const CommandEntry *entry, const OptionRow *options) {
  for (const OptionRow *option = options; option != NULL && option->name != NULL; option++) {
    if (!help_takes_global(entry->command, option))
      continue;
    rule(script, root, entry);
    g_string_append_printf(script, " -l %s", option->name);
    if (option->alias != 0)
      g_string_append_printf(script, " -s %c", option->alias);
    if (option->value.kind != VALUE_FLAG)
      g_string_append(script, option->value.kind == VALUE_PATH ? " -r -F" : " -x");
    value_words(script, root, &option->value);
    g_string_append(script, " -d ");
    quote(script, option->says);
    g_string_append_c(script, '\n');
  }
}

static void word_rules(GString *script, const Command *root, const CommandEntry *entry) {
  for (const Command *const *child = entry->command->commands; child != NULL && *child != NULL; child++) {
    if ((*child)->hidden)
      continue;
    rule(script, root, entry);
    g_string_append_printf(script, " -a %s -d ", (*child)->name);
    quote(script, (*child)->summary);
    g_string_append_c(script, '\n');
  }
  for (const ArgumentRow *argument = entry->command->arguments; argument != NULL && argument->value.label != NULL; argument++) {
    rule(script, root, entry);
    g_string_append(script, argument->value.kind == VALUE_PATH ? " -F" : "");
    value_words(script, root, &argument->value);
    g_string_append_c(script, '\n');
  }
}

char *completion_fish(const Command *root) {
  g_autoptr(GPtrArray) entries = command_list(root, false);
  GString *script = g_string_new(NULL);
  g_string_append_printf(script, "# Completes %s in fish; made by \"%s completion fish\".\n\n", root->name, root->name);
  walk_function(script, root, entries);
  g_string_append_printf(script, "complete -c %s -f\n", root->name);
  for (guint i = 0; i < entries->len; i++) {
    const CommandEntry *entry = g_ptr_array_index(entries, i);
    word_rules(script, root, entry);
    if (entry->command != root)
      option_rules(script, root, entry, entry->command->options);
    option_rules(script, root, entry, root->options);
  }
  return g_string_free(script, FALSE);
}
