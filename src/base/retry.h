/* Trying again, and knowing when not to: exponential backoff with full jitter, and a circuit breaker.
 *
 * The decisions are pure functions of recorded state and a passed-in clock; retry_run() is the one loop that waits.
 */
#pragma once

#include "base/clock.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  unsigned attempts; /* in all, at least 1 */
  int64_t first_ms;  /* the wait before the second attempt */
  int64_t max_ms;    /* no wait is longer */
  int64_t budget_ms; /* no attempt begins later than this after the first; 0: no limit */
} RetryPolicy;

/* How long to wait after attempt `attempt` (from 1) failed: first_ms * 2^(attempt - 1), at most max_ms, of which a share
 * `random` in [0, 1) of the upper half is taken off ("equal jitter": never less than half). */
int64_t retry_delay_ms(const RetryPolicy *policy, unsigned attempt, double random);

/* One attempt: true when done. On false it sets `error`; whether to go on is error_is_retryable(). */
typedef bool (*RetryFunc)(void *data, GError **error);

/* Calls `attempt` until it succeeds, fails for good, or the policy ends it; the error is the last attempt's, with the number
 * of attempts in front when there was more than one. Waits on `clock`. CANCELLED when `cancellable` says so. */
bool retry_run(const RetryPolicy *policy, const Clock *clock, GCancellable *cancellable, RetryFunc attempt, void *data,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A circuit breaker for one outside party. Closed: calls go through. After `failures_max` failures in a row it opens, and
 * calls fail at once for `open_ms`; then one call may try (half open), and its outcome closes or opens it again.
 * Plain data: the caller locks. Zero-initialise with the two settings. */
typedef struct {
  unsigned failures_max;
  int64_t open_ms;
  unsigned failures;
  int64_t opened_us; /* 0: closed */
  bool trying;       /* the half-open call is under way */
} Breaker;

/* Whether a call may be made now; true in the half-open state for one caller only. */
bool breaker_allows(Breaker *breaker, int64_t now_us);

/* Tells the outcome of a call that was allowed. */
void breaker_record(Breaker *breaker, bool success, int64_t now_us);
