#include "runner/schedule/node.h"

#include "base/error.h"
#include "runner/expand.h"
#include "workflow/matrix.h"

#include <string.h>

/* ---- inputs ---- */

static bool is_text(const json_t *value) {
  return !json_is_object(value) && !json_is_array(value);
}

static bool is_flag(const json_t *value) {
  return json_is_boolean(value);
}

static bool is_number(const json_t *value) {
  return json_is_number(value);
}

/* As GitHub: a text that reads like a number is none. */
static const struct {
  const char *type;
  bool (*fits)(const json_t *value);
  const char *expected;
  const char *otherwise; /* the value of an input without a default, as JSON */
} types[] = {
  {"boolean", is_flag, "true or false (fromJSON() makes it of a text)", "false"},
  {"number", is_number, "a number (fromJSON() makes it of a text)", "0"},
  {"string", is_text, "a text", "\"\""},
};

static size_t type_of(const WorkflowInput *input) {
  for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_strcmp0(input->type.text, types[i].type) == 0)
      return i;
  return G_N_ELEMENTS(types) - 1;
}

static json_t *as_text(const json_t *value) {
  g_auto(ExpressionValue) scalar = expression_value_from_json((json_t *)value);
  g_autofree char *text = expression_value_to_string(&scalar, NULL);
  return json_string(text);
}

/* `value` in the input's type; NULL on error. */
static json_t *typed(const WorkflowInput *input, const json_t *value, Location where, GError **error) {
  size_t type = type_of(input);
  if (types[type].fits(value))
    return types[type].fits == is_text ? as_text(value) : json_incref((json_t *)value);
  json_auto_t *found = as_text(value);
  error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: the input \"%s\": expected %s, found \"%.60s\"", where.file, where.line, where.column, input->name,
            types[type].expected, json_string_value(found));
  return NULL;
}

static json_t *default_of(const WorkflowInput *input, const ExpressionScope *scope, GError **error) {
  const YamlNode *node = input->default_value.node;
  if (node == NULL)
    return json_loads(types[type_of(input)].otherwise, JSON_DECODE_ANY, NULL);
  json_auto_t *value = matrix_evaluate(node, scope, error);
  return value != NULL ? typed(input, value, node->location, error) : NULL;
}

static void add_folded(json_t *given, const char *name, json_t *value) {
  g_autofree char *folded = g_ascii_strdown(name, -1);
  json_object_set_new(given, folded, value);
}

static bool add_given(const WorkflowPair *pair, const ExpressionScope *scope, json_t *given, GError **error) {
  json_t *value = matrix_evaluate(pair->value.node, scope, error);
  if (value == NULL)
    return false;
  if (pair->name != NULL) {
    add_folded(given, pair->name, value);
    return true;
  }
  const char *key;
  json_t *item;
  json_object_foreach (value, key, item)
    add_folded(given, key, json_incref(item));
  json_decref(value);
  return true;
}

/* What `with` says, by names in lower case. */
static json_t *given_inputs(const WorkflowJob *job, const ExpressionScope *scope, GError **error) {
  json_auto_t *given = json_object();
  for (guint i = 0; i < job->with.count; i++)
    if (!add_given(&job->with.items[i], scope, given, error))
      return NULL;
  return json_incref(given);
}

static json_t *input_value(const WorkflowJob *job, const WorkflowInput *input, const json_t *given, const ExpressionScope *defaults, GError **error) {
  g_autofree char *folded = g_ascii_strdown(input->name, -1);
  const json_t *value = json_object_get(given, folded);
  const WorkflowPair *pair = workflow_pair(&job->with, input->name);
  Location where = pair != NULL ? pair->value.location : job->uses.location;
  if (value != NULL)
    return typed(input, value, where, error);
  if (!input->is_required)
    return default_of(input, defaults, error);
  error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: the input \"%s\" is required: give it under \"with\"", where.file, where.line, where.column,
            input->name);
  return NULL;
}

static json_t *call_inputs(const ScheduleSpec *spec, const ScheduleLeg *leg, const WorkflowInputs *declared, GError **error) {
  const WorkflowJob *job = leg->node->plan->job;
  json_auto_t *contexts = schedule_contexts(spec, leg->node->frame, leg->node, leg);
  json_auto_t *outside = json_pack("{s:O, s:O?}", "github", leg->node->frame->github, "vars", spec->vars);
  ExpressionScope scope = {.contexts = contexts}, defaults = {.contexts = outside};
  json_auto_t *inputs = json_object();
  json_auto_t *given = given_inputs(job, &scope, error);
  if (given == NULL)
    return NULL;
  for (guint i = 0; i < declared->count; i++) {
    json_t *value = input_value(job, &declared->items[i], given, &defaults, error);
    if (value == NULL)
      return NULL;
    json_object_set_new(inputs, declared->items[i].name, value);
  }
  return json_incref(inputs);
}

