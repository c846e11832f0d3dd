#include "runner/schedule/node.h"

#include "base/error.h"

/* ---- making ---- */

static json_t *share(const json_t *context) {
  return context != NULL ? json_incref((json_t *)context) : json_object();
}

static void leg_free(void *data) {
  ScheduleLeg *leg = data;
  g_clear_pointer(&leg->called, schedule_frame_free);
  schedule_gate_leave(&leg->gate);
  json_decref(leg->matrix), json_decref(leg->strategy);
  json_decref(leg->result.outputs), json_decref(leg->result.steps), json_decref(leg->result.annotations);
  g_free(leg->result.failure);
  g_object_unref(leg->cancellable);
  g_free(leg->key), g_free(leg->name);
  g_free(leg);
}

static void node_init(ScheduleNode *node, ScheduleFrame *frame, const PlanJob *plan) {
  node->plan = plan;
  node->frame = frame;
  node->wanted = true;
  node->success = true;
  node->missing = plan->need_count;
  node->dependents = g_ptr_array_new();
  node->legs = g_ptr_array_new_with_free_func(leg_free);
  node->outputs = json_object();
}

/* The node of a job that stands in the same workflow. */
static ScheduleNode *node_of(const ScheduleFrame *frame, const PlanJob *job) {
  return &frame->nodes[job - frame->plan->jobs];
}

ScheduleFrame *schedule_frame_new(const PlanWorkflow *plan, ScheduleLeg *caller, const json_t *github, const json_t *inputs, const json_t *secrets) {
  ScheduleFrame *frame = g_new0(ScheduleFrame, 1);
  frame->plan = plan;
  frame->caller = caller;
  frame->github = share(github);
  frame->inputs = share(inputs);
  frame->secrets = share(secrets);
  frame->nodes = g_new0(ScheduleNode, plan->job_count);
  frame->open = plan->job_count;
  for (guint i = 0; i < plan->job_count; i++)
    node_init(&frame->nodes[i], frame, &plan->jobs[i]);
  for (guint i = 0; i < plan->job_count; i++)
    for (guint need = 0; need < plan->jobs[i].need_count; need++)
      g_ptr_array_add(node_of(frame, plan->jobs[i].needs[need])->dependents, &frame->nodes[i]);
  return frame;
}

bool schedule_frame_want(ScheduleFrame *frame, const char *only_job, GError **error) {
  const WorkflowJob *only = workflow_job(frame->plan->workflow, only_job);
  if (only == NULL)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s has no job \"%s\"", frame->plan->file, only_job);
  for (guint i = 0; i < frame->plan->job_count; i++)
    frame->nodes[i].wanted = false;
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  frame->nodes[only->index].wanted = true;
  g_ptr_array_add(found, &frame->nodes[only->index]);
  for (guint i = 0; i < found->len; i++) {
    const PlanJob *plan = ((const ScheduleNode *)g_ptr_array_index(found, i))->plan;
    for (guint need = 0; need < plan->need_count; need++) {
      ScheduleNode *before = node_of(frame, plan->needs[need]);
      if (!before->wanted)
        g_ptr_array_add(found, before);
      before->wanted = true;
    }
  }
  frame->open = found->len;
  return true;
}

/* ---- the end of all ---- */

/* The depth of called frames is that of the plan. */
void schedule_frame_free(ScheduleFrame *frame) {
  for (guint i = 0; i < frame->plan->job_count; i++) {
    ScheduleNode *node = &frame->nodes[i];
    g_ptr_array_unref(node->legs), g_ptr_array_unref(node->dependents);
    json_decref(node->needs), json_decref(node->outputs);
    g_free(node->why);
  }
  schedule_gate_leave(&frame->gate);
  json_decref(frame->github), json_decref(frame->inputs), json_decref(frame->secrets);
  g_free(frame->nodes), g_free(frame->failure);
  g_free(frame);
}

/* ---- nodes ---- */

char *schedule_node_id(const ScheduleNode *node) {
  if (node->frame->caller == NULL)
    return g_strdup(node->plan->job->id);
  g_autofree char *before = schedule_node_id(node->frame->caller->node);
  return g_strconcat(before, "/", node->plan->job->id, NULL);
}

