/* Descriptors that close themselves at the end of their scope, and leave errno as it was. */
#pragma once

#include <errno.h>
#include <unistd.h>

#define AUTO_FD __attribute__((cleanup(auto_fd_close))) int

static inline void auto_fd_close(const int *fd) {
  int code = errno; /* the cause of a failure is told after the cleanup */
  if (*fd >= 0)
    close(*fd);
  errno = code;
}
