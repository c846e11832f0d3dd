#include "base/error.h"
#include "rollout/context.h"
#include "rollout/plan.h"
#include "rollout/version.h"

#include <string.h>

static const RuntimeRow *find_row(const GPtrArray *rows, const EngineContainer *container) {
  g_autofree char *backend = g_strdup_printf("%s.%s", container->service, container->slot);
  for (guint i = 0; rows != NULL && i < rows->len; i++) {
    const RuntimeRow *row = g_ptr_array_index(rows, i);
    if (strcmp(row->backend, backend) == 0 && g_strcmp0(row->server, container->name) == 0)
      return row;
  }
  return NULL;
}

static bool has_traffic(const EngineContainer *container, int share) {
  Slot slot;
  if (share == ROUTER_SHARE_NONE || !slot_parse(container->slot, &slot))
    return false;
  return slot == SLOT_GREEN ? share > 0 : share < ROUTER_SHARE_ALL;
}

static json_t *describe(const EngineContainer *container, const GPtrArray *rows, int share) {
  const RuntimeRow *row = find_row(rows, container);
  bool up = row == NULL || g_str_has_prefix(row->status, "UP") || strcmp(row->status, "no check") == 0;
  return json_pack("{s:s, s:s, s:s, s:b, s:i, s:b}", "service", container->service, "slot", container->slot, "container", container->name, "healthy",
                   container->running && up, "port", (int)container->host_port, "serving", row != NULL && has_traffic(container, share));
}

json_t *rollout_observe(const char *data_dir, const char *project, const char *environment, GError **error) {
  g_autoptr(Engine) engine = engine_new(NULL, error);
  if (engine == NULL)
    return NULL;
  g_autofree char *scope = rollout_scope(data_dir, project, environment);
  g_autoptr(Router) router = router_new(data_dir, project, environment);
  g_autoptr(GPtrArray) containers = engine_list(engine, scope, error);
  if (containers == NULL)
    return NULL;
  /* A router that does not answer serves nobody: that is an observation, not a failure. */
  int share = ROUTER_SHARE_NONE;
  g_autoptr(GPtrArray) rows = router_share(router, &share, NULL) ? router_rows(router, NULL) : NULL;
  json_t *all = json_array();
  for (guint i = 0; i < containers->len; i++) {
    const EngineContainer *container = g_ptr_array_index(containers, i);
    if (strcmp(container->role, ROLE_REPLICA) == 0)
      json_array_append_new(all, describe(container, rows, share));
  }
  return all;
}

/* A rollout that was interrupted and now has nothing left to complete or take back. */
static bool end_open(Store *store, const char *project, const char *environment, GError **error) {
  g_autoptr(GError) failure = NULL;
  g_autoptr(Rollout) open = rollout_find_open(store, project, environment, &failure);
  if (failure != NULL) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
  }
  return open == NULL || rollout_save_end(store, open->id, "failed", "the environment was taken down", g_get_real_time(), error);
}

bool rollout_down(Store *store, const char *data_dir, const char *project, const char *environment, const char *actor, GError **error) {
  /* The record goes first: a drover that is stopped in between finds nothing recorded, and removes the rest. */
  if (!end_open(store, project, environment, error) || !environment_clear(store, project, environment, actor, error))
    return false;
  Project names = {.name = (char *)project};
  ProjectEnvironment place = {.name = (char *)environment};
  const RolloutSpec spec = {.store = store, .data_dir = data_dir, .project = &names, .environment = &place, .clock = clock_system()};
  g_auto(RolloutContext) context = {0};
  return rollout_context_open(&context, &spec, error) && router_stop(context.router, spec.clock, error) &&
         version_sweep_containers(&context, NULL, error) && version_sweep_volumes(&context, NULL, error);
}
