/* Time, passed in. Decisions take a `now` in microseconds; the few loops that wait take a Clock, so that tests and the
 * simulation turn it by hand. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Clock Clock;
struct Clock {
  int64_t (*now_us)(const Clock *clock); /* since the Unix epoch */
  /* Waits; returns false when `cancellable` (which may be NULL) was cancelled meanwhile. */
  bool (*sleep_ms)(const Clock *clock, int64_t duration_ms, GCancellable *cancellable);
  void *data; /* the test's */
};

/* The machine's clock. Static, never freed, any thread. */
const Clock *clock_system(void);

/* "2026-01-31T12:34:56Z"; transfer full. */
char *clock_format(int64_t time_us);
