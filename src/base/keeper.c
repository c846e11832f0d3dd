#include "base/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define END_MAX_MS 10000
#define CHILDREN "/proc/thread-self/children"

/* The files of a keeper. */
enum { CALLER_FD, CHILD_FD, FILES };

/* All that goes over the socket, both ways. */
typedef struct {
  int32_t value, code, program;
} Note;

static bool put(int fd, Note note) {
  return send(fd, &note, sizeof note, MSG_NOSIGNAL) == (ssize_t)sizeof note;
}

static bool get(int fd, Note *note) {
  ssize_t got;
  do
    got = recv(fd, note, sizeof *note, 0);
  while (got < 0 && errno == EINTR);
  return got == (ssize_t)sizeof *note;
}

/* ---- the keeper: one thread, a copy of drover's memory ------------------------------------------------------------------------ */

/* Kills each child that there is now; returns how many. */
static unsigned kill_children(void) {
  char text[4096];
  unsigned count = 0;
  int fd = open(CHILDREN, O_RDONLY | O_CLOEXEC);
  ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
  if (fd >= 0)
    close(fd);
  text[MAX(got, 0)] = '\0';
  for (char *at = text, *end; *at != '\0'; at = end) {
    long pid = strtol(at, &end, 10);
    if (end == at || *end != ' ') /* the last may be cut: its turn comes */
      break;
    count += kill((pid_t)pid, SIGKILL) == 0;
    end++;
  }
  return count;
}

/* Takes all children that have ended off the list. `program` waits there until drover has heard of it: its number is not given again. */
static void reap(pid_t program, bool *told) {
  siginfo_t info = {0};
  while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0) {
    if (info.si_pid == program) {
      if (!*told)
        (void)put(CALLER_FD, (Note){.value = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status});
      *told = true;
      return;
    }
    waitpid(info.si_pid, NULL, 0);
    info.si_pid = 0;
  }
}

/* Those of a child that dies become children, so this ends with the last of them. */
static G_NORETURN void end_all(void) {
  int32_t ended = 0;
  bool told = true;
  reap(0, &told);
  while (kill_children() > 0 && waitpid(-1, NULL, 0) > 0)
    ended++;
  (void)put(CALLER_FD, (Note){.value = ended});
  _exit(0);
}

/* Drover has heard of the end. */
static void let_go(pid_t program) {
  bool told = true;
  waitpid(program, NULL, 0);
  reap(0, &told);
  siginfo_t info;
  bool others = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  (void)put(CALLER_FD, (Note){.value = others});
  if (!others)
    _exit(0);
}

static G_NORETURN void serve(pid_t program) {
  bool told = false;
  for (;;) {
    struct pollfd fds[FILES] = {[CALLER_FD] = {.fd = CALLER_FD, .events = POLLIN}, [CHILD_FD] = {.fd = CHILD_FD, .events = POLLIN}};
    struct signalfd_siginfo signal;
    Note note;
    poll(fds, FILES, -1);
    if (fds[CHILD_FD].revents != 0) {
      (void)!read(CHILD_FD, &signal, sizeof signal);
      reap(program, &told);
    }
    if (fds[CALLER_FD].revents == 0)
      continue;
    if (!get(CALLER_FD, &note))
      end_all();
    let_go(program);
    program = 0;
  }
}

static G_NORETURN void keep(const Spawn *spawn, int caller_fd) {
  sigset_t all, children;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_NAME, "drover-keeper");
  Spawn own = *spawn;
  own.dies_with_thread = true;
  Note note = {0};
  pid_t program = 0;
  int pid_fd = -1, code = 0;
  note.value = (int32_t)spawn_start(&own, &program, &pid_fd, &code);
  note.code = code, note.program = program;
  if (!put(caller_fd, note) || note.value != SPAWN_STARTED)
    _exit(0);
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  int child_fd = signalfd(-1, &children, SFD_NONBLOCK);
  int caller = fcntl(caller_fd, F_DUPFD, FILES), child = fcntl(child_fd, F_DUPFD, FILES); /* neither lies where the other goes */
  dup2(caller, CALLER_FD);
  dup2(child, CHILD_FD);
  close_range(FILES, ~0U, 0);
  serve(program);
}

/* ---- drover ------------------------------------------------------------------------------------------------------------------- */

static void forget(Keeper *keeper) {
  close(keeper->fd);
  keeper->fd = -1;
  while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
    ;
}

SpawnEnd keeper_start(const Spawn *spawn, Keeper *keeper, int *code) {
  int pair[2];
  Note note = {.value = SPAWN_NO_PROCESS, .code = EAGAIN};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
    *code = errno;
    return SPAWN_NO_PROCESS;
  }
  keeper->fd = pair[0];
  keeper->pid = fork();
  *code = errno;
  if (keeper->pid == 0)
    keep(spawn, pair[1]);
  close(pair[1]);
  if (keeper->pid > 0 && get(keeper->fd, &note) && note.value == SPAWN_STARTED) {
    keeper->program = note.program;
    return SPAWN_STARTED;
  }
  if (keeper->pid < 0) {
    close(keeper->fd);
    return SPAWN_NO_PROCESS;
  }
  *code = note.code;
  forget(keeper);
  return (SpawnEnd)note.value;
}

int keeper_take_end(Keeper *keeper, bool *others) {
  Note end, rest;
  bool heard = get(keeper->fd, &end) && put(keeper->fd, (Note){0}) && get(keeper->fd, &rest);
  *others = heard && rest.value != 0;
  if (!*others)
    forget(keeper);
  return heard ? end.value : 128 + SIGKILL;
}

unsigned keeper_end(Keeper *keeper) {
  Note note = {0};
  struct pollfd end = {.fd = keeper->fd, .events = POLLIN};
  shutdown(keeper->fd, SHUT_WR);
  if (poll(&end, 1, END_MAX_MS) != 1)
    kill(keeper->pid, SIGKILL);
  else if (!get(keeper->fd, &note))
    note.value = 0;
  forget(keeper);
  return (unsigned)note.value;
}
