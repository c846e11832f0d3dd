/* The actions behind the states of machine.h. Each may be repeated: after a crash nobody knows how far it came. Private to
 * this folder. */
#pragma once

#include "rollout/context.h"

/* Does what `state`'s row names. `detail` (transfer full, may stay NULL) is what there is to tell about it. */
bool rollout_step(RolloutContext *context, RolloutState state, char **detail, GError **error) G_GNUC_WARN_UNUSED_RESULT;
