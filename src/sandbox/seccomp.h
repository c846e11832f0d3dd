/* The system calls that programs in a sandbox are refused: what a user namespace leaves open of the machine, and what jobs have no use
 * for. The rest is allowed; namespaces of one's own, mounts and tracing among it.
 */
#pragma once

#include <stdbool.h>

/* For this process and all that it starts from now on, with no way back; it gives up new privileges too. False: errno is set. */
bool seccomp_confine(void);
