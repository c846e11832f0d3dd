#include "base/error.h"
#include "base/retry.h"

#include <string.h>

#define SECOND_US ((int64_t)1000000)
#define START_US (1000 * SECOND_US)

/* ---- delays ---------------------------------------------------------------------------------------------------------------- */

static const struct {
  int64_t first_ms, max_ms;
  unsigned attempt;
  double random;
  int64_t delay_ms;
} delays[] = {
  {100, 1000, 1, 0, 100},
  {100, 1000, 2, 0, 200},
  {100, 1000, 3, 0, 400},
  {100, 1000, 4, 0, 800},
  {100, 1000, 5, 0, 1000},
  {100, 1000, 99, 0, 1000},
  {100, 1000, 1, 0.5, 75},
  {100, 1000, 5, 0.999999, 501},
  {0, 1000, 5, 0, 0},
  {2000, 1000, 1, 0, 1000},
  {1, G_MAXINT64, 1000, 0, G_MAXINT64}, /* it guards: doubling went beyond what the type holds */
};

static void test_delays(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(delays); i++) {
    const RetryPolicy policy = {.attempts = 9, .first_ms = delays[i].first_ms, .max_ms = delays[i].max_ms};
    g_assert_cmpint(retry_delay_ms(&policy, delays[i].attempt, delays[i].random), ==, delays[i].delay_ms);
  }
}

/* ---- the loop --------------------------------------------------------------------------------------------------------------- */

/* A clock that is turned by waiting on it and by attempts. */
typedef struct {
  Clock clock;
  int64_t now_us;
  int64_t slept_ms[16];
  unsigned sleeps;
  unsigned calls;
  unsigned fails;   /* so many attempts fail */
  DroverError code; /* with this */
  int64_t takes_ms; /* each */
  bool cancel;      /* while waiting */
} World;

static int64_t world_now(const Clock *clock) {
  return ((const World *)clock->data)->now_us;
}

static bool world_sleep(const Clock *clock, int64_t duration_ms, GCancellable *cancellable) {
  (void)cancellable;
  World *world = clock->data;
  world->slept_ms[world->sleeps++] = duration_ms;
  world->now_us += duration_ms * 1000;
  return !world->cancel;
}

static bool attempt(void *data, GError **error) {
  World *world = data;
  world->calls++;
  world->now_us += world->takes_ms * 1000;
  return world->calls > world->fails || error_set(error, world->code, "number %u", world->calls);
}

static const struct {
  const char *claim;
  RetryPolicy policy;
  unsigned fails;
  DroverError code;
  int64_t takes_ms;
  bool done;
  unsigned calls;
  const char *says;
} runs[] = {
  {"done-at-once", {3, 100, 1000, 0}, 0, DROVER_ERROR_TIMEOUT, 0, true, 1, NULL},
  {"done-at-the-third", {3, 100, 1000, 0}, 2, DROVER_ERROR_UNAVAILABLE, 0, true, 3, NULL},
  {"given-up-after-all-attempts", {3, 100, 1000, 0}, 9, DROVER_ERROR_UNAVAILABLE, 0, false, 3, "after 3 attempts: number 3"},
  {"one-attempt-says-no-number", {1, 100, 1000, 0}, 9, DROVER_ERROR_TIMEOUT, 0, false, 1, "number 1"},
  {"not-again-when-it-cannot-help", {3, 100, 1000, 0}, 9, DROVER_ERROR_REFUSED, 0, false, 1, "number 1"},
  {"not-again-when-cancelled", {3, 100, 1000, 0}, 9, DROVER_ERROR_CANCELLED, 0, false, 1, "number 1"},
  {"no-attempt-beyond-the-budget", {9, 100, 100, 500}, 9, DROVER_ERROR_TIMEOUT, 300, false, 2, "after 2 attempts: number 2"},
  {"the-budget-counts-from-the-first", {9, 10, 10, 1000}, 9, DROVER_ERROR_TIMEOUT, 2000, false, 1, "number 1"},
};

static World world_new(unsigned fails, DroverError code, int64_t takes_ms) {
  return (World){.clock = {.now_us = world_now, .sleep_ms = world_sleep}, .now_us = START_US, .fails = fails, .code = code, .takes_ms = takes_ms};
}

static void test_run(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  World world = world_new(runs[i].fails, runs[i].code, runs[i].takes_ms);
  world.clock.data = &world;
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(retry_run(&runs[i].policy, &world.clock, NULL, attempt, &world, &error), ==, runs[i].done);
  g_assert_cmpuint(world.calls, ==, runs[i].calls);
  g_assert_cmpuint(world.sleeps, ==, runs[i].calls - 1);
  for (unsigned k = 0; k < world.sleeps; k++) {
    int64_t full_ms = retry_delay_ms(&runs[i].policy, k + 1, 0);
    g_assert_cmpint(world.slept_ms[k], <=, full_ms);
    g_assert_cmpint(world.slept_ms[k], >=, full_ms / 2);
  }
  if (runs[i].done)
    return;
  g_assert_true(error_is(error, runs[i].code));
  g_assert_cmpstr(error->message, ==, runs[i].says);
}

static void test_cancelled_while_waiting(void) {
  World world = world_new(9, DROVER_ERROR_UNAVAILABLE, 0);
  world.clock.data = &world;
  world.cancel = true;
  g_autoptr(GError) error = NULL;
  g_assert_false(retry_run(&(RetryPolicy){3, 100, 1000, 0}, &world.clock, NULL, attempt, &world, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CANCELLED));
  g_assert_nonnull(strstr(error->message, "number 1"));
  g_assert_cmpuint(world.calls, ==, 1);
}

/* ---- the breaker ------------------------------------------------------------------------------------------------------------ */

/* One thing that happens after another: '?' asks and must be allowed, '!' asks and must be refused, 's' and 'f' tell success
 * and failure, '+' lets a second pass. Three failures open it for two seconds. */
static const struct {
  const char *claim;
  const char *story;
} stories[] = {
  {"closed-lets-all-through", "?s?s?f?s?f?s"},
  {"opens-after-three-in-a-row", "?f?f?f!!"},
  {"a-success-starts-the-count-again", "?f?f?s?f?f?s"},
  {"stays-open-for-its-time", "?f?f?f+!"},
  {"half-open-lets-one-through", "?f?f?f++?!!"},
  {"half-open-closes-on-success", "?f?f?f++?s??f?f?"},
  {"half-open-opens-again-on-failure", "?f?f?f++?f!+!+?"},
  {"failures-that-come-late-count", "???f f f!"},
};

static void test_story(gconstpointer data) {
  Breaker breaker = {.failures_max = 3, .open_ms = 2000};
  int64_t now_us = START_US;
  for (const char *step = data; *step != '\0'; step++) {
    if (*step == '?' || *step == '!')
      g_assert_cmpint(breaker_allows(&breaker, now_us), ==, *step == '?');
    else if (*step == 's' || *step == 'f')
      breaker_record(&breaker, *step == 's', now_us);
    else if (*step == '+')
      now_us += SECOND_US;
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/retry/delays", test_delays);
  g_test_add_func("/base/retry/cancelled-while-waiting", test_cancelled_while_waiting);
  for (size_t i = 0; i < G_N_ELEMENTS(runs); i++) {
    g_autofree char *path = g_strconcat("/base/retry/", runs[i].claim, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_run);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(stories); i++) {
    g_autofree char *path = g_strconcat("/base/breaker/", stories[i].claim, NULL);
    g_test_add_data_func(path, stories[i].story, test_story);
  }
  return g_test_run();
}
