/* What all executors do while a program runs: pass on its output, wait for its end, and stop it when asked or when its time is up. How
 * its end is seen and how it is signalled is the executor's matter.
 */
#pragma once

#include "base/error.h"
#include "base/executor.h"
#include "base/executor_drain.h"

typedef struct {
  int output_fd;                          /* the reading end of executor_pipe(), taken; -1: none */
  int ended_fd;                           /* readable once the program has ended; stays the caller's */
  void (*signal)(int number, void *data); /* to the whole group; not called any more when executor_pump() has returned */
  void *data;
  ExecutorDrain *drain; /* takes output_fd when others hold the pipe */
} ExecutorProgram;

/* A pipe whose reading end does not block, and which holds 1 MiB where the machine allows. Both are closed on exec. */
bool executor_pipe(int ends[2]);

/* True when the program ended by itself. CANCELLED or TIMEOUT when it had to be stopped: the group then got SIGKILL, and the program waits
 * to be reaped. */
bool executor_pump(const ExecutorSpec *spec, const ExecutorProgram *program, GError **error);
