/* Limits of a sandbox: a cgroup of its own in each hierarchy that is needed, beside or below the one of the process that asks. Version 1
 * and 2, whichever has the controller. Where the machine does not let us, the limit is left out with a warning.
 */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct Cgroup Cgroup;

typedef struct {
  int64_t memory_max_bytes; /* 0: no limit; likewise the next two */
  int64_t processes_max;
  double cpus_max;
} CgroupLimits;

#define CGROUP_PREFIX "drover-"

/* NULL when nothing is limited. `name` begins with CGROUP_PREFIX and ends with "-" and the number of the process that asks, which
 * is its own as long as that lives: what killed ones left behind is removed here. `warnings` (char *) may be NULL. */
Cgroup *cgroup_new(const CgroupLimits *limits, const char *name, GPtrArray *warnings);

/* Puts a process into it, and so all that it starts from then on. */
void cgroup_enter(const Cgroup *cgroup, pid_t pid);

/* Removes it, once nobody is in it. Works after a change of root too. NULL is fine. */
void cgroup_free(Cgroup *cgroup);
