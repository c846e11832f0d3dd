/* What one container of a version is started with, in memory of its own. Private to this folder. */
#pragma once

#include "rollout/context.h"

#define ROLE_REPLICA "replica"
#define ROLE_PREPARE "prepare"
#define ROLE_MIGRATE "migrate"

typedef struct {
  char *name;
  char *image;
  char **labels;
  char **volumes;  /* NULL: none */
  char **env;      /* not secret */
  GArray *secrets; /* EngineSecret, borrowed from the secret set */
  char *task;      /* what its output is shown under */
  const RolloutContext *context;
} ContainerPlan;

/* `number` counts the containers of one role of a service from 1. INPUT when a secret is not set, CORRUPT when the release
 * has no digest for the image. */
bool container_plan_make(ContainerPlan *plan, const RolloutContext *context, const Version *version, const ProjectService *service, const char *role,
                         unsigned number, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void container_plan_clear(ContainerPlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ContainerPlan, container_plan_clear)

/* Puts a variable in place of, or beside, those that the service has. */
void container_plan_set_secret(ContainerPlan *plan, const char *name, const Secret *value);
void container_plan_set_env(ContainerPlan *plan, const char *name, const char *value);
const char *container_plan_get_env(const ContainerPlan *plan, const char *name); /* NULL: none; transfer none */

/* As the engine takes it: output goes to the progress, without secrets. Borrows from `plan`. */
EngineRun container_plan_run(const ContainerPlan *plan);

/* "drover.localhost/shop/backend@sha256:..."; transfer full. */
char *version_image(const RolloutContext *context, const Version *version, const char *image, GError **error) G_GNUC_WARN_UNUSED_RESULT;
