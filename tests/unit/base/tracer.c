#include "tracer.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

static int wait_for(pid_t child) {
  int status = 0;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  return status;
}

bool tracer_run(int (*function)(void *data), void *data, unsigned kill_at, GArray *calls) {
  pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    _exit(function(data));
  }
  g_assert_true(WIFSTOPPED(wait_for(child)));
  g_assert_cmpint(ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL), ==, 0);
  for (unsigned entered = 0;;) {
    ptrace(PTRACE_SYSCALL, child, NULL, NULL);
    int status = wait_for(child);
    if (WIFEXITED(status)) {
      g_assert_cmpint(WEXITSTATUS(status), ==, 0);
      return true;
    }
    g_assert_true(WIFSTOPPED(status));
    struct ptrace_syscall_info info = {0};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, child, (void *)sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY)
      continue;
    if (++entered == kill_at) {
      kill(child, SIGKILL);
      wait_for(child);
      return false;
    }
    long number = (long)info.entry.nr;
    if (calls != NULL)
      g_array_append_val(calls, number);
  }
}
