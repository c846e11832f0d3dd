#include "lint/contexts/contexts_internal.h"

#include "base/facts.h"

#include <string.h>

/* ---- inputs ---- */

static const Type *text_type(const WorkflowInput *input G_GNUC_UNUSED) {
  return &type_string;
}

const Type *lint_input_type(const WorkflowInput *input) {
  static const struct {
    const char *name;
    const Type *type;
  } types[] = {
    {"boolean", &type_bool}, {"number", &type_number}, {"string", &type_string}, {"choice", &type_string}, {"environment", &type_string},
  };
  for (size_t i = 0; input->type.text != NULL && i < G_N_ELEMENTS(types); i++)
    if (strcmp(input->type.text, types[i].name) == 0)
      return types[i].type;
  return &type_any;
}

typedef struct {
  TypeProperty *items;
  size_t count;
} Properties;

static void add_inputs(Properties *properties, const WorkflowInputs *inputs, const Type *(*type)(const WorkflowInput *input)) {
  for (guint i = 0; i < inputs->count; i++)
    properties->items[properties->count++] = (TypeProperty){inputs->items[i].name, type(&inputs->items[i])};
}

static const WorkflowEvent *event_of(const LintFile *file, const char *name) {
  static const WorkflowEvent none = {0};
  const WorkflowEvent *event = file->workflow != NULL ? workflow_event(file->workflow, name) : NULL;
  return event != NULL ? event : &none;
}

/* Those of a run by hand and those of a call: one that both name has both types. */
static const Type *make_inputs(LintFile *file) {
  const WorkflowInputs none = {0};
  const WorkflowInputs *dispatched = &event_of(file, "workflow_dispatch")->inputs, *called = &event_of(file, "workflow_call")->inputs;
  const WorkflowInputs *given = file->action != NULL ? &file->action->inputs : &none;
  Properties properties = {.items = arena_array(file->arena, TypeProperty, dispatched->count + called->count + given->count)};
  add_inputs(&properties, dispatched, lint_input_type);
  add_inputs(&properties, called, lint_input_type);
  add_inputs(&properties, given, text_type);
  return type_object(file->arena, properties.items, properties.count, NULL);
}

const Type *contexts_inputs(LintFile *file, const WorkflowExpression *expression G_GNUC_UNUSED) {
  LintContexts *contexts = contexts_of(file);
  if (contexts->inputs == NULL)
    contexts->inputs = make_inputs(file);
  return contexts->inputs;
}

/* ---- github ---- */

static const json_t *resolve_payload(const char *name, void *user G_GNUC_UNUSED) {
  return json_object_get(facts_find(FACTS_PAYLOADS, name), "type");
}

/* What any of the workflow's events sends. In an action nobody knows which it is. */
static const Type *event_type(LintFile *file) {
  TypeSource *source = arena_alloc(file->arena, sizeof *source);
  *source = (TypeSource){.arena = file->arena, .resolve = resolve_payload};
  const Type *type = NULL;
  for (guint i = 0; file->workflow != NULL && i < file->workflow->event_count; i++) {
    const json_t *fact = facts_find(FACTS_EVENTS, file->workflow->events[i].name);
    const Type *payload = type_from_notation(source, json_object_get(fact, "payload"));
    type = type == NULL ? payload : type_merge(file->arena, type, payload);
  }
  return type != NULL && type->kind == TYPE_OBJECT ? type : &type_any_object;
}

/* github.event.inputs are texts, whatever type they have in `inputs`. */
static const Type *with_inputs(LintFile *file, const Type *event) {
  const WorkflowInputs *inputs = &event_of(file, "workflow_dispatch")->inputs;
  if (file->workflow == NULL || workflow_event(file->workflow, "workflow_dispatch") == NULL)
    return event;
  Properties properties = {.items = arena_array(file->arena, TypeProperty, inputs->count)};
  add_inputs(&properties, inputs, text_type);
  return type_with(file->arena, event, "inputs", type_object(file->arena, properties.items, properties.count, NULL));
}

const Type *contexts_github(LintFile *file, const WorkflowExpression *expression G_GNUC_UNUSED) {
  LintContexts *contexts = contexts_of(file);
  if (contexts->github == NULL)
    contexts->github = type_with(file->arena, &type_github, "event", with_inputs(file, event_type(file)));
  return contexts->github;
}

/* ---- secrets and vars ---- */

/* Secrets that are declared or that the configuration lists, and those that are always there. */
static const Type *listed_secrets(LintFile *file, const WorkflowInputs *declared, const GPtrArray *listed, const Type *rest) {
  guint count = declared->count + type_secrets.count + (listed != NULL ? listed->len : 0);
  Properties properties = {.items = arena_array(file->arena, TypeProperty, count)};
  add_inputs(&properties, declared, text_type);
  for (size_t i = 0; i < type_secrets.count; i++)
    properties.items[properties.count++] = type_secrets.properties[i];
  for (guint i = 0; listed != NULL && i < listed->len; i++)
    properties.items[properties.count++] = (TypeProperty){g_ptr_array_index(listed, i), &type_string};
  return type_object(file->arena, properties.items, properties.count, rest);
}

/* A workflow that is only called has the secrets that it declares; one that declares none may inherit any. */
static const Type *make_secrets(LintFile *file) {
  const WorkflowInputs *declared = &event_of(file, "workflow_call")->secrets;
  const GPtrArray *listed = file->config->config_secrets;
  if (declared->node != NULL && file->workflow->event_count == 1)
    return listed_secrets(file, declared, NULL, NULL);
  return listed_secrets(file, declared, listed, listed != NULL ? NULL : &type_string);
}

const Type *contexts_secrets(LintFile *file, const WorkflowExpression *expression G_GNUC_UNUSED) {
  LintContexts *contexts = contexts_of(file);
  if (contexts->secrets == NULL)
    contexts->secrets = make_secrets(file);
  return contexts->secrets;
}

static const Type *make_vars(LintFile *file) {
  const GPtrArray *listed = file->config->config_variables;
  if (listed == NULL)
    return &type_vars;
  Properties properties = {.items = arena_array(file->arena, TypeProperty, listed->len)};
  for (guint i = 0; i < listed->len; i++)
    properties.items[properties.count++] = (TypeProperty){g_ptr_array_index(listed, i), &type_string};
  return type_object(file->arena, properties.items, properties.count, NULL);
}

const Type *contexts_vars(LintFile *file, const WorkflowExpression *expression G_GNUC_UNUSED) {
  LintContexts *contexts = contexts_of(file);
  if (contexts->vars == NULL)
    contexts->vars = make_vars(file);
  return contexts->vars;
}

/* ---- outputs ---- */

const Type *contexts_outputs(LintFile *file, const WorkflowOutputs *outputs) {
  TypeProperty *properties = arena_array(file->arena, TypeProperty, outputs->count);
  for (guint i = 0; i < outputs->count; i++)
    properties[i] = (TypeProperty){outputs->items[i].name, &type_string};
  return type_object(file->arena, properties, outputs->count, NULL);
}
