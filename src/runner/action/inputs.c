#include "runner/action/action.h"

#include "runner/expand.h"

#include <string.h>

const char *action_input(const json_t *inputs, const char *name) {
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)inputs, key, value)
    if (g_ascii_strcasecmp(key, name) == 0)
      return json_string_value(value);
  return NULL;
}

static const WorkflowInput *declared(const Action *action, const char *name) {
  for (guint i = 0; i < action->inputs.count; i++)
    if (g_ascii_strcasecmp(action->inputs.items[i].name, name) == 0)
      return &action->inputs.items[i];
  return NULL;
}

static char *known_names(const Action *action) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < action->inputs.count; i++)
    g_ptr_array_add(names, (gpointer)action->inputs.items[i].name);
  g_ptr_array_add(names, NULL);
  return g_strjoinv(", ", (char **)names->pdata);
}

/* Actions in containers take these although they do not say so. */
static bool always_known(const ActionUse *use, const char *name) {
  return use->kind == USE_DOCKER && (g_ascii_strcasecmp(name, "entrypoint") == 0 || g_ascii_strcasecmp(name, "args") == 0);
}

static void warn_of(Step *step, const json_t *inputs) {
  const ActionUse *use = step->use;
  const char *name;
  json_t *value;
  json_object_foreach ((json_t *)inputs, name, value) {
    const WorkflowInput *input = declared(use->action, name);
    g_autofree char *known = known_names(use->action);
    if (input != NULL && input->deprecation.text != NULL)
      step_warn(step, "the input \"%s\" is deprecated: %s", name, input->deprecation.text);
    else if (input == NULL && !always_known(use, name))
      step_warn(step, "the action has no input \"%s\"; it has: %s", name, *known != '\0' ? known : "none");
  }
}

/* Under the names that the action gives them. */
static bool add_defaults(Step *step, json_t *inputs, GError **error) {
  const Action *action = step->use->action;
  for (guint i = 0; i < action->inputs.count; i++) {
    const WorkflowInput *input = &action->inputs.items[i];
    if (action_input(inputs, input->name) != NULL)
      continue;
    const WorkflowText *text = &input->default_value;
    g_autofree char *value = text->text != NULL ? expand_text(text, &step->scope.scope, error) : g_strdup("");
    if (value == NULL)
      return false;
    if (text->text == NULL && input->is_required && step->stage == STAGE_MAIN)
      step_warn(step, "the input \"%s\" is required and not given", input->name);
    job_set_text(inputs, input->name, value);
  }
  return true;
}

json_t *action_inputs(Step *step, GError **error) {
  json_auto_t *inputs = json_object();
  if (!expand_pairs(&step->model->with, &step->scope.scope, inputs, error))
    return NULL;
  if (step->use->action == NULL)
    return g_steal_pointer(&inputs);
  if (step->stage == STAGE_MAIN)
    warn_of(step, inputs);
  return add_defaults(step, inputs, error) ? g_steal_pointer(&inputs) : NULL;
}

static void put_all(json_t *target, const char *prefix, const json_t *values, bool upper) {
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)values, key, value) {
    g_autofree char *name = g_strconcat(prefix, key, NULL);
    g_autofree char *variable = upper ? g_utf8_strup(name, -1) : g_strdup(name);
    json_object_set(target, g_strdelimit(variable, " ", '_'), value);
  }
}

json_t *action_environment(Step *step, const json_t *inputs) {
  json_t *env = json_object();
  put_all(env, "STATE_", step->state, false);
  put_all(env, "INPUT_", inputs, true);
  if (step->job->services != NULL)
    json_object_update(env, step->job->services);
  return env;
}
