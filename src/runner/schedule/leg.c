#include "runner/schedule/node.h"

#include "base/error.h"

#define QUEUED_MAX 256 /* legs that wait for their groups at the same time */

/* ---- running ---- */

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

/* ---- from state to state; each function returns whether something changed ---- */

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
    schedule_frame_cancel(schedule, leg->called);
  bool moved = schedule_frame_advance(schedule, leg->called);
  if (leg->called->state == FRAME_ENDED)
    end_call(schedule, leg);
  return moved;
}

bool schedule_leg_advance(Schedule *schedule, ScheduleLeg *leg) {
  static bool (*const steps[])(Schedule * schedule, ScheduleLeg * leg) = {
    [LEG_NEW] = advance_new, [LEG_QUEUED] = advance_queued, [LEG_READY] = advance_ready, [LEG_RUNNING] = advance_running};
  return leg->state != LEG_DONE && steps[leg->state](schedule, leg);
}