/* ---- secrets ---- */

/* Every workflow has the token, handed on or not. */
static void hand_on_token(const json_t *from, json_t *to) {
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)from, key, value)
    if (g_ascii_strcasecmp(key, "GITHUB_TOKEN") == 0)
      json_object_set(to, key, value);
}

static json_t *call_secrets(const ScheduleSpec *spec, const ScheduleLeg *leg, GError **error) {
  const WorkflowJob *job = leg->node->plan->job;
  json_t *own = leg->node->frame->secrets;
  if (job->secrets_inherit)
    return json_incref(own);
  json_auto_t *contexts = schedule_contexts(spec, leg->node->frame, leg->node, leg);
  json_object_set(contexts, "secrets", own);
  ExpressionScope scope = {.contexts = contexts};
  json_auto_t *secrets = json_object();
  if (!expand_pairs(&job->secrets, &scope, secrets, error))
    return NULL;
  hand_on_token(own, secrets);
  return json_incref(secrets);
}

/* ---- the call ---- */

static const char *text_of(const json_t *context, const char *name) {
  const char *text = json_string_value(json_object_get(context, name));
  return text != NULL ? text : "";
}

static bool is_commit(const char *ref) {
  return strlen(ref) == 40 && strspn(ref, "0123456789abcdef") == 40;
}

/* github.job_workflow_ref and _sha: a file of another repository says its ref, which may be a commit. */
static json_t *call_github(const ScheduleFrame *caller, const char *file) {
  json_t *github = json_copy(caller->github);
  const char *ref = strchr(file, '@');
  g_autofree char *own = g_strdup_printf("%s/%s@%s", text_of(github, "repository"), file, text_of(github, "ref"));
  const char *commit = ref == NULL ? text_of(github, "sha") : is_commit(ref + 1) ? ref + 1 : "";
  json_object_set_new(github, "job_workflow_ref", json_string(ref != NULL ? file : own));
  json_object_set_new(github, "job_workflow_sha", json_string(commit));
  return github;
}

ScheduleFrame *schedule_call(const ScheduleSpec *spec, ScheduleLeg *leg, GError **error) {
  const PlanWorkflow *called = leg->node->plan->called;
  if (called == NULL) {
    const WorkflowText *uses = &leg->node->plan->job->uses;
    error_set(error, DROVER_ERROR_INPUT, "%s:%u:%u: the workflow %s was not looked for: give the folder of actions that holds its repository",
              uses->location.file, uses->location.line, uses->location.column, uses->text);
    return NULL;
  }
  const WorkflowEvent *event = workflow_event(called->workflow, "workflow_call"); /* the plan has seen to it that there is one */
  json_auto_t *inputs = call_inputs(spec, leg, &event->inputs, error);
  json_auto_t *secrets = inputs != NULL ? call_secrets(spec, leg, error) : NULL;
  if (secrets == NULL)
    return NULL;
  json_auto_t *github = call_github(leg->node->frame, called->file);
  return schedule_frame_new(called, leg, github, inputs, secrets);
}

/* ---- outputs ---- */

static json_t *jobs_context(const ScheduleFrame *frame) {
  json_t *jobs = json_object();
  for (guint i = 0; i < frame->plan->job_count; i++) {
    const ScheduleNode *node = &frame->nodes[i];
    json_object_set_new(jobs, node->plan->job->id, json_pack("{s:s, s:O}", "result", status_name(node->result), "outputs", node->outputs));
  }
  return jobs;
}

json_t *schedule_call_outputs(const ScheduleSpec *spec, const ScheduleFrame *frame, GError **error) {
  const WorkflowOutputs *declared = &workflow_event(frame->plan->workflow, "workflow_call")->outputs;
  json_auto_t *contexts = schedule_contexts(spec, frame, NULL, NULL);
  json_object_set_new(contexts, "jobs", jobs_context(frame));
  ExpressionScope scope = {.contexts = contexts};
  json_auto_t *outputs = json_object();
  for (guint i = 0; i < declared->count; i++) {
    g_autofree char *value = expand_text(&declared->items[i].value, &scope, error);
    if (value == NULL)
      return NULL;
    expand_set(outputs, declared->items[i].name, value);
  }
  return json_incref(outputs);
}
