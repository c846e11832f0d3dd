#include "cli/command.h"

#include "base/nearest.h"
#include "cli/help.h"

#include <string.h>

typedef struct {
  Invocation *invocation;
  const char *const *next; /* of argv, the word that is read next */
  bool options_ended;      /* "--" was seen */
} Parser;

void invocation_free(Invocation *invocation) {
  g_array_unref(invocation->values);
  g_ptr_array_unref(invocation->arguments);
  g_free(invocation->path);
  g_free(invocation->dir);
  g_free(invocation->data_dir);
  g_clear_object(&invocation->cancellable);
  g_free(invocation);
}

bool invocation_misuse(const Invocation *invocation, GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *usage = help_usage(invocation->command, invocation->path);
  const char *below = invocation->path + strlen(invocation->root->name); /* " secret set" */
  return error_set(error, DROVER_ERROR_USAGE, "%s\nusage: %s\n\"%s help%s\" tells more", message, usage, invocation->root->name, below);
}

/* ---- options --------------------------------------------------------------------------------------------------------- */

static const OptionRow *option_in(const OptionRow *options, const char *name, char alias) {
  for (const OptionRow *option = options; option != NULL && option->name != NULL; option++)
    if (name != NULL ? strcmp(option->name, name) == 0 : option->alias == alias)
      return option;
  return NULL;
}

/* By name, or by alias when `name` is NULL: the command's own come first. */
static const OptionRow *option_find(const Invocation *invocation, const char *name, char alias) {
  const OptionRow *option = option_in(invocation->command->options, name, alias);
  return option != NULL ? option : option_in(invocation->root->options, name, alias);
}

static bool unknown_long(const Invocation *invocation, const char *name, GError **error) {
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  const OptionRow *lists[] = {invocation->command->options, invocation->root->options};
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
    for (const OptionRow *option = lists[i]; option != NULL && option->name != NULL; option++)
      g_ptr_array_add(known, (gpointer)option->name);
  g_ptr_array_add(known, NULL);
  const char *nearest = nearest_name(name, (const char *const *)known->pdata);
  if (nearest != NULL)
    return invocation_misuse(invocation, error, "%s has no option \"--%s\"; did you mean \"--%s\"?", invocation->path, name, nearest);
  return invocation_misuse(invocation, error, "%s has no option \"--%s\"", invocation->path, name);
}

static bool option_given(const Invocation *invocation, const OptionRow *option) {
  for (guint i = 0; i < invocation->values->len; i++)
    if (g_array_index(invocation->values, InvocationValue, i).option == option)
      return true;
  return false;
}

/* `text` is NULL for a flag. */
static bool add_value(Invocation *invocation, const OptionRow *option, const char *text, GError **error) {
  InvocationValue value = {.option = option, .text = text};
  g_autoptr(GError) wrong = NULL;
  bool is_flag = option->value.kind == VALUE_FLAG;
  if (!option->repeatable && !is_flag && option_given(invocation, option))
    return invocation_misuse(invocation, error, "--%s is given twice", option->name);
  if (!is_flag && !value_parse(&option->value, text, &value.number, &wrong))
    return invocation_misuse(invocation, error, "--%s %s: %s", option->name, option->value.label, wrong->message);
  g_array_append_val(invocation->values, value);
  return true;
}

/* The word after an option is its value. One that begins with a dash is nearly always the next option, and the value was
 * forgotten. */
static bool take_value(Parser *parser, const OptionRow *option, GError **error) {
  const char *text = *parser->next;
  if (text == NULL)
    return invocation_misuse(parser->invocation, error, "--%s needs a value: %s", option->name, option->value.label);
  if (text[0] == '-' && text[1] != '\0')
    return invocation_misuse(parser->invocation, error, "--%s needs a value: %s (write --%s=%s if \"%s\" is the value)", option->name,
                             option->value.label, option->name, text, text);
  parser->next++;
  return add_value(parser->invocation, option, text, error);
}

/* `word` is behind the two dashes. */
static bool parse_long(Parser *parser, const char *word, GError **error) {
  Invocation *invocation = parser->invocation;
  const char *equals = strchr(word, '=');
  g_autofree char *name = equals != NULL ? g_strndup(word, (gsize)(equals - word)) : g_strdup(word);
  const OptionRow *option = option_find(invocation, name, 0);
  if (option == NULL)
    return unknown_long(invocation, name, error);
  if (option->value.kind == VALUE_FLAG && equals != NULL)
    return invocation_misuse(invocation, error, "--%s takes no value", name);
  if (option->value.kind == VALUE_FLAG || equals != NULL)
    return add_value(invocation, option, equals != NULL ? equals + 1 : NULL, error);
  return take_value(parser, option, error);
}

