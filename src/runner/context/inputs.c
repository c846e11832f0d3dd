#include "runner/context/facts.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* The value of a type from its text, or NULL where it is none; transfer full. */
static json_t *read_boolean(const WorkflowInput *input, const char *text) {
  (void)input;
  bool yes = g_ascii_strcasecmp(text, "true") == 0, no = g_ascii_strcasecmp(text, "false") == 0 || *text == '\0';
  return yes || no ? json_boolean(yes) : NULL;
}

static json_t *read_number(const WorkflowInput *input, const char *text) {
  (void)input;
  g_auto(ExpressionValue) value = expression_value_string(text, strlen(text));
  g_auto(ExpressionValue) number = expression_value_number(expression_value_to_number(&value));
  return isfinite(number.number) ? expression_value_to_json(&number) : NULL;
}

static json_t *read_choice(const WorkflowInput *input, const char *text) {
  bool known = *text == '\0' && !input->is_required;
  for (guint i = 0; i < input->options.count && !known; i++)
    known = g_strcmp0(input->options.items[i].text, text) == 0;
  return known ? json_string(text) : NULL;
}

static json_t *read_text(const WorkflowInput *input, const char *text) {
  (void)input;
  return json_string(text);
}

static const struct InputType {
  const char *name;
  json_t *(*read)(const WorkflowInput *input, const char *text);
  const char *expected;
} types[] = {
  {"boolean", read_boolean, "true or false"},
  {"number", read_number, "a number"},
  {"choice", read_choice, "one of its options"},
  {"string", read_text, ""}, /* environment too */
};

static const struct InputType *type_of(const WorkflowInput *input) {
  for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_strcmp0(input->type.text, types[i].name) == 0)
      return &types[i];
  return &types[G_N_ELEMENTS(types) - 1];
}

/* ---- one input ---- */

static bool fail_value(const WorkflowInput *input, const char *text, GError **error) {
  g_autoptr(GString) options = g_string_new(NULL);
  for (guint i = 0; i < input->options.count; i++)
    g_string_append_printf(options, "%s%s", i == 0 ? ": " : ", ", input->options.items[i].text);
  g_autofree char *shown = g_strescape(text, NULL);
  return error_set(error, DROVER_ERROR_INPUT, "the input \"%s\" is \"%.60s\": expected %s%s", input->name, shown, type_of(input)->expected,
                   options->str);
}

/* The member without regard to case, as GitHub compares names of inputs. Transfer none. */
static const json_t *find_given(const json_t *given, const char *name) {
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)given, key, value)
    if (g_ascii_strcasecmp(key, name) == 0)
      return value;
  return NULL;
}

static bool add_input(const WorkflowInput *input, const json_t *given, json_t *inputs, GError **error) {
  const json_t *value = find_given(given, input->name);
  g_auto(ExpressionValue) read = expression_value_from_json((json_t *)value);
  g_autofree char *said = expression_value_to_string(&read, NULL);
  const char *preset = input->default_value.text, *text = value == NULL && preset != NULL ? preset : said;
  if (*text == '\0' && input->is_required)
    return error_set(error, DROVER_ERROR_INPUT, "the workflow requires the input \"%s\"%s%s: give it with --input %s=VALUE", input->name,
                     input->description.text != NULL ? ", " : "", input->description.text != NULL ? input->description.text : "", input->name);
  json_t *typed = type_of(input)->read(input, text);
  if (typed == NULL)
    return fail_value(input, text, error);
  json_object_set_new(inputs, input->name, typed);
  return true;
}

static bool check_known(const WorkflowInputs *declared, const char *name, GError **error) {
  g_autoptr(GString) known = g_string_new(NULL);
  for (guint i = 0; i < declared->count; i++) {
    if (g_ascii_strcasecmp(declared->items[i].name, name) == 0)
      return true;
    g_string_append_printf(known, "%s%s", i == 0 ? "" : ", ", declared->items[i].name);
  }
  g_autofree char *shown = g_strescape(name, NULL);
  return error_set(error, DROVER_ERROR_INPUT, "the workflow has no input \"%.60s\"%s%s", shown, known->len > 0 ? ", only " : "", known->str);
}

json_t *context_inputs(const WorkflowInputs *declared, const json_t *given, GError **error) {
  json_auto_t *inputs = json_object();
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)given, name, value)
    if (!check_known(declared, name, error))
      return NULL;
  for (guint i = 0; i < declared->count; i++)
    if (!add_input(&declared->items[i], given, inputs, error))
      return NULL;
  return g_steal_pointer(&inputs);
}
