/* The environments' side of a completed rollout. Private to store/. */
#pragma once

#include "store/store.h"

/* Makes the rollout's environment run its release, inside the caller's transaction. */
bool environment_move(Store *store, const Rollout *rollout, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
