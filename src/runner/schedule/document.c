#include "runner/schedule/node.h"

#include "base/error.h"

/* ---- events of jobs that do not start ---- */

typedef struct {
  const char *name;
  guint number;
  Status outcome, conclusion;
  const char *failure;
  const json_t *outputs;
} Ended;

static void tell(const Schedule *schedule, const ScheduleNode *node, const Ended *ended) {
  if (schedule->spec->on_event == NULL)
    return;
  const Location *at = &node->plan->job->location;
  g_autofree char *place = g_strdup_printf("%s:%u", at->file, at->line);
  json_auto_t *outputs = json_object();
  json_auto_t *detail = json_pack("{s:O}", "outputs", ended->outputs != NULL ? ended->outputs : outputs);
  RunEvent event = {
    .kind = RUN_EVENT_JOB_ENDED,
    .at_us = g_get_real_time(),
    .run = schedule->spec->run,
    .job = ended->name,
    .job_number = ended->number,
    .place = place,
    .outcome = ended->outcome,
    .conclusion = ended->conclusion,
    .message = ended->failure,
    .detail = detail,
  };
  schedule->spec->on_event(&event, schedule->spec->event_user);
}

void schedule_tell_node(Schedule *schedule, ScheduleNode *node) {
  g_autofree char *name = schedule_node_name(node, node->plan->name);
  node->number = ++schedule->number;
  tell(schedule, node, &(Ended){name, node->number, node->result, node->result, node->why, NULL});
}

void schedule_tell_leg(Schedule *schedule, ScheduleLeg *leg) {
  const JobResult *result = &leg->result;
  if (leg->number == 0)
    leg->number = ++schedule->number;
  tell(schedule, leg->node, &(Ended){leg->name, leg->number, result->outcome, result->conclusion, result->failure, result->outputs});
}

/* ---- entries ---- */

static void set_text(json_t *entry, const char *key, const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  json_object_set_new(entry, key, json_string(valid));
}

static void set_value(json_t *entry, const char *key, json_t *value, json_t *otherwise) {
  json_object_set(entry, key, value != NULL ? value : otherwise);
  json_decref(otherwise);
}

json_t *schedule_entry(const char *id, const char *key, const char *name, const JobResult *result) {
  json_t *entry = json_object();
  set_text(entry, "id", id);
  set_text(entry, "key", key);
  set_text(entry, "name", name);
  set_text(entry, "outcome", status_name(result->outcome));
  set_text(entry, "conclusion", status_name(result->conclusion));
  set_value(entry, "outputs", result->outputs, json_object());
  set_value(entry, "steps", result->steps, json_array());
  set_value(entry, "notes", result->annotations, json_array());
  if (result->failure != NULL)
    set_text(entry, "failure", result->failure);
  return entry;
}

/* Takes `id`. */
static void add_entry(json_t *jobs, char *id, const char *key, const char *name, const JobResult *result) {
  json_array_append_new(jobs, schedule_entry(id, key, name, result));
  g_free(id);
}

static void add_frame(const ScheduleFrame *frame, json_t *jobs);

/* Of a job that calls a workflow the jobs in there are told of, and it itself where that says more. */
static void add_leg(const ScheduleLeg *leg, json_t *jobs) {
  if (leg->called == NULL || leg->result.failure != NULL)
    add_entry(jobs, schedule_node_id(leg->node), leg->key, leg->name, &leg->result);
  if (leg->called != NULL)
    add_frame(leg->called, jobs);
}

static void add_node(const ScheduleNode *node, json_t *jobs) {
  for (guint i = 0; i < node->legs->len; i++)
    add_leg(g_ptr_array_index(node->legs, i), jobs);
  if (node->legs->len > 0)
    return;
  const ScheduleLeg *caller = node->frame->caller;
  g_autofree char *name = schedule_node_name(node, node->plan->name);
  g_autofree char *key = g_strconcat(caller != NULL ? caller->key : "", caller != NULL ? "/" : "", node->plan->job->id, NULL);
  add_entry(jobs, schedule_node_id(node), key, name, &(JobResult){.outcome = node->result, .conclusion = node->result, .failure = node->why});
}

static void add_frame(const ScheduleFrame *frame, json_t *jobs) {
  for (guint i = 0; i < frame->plan->job_count; i++)
    if (frame->nodes[i].wanted)
      add_node(&frame->nodes[i], jobs);
}

/* ---- the end ---- */

/* "job "test (tenants)": step ...", a line for each that failed, or was cancelled for a reason. */
static char *failures_of(const json_t *jobs) {
  GString *text = g_string_new(NULL);
  size_t i;
  json_t *job;
  json_array_foreach (jobs, i, job) {
    const char *failure = json_string_value(json_object_get(job, "failure")), *conclusion = json_string_value(json_object_get(job, "conclusion"));
    if (g_strcmp0(conclusion, "failure") == 0 || (failure != NULL && g_strcmp0(conclusion, "cancelled") == 0))
      g_string_append_printf(text, "%sjob \"%s\": %s", text->len > 0 ? "\n" : "", json_string_value(json_object_get(job, "name")),
                             failure != NULL ? failure : "failed");
  }
  return g_string_free(text, FALSE);
}

/* A run that was stopped is cancelled, unless nothing came of that. */
static Status conclusion_of(const ScheduleFrame *top) {
  Status result = schedule_frame_result(top);
  return top->cancelled && result == STATUS_FAILURE ? STATUS_CANCELLED : result;
}

bool schedule_conclude(const Schedule *schedule, json_t **document, GError **error) {
  const ScheduleFrame *top = schedule->top;
  json_auto_t *jobs = json_array();
  add_frame(top, jobs);
  Status conclusion = conclusion_of(top);
  if (document != NULL)
    *document = json_pack("{s:s, s:O}", "conclusion", status_name(conclusion), "jobs", jobs);
  g_autofree char *failures = failures_of(jobs);
  const char *why = top->failure != NULL ? top->failure : "", *colon = *why != '\0' ? ": " : "", *line = *failures != '\0' ? "\n" : "";
  if (conclusion == STATUS_CANCELLED)
    return error_set(error, DROVER_ERROR_CANCELLED, "stopped%s%s%s%s", colon, why, line, failures);
  return conclusion != STATUS_FAILURE || error_set(error, DROVER_ERROR_FAILED, "%s", failures);
}
