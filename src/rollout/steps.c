#include "rollout/steps.h"

#include "base/error.h"
#include "rollout/version.h"

#include <string.h>

#define DRAIN_STEP_MS 25
#define QUIET_STEPS 2 /* how often in a row nothing may be under way before the old version counts as drained */

static bool step_pull(RolloutContext *context, G_GNUC_UNUSED char **detail, GError **error) {
  return version_pull(context, context->next, error);
}

static bool step_migrate(RolloutContext *context, char **detail, GError **error) {
  unsigned migrated = 0;
  if (!context->spec->is_rollback && !version_migrate(context, context->next, &migrated, error))
    return false;
  if (context->spec->is_rollback)
    *detail = g_strdup("the schema stays, this is a rollback");
  else if (migrated == 0)
    *detail = g_strdup("no service has a migration");
  return true;
}

static bool step_prepare(RolloutContext *context, G_GNUC_UNUSED char **detail, GError **error) {
  return version_prepare(context, context->next, error);
}

static bool step_start(RolloutContext *context, char **detail, GError **error) {
  unsigned started = 0;
  if (!version_start(context, context->next, &started, error))
    return false;
  *detail = g_strdup_printf("%u in %s", started, slot_name(context->next->slot));
  return true;
}

static bool step_probe(RolloutContext *context, G_GNUC_UNUSED char **detail, GError **error) {
  return version_probe(context, context->next, error);
}

static bool route(RolloutContext *context, const Version *serving, const Version *attached, GError **error) {
  g_autoptr(RouterState) state = version_routing(context, serving, attached, error);
  return state != NULL && router_apply(context->router, state, context->spec->clock, error);
}

static bool step_attach(RolloutContext *context, G_GNUC_UNUSED char **detail, GError **error) {
  return route(context, context->old, context->next, error);
}

/* All services move together: it is one variable. When HAProxy did not confirm, it is asked what happened. */
static bool step_switch(RolloutContext *context, char **detail, GError **error) {
  g_autoptr(GError) failure = NULL;
  int share = ROUTER_SHARE_NONE;
  *detail = g_strdup_printf("to %s", slot_name(context->next->slot));
  if (route(context, context->next, context->old, &failure) ||
      (router_share(context->router, &share, NULL) && share == slot_share(context->next->slot)))
    return true;
  g_propagate_error(error, g_steal_pointer(&failure));
  return false;
}

static bool step_drain(RolloutContext *context, char **detail, GError **error) {
  if (context->old == NULL) {
    *detail = g_strdup("there was none");
    return true;
  }
  const Clock *clock = context->spec->clock;
  int64_t drain_ms = context->next->environment->drain_ms, waited_ms = 0;
  int64_t started_us = clock->now_us(clock);
  for (int quiet = 0; quiet < QUIET_STEPS && waited_ms < drain_ms; waited_ms = (clock->now_us(clock) - started_us) / 1000) {
    bool busy = false;
    if (!router_is_busy(context->router, context->old->slot, &busy, error))
      return false;
    quiet = busy ? 0 : quiet + 1;
    if (quiet < QUIET_STEPS)
      clock->sleep_ms(clock, DRAIN_STEP_MS, NULL);
  }
  if (waited_ms >= drain_ms)
    *detail = g_strdup_printf("requests were still under way after %.1f s", (double)drain_ms / 1000);
  return true;
}

static bool step_remove(RolloutContext *context, G_GNUC_UNUSED char **detail, GError **error) {
  return route(context, context->next, NULL, error) && version_sweep_containers(context, context->next, error) &&
         version_sweep_volumes(context, context->next, error);
}

/* ---- the way back ------------------------------------------------------------------------------------------------------- */

/* Without an old version there was no router either. */
static bool undo_servers(RolloutContext *context, GError **error) {
  return context->old != NULL ? route(context, context->old, NULL, error) : router_stop(context->router, context->spec->clock, error);
}

static bool undo_containers(RolloutContext *context, GError **error) {
  return version_sweep_containers(context, context->old, error);
}

static bool undo_volumes(RolloutContext *context, GError **error) {
  return version_sweep_volumes(context, context->old, error);
}

static bool (*const undos[])(RolloutContext *, GError **) = {
  [UNDO_NOTHING] = NULL,         [UNDO_VOLUMES] = undo_volumes, [UNDO_CONTAINERS] = undo_containers,
  [UNDO_SERVERS] = undo_servers, [UNDO_IRREVERSIBLE] = NULL,    [UNDO_END] = NULL,
};

/* Undoes every state before the switch, the last first, whether it acted or not; goes on when one fails, and tells the first. */
static bool step_take_back(RolloutContext *context, G_GNUC_UNUSED char **detail, GError **error) {
  g_autoptr(GError) first = NULL;
  for (int state = ROLLOUT_SWITCH - 1; state >= 0; state--) {
    bool (*undo)(RolloutContext *, GError **) = undos[rollout_state_row((RolloutState)state)->undo];
    if (undo != NULL)
      (void)!undo(context, first == NULL ? &first : NULL);
  }
  if (first == NULL)
    return true;
  g_propagate_error(error, g_steal_pointer(&first));
  return false;
}

static bool (*const steps[ROLLOUT_STATE_COUNT])(RolloutContext *, char **, GError **) = {
  [ROLLOUT_PULL] = step_pull,     [ROLLOUT_MIGRATE] = step_migrate,     [ROLLOUT_PREPARE] = step_prepare, [ROLLOUT_START] = step_start,
  [ROLLOUT_PROBE] = step_probe,   [ROLLOUT_ATTACH] = step_attach,       [ROLLOUT_SWITCH] = step_switch,   [ROLLOUT_DRAIN] = step_drain,
  [ROLLOUT_REMOVE] = step_remove, [ROLLOUT_TAKE_BACK] = step_take_back,
};

bool rollout_step(RolloutContext *context, RolloutState state, char **detail, GError **error) {
  return steps[state](context, detail, error);
}
