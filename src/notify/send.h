/* Sending with other times than the usual ones, for tests. Private to notify/. */
#pragma once

#include "base/retry.h"
#include "notify/notify.h"

typedef struct {
  RetryPolicy policy;
  int64_t timeout_ms; /* of one attempt */
} NotifyTimes;

/* Four attempts, the second 500 ms after the first; no attempt begins after 6 s and none lasts longer than 4 s, so that all is
 * over within 10 s. */
extern const NotifyTimes notify_times;

unsigned notify_send_timed(const NotifyTimes *times, const Project *project, const SecretSet *secrets, const Notification *notification,
                           GCancellable *cancellable, GPtrArray *failures);
