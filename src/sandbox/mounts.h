/* Carries out a plan of mounts (sandbox/plan.h), inside a mount namespace of the caller's own, and makes the result its root. What is
 * written there is kept below the state's folder: layers/NAME/ for what lies over a file system of this machine, own/NAME for folders of
 * the sandbox's own.
 *
 * An earlier sandbox may have left symbolic links anywhere in a state: no path is resolved but within the new root.
 */
#pragma once

#include "sandbox/plan.h"

typedef struct {
  const char *state_dir;
  bool in_memory;  /* the state is kept in a file system in memory instead */
  bool privileged; /* makes devices, and overlays with the attributes that only root may set */
} MountsSpec;

/* False: `failed` (transfer full) names what could not be made, errno tells why. */
bool mounts_make(const MountsSpec *spec, const GPtrArray *steps, char **failed);