char *schedule_node_name(const ScheduleNode *node, const char *name) {
  const ScheduleLeg *caller = node->frame->caller;
  return caller != NULL ? g_strconcat(caller->name, " / ", name, NULL) : g_strdup(name);
}

void schedule_node_look_back(ScheduleNode *node) {
  node->needs = json_object();
  for (guint i = 0; i < node->plan->need_count; i++) {
    const ScheduleNode *before = node_of(node->frame, node->plan->needs[i]);
    node->success = node->success && before->success && before->result == STATUS_SUCCESS;
    node->failure = node->failure || before->failure || before->result == STATUS_FAILURE;
    json_object_set_new(node->needs, before->plan->job->id,
                        json_pack("{s:s, s:O}", "result", status_name(before->result), "outputs", before->outputs));
  }
}

void schedule_node_end(ScheduleNode *node, Status result) {
  node->state = NODE_ENDED;
  node->result = result;
  node->frame->open--;
  for (guint i = 0; i < node->dependents->len; i++)
    ((ScheduleNode *)g_ptr_array_index(node->dependents, i))->missing--;
}

/* ---- what several give together ---- */

static Status worse(Status one, Status other) {
  static const int weights[] = {[STATUS_SKIPPED] = 0, [STATUS_SUCCESS] = 1, [STATUS_CANCELLED] = 2, [STATUS_FAILURE] = 3};
  return weights[one] >= weights[other] ? one : other;
}

Status schedule_frame_result(const ScheduleFrame *frame) {
  Status worst = STATUS_SKIPPED;
  for (guint i = 0; i < frame->plan->job_count; i++)
    if (frame->nodes[i].wanted)
      worst = worse(worst, frame->nodes[i].result);
  return worst;
}

static Status result_of_legs(const ScheduleNode *node) {
  Status worst = STATUS_SKIPPED;
  for (guint i = 0; i < node->legs->len; i++)
    worst = worse(worst, ((const ScheduleLeg *)g_ptr_array_index(node->legs, i))->result.conclusion);
  return worst;
}

/* ---- legs ---- */

static char *leg_key(const ScheduleLeg *leg) {
  const ScheduleLeg *caller = leg->node->frame->caller;
  g_autofree char *place = json_is_null(leg->matrix) ? g_strdup("") : g_strdup_printf("[%u]", leg->index);
  return g_strconcat(caller != NULL ? caller->key : "", caller != NULL ? "/" : "", leg->node->plan->job->id, place, NULL);
}

ScheduleLeg *schedule_leg_new(ScheduleNode *node, char *name, json_t *matrix, json_t *strategy) {
  ScheduleLeg *leg = g_new0(ScheduleLeg, 1);
  leg->node = node;
  leg->index = node->legs->len;
  leg->matrix = matrix;
  leg->strategy = strategy;
  leg->name = name;
  leg->key = leg_key(leg);
  leg->cancellable = g_cancellable_new();
  g_ptr_array_add(node->legs, leg);
  return leg;
}

void schedule_leg_conclude(ScheduleLeg *leg, Status status, char *failure) {
  leg->result.outcome = leg->result.conclusion = status;
  g_free(leg->result.failure);
  leg->result.failure = failure;
}

/* An output that a later leg sets counts, unless it says nothing. */
static void merge_outputs(ScheduleNode *node, const json_t *outputs) {
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *)outputs, key, value)
    if (json_string_length(value) > 0 || json_object_get(node->outputs, key) == NULL)
      json_object_set(node->outputs, key, value);
}

void schedule_leg_end(ScheduleLeg *leg) {
  ScheduleNode *node = leg->node;
  if (leg->state != LEG_NEW)
    node->running--;
  leg->state = LEG_DONE;
  schedule_gate_leave(&leg->gate);
  node->ended++;
  merge_outputs(node, leg->result.outputs);
  for (guint i = 0; node->fail_fast && leg->result.conclusion == STATUS_FAILURE && i < node->legs->len; i++)
    g_cancellable_cancel(((ScheduleLeg *)g_ptr_array_index(node->legs, i))->cancellable);
  if (node->ended == node->legs->len)
    schedule_node_end(node, result_of_legs(node));
}
