#include "cli/cli.h"

#include "base/log.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

typedef struct {
  sigset_t set;
  GCancellable *cancellable;
} Waiter;

/* A thread and not a handler: cancelling takes locks and calls back, which a handler may not. */
static void *wait_for_signals(void *data) {
  Waiter *waiter = data;
  for (bool asked = false;; asked = true) {
    int number = 0;
    while (sigwait(&waiter->set, &number) != 0)
      ;
    if (asked && number == SIGINT)
      _exit(EXIT_INTERRUPTED);
    if (!asked && number == SIGINT && isatty(STDERR_FILENO))
      log_warning("stopping; press Ctrl-C again to leave everything as it is");
    g_cancellable_cancel(waiter->cancellable);
  }
  return NULL;
}

/* A program started by nohup keeps ignoring SIGHUP. */
static bool is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

GCancellable *cli_signals(void) {
  static Waiter waiter; /* for the thread, which lives as long as the process */
  pthread_t thread;
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error of write(2), not the end */
  sigemptyset(&waiter.set);
  sigaddset(&waiter.set, SIGINT);
  sigaddset(&waiter.set, SIGTERM);
  if (!is_ignored(SIGHUP))
    sigaddset(&waiter.set, SIGHUP);
  waiter.cancellable = g_cancellable_new();
  pthread_sigmask(SIG_BLOCK, &waiter.set, NULL);
  if (pthread_create(&thread, NULL, wait_for_signals, &waiter) != 0)
    g_error("no thread for signals can be made");
  pthread_detach(thread);
  return g_object_ref(waiter.cancellable);
}
