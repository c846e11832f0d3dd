#include "runner/output/parts.h"

#include <string.h>

#define TOKEN_MASKED_BYTES 6 /* a longer token of ::stop-commands:: is hidden: who knows it can let commands in again */
#define MASKED_MAX_BYTES ((size_t)4 << 20)

typedef void (*ActFunc)(Output *output, const Command *command);

static void fail(Output *output, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The step goes on, and fails at its end. */
static void fail(Output *output, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  annotate_text(output, LEVEL_ERROR, "%s", text);
  if (output->failure == NULL)
    output->failure = mask_apply(output->spec.mask, text, strlen(text), false, NULL);
}

/* ---- what is printed ---- */

static void act_error(Output *output, const Command *command) {
  annotate_command(output, LEVEL_ERROR, command);
}

static void act_warning(Output *output, const Command *command) {
  annotate_command(output, LEVEL_WARNING, command);
}

static void act_notice(Output *output, const Command *command) {
  annotate_command(output, LEVEL_NOTICE, command);
}

static void act_debug(Output *output, const Command *command) {
  if (!output->spec.debug)
    return;
  g_auto(GStrv) lines = g_strsplit(command->data, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    output_say(output, "debug", *line, strlen(*line) - (g_str_has_suffix(*line, "\r") ? 1 : 0));
}

static void act_group(Output *output, const Command *command) {
  output_say(output, "group", command->data, strlen(command->data));
}

static void act_endgroup(Output *output, G_GNUC_UNUSED const Command *command) {
  output_say(output, "endgroup", "", 0);
}

static void act_echo(Output *output, const Command *command) {
  g_autofree char *value = g_strstrip(g_strdup(command->data));
  if (g_ascii_strcasecmp(value, "on") == 0)
    output->echo = true;
  else if (g_ascii_strcasecmp(value, "off") == 0)
    output->echo = false;
  else
    fail(output, "::echo:: takes \"on\" or \"off\", not \"%s\".", value);
}

/* ---- secrets ---- */

static void act_add_mask(Output *output, const Command *command) {
  if (command->data[strspn(command->data, " \t\r\n\f\v")] == '\0') {
    annotate_text(output, LEVEL_WARNING, "::add-mask:: has no value to hide; give one behind the second \"::\".");
    return;
  }
  output->masked_bytes += strlen(command->data);
  if (output->masked_bytes > MASKED_MAX_BYTES) {
    fail(output, "::add-mask:: hides at most %zu bytes in a step; this value is not hidden.", MASKED_MAX_BYTES);
    return;
  }
  if (output->echo)
    output_say(output, NULL, "::add-mask::***", strlen("::add-mask::***"));
  output_log_hand_on(output->log); /* what was printed before stays as it is */
  mask_add(output->spec.mask, command->data);
  if (output->spec.sink->masked != NULL)
    output->spec.sink->masked(command->data, output->spec.user);
}

/* ---- values ---- */

typedef void (*ValueFunc)(const char *name, const char *value, void *user);

/* A name and a value for the sink; false when the name is missing. */
static bool give_value(Output *output, const Command *command, ValueFunc take) {
  g_autofree char *name = g_utf8_make_valid(command_property(command, "name"), -1), *value = g_utf8_make_valid(command->data, -1);
  if (*name == '\0')
    fail(output, "::%s:: needs a name, as in ::%s name=NAME::VALUE.", command->name, command->name);
  else if (take != NULL)
    take(name, value, output->spec.user);
  return *name != '\0';
}

static void warn_of_old(Output *output, bool *told, const char *name, const char *file) {
  if (!*told)
    annotate_text(output, LEVEL_WARNING, "::%s:: is deprecated: GitHub will switch it off. Write NAME=VALUE into the file $%s instead.", name, file);
  *told = true;
}

static void act_set_output(Output *output, const Command *command) {
  warn_of_old(output, &output->told_output, command->name, "GITHUB_OUTPUT");
  (void)give_value(output, command, output->spec.sink->output);
}

static void act_save_state(Output *output, const Command *command) {
  warn_of_old(output, &output->told_state, command->name, "GITHUB_STATE");
  (void)give_value(output, command, output->spec.sink->state);
}

/* Whether the commands that GitHub switched off as unsafe are let in. */
static bool lets_in(Output *output, const Command *command, const char *file) {
  if (!output->spec.unsecure)
    fail(output, "::%s:: is switched off as unsafe, at GitHub too. Write into the file $%s instead.", command->name, file);
  return output->spec.unsecure;
}

static void act_set_env(Output *output, const Command *command) {
  if (!lets_in(output, command, "GITHUB_ENV"))
    return;
  if (g_ascii_strcasecmp(command_property(command, "name"), "NODE_OPTIONS") == 0)
    annotate_text(output, LEVEL_ERROR, "NODE_OPTIONS cannot be set by ::set-env::.");
  else
    (void)give_value(output, command, output->spec.sink->env);
}

static void act_add_path(Output *output, const Command *command) {
  if (!lets_in(output, command, "GITHUB_PATH"))
    return;
  g_autofree char *folder = g_utf8_make_valid(command->data, -1);
  if (*folder == '\0')
    fail(output, "::add-path:: needs a folder behind the second \"::\".");
  else if (output->spec.sink->prepend != NULL)
    output->spec.sink->prepend(folder, output->spec.user);
}

/* ---- problem matchers ---- */

typedef bool (*MatchersFunc)(Matchers *matchers, const char *json, size_t size, GError **error);

/* One that cannot be read, or is wrong, is worth a warning; the step goes on. */
static void with_file(Output *output, const Command *command, MatchersFunc take) {
  size_t size = 0;
  g_autoptr(GError) error = NULL;
  g_autofree char *valid = g_utf8_make_valid(command->data, -1);
  g_autofree char *json = output->spec.sink->read != NULL ? output->spec.sink->read(valid, &size, output->spec.user) : NULL;
  if (json == NULL)
    annotate_text(output, LEVEL_WARNING, "::%s:: the problem matcher file %s cannot be read.", command->name, valid);
  else if (!take(output->spec.matchers, json, size, &error))
    annotate_text(output, LEVEL_WARNING, "::%s:: the problem matcher file %s is not used: %s", command->name, valid, error->message);
}

static void act_add_matcher(Output *output, const Command *command) {
  if (*command->data == '\0')
    annotate_text(output, LEVEL_WARNING, "::add-matcher:: needs a file behind the second \"::\".");
  else
    with_file(output, command, matchers_add);
}

static void act_remove_matcher(Output *output, const Command *command) {
  const char *owner = command_property(command, "owner");
  if ((*owner == '\0') == (*command->data == '\0'))
    annotate_text(output, LEVEL_WARNING, "::remove-matcher:: needs either owner=OWNER or a file behind the second \"::\".");
  else if (*owner != '\0')
    matchers_remove(output->spec.matchers, owner);
  else
    with_file(output, command, matchers_remove_file);
}

/* ---- the table ---- */

static void act_stop(Output *output, const Command *command);

static const struct {
  const char *name;
  ActFunc act;
  bool silent; /* not shown by ::echo::on */
} commands[] = {
  {"error", act_error, true},
  {"warning", act_warning, true},
  {"notice", act_notice, true},
  {"debug", act_debug, true},
  {"group", act_group, false},
  {"endgroup", act_endgroup, false},
  {"echo", act_echo, false},
  {"add-mask", act_add_mask, true},
  {"set-output", act_set_output, false},
  {"save-state", act_save_state, false},
  {"set-env", act_set_env, false},
  {"add-path", act_add_path, false},
  {"add-matcher", act_add_matcher, false},
  {"remove-matcher", act_remove_matcher, false},
  {"stop-commands", act_stop, true}, /* shows itself, its token hidden */
};

/* The row of a name in lower case; the number of rows when there is none. */
static size_t row_of(const char *name) {
  size_t i = 0;
  while (i < G_N_ELEMENTS(commands) && strcmp(commands[i].name, name) != 0)
    i++;
  return i;
}

/* A token that commands share could be printed by accident, and lets nobody stop commands safely. */
static void act_stop(Output *output, const Command *command) {
  g_autofree char *token = g_ascii_strdown(command->data, -1);
  bool weak = *token == '\0' || strcmp(token, "pause-logging") == 0 || row_of(token) < G_N_ELEMENTS(commands);
  if (weak && !output->spec.unsecure_tokens) {
    fail(output, "::stop-commands:: needs a token that is hard to guess and no command's name, not \"%s\".", command->data);
    return;
  }
  if (strlen(command->data) > TOKEN_MASKED_BYTES) {
    output_log_hand_on(output->log);
    mask_add(output->spec.mask, command->data);
  }
  g_autofree char *shown = g_strconcat("::stop-commands::", command->data, NULL);
  output_say(output, NULL, shown, strlen(shown));
  output->token = g_steal_pointer(&token);
}

static bool knows(const Output *output, const char *name) {
  return row_of(name) < G_N_ELEMENTS(commands) || (output->token != NULL && strcmp(name, output->token) == 0);
}

/* The newer form first; a line of it whose name means nothing may still hold the older one. */
static bool read_command(const Output *output, const char *line, size_t length, Command *command) {
  if (command_parse(line, length, command) && knows(output, command->name))
    return true;
  command_clear(command);
  return command_parse_bracket(line, length, command) && knows(output, command->name);
}

/* While commands are stopped only the token means something. */
static bool resume(Output *output, const char *line, size_t length, const char *name) {
  if (strcmp(name, output->token) != 0)
    return false;
  g_clear_pointer(&output->token, g_free);
  output_say(output, NULL, line, length);
  return true;
}

bool act_on_line(Output *output, const char *line, size_t length) {
  g_auto(Command) command = {0};
  if (!read_command(output, line, length, &command))
    return false;
  if (output->token != NULL)
    return resume(output, line, length, command.name);
  size_t row = row_of(command.name);
  if (output->echo && !commands[row].silent)
    output_say(output, NULL, line, length);
  commands[row].act(output, &command);
  return true;
}
