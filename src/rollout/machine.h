/* The rollout as a table: which state follows which, and what each leaves behind that has to be taken back.
 *
 * Pure: the driver (rollout.c) acts, this file decides. Saved states are named by rollout_state_name(), so a name in the
 * table never changes its meaning. Any thread.
 */
#pragma once

#include <stdbool.h>

typedef enum {
  ROLLOUT_PULL,
  ROLLOUT_MIGRATE,
  ROLLOUT_PREPARE,
  ROLLOUT_START,
  ROLLOUT_PROBE,
  ROLLOUT_ATTACH,
  ROLLOUT_SWITCH,
  ROLLOUT_DRAIN,
  ROLLOUT_REMOVE,
  ROLLOUT_COMPLETED,
  ROLLOUT_TAKE_BACK,
  ROLLOUT_ROLLED_BACK,
  ROLLOUT_FAILED,
  ROLLOUT_STATE_COUNT
} RolloutState;

/* How a state's action is undone when the rollout is taken back. */
typedef enum {
  UNDO_NOTHING,      /* it left nothing that changes what runs */
  UNDO_VOLUMES,      /* the new version's scratch volumes are removed */
  UNDO_CONTAINERS,   /* the new version's containers are removed */
  UNDO_SERVERS,      /* the router forgets the new version */
  UNDO_IRREVERSIBLE, /* it stays done: why is said in the row */
  UNDO_END           /* an end state: there is no action */
} RolloutUndo;

typedef struct {
  const char *name;     /* as saved: "take-back" */
  const char *task;     /* what a person sees while it acts: "take back" */
  const char *says;     /* continues "drover was stopped while it ..." */
  RolloutState success; /* the state after the action succeeded */
  RolloutState failure; /* the state after it did not */
  RolloutUndo undo;
  const char *outcome; /* an end state's, as the store takes it; NULL elsewhere */
} RolloutRow;

/* The row of a state; static. */
const RolloutRow *rollout_state_row(RolloutState state);
const char *rollout_state_name(RolloutState state);

/* The state of a saved name; false when there is none of that name. */
bool rollout_state_parse(const char *name, RolloutState *state);

RolloutState rollout_state_next(RolloutState state, bool succeeded);

/* Where a rollout that was interrupted in `state` goes on: forward when traffic has moved to the new version, back
 * otherwise. `new_serves` is what the router says; NULL when it does not answer. */
RolloutState rollout_state_resume(RolloutState state, const bool *new_serves);

/* Whether a failure or a cancellation in `state` still takes the rollout back. */
bool rollout_state_can_return(RolloutState state);
