#include "base/error.h"
#include "rollout/context.h"
#include "rollout/drive.h"
#include "rollout/version.h"

#include <string.h>

/* The version that the interrupted rollout was moving to. */
static bool load_interrupted(RolloutContext *context, GError **error) {
  Slot slot;
  if (!slot_parse(context->record->slot, &slot))
    return error_set(error, DROVER_ERROR_CORRUPT, "rollout %s is recorded in slot \"%s\"", context->record->id, context->record->slot);
  context->next = version_load(context->spec->store, context->record->release, context->record->id, slot, context->environment, error);
  return context->next != NULL;
}

#define JOURNAL_MAX 1000

/* Why it was being taken back already when drover was stopped: what the last step that failed said. NULL: it was not. */
static char *find_reason(const RolloutContext *context) {
  g_autoptr(GPtrArray) entries = journal_read(context->spec->store, context->record->id, 0, JOURNAL_MAX, NULL);
  for (guint i = entries != NULL ? entries->len : 0; i-- > 0;) {
    const JournalEntry *entry = g_ptr_array_index(entries, i);
    const char *reason = json_string_value(json_object_get(json_object_get(entry->data, "data"), "error"));
    if (reason != NULL)
      return g_strdup(reason);
  }
  return NULL;
}

static GError *make_cause(const RolloutContext *context, RolloutState state) {
  g_autofree char *reason = state == ROLLOUT_TAKE_BACK ? find_reason(context) : NULL;
  g_autofree char *since = clock_format(context->record->started_us);
  return g_error_new(DROVER_ERROR, DROVER_ERROR_FAILED, "%s%sdrover was stopped while it %s (rollout of %s)", reason != NULL ? reason : "",
                     reason != NULL ? "; then " : "", rollout_state_row(state)->says, since);
}

static bool end_interrupted(RolloutContext *context, GError **error) {
  RolloutState state;
  if (!rollout_state_parse(context->record->state, &state))
    return error_set(error, DROVER_ERROR_CORRUPT, "rollout %s is recorded in state \"%s\", which this drover does not know", context->record->id,
                     context->record->state);
  int share = ROUTER_SHARE_NONE;
  bool asked = router_share(context->router, &share, NULL);
  bool serves = share == slot_share(context->next->slot);
  RolloutState from = rollout_state_resume(state, asked ? &serves : NULL);
  g_autoptr(GError) cause = make_cause(context, state);
  progress_note(context->spec->progress, "%s: %s; it is %s", context->environment, cause->message,
                from == ROLLOUT_TAKE_BACK ? "taken back" : "completed");
  g_autoptr(GError) failure = NULL;
  if (rollout_drive(context, from, from == ROLLOUT_TAKE_BACK ? cause : NULL, &failure))
    return true;
  /* Taken back is what was wanted. What could not be removed or written down is an error: the next step would meet it. */
  g_autoptr(Rollout) ended = rollout_get(context->spec->store, context->record->id, error);
  if (ended == NULL)
    return false;
  if (g_strcmp0(ended->outcome, "rolled-back") == 0)
    return true;
  g_propagate_error(error, g_steal_pointer(&failure));
  return false;
}

/* The machine may have been restarted: starts what is recorded and does not run. */
static bool revive(RolloutContext *context, const Version *current, unsigned *started, GError **error) {
  if (version_start(context, current, started, NULL))
    return true;
  /* An image or a volume may be gone: fetch, prepare, and try once more. */
  return version_pull(context, current, error) && version_prepare(context, current, error) && version_start(context, current, started, error);
}

/* Whether what was started is well. That it is not is no reason to keep the next release out. */
static void tell_health(RolloutContext *context, const Version *current, unsigned started) {
  g_autoptr(GError) failure = NULL;
  if (started == 0)
    return;
  progress_note(context->spec->progress, "%s: containers of release %u that did not run were started: %u", context->environment,
                current->release->number, started);
  if (version_probe(context, current, &failure))
    return;
  redact_error(context->redactor, &failure);
  progress_note(context->spec->progress, "%s: release %u is not healthy: %s", context->environment, current->release->number, failure->message);
}

/* Nothing is recorded to run, so nothing may. */
static bool clear(RolloutContext *context, GError **error) {
  return router_stop(context->router, context->spec->clock, error) && version_sweep_containers(context, NULL, error) &&
         version_sweep_volumes(context, NULL, error);
}

static bool restore(RolloutContext *context, GError **error) {
  g_autoptr(Version) current = NULL;
  if (!version_load_current(context->spec->store, context->project, context->environment, &current, error))
    return false;
  if (current == NULL)
    return clear(context, error);
  unsigned started = 0;
  if (!revive(context, current, &started, error))
    return false;
  g_autoptr(RouterState) state = version_routing(context, current, NULL, error);
  if (state == NULL || !router_apply(context->router, state, context->spec->clock, error))
    return false;
  tell_health(context, current, started);
  return version_sweep_containers(context, current, error) && version_sweep_volumes(context, current, error);
}

static bool recover(RolloutContext *context, const RolloutSpec *spec, GError **error) {
  g_autoptr(GError) failure = NULL;
  if (!rollout_context_open(context, spec, error))
    return false;
  context->record = rollout_find_open(spec->store, context->project, context->environment, &failure);
  if (failure != NULL) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return false;
  }
  if (context->record == NULL)
    return restore(context, error);
  return version_load_current(spec->store, context->project, context->environment, &context->old, error) && load_interrupted(context, error) &&
         end_interrupted(context, error) && restore(context, error);
}

bool rollout_recover(const RolloutSpec *spec, GError **error) {
  g_auto(RolloutContext) context = {0};
  /* Half a recovery helps nobody: it is not stopped by a cancellation. */
  RolloutSpec whole = *spec;
  whole.cancellable = NULL;
  if (recover(&context, &whole, error))
    return true;
  if (context.redactor != NULL)
    redact_error(context.redactor, error);
  g_prefix_error(error, "recovery of %s: ", spec->environment->name);
  return false;
}
