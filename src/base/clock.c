#include "base/clock.h"

#include <errno.h>
#include <poll.h>

static int64_t system_now_us(G_GNUC_UNUSED const Clock *clock) {
  return g_get_real_time();
}

static bool system_sleep_ms(G_GNUC_UNUSED const Clock *clock, int64_t duration_ms, GCancellable *cancellable) {
  struct pollfd waited = {.fd = cancellable != NULL ? g_cancellable_get_fd(cancellable) : -1, .events = POLLIN};
  int64_t end_us = g_get_monotonic_time() + duration_ms * 1000;
  int ready = 0;
  for (;;) {
    int64_t left_ms = (end_us - g_get_monotonic_time() + 999) / 1000;
    if (left_ms <= 0)
      break;
    ready = poll(&waited, 1, (int)MIN(left_ms, G_MAXINT));
    if (ready > 0 || (ready < 0 && errno != EINTR))
      break;
  }
  if (waited.fd >= 0)
    g_cancellable_release_fd(cancellable);
  return ready <= 0;
}

const Clock *clock_system(void) {
  static const Clock system_clock = {.now_us = system_now_us, .sleep_ms = system_sleep_ms};
  return &system_clock;
}

char *clock_format(int64_t time_us) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
  return g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
}
