/* The start of a sandbox's own processes, seen from drover. */
#pragma once

#include "sandbox/setup.h"
#include "sandbox/wire.h"

#include <sys/types.h>

typedef struct {
  pid_t pid;      /* the outer process, drover's child */
  int pid_fd;     /* readable when it, and with it the whole sandbox, has ended */
  int control_fd; /* its end ends the sandbox */
} Start;

/* `program` is drover's binary. MISSING tells what the kernel does not allow. */
bool start_init(const Setup *setup, const char *program, GPtrArray *warnings, Start *start, GError **error);

/* Sends a request with a call socket of its own, and `fds` behind that; `payload` may be NULL. The call socket, or -1 when the sandbox has
 * ended. */
int start_call(int control_fd, WireRequest request, const GByteArray *payload, const int *fds, size_t fd_count);
