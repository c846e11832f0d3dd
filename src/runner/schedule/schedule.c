#include "runner/schedule/schedule.h"

#include "base/error.h"
#include "runner/schedule/node.h"

#define QUEUED_MAX 256 /* legs that wait for their groups at the same time */

/* ---- running a leg ---- */

typedef struct {
  const Schedule *schedule;
  ScheduleLeg *leg;
} Work;

static void *run_leg(void *data) {
  g_autofree Work *work = data;
  const ScheduleSpec *spec = work->schedule->spec;
  spec->run_job(&work->leg->spec, &work->leg->result, spec->user);
  g_async_queue_push(work->schedule->messages, work->leg);
  return NULL;
}

static void start_steps(Schedule *schedule, ScheduleLeg *leg) {
  const ScheduleNode *node = leg->node;
  leg->number = ++schedule->number;
  leg->spec = (JobSpec){
    .plan = node->plan,
    .number = leg->number,
    .key = leg->key,
    .name = leg->name,
    .matrix = leg->matrix,
    .strategy = leg->strategy,
    .needs = node->needs,
    .inputs = node->frame->inputs,
    .secrets = node->frame->secrets,
    .github = node->frame->github,
    .success = node->success,
    .failure = node->failure,
    .cancellable = leg->cancellable,
  };
  Work *work = g_new(Work, 1);
  *work = (Work){schedule, leg};
  leg->state = LEG_RUNNING;
  schedule->running++;
  leg->thread = g_thread_new("drover-job", run_leg, work);
}

/* Ends a leg that did not run. Takes `failure`. */
static void drop(Schedule *schedule, ScheduleLeg *leg, Status status, char *failure) {
  schedule_leg_conclude(leg, status, failure);
  schedule_tell_leg(schedule, leg);
  schedule_leg_end(leg);
}

static void start_call(Schedule *schedule, ScheduleLeg *leg) {
  g_autoptr(GError) error = NULL;
  leg->called = schedule_call(schedule->spec, leg, &error);
  if (leg->called != NULL)
    leg->state = LEG_RUNNING;
  else
    drop(schedule, leg, STATUS_FAILURE, g_strdup(error->message));
}

static void end_call(Schedule *schedule, ScheduleLeg *leg) {
  g_autoptr(GError) error = NULL;
  leg->result.outputs = schedule_call_outputs(schedule->spec, leg->called, &error);
  if (leg->result.outputs == NULL) {
    drop(schedule, leg, STATUS_FAILURE, g_strdup(error->message));
    return;
  }
  schedule_leg_conclude(leg, schedule_frame_result(leg->called), NULL);
  schedule_leg_end(leg);
}

/* ---- cancellation ---- */

/* What runs is stopped; what has not begun goes on only where its `if` says so. */
static void cancel_frame(const Schedule *schedule, ScheduleFrame *frame) {
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

/* ---- legs; each function returns whether something changed ---- */

static bool advance_frame(Schedule *schedule, ScheduleFrame *frame);

/* What an earlier try of the run has ended is not run again. */
static bool is_recorded(const Schedule *schedule, ScheduleLeg *leg) {
  const ScheduleSpec *spec = schedule->spec;
  return spec->recorded != NULL && leg->node->plan->job->uses.text == NULL && spec->recorded(leg->key, &leg->result, spec->user);
}

static bool advance_new(Schedule *schedule, ScheduleLeg *leg) {
  g_autoptr(GError) error = NULL;
  if (g_cancellable_is_cancelled(leg->cancellable)) {
    drop(schedule, leg, STATUS_CANCELLED, NULL);
    return true;
  }
  if (leg->node->running >= leg->node->running_max || schedule->queued >= QUEUED_MAX)
    return false;
  if (is_recorded(schedule, leg)) {
    schedule_tell_leg(schedule, leg);
    schedule_leg_end(leg);
  } else if (!schedule_gate_of_leg(schedule, leg, &error)) {
    drop(schedule, leg, error_is(error, DROVER_ERROR_CANCELLED) ? STATUS_CANCELLED : STATUS_FAILURE, g_strdup(error->message));
  } else {
    leg->state = LEG_QUEUED;
    leg->node->running++;
    schedule->queued++;
  }
  return true;
}

/* Whether a leg that waits need not wait any longer, as it does not run at all. */
static bool give_up(Schedule *schedule, ScheduleLeg *leg) {
  bool lost = schedule_gate_state(&leg->gate) == GATE_LOST;
  if (!lost && !g_cancellable_is_cancelled(leg->cancellable))
    return false;
  drop(schedule, leg, STATUS_CANCELLED, lost ? schedule_gate_loss(&leg->gate) : NULL);
  return true;
}

static bool advance_queued(Schedule *schedule, ScheduleLeg *leg) {
  bool open = schedule_gate_state(&leg->gate) == GATE_OPEN;
  if (give_up(schedule, leg)) {
    schedule->queued--;
    return true;
  }
  if (!open)
    return false;
  leg->state = LEG_READY;
  schedule->queued--;
  return true;
}

static bool advance_ready(Schedule *schedule, ScheduleLeg *leg) {
  if (give_up(schedule, leg))
    return true;
  if (leg->node->plan->job->uses.text != NULL)
    start_call(schedule, leg);
  else if (schedule->running < schedule->running_max)
    start_steps(schedule, leg);
  else
    return false;
  return true;
}

static bool advance_running(Schedule *schedule, ScheduleLeg *leg) {
  if (schedule_gate_state(&leg->gate) == GATE_LOST)
    g_cancellable_cancel(leg->cancellable);
  if (leg->called == NULL)
    return false;
  if (!leg->called->cancelled && g_cancellable_is_cancelled(leg->cancellable))
    cancel_frame(schedule, leg->called);
  bool moved = advance_frame(schedule, leg->called);
  if (leg->called->state == FRAME_ENDED)
    end_call(schedule, leg);
  return moved;
}

static bool advance_leg(Schedule *schedule, ScheduleLeg *leg) {
  static bool (*const steps[])(Schedule * schedule, ScheduleLeg * leg) = {
    [LEG_NEW] = advance_new, [LEG_QUEUED] = advance_queued, [LEG_READY] = advance_ready, [LEG_RUNNING] = advance_running};
  return leg->state != LEG_DONE && steps[leg->state](schedule, leg);
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
    while (advance_leg(schedule, g_ptr_array_index(node->legs, i)))
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
    cancel_frame(schedule, frame);
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
static bool advance_frame(Schedule *schedule, ScheduleFrame *frame) {
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
      cancel_frame(schedule, schedule->top);
    if (!advance_frame(schedule, schedule->top))
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
