#include "base/error.h"
#include "rollout/plan.h"
#include "rollout/version.h"

#include <string.h>

#define RESTARTS_MAX 5
#define LOG_LINES 10

/* A container that the engine had to start again and again does not get well by waiting. */
static bool is_alive(const HealthTarget *target, void *data, GError **error) {
  const RolloutContext *context = data;
  g_autoptr(GPtrArray) containers = engine_list(context->engine, context->scope, NULL);
  for (guint i = 0; containers != NULL && i < containers->len; i++) {
    const EngineContainer *container = g_ptr_array_index(containers, i);
    if (strcmp(container->name, target->name) != 0)
      continue;
    return container->restarts < RESTARTS_MAX ||
           error_set(error, DROVER_ERROR_FAILED, "its process ends again and again, it was started %u times", container->restarts + 1);
  }
  return containers == NULL || error_set(error, DROVER_ERROR_FAILED, "its container is gone");
}

static const ProjectService *service_of(const Version *version, const EngineContainer *container) {
  return strcmp(container->rollout, version->rollout) == 0 && strcmp(container->role, ROLE_REPLICA) == 0
           ? project_service(version->project, container->service)
           : NULL;
}

static GPtrArray *find_targets(const RolloutContext *context, const Version *version, GError **error) {
  g_autoptr(GPtrArray) containers = engine_list(context->engine, context->scope, error);
  if (containers == NULL)
    return NULL;
  GPtrArray *targets = g_ptr_array_new_with_free_func((GDestroyNotify)health_target_free);
  for (guint i = 0; i < containers->len; i++) {
    const EngineContainer *container = g_ptr_array_index(containers, i);
    const ProjectService *service = service_of(version, container);
    if (service != NULL)
      g_ptr_array_add(targets, health_target_new(container->name, container->host_port, &service->health));
  }
  return targets;
}

bool version_probe(const RolloutContext *context, const Version *version, GError **error) {
  g_autoptr(GPtrArray) targets = find_targets(context, version, error);
  if (targets == NULL)
    return false;
  const HealthSource source = {.probe = health_probe, .alive = is_alive, .data = (void *)context};
  const HealthTarget *failed = NULL;
  g_autoptr(GError) failure = NULL;
  if (health_wait(targets, &source, context->spec->clock, context->spec->cancellable, &failed, &failure))
    return true;
  g_autofree char *log = failed != NULL ? engine_logs(context->engine, failed->name, LOG_LINES) : g_strdup("");
  if (*log != '\0') {
    g_autofree char *message = g_strdup_printf("%s\nits last output:\n%s", failure->message, log);
    error_set(error, (DroverError)failure->code, "%s", message);
  } else {
    g_propagate_error(error, g_steal_pointer(&failure));
  }
  return false;
}

/* ---- for the router ----------------------------------------------------------------------------------------------------- */

static void add_servers(RouterService *target, const GPtrArray *containers, const Version *version) {
  for (guint i = 0; i < containers->len; i++) {
    const EngineContainer *container = g_ptr_array_index(containers, i);
    if (service_of(version, container) != NULL && strcmp(container->service, target->name) == 0 && container->host_port != 0)
      router_service_add_server(target, container->name, container->host_port);
  }
}

/* What `version` wants in `slot`; `containers` NULL: its backends alone. */
static void add_version(RouterState *state, Slot slot, const Version *version, const GPtrArray *containers) {
  for (guint i = 0; i < version->project->services->len; i++) {
    const ProjectService *service = g_ptr_array_index(version->project->services, i);
    RouterService *target = router_state_add_service(state, slot, service->name);
    target->health_path = g_strdup(service->health.path);
    target->interval_ms = service->health.interval_ms;
    target->timeout_ms = service->health.timeout_ms;
    if (containers != NULL)
      add_servers(target, containers, version);
  }
  for (guint i = 0; i < version->project->routes->len; i++) {
    const ProjectRoute *route = g_ptr_array_index(version->project->routes, i);
    router_state_add_route(state, slot, route->path, route->service);
  }
}

/* The idle slot gets the backends of the version that serves: the next version mostly wants the same, and then no reload is
 * needed for it. */
RouterState *version_routing(const RolloutContext *context, const Version *serving, const Version *attached, GError **error) {
  /* The listener is the new version's as soon as it is attached, so that the switch itself changes one variable. */
  const Version *newest = serving == NULL || (attached != NULL && attached == context->next) ? attached : serving;
  g_autoptr(GPtrArray) containers = engine_list(context->engine, context->scope, error);
  if (containers == NULL)
    return NULL;
  RouterState *state = router_state_new(newest->environment->listen, newest->environment->drain_ms);
  state->share = serving != NULL ? slot_share(serving->slot) : ROUTER_SHARE_NONE;
  for (int slot = 0; slot < SLOT_COUNT; slot++) {
    const Version *here = serving != NULL && (int)serving->slot == slot ? serving : attached != NULL && (int)attached->slot == slot ? attached : NULL;
    add_version(state, (Slot)slot, here != NULL ? here : newest, here != NULL ? containers : NULL);
  }
  return state;
}
