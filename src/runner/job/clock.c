#include "runner/job/clock.h"

struct JobClock {
  GCancellable *cancellable, *stop, *doom;
  gulong handler;
  GThread *thread;
  GMutex lock; /* over what follows */
  GCond changed;
  int64_t deadline_us, grace_us; /* the first is monotonic */
  bool cancelled, timed_out, ended;
};

static void on_cancelled(G_GNUC_UNUSED GCancellable *cancellable, void *data) {
  JobClock *clock = data;
  g_mutex_lock(&clock->lock);
  clock->cancelled = true;
  g_cond_signal(&clock->changed);
  g_mutex_unlock(&clock->lock);
}

/* With the lock held, until the job has ended or `until_us` has come; `early`: a cancellation ends it too. */
static void wait_until(JobClock *clock, int64_t until_us, bool early) {
  while (!clock->ended && !(early && clock->cancelled) && g_cond_wait_until(&clock->changed, &clock->lock, until_us))
    ;
}

/* Cancelling calls what is connected: never under the lock. */
static void fire(JobClock *clock, GCancellable *cancellable) {
  g_mutex_unlock(&clock->lock);
  g_cancellable_cancel(cancellable);
  g_mutex_lock(&clock->lock);
}

static void *watch(void *data) {
  JobClock *clock = data;
  g_mutex_lock(&clock->lock);
  wait_until(clock, clock->deadline_us, true);
  if (!clock->ended) {
    clock->timed_out = !clock->cancelled;
    fire(clock, clock->stop);
    wait_until(clock, g_get_monotonic_time() + clock->grace_us, false);
  }
  if (!clock->ended)
    fire(clock, clock->doom);
  g_mutex_unlock(&clock->lock);
  return NULL;
}

JobClock *job_clock_new(GCancellable *cancellable, int64_t timeout_us, int64_t grace_us) {
  JobClock *clock = g_new0(JobClock, 1);
  clock->cancellable = cancellable != NULL ? g_object_ref(cancellable) : NULL;
  clock->stop = g_cancellable_new();
  clock->doom = g_cancellable_new();
  g_mutex_init(&clock->lock);
  g_cond_init(&clock->changed);
  clock->deadline_us = g_get_monotonic_time() + timeout_us;
  clock->grace_us = grace_us;
  if (cancellable != NULL)
    clock->handler = g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), clock, NULL);
  if (clock->cancelled) /* already: the first step must see it */
    g_cancellable_cancel(clock->stop);
  clock->thread = g_thread_new("drover-clock", watch, clock);
  return clock;
}

void job_clock_free(JobClock *clock) {
  if (clock == NULL)
    return;
  if (clock->handler != 0)
    g_cancellable_disconnect(clock->cancellable, clock->handler);
  g_mutex_lock(&clock->lock);
  clock->ended = true;
  g_cond_signal(&clock->changed);
  g_mutex_unlock(&clock->lock);
  g_thread_join(clock->thread);
  g_clear_object(&clock->cancellable);
  g_object_unref(clock->stop);
  g_object_unref(clock->doom);
  g_mutex_clear(&clock->lock);
  g_cond_clear(&clock->changed);
  g_free(clock);
}

GCancellable *job_clock_stop(const JobClock *clock) {
  return clock->stop;
}

GCancellable *job_clock_doom(const JobClock *clock) {
  return clock->doom;
}

bool job_clock_stopped(const JobClock *clock) {
  return g_cancellable_is_cancelled(clock->stop);
}

bool job_clock_timed_out(const JobClock *clock) {
  return clock->timed_out;
}
