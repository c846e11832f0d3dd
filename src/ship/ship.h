/* The line: lint -> checks -> images -> release -> migrate -> rollout -> notify, for one commit and one environment.
 *
 * What is known already is not done again: a commit that has a release is not rebuilt, a check that succeeded on the commit
 * is not rerun. `drover ship` calls it from a terminal; the server calls it for a push.
 */
#pragma once

#include "base/progress.h"
#include "server/server.h"
#include "store/store.h"

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct {
  const char *dir;         /* a folder inside the repository */
  const char *ref;         /* NULL: HEAD */
  const char *environment; /* NULL: the one whose branch is the ref's */
  const char *data_dir;
  const char *actor;
  bool wait;        /* for another rollout of the environment to end, instead of refusing */
  bool allow_dirty; /* ship HEAD although files in the working tree differ from it */
  Progress *progress;
  GCancellable *cancellable;
} ShipSpec;

/* `result` (may be NULL, transfer full, set on failure too as far as it came): {"release", "commit", "images", "outcome", "seconds", ...}. */
bool ship_run(const ShipSpec *spec, json_t **result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns an environment to the release before the current one (`release` NULL) or to a named one (number or id). */
bool ship_rollback(const ShipSpec *spec, const char *project, const char *release, json_t **result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Builds and pushes a commit's images and does nothing else; `result` (transfer full) is {"project", "commit", "images"}. That
 * the tag of a build from before is accepted shows that the digests are the same. */
bool ship_build(const ShipSpec *spec, json_t **result, GError **error);

/* Takes an environment down: containers, router, and what killed runs of the project left. Uses `environment`, `data_dir`,
 * `actor`, `wait`, `progress` of `spec`. */
bool ship_down(const ShipSpec *spec, const char *project, GError **error);