/* `word` is behind the dash: flags in a row, of which the last may have a value, in the same word or the next. */
static bool parse_short(Parser *parser, const char *word, GError **error) {
  Invocation *invocation = parser->invocation;
  for (; *word != '\0'; word++) {
    const OptionRow *option = option_find(invocation, NULL, *word);
    if (option == NULL)
      return invocation_misuse(invocation, error, "%s has no option \"-%.*s\"", invocation->path, (int)(g_utf8_next_char(word) - word), word);
    if (option->value.kind != VALUE_FLAG)
      return word[1] != '\0' ? add_value(invocation, option, word + 1, error) : take_value(parser, option, error);
    if (!add_value(invocation, option, NULL, error))
      return false;
  }
  return true;
}

/* ---- words ----------------------------------------------------------------------------------------------------------- */

static const Command *command_in(const Command *command, const char *name) {
  for (const Command *const *child = command->commands; child != NULL && *child != NULL; child++)
    if (strcmp((*child)->name, name) == 0)
      return *child;
  return NULL;
}

static char **command_names(const Command *command) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const Command *const *child = command->commands; child != NULL && *child != NULL; child++)
    if (!(*child)->hidden)
      g_ptr_array_add(names, (gpointer)(*child)->name);
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static bool enter_command(Invocation *invocation, const char *word, GError **error) {
  const Command *found = command_in(invocation->command, word);
  if (found == NULL) {
    g_autofree char **names = command_names(invocation->command);
    g_autofree char *meant = suggest_text(word, (const char *const *)names);
    return invocation_misuse(invocation, error, "%s has no command \"%s\"%s", invocation->path, word, meant);
  }
  g_autofree char *before = invocation->path;
  invocation->path = g_strconcat(before, " ", found->name, NULL);
  invocation->command = found;
  return true;
}

/* The row for the argument at `index`; the last row repeats when it may. NULL: one too many. */
static const ArgumentRow *argument_row(const Command *command, guint index) {
  const ArgumentRow *row = command->arguments;
  for (; row != NULL && row->value.label != NULL; row++, index--)
    if (index == 0 || row->arity == ARITY_ANY || row->arity == ARITY_SOME)
      return row;
  return NULL;
}

static bool add_argument(Invocation *invocation, const char *word, GError **error) {
  const ArgumentRow *row = argument_row(invocation->command, invocation->arguments->len);
  g_autoptr(GError) wrong = NULL;
  int64_t number;
  if (row == NULL)
    return invocation_misuse(invocation, error, "the argument \"%s\" is one too many", word);
  if (!value_parse(&row->value, word, &number, &wrong))
    return invocation_misuse(invocation, error, "%s: %s", row->value.label, wrong->message);
  g_ptr_array_add(invocation->arguments, (gpointer)word);
  return true;
}

