#include "runner/schedule/schedule.h"

#include "base/error.h"
#include "runner/schedule/node.h"

/* ---- cancellation ---- */

void schedule_frame_cancel(const Schedule *schedule, ScheduleFrame *frame) {
  frame->cancelled = true;
  for (guint i = 0; i < frame->plan->job_count; i++) {
    const ScheduleNode *node = &frame->nodes[i];
    bool met = false;
    if (node->state != NODE_RUNS || !schedule_condition(schedule->spec, node, &met, NULL))
      met = false;
    for (guint n = 0; n < node->legs->len; n++) {
      const ScheduleLeg *leg = g_ptr_array_index(node->legs, n);
      if (!met || leg->state == LEG_RUNNING)
        g_cancellable_cancel(leg->cancellable);
    }
  }
}

/* ---- nodes ---- */

/* Takes `failure`. */
static void end_node(Schedule *schedule, ScheduleNode *node, Status result, char *failure) {
  node->why = failure;
  schedule_node_end(node, result);
  schedule_tell_node(schedule, node);
}

static void begin_node(Schedule *schedule, ScheduleNode *node) {
  const ScheduleSpec *spec = schedule->spec;
  g_autoptr(GError) error = NULL;
  bool met = false;
  schedule_node_look_back(node);
  if (!schedule_condition(spec, node, &met, &error) || (met && !schedule_make_legs(spec, node, &error)))
    end_node(schedule, node, STATUS_FAILURE, g_strdup(error->message));
  else if (!met)
    end_node(schedule, node, node->frame->cancelled ? STATUS_CANCELLED : STATUS_SKIPPED, NULL);
  else
    node->state = NODE_RUNS;
}

static bool advance_node(Schedule *schedule, ScheduleNode *node) {
  bool moved = false;
  if (!node->wanted || node->state == NODE_ENDED)
    return false;
  if (node->state == NODE_WAITS && node->missing == 0) {
    begin_node(schedule, node);
    moved = true;
  }
  for (guint i = 0; node->state == NODE_RUNS && i < node->legs->len; i++)
    while (schedule_leg_advance(schedule, g_ptr_array_index(node->legs, i)))
      moved = true;
  return moved;
}

/* ---- frames ---- */

/* None of its jobs begins. Takes `failure`. */
static void refuse_frame(Schedule *schedule, ScheduleFrame *frame, Status status, char *failure) {
  frame->state = FRAME_ENDED;
  frame->failure = failure;
  schedule_gate_leave(&frame->gate);
  for (guint i = 0; i < frame->plan->job_count; i++)
    if (frame->nodes[i].wanted)
      end_node(schedule, &frame->nodes[i], status, g_strdup(failure));
}

static void enter_frame(Schedule *schedule, ScheduleFrame *frame) {
  g_autoptr(GError) error = NULL;
  if (schedule_gate_of_frame(schedule, frame, &error))
    frame->state = FRAME_QUEUED;
  else
    refuse_frame(schedule, frame, error_is(error, DROVER_ERROR_CANCELLED) ? STATUS_CANCELLED : STATUS_FAILURE, g_strdup(error->message));
}

static bool advance_queued_frame(Schedule *schedule, ScheduleFrame *frame) {
  ScheduleGateState gate = schedule_gate_state(&frame->gate);
  if (gate == GATE_SHUT && !frame->cancelled)
    return false;
  if (gate == GATE_OPEN)
    frame->state = FRAME_RUNS;
  else
    refuse_frame(schedule, frame, STATUS_CANCELLED, gate == GATE_LOST ? schedule_gate_loss(&frame->gate) : NULL);
  return true;
}

static bool advance_jobs(Schedule *schedule, ScheduleFrame *frame) {
  bool moved = false;
  if (!frame->cancelled && schedule_gate_state(&frame->gate) == GATE_LOST) {
    frame->failure = schedule_gate_loss(&frame->gate);
    schedule_frame_cancel(schedule, frame);
  }
  for (guint i = 0; i < frame->plan->job_count; i++)
    moved = advance_node(schedule, &frame->nodes[i]) || moved;
  if (frame->open > 0)
    return moved;
  frame->state = FRAME_ENDED;
  schedule_gate_leave(&frame->gate);
  return true;
}

/* The depth of called frames is that of the plan. */
bool schedule_frame_advance(Schedule *schedule, ScheduleFrame *frame) {
  if (frame->state == FRAME_NEW) {
    enter_frame(schedule, frame);
    return true;
  }
  return frame->state == FRAME_QUEUED ? advance_queued_frame(schedule, frame) : advance_jobs(schedule, frame);
}

/* ---- the run ---- */

static void take(Schedule *schedule, void *message) {
  if (message == schedule)
    return;
  ScheduleLeg *leg = message;
  g_thread_join(leg->thread);
  schedule->running--;
  schedule_leg_end(leg);
}

static void on_cancelled(GCancellable *cancellable, void *data) {
  (void)cancellable;
  Schedule *schedule = data;
  g_async_queue_push(schedule->messages, schedule);
}

static void run_all(Schedule *schedule) {
  GCancellable *cancellable = schedule->spec->cancellable;
  gulong handler = cancellable != NULL ? g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), schedule, NULL) : 0;
  while (schedule->top->state != FRAME_ENDED) {
    if (!schedule->top->cancelled && g_cancellable_is_cancelled(cancellable))
      schedule_frame_cancel(schedule, schedule->top);
    if (!schedule_frame_advance(schedule, schedule->top))
      take(schedule, g_async_queue_pop(schedule->messages));
  }
  if (handler != 0)
    g_cancellable_disconnect(cancellable, handler);
}

bool schedule_run(const ScheduleSpec *spec, json_t **document, GError **error) {
  Schedule schedule = {
    .spec = spec,
    .top = schedule_frame_new(plan_top(spec->plan), NULL, spec->github, spec->inputs, spec->secrets),
    .running_max = spec->parallel_max != 0 ? spec->parallel_max : g_get_num_processors(),
  };
  bool good = spec->only_job == NULL || schedule_frame_want(schedule.top, spec->only_job, error);
  if (good) {
    schedule.messages = g_async_queue_new();
    run_all(&schedule);
    good = schedule_conclude(&schedule, document, error);
  }
  schedule_frame_free(schedule.top);
  g_clear_pointer(&schedule.messages, g_async_queue_unref);
  return good;
}
