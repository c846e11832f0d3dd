#include "engine/health.h"

#include <string.h>

#define NS_PER_MS 1000000
#define FIRST_PAUSE_MS 50
#define LONGEST_PAUSE_MS 2000

void health_check_clear(HealthCheck *check) {
  g_clear_pointer(&check->test, g_strfreev);
}

static int64_t duration_ms(const json_t *config, const char *key, int64_t fallback_ms) {
  json_int_t ns = json_integer_value(json_object_get(config, key));
  return ns > 0 ? ns / NS_PER_MS : fallback_ms;
}

/* ["CMD", "pg_isready", "-q"], ["CMD-SHELL", "pg_isready -q"], ["NONE"]; podman also writes the words without a kind. */
static char **read_test(const json_t *list) {
  const char *kind = json_string_value(json_array_get(list, 0));
  if (kind == NULL || *kind == '\0' || strcmp(kind, "NONE") == 0)
    return NULL;
  bool in_shell = strcmp(kind, "CMD-SHELL") == 0;
  GPtrArray *test = g_ptr_array_new();
  if (in_shell) {
    g_ptr_array_add(test, g_strdup("sh"));
    g_ptr_array_add(test, g_strdup("-c"));
  }
  for (size_t i = in_shell || strcmp(kind, "CMD") == 0 ? 1 : 0; i < json_array_size(list); i++) {
    const char *word = json_string_value(json_array_get(list, i));
    g_ptr_array_add(test, g_strdup(word != NULL ? word : ""));
  }
  g_ptr_array_add(test, NULL);
  return (char **)g_ptr_array_free(test, FALSE);
}

HealthCheck health_check_read(const json_t *facts) {
  const json_t *config = json_object_get(json_object_get(facts, "Config"), "Healthcheck");
  json_int_t retries = json_integer_value(json_object_get(config, "Retries"));
  return (HealthCheck){
    .test = read_test(json_object_get(config, "Test")),
    .interval_ms = duration_ms(config, "Interval", 30000),
    .timeout_ms = duration_ms(config, "Timeout", 30000),
    .start_ms = duration_ms(config, "StartPeriod", 0),
    .retries = retries > 0 ? (unsigned)MIN(retries, 10000) : 3,
  };
}

Health health_docker(const json_t *facts) {
  const char *status = json_string_value(json_object_get(json_object_get(json_object_get(facts, "State"), "Health"), "Status"));
  if (g_strcmp0(status, "starting") == 0)
    return HEALTH_STARTING;
  return g_strcmp0(status, "unhealthy") == 0 ? HEALTH_FAILED : HEALTH_READY;
}

Health health_judge(const HealthCheck *check, HealthCount *count, bool passed, int64_t now_ms) {
  if (passed)
    return HEALTH_READY;
  if (now_ms < check->start_ms || now_ms - count->counted_ms < check->interval_ms)
    return HEALTH_STARTING;
  count->counted_ms = now_ms;
  return ++count->failures >= check->retries ? HEALTH_FAILED : HEALTH_STARTING;
}

int64_t health_pause_ms(unsigned attempt) {
  return MIN((int64_t)FIRST_PAUSE_MS << MIN(attempt, 10), LONGEST_PAUSE_MS);
}
