/* What the parts of one rollout share, and what one version of an environment is. Private to this folder. */
#pragma once

#include "engine/engine.h"
#include "rollout/machine.h"
#include "rollout/redact.h"
#include "rollout/rollout.h"
#include "rollout/router.h"

/* A release in a slot: what a set of containers was made from. Immutable. */
typedef struct {
  Release *release;
  Project *project; /* as the release recorded it */
  const ProjectEnvironment *environment;
  char *rollout; /* the id of the rollout that made it: part of all its names */
  Slot slot;
} Version;

void version_free(Version *version);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Version, version_free)

typedef struct {
  const RolloutSpec *spec;
  const char *project; /* names */
  const char *environment;
  char *scope; /* the label that all containers and volumes of this environment in this data directory carry */
  Engine *engine;
  Router *router;
  Redactor *redactor;
  Rollout *record; /* the rollout under way; NULL: none */
  Version *next;   /* what it moves to */
  Version *old;    /* what served before; NULL: nothing */
} RolloutContext;

/* Opens engine and router for `spec`. The context is cleared by rollout_context_clear(), whatever is in it. */
bool rollout_context_open(RolloutContext *context, const RolloutSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void rollout_context_clear(RolloutContext *context);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RolloutContext, rollout_context_clear)

/* "HOME/PROJECT/ENVIRONMENT": HOME stands for the data directory, so that two drovers on one machine never touch each
 * other's containers. Transfer full. */
char *rollout_scope(const char *data_dir, const char *project, const char *environment);

/* Reads a release as a version. INPUT when its project file has no such environment. */
Version *version_load(Store *store, const char *release, const char *rollout, Slot slot, const char *environment,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The version that an environment runs by the store's record. True with `version` NULL: none. */
bool version_load_current(Store *store, const char *project, const char *environment, Version **version, GError **error) G_GNUC_WARN_UNUSED_RESULT;
