#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_BYTES 32768 /* execve() and what leads to it need a fraction */
#define SIGNAL_MAX 31

/* Shared with the child, which runs in the caller's memory until execve(). */
typedef struct {
  const Spawn *spawn;
  char *const *candidates; /* where the program may lie, in the order of PATH */
  pid_t parent;
  SpawnEnd end;
  int code;
} Start;

static char **find_candidates(const Spawn *spawn) {
  const char *name = spawn->program != NULL ? spawn->program : spawn->argv[0];
  GPtrArray *list = g_ptr_array_new();
  if (strchr(name, '/') != NULL)
    g_ptr_array_add(list, g_strdup(name));
  else {
    const char *path = g_environ_getenv((char **)spawn->env, "PATH");
    g_auto(GStrv) folders = g_strsplit(path != NULL ? path : "/usr/bin:/bin", ":", -1);
    for (char **folder = folders; *folder != NULL; folder++)
      g_ptr_array_add(list, g_build_filename(**folder != '\0' ? *folder : ".", name, NULL));
  }
  g_ptr_array_add(list, NULL);
  return (char **)g_ptr_array_free(list, FALSE);
}

static void default_signals(void) {
  const struct sigaction action = {.sa_handler = SIG_DFL};
  for (int number = 1; number <= SIGNAL_MAX; number++)
    sigaction(number, &action, NULL);
}

static bool place_file(int from, int to) {
  return from == to ? fcntl(to, F_SETFD, 0) == 0 : dup2(from, to) >= 0;
}

static bool place_files(const Spawn *spawn) {
  for (int fd = 0; fd < 3; fd++)
    if (!place_file(spawn->files[fd], fd))
      return false;
  if (spawn->keep_fd > 0 && !place_file(spawn->keep_fd, 3))
    return false;
  close_range(spawn->keep_fd > 0 ? 4 : 3, ~0U, CLOSE_RANGE_CLOEXEC);
  return true;
}

static void lead(const Spawn *spawn) {
  if (spawn->leader == SPAWN_SESSION) {
    setsid();
    return;
  }
  setpgid(0, 0);
  tcsetpgrp(STDIN_FILENO, getpgrp()); /* SIGTTOU, which this would raise, is blocked still */
}

/* Returns only when none could be executed: what was written last before that is what the caller reads. */
static void try_candidates(Start *start) {
  const Spawn *spawn = start->spawn;
  int worst = ENOENT;
  for (char *const *path = start->candidates; *path != NULL; path++) {
    start->end = SPAWN_STARTED;
    execve(*path, (char *const *)spawn->argv, (char *const *)spawn->env);
    start->end = SPAWN_NO_PROGRAM;
    if (errno != ENOENT && errno != ENOTDIR)
      worst = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
      break;
  }
  start->code = worst;
}

/* Async-signal-safe calls only, and nothing of the caller's memory is written but `start`. */
__attribute__((no_sanitize_address)) static int child(void *data) {
  Start *start = data;
  const Spawn *spawn = start->spawn;
  if (spawn->dies_with_thread) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != start->parent)
      _exit(127);
  }
  default_signals();
  if (!place_files(spawn)) {
    start->code = errno;
    _exit(127);
  }
  lead(spawn);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (spawn->cwd == NULL || chdir(spawn->cwd) == 0)
    try_candidates(start);
  else
    start->end = SPAWN_NO_FOLDER, start->code = errno;
  _exit(127);
}

SpawnEnd spawn_start(const Spawn *spawn, pid_t *pid, int *pid_fd, int *code) {
  g_auto(GStrv) candidates = find_candidates(spawn);
  Start start = {.spawn = spawn, .candidates = candidates, .parent = getpid(), .end = SPAWN_NO_PROCESS};
  _Alignas(16) char stack[STACK_BYTES];
  int fd = -1;
  sigset_t all, before; /* a handler must not run in the child, which shares the memory */
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t made = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &start, &fd);
  int failure = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  *code = made < 0 ? failure : start.code;
  if (made >= 0 && start.end == SPAWN_STARTED) {
    *pid = made;
    *pid_fd = fd;
    return SPAWN_STARTED;
  }
  if (made >= 0) {
    waitpid(made, NULL, 0);
    close(fd);
  }
  return start.end;
}

void spawn_foreground(int fd, pid_t group) {
  sigset_t one, before;
  sigemptyset(&one);
  sigaddset(&one, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &one, &before);
  tcsetpgrp(fd, group);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}
