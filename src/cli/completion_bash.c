#include "cli/completion.h"
#include "cli/help.h"

#include <string.h>

const char *completion_key(const Command *root, const CommandEntry *entry) {
  const char *key = entry->path + strlen(root->name);
  return *key == ' ' ? key + 1 : key;
}

void completion_quote(GString *script, const char *text) {
  g_string_append_c(script, '\'');
  for (; *text != '\0'; text++)
    if (*text == '\'')
      g_string_append(script, "'\\''");
    else
      g_string_append_c(script, *text);
  g_string_append_c(script, '\'');
}

/* "'ship:--env'" or "*':--data'|*':-C'": the pattern of an option behind the words that lead to its command. */
static void option_pattern(GString *script, const char *key, const OptionRow *option) {
  g_autofree char *name = key != NULL ? g_strdup_printf("'%s:--%s'", key, option->name) : g_strdup_printf("*':--%s'", option->name);
  g_string_append(script, name);
  if (option->alias != 0)
    g_string_append_printf(script, key != NULL ? "|'%s:-%c'" : "|%s':-%c'", key != NULL ? key : "*", option->alias);
}

static void value_action(GString *script, const Command *root, const ValueRow *value) {
  if (value->kind == VALUE_PATH) {
    g_string_append(script, "compopt -o default 2>/dev/null; return");
  } else if (value->kind == VALUE_CHOICE) {
    g_autofree char *words = g_strjoinv(" ", (char **)value->choices);
    g_string_append_printf(script, "words='%s'", words);
  } else if (value->kind == VALUE_COMMAND) {
    g_string_append(script, "words='");
    for (const Command *const *child = root->commands; *child != NULL; child++)
      if (!(*child)->hidden)
        g_string_append_printf(script, "%s ", (*child)->name);
    g_string_append(script, "'");
  } else {
    g_string_append(script, "return");
  }
}

/* How the words so far lead to a command: options' values are passed over. */
static void walk_cases(GString *script, const Command *root, GPtrArray *entries) {
  g_string_append(script, "    case \"$path:$at\" in\n");
  for (guint i = 0; i < entries->len; i++) {
    const CommandEntry *entry = g_ptr_array_index(entries, i);
    for (const OptionRow *option = entry->command->options; option != NULL && option->name != NULL; option++) {
      if (option->value.kind == VALUE_FLAG)
        continue;
      g_string_append(script, "      ");
      option_pattern(script, entry->command == root ? NULL : completion_key(root, entry), option);
      g_string_append(script, ") skip=1 ;;\n");
    }
  }
  for (guint i = 1; i < entries->len; i++) {
    const CommandEntry *entry = g_ptr_array_index(entries, i);
    const char *key = completion_key(root, entry), *last = strrchr(key, ' ');
    g_string_append_printf(script, "      '%.*s:%s') path='%s' ;;\n", last != NULL ? (int)(last - key) : 0, key, entry->command->name, key);
  }
  g_string_append(script, "    esac\n");
}

static void value_cases(GString *script, const Command *root, GPtrArray *entries) {
  g_string_append(script, "  case \"$path:$before\" in\n");
  for (guint i = 0; i < entries->len; i++) {
    const CommandEntry *entry = g_ptr_array_index(entries, i);
    for (const OptionRow *option = entry->command->options; option != NULL && option->name != NULL; option++) {
      if (option->value.kind == VALUE_FLAG)
        continue;
      g_string_append(script, "    ");
      option_pattern(script, entry->command == root ? NULL : completion_key(root, entry), option);
      g_string_append(script, ") ");
      value_action(script, root, &option->value);
      g_string_append(script, "; COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); return ;;\n");
    }
  }
  g_string_append(script, "  esac\n");
}

static void option_names(GString *script, const Command *command, const OptionRow *options) {
  for (const OptionRow *option = options; option != NULL && option->name != NULL; option++)
    if (help_takes_global(command, option))
      g_string_append_printf(script, "--%s ", option->name);
}

static void command_words(GString *script, const Command *root, const CommandEntry *entry) {
  g_string_append_printf(script, "    '%s:-'*) words='", completion_key(root, entry));
  if (entry->command != root)
    option_names(script, entry->command, entry->command->options);
  option_names(script, entry->command, root->options);
  g_string_append_printf(script, "' ;;\n    '%s:'*) ", completion_key(root, entry));
  if (entry->command->commands != NULL) {
    g_string_append(script, "words='");
    for (const Command *const *child = entry->command->commands; *child != NULL; child++)
      if (!(*child)->hidden)
        g_string_append_printf(script, "%s ", (*child)->name);
    g_string_append(script, "'");
  } else if (entry->command->arguments != NULL) {
    value_action(script, root, &entry->command->arguments->value);
  } else {
    g_string_append(script, "return");
  }
  g_string_append(script, " ;;\n");
}

char *completion_bash(const Command *root) {
  g_autoptr(GPtrArray) entries = command_list(root, false);
  GString *script = g_string_new(NULL);
  g_string_append_printf(script,
                         "# Completes %s in bash; made by \"%s completion bash\".\n"
                         "_%s() {\n"
                         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD - 1]}\" path='' skip='' words='' at i\n"
                         "  COMPREPLY=()\n"
                         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                         "    at=\"${COMP_WORDS[i]}\"\n"
                         "    if [[ $at == = ]]; then skip=1; continue; fi\n"
                         "    if [[ -n $skip ]]; then skip=''; continue; fi\n",
                         root->name, root->name, root->name);
  walk_cases(script, root, entries);
  g_string_append(script, "  done\n"
                          "  if [[ $before == = && COMP_CWORD -gt 1 ]]; then before=\"${COMP_WORDS[COMP_CWORD - 2]}\"; fi\n"
                          "  if [[ $word == = ]]; then before=\"${COMP_WORDS[COMP_CWORD - 1]}\" word=''; fi\n");
  value_cases(script, root, entries);
  g_string_append(script, "  case \"$path:$word\" in\n");
  for (guint i = 0; i < entries->len; i++)
    command_words(script, root, g_ptr_array_index(entries, i));
  g_string_append_printf(script, "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\ncomplete -F _%s %s\n", root->name, root->name);
  return g_string_free(script, FALSE);
}
