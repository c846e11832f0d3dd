/* Waits until replicas answer, and explains it when they do not.
 *
 * A replica is healthy when a GET of its path is answered with 200 to 399, or, without a path, when its port takes a
 * connection. Probing begins fast and slows down to the service's interval; patience is attempts * interval. Every request
 * says "Host: localhost", as the router's own checks do.
 */
#pragma once

#include "base/clock.h"
#include "release/project.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* One replica that is waited for. */
typedef struct {
  char *name;                  /* the container's */
  unsigned port;               /* on 127.0.0.1 */
  const ProjectHealth *health; /* borrowed */
  bool healthy;
  unsigned probes;
  int64_t next_us; /* when it is probed again */
  char *words;     /* what the last probe that failed said */
} HealthTarget;

HealthTarget *health_target_new(const char *name, unsigned port, const ProjectHealth *health);
void health_target_free(HealthTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HealthTarget, health_target_free)

/* How replicas are looked at: the real ones by health_probe() and the engine, tests bring their own. */
typedef struct {
  /* True: healthy. Otherwise the error explains it. */
  bool (*probe)(const HealthTarget *target, void *data, GError **error);
  /* False when its container has ended for good or keeps crashing; the error says so. */
  bool (*alive)(const HealthTarget *target, void *data, GError **error);
  void *data;
} HealthSource;

/* One probe over the network. The message names what happened: refused, no answer in time, or the status with the first
 * bytes of the answer. */
bool health_probe(const HealthTarget *target, void *data, GError **error);

/* A replica is given up after `attempts` probes that cover at least `attempts` intervals: the first probes follow each other faster,
 * and one that waits for its timeout is still one of `attempts`.
 *
 * How long to wait after probe number `probes` (from 1) failed, `elapsed_ms` after the first; -1: give up. Pure. */
int64_t health_delay_ms(const ProjectHealth *health, unsigned probes, int64_t elapsed_ms);

/* Waits for all of `targets` (HealthTarget). FAILED names the first that did not become healthy and why, and `failed` (may
 * be NULL, transfer none) is set to it. */
bool health_wait(const GPtrArray *targets, const HealthSource *source, const Clock *clock, GCancellable *cancellable, const HealthTarget **failed,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