static bool parse_word(Parser *parser, const char *word, GError **error) {
  Invocation *invocation = parser->invocation;
  if (!parser->options_ended && strcmp(word, "--") == 0) {
    parser->options_ended = true;
    return true;
  }
  if (!parser->options_ended && g_str_has_prefix(word, "--"))
    return parse_long(parser, word + 2, error);
  if (!parser->options_ended && word[0] == '-' && word[1] != '\0')
    return parse_short(parser, word + 1, error);
  return invocation->command->commands != NULL ? enter_command(invocation, word, error) : add_argument(invocation, word, error);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------- */

static bool root_flag(const Invocation *invocation, const char *name) {
  const OptionRow *option = option_in(invocation->root->options, name, 0);
  return option != NULL && option_given(invocation, option);
}

static bool check_arguments(const Invocation *invocation, GError **error) {
  guint index = 0;
  for (const ArgumentRow *row = invocation->command->arguments; row != NULL && row->value.label != NULL; row++, index++)
    if ((row->arity == ARITY_ONE || row->arity == ARITY_SOME) && index >= invocation->arguments->len)
      return invocation_misuse(invocation, error, "%s needs %s: %s", invocation->path, row->value.label, row->says);
  return true;
}

static bool check_options(const Invocation *invocation, GError **error) {
  for (const OptionRow *option = invocation->command->options; option != NULL && option->name != NULL; option++)
    if (option->required && !option_given(invocation, option))
      return invocation_misuse(invocation, error, "%s needs --%s %s: %s", invocation->path, option->name, option->value.label, option->says);
  if (root_flag(invocation, "json") && !invocation->command->has_json)
    return invocation_misuse(invocation, error, "%s has no option \"--json\"", invocation->path);
  if (root_flag(invocation, "quiet") && root_flag(invocation, "verbose"))
    return invocation_misuse(invocation, error, "--quiet and --verbose exclude each other");
  return true;
}

static bool check_complete(Invocation *invocation, GError **error) {
  invocation->wants_help = root_flag(invocation, "help");
  invocation->wants_version = !invocation->wants_help && root_flag(invocation, "version");
  if (invocation->wants_help || invocation->wants_version)
    return true;
  if (invocation->command->commands != NULL) {
    g_autofree char **names = command_names(invocation->command);
    g_autofree char *known = g_strjoinv(", ", names);
    bool few = g_strv_length(names) < 8;
    return invocation_misuse(invocation, error, "%s needs a command%s%s", invocation->path, few ? ": " : "", few ? known : "");
  }
  return check_arguments(invocation, error) && check_options(invocation, error);
}

Invocation *command_line_parse(const Command *root, const char *const *argv, GError **error) {
  g_autoptr(Invocation) invocation = g_new0(Invocation, 1);
  invocation->root = invocation->command = root;
  invocation->path = g_strdup(root->name);
  invocation->values = g_array_new(FALSE, FALSE, sizeof(InvocationValue));
  invocation->arguments = g_ptr_array_new();
  Parser parser = {.invocation = invocation, .next = argv[0] != NULL ? argv + 1 : argv};
  while (*parser.next != NULL)
    if (!parse_word(&parser, *parser.next++, error))
      return NULL;
  if (!check_complete(invocation, error))
    return NULL;
  return g_steal_pointer(&invocation);
}

/* ---- what a command asks --------------------------------------------------------------------------------------------- */

static const OptionRow *option_known(const Invocation *invocation, const char *name) {
  const OptionRow *option = option_find(invocation, name, 0);
  if (option == NULL)
    g_error("%s has no option %s in its table", invocation->path, name);
  return option;
}

static const InvocationValue *value_of(const Invocation *invocation, const OptionRow *option) {
  for (guint i = 0; i < invocation->values->len; i++) {
    const InvocationValue *value = &g_array_index(invocation->values, InvocationValue, i);
    if (value->option == option)
      return value;
  }
  return NULL;
}

bool invocation_flag(const Invocation *invocation, const char *name) {
  return option_given(invocation, option_known(invocation, name));
}

const char *invocation_text(const Invocation *invocation, const char *name) {
  const OptionRow *option = option_known(invocation, name);
  const InvocationValue *value = value_of(invocation, option);
  return value != NULL ? value->text : option->fallback;
}

int64_t invocation_number(const Invocation *invocation, const char *name) {
  const OptionRow *option = option_known(invocation, name);
  const InvocationValue *value = value_of(invocation, option);
  int64_t number = 0;
  if (value != NULL)
    return value->number;
  if (option->fallback != NULL && !value_parse(&option->value, option->fallback, &number, NULL))
    g_error("%s: the default of --%s does not fit its own row", invocation->path, name);
  return number;
}

char **invocation_texts(const Invocation *invocation, const char *name) {
  const OptionRow *option = option_known(invocation, name);
  g_autoptr(GPtrArray) texts = g_ptr_array_new();
  for (guint i = 0; i < invocation->values->len; i++) {
    const InvocationValue *value = &g_array_index(invocation->values, InvocationValue, i);
    if (value->option == option)
      g_ptr_array_add(texts, (gpointer)value->text);
  }
  g_ptr_array_add(texts, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&texts), FALSE);
}

const char *invocation_argument(const Invocation *invocation, guint index) {
  return index < invocation->arguments->len ? g_ptr_array_index(invocation->arguments, index) : NULL;
}

/* ---- walking the table ----------------------------------------------------------------------------------------------- */

static void entry_free(void *data) {
  CommandEntry *entry = data;
  g_free(entry->path);
  g_free(entry);
}

static void list_into(GPtrArray *entries, const Command *command, const char *path, bool with_hidden) {
  CommandEntry *entry = g_new0(CommandEntry, 1);
  *entry = (CommandEntry){.path = g_strdup(path), .command = command};
  g_ptr_array_add(entries, entry);
  for (const Command *const *child = command->commands; child != NULL && *child != NULL; child++) {
    g_autofree char *below = g_strconcat(path, " ", (*child)->name, NULL);
    if (with_hidden || !(*child)->hidden)
      list_into(entries, *child, below, with_hidden);
  }
}

GPtrArray *command_list(const Command *root, bool with_hidden) {
  GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
  list_into(entries, root, root->name, with_hidden);
  return entries;
}

const Command *command_find(const Command *root, const char *const *words, char **path, GError **error) {
  g_autoptr(Invocation) at = g_new0(Invocation, 1);
  at->root = at->command = root;
  at->path = g_strdup(root->name);
  at->values = g_array_new(FALSE, FALSE, sizeof(InvocationValue));
  at->arguments = g_ptr_array_new();
  for (const char *const *word = words; *word != NULL; word++)
    if (!enter_command(at, *word, error))
      return NULL;
  if (path != NULL)
    *path = g_steal_pointer(&at->path);
  return at->command;
}
