#include "lint/rules/floating_image.h"
#include "lint/rules/image_commands.h"

#include <string.h>

/* What is longer names no image. */
#define NAME_MAX_BYTES 1000
#define VALUE_MAX_BYTES 300

/* ---- variables ---- */

typedef struct {
  LintFile *file;
  const WorkflowStep *step;
  const WorkflowText *script;
  GHashTable *assigned; /* name -> value, "$" when it is assigned more than once; none of it owned but the names */
} Place;

static void note_assignment(GHashTable *assigned, const ShellWord *word) {
  const char *equals = strchr(word->text, '=');
  if (equals == NULL)
    return;
  char *name = g_strndup(word->text, (size_t)(equals - word->text));
  bool again = g_hash_table_contains(assigned, name);
  g_hash_table_replace(assigned, name, (void *)(again ? "$" : equals + 1));
}

/* What `NAME=value` and `export NAME=value` say in the whole script. */
static GHashTable *read_assignments(const ShellScript *script) {
  GHashTable *assigned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < script->commands->len; i++) {
    const ShellCommand *command = shell_command(script, i);
    bool exports = command->words->len > 0 && shell_word_is(shell_word(command, 0), "export");
    for (guint n = 0; command->words->len == 0 && n < command->assignments->len; n++)
      note_assignment(assigned, &g_array_index(command->assignments, ShellWord, n));
    for (guint n = 1; exports && n < command->words->len; n++)
      note_assignment(assigned, shell_word(command, n));
  }
  return assigned;
}

/* What `env:` says nearest to the step; NULL: nothing, or nothing that is fixed. */
static const char *value_of_env(const Place *place, const char *name) {
  const WorkflowPairs *envs[] = {
    &place->step->env,
    place->step->job != NULL ? &place->step->job->env : NULL,
    place->file->workflow != NULL ? &place->file->workflow->env : NULL,
  };
  for (size_t i = 0; i < G_N_ELEMENTS(envs); i++) {
    const WorkflowPair *pair = envs[i] != NULL ? workflow_pair(envs[i], name) : NULL;
    if (pair != NULL)
      return lint_has_expression(&pair->value) ? NULL : pair->value.text;
  }
  return NULL;
}

/* What a variable of the script holds: the one assignment in it, else `env:`. NULL: not known. */
static const char *value_of(const Place *place, const char *name) {
  const char *value = g_hash_table_lookup(place->assigned, name);
  if (value == NULL)
    return value_of_env(place, name);
  return strpbrk(value, "$`") == NULL ? value : NULL;
}

/* The length of `$NAME`, `${NAME}` or `${{ env.NAME }}` at the start of a text, and its value; 0: something else stands there. */
static size_t read_variable(const Place *place, const char *text, const char **value) {
  bool braces = text[0] == '$' && text[1] == '{', expression = braces && text[2] == '{';
  const char *start = text + 1 + braces + expression;
  start += expression ? strspn(start, " ") : 0;
  if (*text != '$' || (expression && g_ascii_strncasecmp(start, "env.", 4) != 0))
    return 0;
  start += expression ? 4 : 0;
  const char *end = start;
  while (g_ascii_isalnum(*end) || *end == '_')
    end++;
  g_autofree char *name = g_strndup(start, (size_t)(end - start));
  end += expression ? strspn(end, " ") : 0;
  const char *close = expression ? "}}" : braces ? "}" : "";
  if (*name == '\0' || !g_str_has_prefix(end, close))
    return 0;
  *value = expression ? value_of_env(place, name) : value_of(place, name);
  return (size_t)(end - text) + strlen(close);
}

/* The name with the variables whose value is known; transfer full. */
static char *with_values(const Place *place, const char *name) {
  g_autoptr(GString) text = g_string_new(NULL);
  while (*name != '\0') {
    const char *value = NULL;
    size_t length = read_variable(place, name, &value);
    if (value != NULL && strlen(value) <= VALUE_MAX_BYTES)
      g_string_append(text, value);
    else
      g_string_append_len(text, name, (gssize)MAX(length, 1));
    name += MAX(length, 1);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static void found_in_script(const char *name, bool only_tag, size_t start, size_t end, const char *does, void *user) {
  const Place *place = user;
  if (strlen(name) > NAME_MAX_BYTES)
    return;
  g_autofree char *known = with_values(place, name);
  ImageFloat floats = only_tag ? image_tag_floats(known) : image_name_floats(known);
  if (floats != IMAGE_FIXED)
    floating_image_report(place->file, lint_report_at(place->file, place->script->node, start, end), floats, name, does);
}

static void check_script(LintFile *file, const WorkflowStep *step, const WorkflowText *text, const ShellScript *script) {
  g_autoptr(GHashTable) assigned = read_assignments(script);
  Place place = {file, step, text, assigned};
  for (guint i = 0; i < script->commands->len; i++) {
    command_images(shell_command(script, i), found_in_script, &place);
    heredoc_images(shell_command(script, i), text->text, found_in_script, &place);
  }
}

/* ---- where scripts stand ---- */

/* Inputs that are scripts of a shell, here or on another machine. */
static const struct {
  const char *action;
  const char *input;
} scripts[] = {
  {"appleboy/ssh-action", "script"},
  {"nick-fields/retry", "command"},
  {"nick-invision/retry", "command"},
};

static bool may_name_images(const char *script) {
  static const char *const words[] = {"docker", "podman", "buildah", "nerdctl", "skopeo", "crane", "kubectl", "helm", "FROM", "image:", "oc ", NULL};
  for (const char *const *word = words; *word != NULL; word++)
    if (strstr(script, *word) != NULL)
      return true;
  return false;
}

void floating_image_check_scripts(LintFile *file, const WorkflowStep *step, const Uses *uses) {
  const ShellScript *script = step->run.text != NULL && may_name_images(step->run.text) ? lint_step_script(file, step) : NULL;
  if (script != NULL)
    check_script(file, step, &step->run, script);
  for (size_t row = 0; uses != NULL && row < G_N_ELEMENTS(scripts); row++) {
    const WorkflowPair *input = uses_matches(uses, scripts[row].action) ? workflow_pair(&step->with, scripts[row].input) : NULL;
    if (input == NULL || input->value.text == NULL || !may_name_images(input->value.text))
      continue;
    g_autoptr(ShellScript) given = shell_parse(input->value.text, strlen(input->value.text));
    check_script(file, step, &input->value, given);
  }
}
