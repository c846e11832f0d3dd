#include "rollout/drive.h"

#include "base/error.h"
#include "rollout/steps.h"

#include <signal.h>
#include <string.h>

/* How tests stop drover at a place of their choice: DROVER_CRASH_AT="switch:acted". The phases of a state are "intent" (it is
 * written down), "acted" (and done) and "outcome" (and that is written down too). */
static void crash_if_asked(RolloutState state, const char *phase) {
  const char *wanted = g_getenv("DROVER_CRASH_AT");
  if (wanted == NULL)
    return;
  g_autofree char *here = g_strdup_printf("%s:%s", rollout_state_name(state), phase);
  if (strcmp(wanted, here) == 0)
    raise(SIGKILL);
}

static bool save(RolloutContext *context, RolloutState state, const char *phase, json_t *data, GError **error) {
  return rollout_save_state(context->spec->store, context->record->id, rollout_state_name(state), phase, data, error);
}

/* A failure after the switch is a warning: the new version serves. */
static void show_end(RolloutContext *context, RolloutState state, bool done, const char *detail, const GError *failure) {
  bool matters = rollout_state_can_return(state) || state == ROLLOUT_TAKE_BACK;
  const char *text = detail != NULL ? detail : "";
  if (done)
    progress_end(context->spec->progress, rollout_state_row(state)->task, PROGRESS_OK, "%s", text);
  else
    progress_end(context->spec->progress, rollout_state_row(state)->task, matters ? PROGRESS_FAILED : PROGRESS_WARNED, "%s", failure->message);
}

/* One step: intent, act, outcome. An intent that cannot be written is not acted on, except on the way back, which is always
 * safe. An outcome that cannot be written is found out again by recovery, so it does not change what happened. */
static bool take_step(RolloutContext *context, RolloutState state, GError **error) {
  const RolloutRow *row = rollout_state_row(state);
  if (rollout_state_can_return(state) && g_cancellable_is_cancelled(context->spec->cancellable))
    return error_set(error, DROVER_ERROR_CANCELLED, "drover was asked to stop before it %s", row->says);
  g_autoptr(GError) failure = NULL;
  if (!save(context, state, "intent", NULL, &failure) && state != ROLLOUT_TAKE_BACK) {
    g_propagate_prefixed_error(error, g_steal_pointer(&failure), "\"%s\" cannot be written down: ", row->task);
    return false;
  }
  g_clear_error(&failure);
  crash_if_asked(state, "intent");
  progress_begin(context->spec->progress, row->task);
  g_autofree char *detail = NULL;
  bool done = rollout_step(context, state, &detail, &failure);
  crash_if_asked(state, "acted");
  if (error_is(failure, DROVER_ERROR_CANCELLED)) {
    g_clear_error(&failure);
    error_set(&failure, DROVER_ERROR_CANCELLED, "drover was asked to stop while it %s", row->says);
  }
  redact_error(context->redactor, &failure);
  show_end(context, state, done, detail, failure);
  json_auto_t *data = json_pack("{s:b, s:s*, s:s*}", "done", done, "detail", detail, "error", failure != NULL ? failure->message : NULL);
  (void)!save(context, state, "outcome", data, NULL);
  crash_if_asked(state, "outcome");
  if (!done)
    g_propagate_error(error, g_steal_pointer(&failure));
  return done;
}

/* What serves after a rollout was taken back: "release 3 keeps serving". */
static char *describe_serving(const RolloutContext *context) {
  return context->old != NULL ? g_strdup_printf("release %u keeps serving", context->old->release->number) : g_strdup("nothing served before it");
}

static bool end(RolloutContext *context, RolloutState state, const GError *cause, const GError *leftover, GError **error) {
  const Clock *clock = context->spec->clock;
  const char *outcome = rollout_state_row(state)->outcome;
  unsigned number = context->next->release->number;
  bool completed = state == ROLLOUT_COMPLETED;
  g_autoptr(GError) failure = NULL;
  bool saved =
    rollout_save_end(context->spec->store, context->record->id, outcome, cause != NULL ? cause->message : NULL, clock->now_us(clock), &failure);
  if (completed && !saved) {
    g_propagate_prefixed_error(error, g_steal_pointer(&failure), "release %u serves in %s, but that cannot be written down: ", number,
                               context->environment);
    return false;
  }
  if (completed)
    return true;
  g_autofree char *serving = describe_serving(context);
  g_autoptr(GString) remainder = g_string_new(NULL);
  if (leftover != NULL)
    g_string_append_printf(remainder, "; something of it is left, which the next rollout removes: %s", leftover->message);
  if (!saved)
    g_string_append_printf(remainder, "; that could not be written down: %s", failure->message);
  /* A way back has a cause: the step that failed, or what recovery was given. */
  const char *why = cause != NULL ? cause->message : "no reason was written down";
  DroverError code = cause != NULL && cause->domain == DROVER_ERROR ? (DroverError)cause->code : DROVER_ERROR_FAILED;
  return error_set(error, code, "release %u was taken back in %s, %s: %s%s", number, context->environment, serving, why, remainder->str);
}

bool rollout_drive(RolloutContext *context, RolloutState state, const GError *given, GError **error) {
  g_autoptr(GError) cause = given != NULL ? g_error_copy(given) : NULL;
  g_autoptr(GError) leftover = NULL;
  while (rollout_state_row(state)->undo != UNDO_END) {
    g_autoptr(GError) failure = NULL;
    bool done = take_step(context, state, &failure);
    if (!done && rollout_state_can_return(state))
      cause = g_steal_pointer(&failure);
    else if (!done && leftover == NULL)
      leftover = g_steal_pointer(&failure);
    state = rollout_state_next(state, done);
  }
  return end(context, state, cause, leftover, error);
}
