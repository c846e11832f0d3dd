/* A machine of its own for a job, made of this one: user, mount, pid, ipc and uts namespaces over a copy-on-write view of the file
 * system, a seccomp filter, no new privileges, limits where cgroups allow. No image, no daemon.
 *
 * Inside, programs are root, may install packages and write anywhere; what they write lies in `state_dir` and is gone with it. They see
 * no home folder of this machine, no /tmp or /run of it, none of `hidden`, no process, no device but the usual harmless ones; nothing
 * of /proc and /sys can be written that is not their own. As root, one overlay lies over "/" and one over each other mounted disk;
 * as an ordinary user one over each top-level folder, and only the user's own ids are there.
 *
 * A sandbox is an Executor (base/executor.h): a process of drover's own program (sandbox_main()) is init of the pid namespace and
 * starts programs as it is asked to, over a socket; it, and so all else, dies with drover. Threads: as Executor.
 */
#pragma once

#include "base/executor.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A folder or file of this machine that shows at another place inside. */
typedef struct {
  const char *path;   /* here */
  const char *inside; /* absolute; made where it is missing */
  bool read_only;
} SandboxBind;

typedef struct {
  const char *name;      /* the host name inside, and the cgroup's: letters, digits, "-" */
  const char *state_dir; /* an existing empty folder, or one left by an earlier sandbox, whose files then are there again */
  const SandboxBind *binds;
  size_t bind_count;
  const char *const *hidden; /* NULL-terminated paths of this machine that must not be seen, drover's data folder first; may be NULL */
  const char *network;       /* NULL or "host": the machine's; "none"; or "HOST[:PORT],*.HOST,...": only those, through a proxy that
                                http_proxy, https_proxy and all_proxy name (sandbox_environment()) */
  int64_t memory_max_bytes;  /* 0: no limit; likewise the next two */
  int64_t processes_max;
  double cpus_max;
  const char *program; /* drover's binary; NULL: /proc/self/exe */
} SandboxSpec;

/* INPUT for a wrong `network`; MISSING where the kernel does not allow it: the message says what is missing, what to do, and that
 * `--isolation none` exists. Limits that cgroups do not allow here are left out with a warning in `warnings` (char *, may be NULL). */
Executor *sandbox_new(const SandboxSpec *spec, GPtrArray *warnings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A listening TCP socket on 127.0.0.1 as it is inside: with a network of its own nothing else of this machine can be reached. `port`
 * 0: any free one; the one taken is written there. The caller closes it. -1 on failure. `executor` is a sandbox. */
int sandbox_listen(Executor *executor, unsigned *port, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "NAME=VALUE" that programs inside need because of the network; NULL-terminated, transfer none. */
const char *const *sandbox_environment(const Executor *executor);

/* Whether sandboxes can be made here; when not, `why` (transfer full) says what is missing. For doctor. Takes some milliseconds. */
bool sandbox_probe(char **why);

/* The other end: main() calls it first when argv[1] is SANDBOX_COMMAND. Does not return before the sandbox ends. */
#define SANDBOX_COMMAND "sandbox-init"
int sandbox_main(int argc, char **argv);
