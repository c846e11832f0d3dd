/* What drover decided about a sandbox, as it goes to the process that makes it. */
#pragma once

#include "sandbox/cgroup.h"
#include "sandbox/plan.h"

#include <stdbool.h>

typedef struct {
  char *name;
  char *state_dir;
  bool privileged;
  bool in_memory;
  bool own_network;
  CgroupLimits limits;
  GPtrArray *steps; /* of PlanStep */
} Setup;

void setup_clear(Setup *setup);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Setup, setup_clear)

/* As strings of sandbox/wire.h, and back; `strings` is NULL-terminated. */
GByteArray *setup_pack(const Setup *setup);
bool setup_unpack(Setup *setup, const char *const *strings);
