/* Walks the table of machine.h: writes each step down, acts, writes down what came of it. Private to this folder. */
#pragma once

#include "rollout/context.h"

/* Goes from `state` to an end state, which is recorded. `context` has record, next and old. `cause` (borrowed, may be NULL)
 * is why a rollout that starts at the way back is taken back. True: the new version serves. Otherwise the error has the
 * cause's code and tells what serves now. */
bool rollout_drive(RolloutContext *context, RolloutState state, const GError *cause, GError **error) G_GNUC_WARN_UNUSED_RESULT;
