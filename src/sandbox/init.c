/* The making of a sandbox, in the process that drover started for it: two processes from here on. The outer one stays where drover is,
 * writes the ids of the inner one's user namespace, waits for it, and removes the cgroup. The inner one is process 1 of the sandbox: it
 * makes the mounts, and then enters a second user namespace, in which every mount is locked and no capability of the machine is left.
 */
#include "base/error.h"
#include "sandbox/auto_fd.h"
#include "sandbox/ids.h"
#include "sandbox/mounts.h"
#include "sandbox/sandbox.h"
#include "sandbox/seccomp.h"
#include "sandbox/serve.h"
#include "sandbox/setup.h"
#include "sandbox/wire.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define CONTROL_FD 3
#define IDS_MAX_BYTES 4096

typedef struct {
  Setup setup;
  int call_fd; /* where drover hears how it goes */
  int pair_fd; /* the other one of the two processes */
} Init;

static void tell(const Init *init, WireWhat what, int code, const char *text) {
  WireReply reply = {.what = (int32_t)what, .code = code};
  g_strlcpy(reply.text, text, sizeof reply.text);
  (void)wire_send(init->call_fd, &reply, sizeof reply, NULL, 0);
}

static G_NORETURN void give_up(const Init *init, int code, const char *text) {
  tell(init, WIRE_FAILED, code, text);
  _exit(EXIT_BROKEN);
}

static bool say(int fd) {
  return send(fd, "", 1, MSG_NOSIGNAL) == 1;
}

static bool hear(int fd) {
  char byte;
  return wire_read(fd, &byte, 1);
}

/* ---- the outer process --------------------------------------------------------------------------------------------------------- */

static bool write_ids(int proc_fd, const char *file, const char *ids) {
  AUTO_FD fd = openat(proc_fd, file, O_WRONLY | O_CLOEXEC);
  return ids != NULL && fd >= 0 && write(fd, ids, strlen(ids)) == (ssize_t)strlen(ids);
}

/* Its root changes with the inner one's, so what it needs of /proc it takes first. */
static G_NORETURN void outer(const Init *init, pid_t inner_pid, Cgroup *cgroup) {
  g_autofree char *path = g_strdup_printf("/proc/%d", inner_pid);
  g_autofree char *users = ids_same("/proc/self/uid_map"), *groups = ids_same("/proc/self/gid_map");
  int proc_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  cgroup_enter(cgroup, inner_pid);
  close(CONTROL_FD);
  if (say(init->pair_fd) && hear(init->pair_fd) && write_ids(proc_fd, "uid_map", users) && write_ids(proc_fd, "gid_map", groups))
    (void)say(init->pair_fd);
  close(init->call_fd); /* its end must mean that the inner one has died */
  close(init->pair_fd);
  while (waitpid(inner_pid, NULL, 0) < 0 && errno == EINTR)
    ;
  cgroup_free(cgroup);
  _exit(0);
}

/* An ordinary user's root, which drover maps from outside. */
static void become_root(const Init *init) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) < 0)
    give_up(init, errno, "a user namespace");
  tell(init, WIRE_MAP, 0, "");
  if (!hear(init->call_fd))
    _exit(EXIT_BROKEN);
  if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
    give_up(init, errno, "the ids of the user namespace");
}

/* ---- the inner process --------------------------------------------------------------------------------------------------------- */

static bool loopback_up(void) {
  AUTO_FD fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  return fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
}

static void lock_up(const Init *init) {
  int namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | (init->setup.own_network ? CLONE_NEWNET : 0);
  if (unshare(namespaces) < 0)
    give_up(init, errno, "namespaces");
  if (!say(init->pair_fd) || !hear(init->pair_fd))
    give_up(init, EPERM, "the ids of the second user namespace");
  close(init->pair_fd);
  if (sethostname(init->setup.name, strlen(init->setup.name)) < 0)
    give_up(init, errno, "the host name");
  if (init->setup.own_network && !loopback_up())
    give_up(init, errno, "the loopback device");
  if (!seccomp_confine())
    give_up(init, errno, "the filter of system calls");
  prctl(PR_SET_DUMPABLE, 0); /* nobody inside may look into this process: /proc/1/root, /proc/1/fd */
}

static G_NORETURN void inner(Init *init) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "drover-init");
  if (!hear(init->pair_fd)) /* a cgroup is entered first */
    _exit(EXIT_BROKEN);
  g_autofree char *failed = NULL;
  const MountsSpec spec = {.state_dir = init->setup.state_dir, .in_memory = init->setup.in_memory, .privileged = init->setup.privileged};
  if (!mounts_make(&spec, init->setup.steps, &failed))
    give_up(init, errno, failed);
  lock_up(init);
  umask(022);
  tell(init, WIRE_READY, 0, "");
  close(init->call_fd);
  serve(CONTROL_FD);
  _exit(0);
}

/* ---- the start ----------------------------------------------------------------------------------------------------------------- */

static bool take_setup(Init *init) {
  WireRequest request;
  int fds[WIRE_FDS_MAX];
  if (wire_receive(CONTROL_FD, &request, sizeof request, fds) == 0 || request.kind != WIRE_SETUP || request.size_bytes > WIRE_PAYLOAD_MAX_BYTES)
    return false;
  init->call_fd = fds[0];
  g_autofree char *payload = g_malloc(request.size_bytes + 1);
  if (!wire_read(init->call_fd, payload, request.size_bytes))
    return false;
  g_autofree const char **strings = wire_strings(payload, request.size_bytes, 0);
  return strings != NULL && setup_unpack(&init->setup, strings);
}

static Cgroup *limit(const Init *init) {
  g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *name = g_strdup_printf(CGROUP_PREFIX "%s-%d", init->setup.name, getpid());
  Cgroup *cgroup = cgroup_new(&init->setup.limits, name, warnings);
  for (guint i = 0; i < warnings->len; i++)
    tell(init, WIRE_WARNING, 0, warnings->pdata[i]);
  return cgroup;
}

int sandbox_main(int argc, char **argv) {
  (void)argc, (void)argv;
  Init init = {.call_fd = -1};
  int pair[2];
  if (fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC) < 0 || !take_setup(&init))
    return EXIT_USAGE; /* a person called it */
  if (!init.setup.privileged)
    become_root(&init);
  else if (unshare(CLONE_NEWNS | CLONE_NEWPID) < 0)
    give_up(&init, errno, "mount and process namespaces");
  Cgroup *cgroup = limit(&init);
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
    give_up(&init, errno, "a socket pair");
  pid_t pid = fork();
  if (pid < 0)
    give_up(&init, errno, "a process");
  init.pair_fd = pair[pid == 0];
  close(pair[pid != 0]);
  if (pid == 0)
    inner(&init);
  outer(&init, pid, cgroup);
}
