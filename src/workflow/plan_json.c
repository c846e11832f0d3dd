#include "workflow/plan.h"

static json_t *text_json(const char *text) {
  if (text == NULL)
    return json_null();
  json_t *json = json_string(text);
  if (json != NULL)
    return json;
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  return json_string(valid);
}

/* NULL or empty in the file is null. */
static json_t *written_json(const WorkflowText *text) {
  return text_json(text->text != NULL && *text->text != '\0' ? text->text : NULL);
}

/* One text as it is, a list as a list. */
static json_t *texts_json(const WorkflowTexts *texts) {
  if (texts->node != NULL && texts->node->kind == YAML_SCALAR && texts->count == 1)
    return text_json(texts->items[0].text);
  json_t *list = json_array();
  for (guint i = 0; i < texts->count; i++)
    json_array_append_new(list, text_json(texts->items[i].text));
  return list;
}

static json_t *runs_on_json(const WorkflowRunsOn *runs_on) {
  if (runs_on->node == NULL)
    return json_null();
  if (runs_on->node->kind != YAML_MAPPING)
    return texts_json(&runs_on->labels);
  return json_pack("{s:o, s:o}", "group", written_json(&runs_on->group), "labels", texts_json(&runs_on->labels));
}

static json_t *permissions_json(const WorkflowPermissions *permissions) {
  if (permissions == NULL)
    return json_null();
  if (permissions->all.text != NULL)
    return text_json(permissions->all.text);
  json_t *scopes = json_object();
  for (guint i = 0; i < permissions->scopes.count; i++)
    json_object_set_new(scopes, permissions->scopes.items[i].name, text_json(permissions->scopes.items[i].value.text));
  return scopes;
}

/* ---- steps ---- */

static json_t *steps_json(WorkflowStep *const *steps, guint count);

static json_t *step_json(const WorkflowStep *step) {
  json_t *json = json_pack("{s:o, s:o}", "id", text_json(step->id), "name", written_json(&step->name));
  switch (step->kind) {
  case STEP_RUN:
    json_object_set_new(json, "run", text_json(step->run.text));
    break;
  case STEP_USES:
    json_object_set_new(json, "uses", text_json(step->uses.text));
    break;
  case STEP_WAIT:
    json_object_set_new(json, "wait", texts_json(&step->wait));
    break;
  case STEP_CANCEL:
    json_object_set_new(json, "cancel", texts_json(&step->wait));
    break;
  case STEP_WAIT_ALL:
    json_object_set_new(json, "wait-all", json_true());
    break;
  case STEP_PARALLEL:
    json_object_set_new(json, "parallel", steps_json(step->parallel, step->parallel_count));
    break;
  case STEP_NONE:
    break;
  }
  return json;
}

static json_t *steps_json(WorkflowStep *const *steps, guint count) {
  json_t *list = json_array();
  for (guint i = 0; i < count; i++)
    json_array_append_new(list, step_json(steps[i]));
  return list;
}

/* ---- jobs ---- */

static json_t *workflow_json(const PlanWorkflow *planned);

static json_t *shared_json(const json_t *value) {
  return value != NULL ? json_incref((json_t *)value) : json_null();
}

static json_t *legs_json(const PlanJob *job) {
  json_t *legs = json_array();
  for (guint i = 0; i < job->leg_count; i++)
    json_array_append_new(legs, json_pack("{s:o, s:o}", "name", text_json(job->legs[i].name), "matrix", shared_json(job->legs[i].matrix)));
  return legs;
}

static json_t *needs_json(const PlanJob *job) {
  json_t *needs = json_array();
  for (guint i = 0; i < job->need_count; i++)
    json_array_append_new(needs, text_json(job->needs[i]->job->id));
  return needs;
}

static json_t *job_json(const PlanJob *job) {
  const WorkflowJob *written = job->job;
  json_t *json = json_object();
  json_object_set_new(json, "id", text_json(written->id));
  json_object_set_new(json, "name", text_json(job->name));
  json_object_set_new(json, "needs", needs_json(job));
  json_object_set_new(json, "if", written_json(&written->condition));
  json_object_set_new(json, "runs_on", runs_on_json(&written->runs_on));
  json_object_set_new(json, "environment", written_json(&written->environment.name));
  json_object_set_new(json, "permissions", permissions_json(job->permissions));
  json_object_set_new(json, "matrix", shared_json(job->matrix));
  json_object_set_new(json, "dynamic", json_boolean(job->dynamic));
  json_object_set_new(json, "legs", legs_json(job));
  json_object_set_new(json, "uses", text_json(written->uses.text));
  json_object_set_new(json, "workflow", job->called != NULL ? workflow_json(job->called) : json_null());
  json_object_set_new(json, "steps", steps_json(written->steps, written->step_count));
  return json;
}

static json_t *workflow_json(const PlanWorkflow *planned) {
  const Workflow *workflow = planned->workflow;
  json_t *events = json_array(), *jobs = json_array();
  for (guint i = 0; i < workflow->event_count; i++)
    json_array_append_new(events, text_json(workflow->events[i].name));
  for (guint i = 0; i < planned->job_count; i++)
    json_array_append_new(jobs, job_json(&planned->jobs[i]));
  return json_pack("{s:o, s:o, s:o, s:o}", "file", text_json(planned->file), "name", written_json(&workflow->name), "events", events, "jobs", jobs);
}

json_t *plan_json(const Plan *plan) {
  json_t *json = workflow_json(plan_top(plan)), *names = json_array();
  g_auto(GStrv) checks = plan_checks(plan);
  for (char **check = checks; *check != NULL; check++)
    json_array_append_new(names, text_json(*check));
  json_object_set_new(json, "checks", names);
  return json;
}
