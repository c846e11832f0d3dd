/* When a job has to stop: on its cancellation, or when its timeout-minutes are over; and when what still runs then must end. Two
 * cancellables say so to whatever waits: `stop` for ordinary steps, `doom` for those that run although the job was stopped. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct JobClock JobClock;

/* `cancellable` is the job's own. Times in microseconds from now. */
JobClock *job_clock_new(GCancellable *cancellable, int64_t timeout_us, int64_t grace_us);
void job_clock_free(JobClock *clock); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JobClock, job_clock_free)

GCancellable *job_clock_stop(const JobClock *clock); /* transfer none, as the next */
GCancellable *job_clock_doom(const JobClock *clock);
bool job_clock_stopped(const JobClock *clock);
bool job_clock_timed_out(const JobClock *clock); /* stopped, and not because it was cancelled */
