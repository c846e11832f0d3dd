#include "rollout/machine.h"

#include <glib.h>
#include <string.h>

static const RolloutRow rows[ROLLOUT_STATE_COUNT] = {
  /* An image that nothing runs changes nothing, and makes the next attempt quick. */
  [ROLLOUT_PULL] = {"pull", "pull images", "pulled the images", ROLLOUT_MIGRATE, ROLLOUT_TAKE_BACK, UNDO_NOTHING, NULL},
  /* A schema is not migrated back: data would be lost. The release before has to work with the new schema. */
  [ROLLOUT_MIGRATE] = {"migrate", "migrate", "migrated the database", ROLLOUT_PREPARE, ROLLOUT_TAKE_BACK, UNDO_IRREVERSIBLE, NULL},
  [ROLLOUT_PREPARE] = {"prepare", "prepare", "ran the before_start commands", ROLLOUT_START, ROLLOUT_TAKE_BACK, UNDO_VOLUMES, NULL},
  [ROLLOUT_START] = {"start", "start replicas", "started the new containers", ROLLOUT_PROBE, ROLLOUT_TAKE_BACK, UNDO_CONTAINERS, NULL},
  [ROLLOUT_PROBE] = {"probe", "wait until healthy", "waited for the new containers to become healthy", ROLLOUT_ATTACH, ROLLOUT_TAKE_BACK,
                     UNDO_NOTHING, NULL},
  [ROLLOUT_ATTACH] = {"attach", "attach to the router", "attached the new containers to the router", ROLLOUT_SWITCH, ROLLOUT_TAKE_BACK, UNDO_SERVERS,
                      NULL},
  /* Users have seen the new version: from here on going forward is the safe way, back is a rollout of its own. */
  [ROLLOUT_SWITCH] = {"switch", "switch traffic", "switched the traffic", ROLLOUT_DRAIN, ROLLOUT_TAKE_BACK, UNDO_IRREVERSIBLE, NULL},
  [ROLLOUT_DRAIN] = {"drain", "drain the old version", "let the old version finish its requests", ROLLOUT_REMOVE, ROLLOUT_REMOVE, UNDO_IRREVERSIBLE,
                     NULL},
  /* What cannot be removed now is removed by the next recovery; the new version serves either way. */
  [ROLLOUT_REMOVE] = {"remove", "remove the old version", "removed the old version", ROLLOUT_COMPLETED, ROLLOUT_COMPLETED, UNDO_IRREVERSIBLE, NULL},
  [ROLLOUT_COMPLETED] = {"completed", "completed", "had completed", ROLLOUT_COMPLETED, ROLLOUT_COMPLETED, UNDO_END, "completed"},
  [ROLLOUT_TAKE_BACK] = {"take-back", "take back", "took the new version back", ROLLOUT_ROLLED_BACK, ROLLOUT_FAILED, UNDO_IRREVERSIBLE, NULL},
  [ROLLOUT_ROLLED_BACK] = {"rolled-back", "rolled back", "had taken it back", ROLLOUT_ROLLED_BACK, ROLLOUT_ROLLED_BACK, UNDO_END, "rolled-back"},
  [ROLLOUT_FAILED] = {"failed", "failed", "had failed", ROLLOUT_FAILED, ROLLOUT_FAILED, UNDO_END, "failed"},
};

const RolloutRow *rollout_state_row(RolloutState state) {
  return &rows[state];
}

const char *rollout_state_name(RolloutState state) {
  return rows[state].name;
}

bool rollout_state_parse(const char *name, RolloutState *state) {
  for (int i = 0; i < ROLLOUT_STATE_COUNT; i++) {
    if (strcmp(rows[i].name, name) != 0)
      continue;
    *state = (RolloutState)i;
    return true;
  }
  return false;
}

RolloutState rollout_state_next(RolloutState state, bool succeeded) {
  return succeeded ? rows[state].success : rows[state].failure;
}

bool rollout_state_can_return(RolloutState state) {
  return rows[state].failure == ROLLOUT_TAKE_BACK;
}

RolloutState rollout_state_resume(RolloutState state, const bool *new_serves) {
  if (rows[state].undo == UNDO_END || state == ROLLOUT_TAKE_BACK)
    return state;
  if (!rollout_state_can_return(state))
    return ROLLOUT_DRAIN;
  /* A switch that was not written down as done: ask the router. When the router is gone too, both versions still run, and
   * the old one is what is recorded. */
  return state == ROLLOUT_SWITCH && new_serves != NULL && *new_serves ? ROLLOUT_DRAIN : ROLLOUT_TAKE_BACK;
}
