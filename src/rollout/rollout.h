/* Moves one environment to one release, and back when it does not become healthy.
 *
 * A rollout is a state machine over the const table in machine.c: every step is written down as an intent before it acts and
 * as an outcome after it, so that rollout_recover() can complete or undo what a crash interrupted, and traffic is never left
 * on nothing. Blue-green on the local machine: containers by podman or docker (engine.h), traffic by HAProxy (router.h).
 */
#pragma once

#include "base/clock.h"
#include "base/fs.h"
#include "base/progress.h"
#include "image/image.h"
#include "release/project.h"
#include "release/secrets.h"
#include "store/store.h"

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct {
  Store *store;
  const char *data_dir;
  const Project *project; /* of the release that it moves to */
  const ProjectEnvironment *environment;
  const Release *release;
  const SecretSet *secrets;
  const ImageTools *tools;
  const char *actor;
  bool is_rollback; /* no migration: the schema stays */
  const Clock *clock;
  Progress *progress;
  GCancellable *cancellable;
} RolloutSpec;

/* Checks that podman (or docker), haproxy, the secrets and the router's port are there, before anything is changed. */
bool rollout_check(const RolloutSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs to the end. True: the release serves. Otherwise the message says why not and what serves now: the release was taken
 * back and the one before still serves, or (the outcome is still NULL then) it serves but that could not be written down. The
 * code is the cause's: FAILED for a migration or a release that did not become healthy, CANCELLED, NO_SPACE, UNAVAILABLE, ...
 * A cancellation takes the rollout back until traffic has moved, and is too late afterwards. Secrets' values are not in the
 * message. `made` (transfer full, may be NULL) is the recorded rollout in either case once one was recorded. */
bool rollout_run(const RolloutSpec *spec, Rollout **made, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Finds the environment's unfinished rollout, if any, and ends it: completes it when traffic had moved, takes it back
 * otherwise. Starts recorded containers that do not run, makes the router run as recorded, and removes containers and
 * volumes of no recorded version. Call it with the environment's lock held, before rollout_run(). `spec->release` may be
 * NULL here. */
bool rollout_recover(const RolloutSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stops and removes everything of an environment: containers, scratch folders, router. */
bool rollout_down(Store *store, const char *data_dir, const char *project, const char *environment, const char *actor,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The lock of one environment: one rollout at a time. CONFLICT says who has it. Hold it from check to end. */
FileLock *rollout_lock(const char *data_dir, const char *project, const char *environment, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What runs now, from the engine and the router and not from memory: [{"service", "slot", "container", "healthy", "port",
 * "serving"}]; transfer full. */
json_t *rollout_observe(const char *data_dir, const char *project, const char *environment, GError **error) G_GNUC_WARN_UNUSED_RESULT;
