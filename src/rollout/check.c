#include "base/digest.h"
#include "base/error.h"
#include "rollout/context.h"
#include "rollout/database_lock.h"

#include <string.h>

/* A secret goes to the container through the engine's own environment. */
static bool check_secret_names(const Project *project, GError **error) {
  g_auto(GStrv) names = project_secret_names(project, false);
  for (char **name = names; *name != NULL; name++)
    if (engine_reserves_name(*name))
      return error_set(error, DROVER_ERROR_INPUT,
                       "a secret cannot be called %s: the container engine reads that variable itself; choose another name for it", *name);
  return true;
}

static bool check_secrets(const RolloutSpec *spec, GError **error) {
  g_auto(GStrv) names = project_secret_names(spec->project, false);
  return check_secret_names(spec->project, error) && secret_set_require(spec->secrets, (const char *const *)names, error);
}

/* A rollback does not migrate. */
static bool check_databases(const RolloutSpec *spec, GError **error) {
  for (guint i = 0; !spec->is_rollback && i < spec->project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(spec->project->services, i);
    if (service->migrate.run == NULL)
      continue;
    const Secret *address = secret_set_get(spec->secrets, service->migrate.database);
    if (address == NULL)
      return error_set(error, DROVER_ERROR_INPUT, "secret %s, which the migration of %s connects with, is not set", service->migrate.database,
                       service->name);
    if (!database_check_reachable(service->migrate.database, address, error))
      return false;
  }
  return true;
}

static bool check_images(const RolloutSpec *spec, GError **error) {
  for (guint i = 0; spec->release != NULL && i < spec->project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(spec->project->services, i);
    const char *digest = json_string_value(json_object_get(spec->release->images, service->image));
    if (digest == NULL || !digest_is_valid(digest))
      return error_set(error, DROVER_ERROR_CORRUPT, "release %u has no digest for image \"%s\" of service %s", spec->release->number, service->image,
                       service->name);
  }
  return true;
}

bool rollout_check(const RolloutSpec *spec, GError **error) {
  g_auto(RolloutContext) context = {0};
  if (check_secrets(spec, error) && check_databases(spec, error) && check_images(spec, error) && router_check_program(error) &&
      rollout_context_open(&context, spec, error) && router_check_listen(context.router, spec->environment->listen, error))
    return true;
  g_prefix_error(error, "environment %s: ", spec->environment->name);
  return false;
}
