/* The file system of a sandbox, decided from this machine and the specification: reads what the plan (sandbox/plan.h) needs. */
#pragma once

#include "sandbox/plan.h"
#include "sandbox/sandbox.h"

/* All steps, the binds of `spec` and the files among them; transfer full, NULL when the machine cannot be read. */
GPtrArray *machine_steps(const SandboxSpec *spec, bool privileged, GError **error);

/* Whether the file system there can be the upper layer of an overlay. */
bool machine_can_hold_layers(const char *folder);
