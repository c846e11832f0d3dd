/* The containers and volumes of one version: made, found again and removed. Private to this folder. */
#pragma once

#include "rollout/context.h"

#include "rollout/health.h"

/* Fetches the images of all services by digest. */
bool version_pull(const RolloutContext *context, const Version *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs the migrations of all services, each under the database's lock; `migrated` counts them. FAILED with the database's
 * own words. */
bool version_migrate(const RolloutContext *context, const Version *version, unsigned *migrated, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the scratch volumes and runs the before_start commands in them. */
bool version_prepare(const RolloutContext *context, const Version *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Starts every replica that does not run; `started` (may be NULL) counts them. */
bool version_start(const RolloutContext *context, const Version *version, unsigned *started, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits until every replica is healthy. FAILED explains, with the last lines that the container wrote. */
bool version_probe(const RolloutContext *context, const Version *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes all containers (or volumes) of the environment that are not `keep`'s; NULL: all. */
bool version_sweep_containers(const RolloutContext *context, const Version *keep, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool version_sweep_volumes(const RolloutContext *context, const Version *keep, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the router is to do: `serving` gets the traffic; `attached` (may be NULL) is known beside it. Without `serving` no one
 * gets any. */
RouterState *version_routing(const RolloutContext *context, const Version *serving, const Version *attached,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Names, pure; transfer full. */
char *version_container_name(const RolloutContext *context, const Version *version, const char *service, const char *role, unsigned number);
char *version_volume_name(const RolloutContext *context, const Version *version, const char *service, unsigned number);
char **version_labels(const RolloutContext *context, const Version *version, const char *service, const char *role);
