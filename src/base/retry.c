#include "base/retry.h"

#include "base/error.h"

int64_t retry_delay_ms(const RetryPolicy *policy, unsigned attempt, double random) {
  int64_t delay_ms = policy->first_ms;
  for (unsigned i = 1; i < attempt && delay_ms < policy->max_ms; i++)
    delay_ms = delay_ms > policy->max_ms / 2 ? policy->max_ms : delay_ms * 2;
  delay_ms = MIN(delay_ms, policy->max_ms);
  return delay_ms - (int64_t)((double)delay_ms / 2 * random);
}

bool retry_run(const RetryPolicy *policy, const Clock *clock, GCancellable *cancellable, RetryFunc attempt, void *data, GError **error) {
  int64_t started_us = clock->now_us(clock);
  for (unsigned number = 1;; number++) {
    g_autoptr(GError) failure = NULL;
    if (attempt(data, &failure))
      return true;
    int64_t delay_ms = retry_delay_ms(policy, number, g_random_double());
    bool over_budget = policy->budget_ms > 0 && clock->now_us(clock) - started_us + delay_ms * 1000 > policy->budget_ms * 1000;
    if (!error_is_retryable(failure) || number >= policy->attempts || over_budget) {
      if (number > 1)
        g_prefix_error(&failure, "after %u attempts: ", number);
      g_propagate_error(error, g_steal_pointer(&failure));
      return false;
    }
    if (!clock->sleep_ms(clock, delay_ms, cancellable))
      return error_set(error, DROVER_ERROR_CANCELLED, "stopped while waiting to try again: %s", failure->message);
  }
}

bool breaker_allows(Breaker *breaker, int64_t now_us) {
  if (breaker->opened_us == 0)
    return true;
  if (breaker->trying || now_us < breaker->opened_us + breaker->open_ms * 1000)
    return false;
  breaker->trying = true;
  return true;
}

void breaker_record(Breaker *breaker, bool success, int64_t now_us) {
  breaker->trying = false;
  breaker->failures = success ? 0 : breaker->failures + 1;
  if (success)
    breaker->opened_us = 0;
  else if (breaker->failures >= breaker->failures_max)
    breaker->opened_us = now_us;
}
