/* When a service is ready: its health check, and what the answers mean. Pure. Private to this folder.
 *
 * docker runs health checks itself. podman leaves them to systemd, which not every machine has, so that drover asks instead: often at
 * first, so that a service which is ready early is used early, yet a failure counts towards the retries only once an interval.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { HEALTH_STARTING, HEALTH_READY, HEALTH_FAILED } Health;

typedef struct {
  char **test; /* the argument vector to run inside; NULL: there is no check */
  int64_t interval_ms, timeout_ms, start_ms;
  unsigned retries;
} HealthCheck;

void health_check_clear(HealthCheck *check);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HealthCheck, health_check_clear)

/* From an engine's "inspect". */
HealthCheck health_check_read(const json_t *facts);

/* What docker itself says: State.Health.Status. */
Health health_docker(const json_t *facts);

typedef struct {
  int64_t counted_ms; /* when the last failure counted */
  unsigned failures;
} HealthCount;

/* What an answer at `now_ms` since the start means. */
Health health_judge(const HealthCheck *check, HealthCount *count, bool passed, int64_t now_ms);

/* How long to wait before asking again, the `attempt`-th time (from 0). */
int64_t health_pause_ms(unsigned attempt);
