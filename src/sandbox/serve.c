#include "sandbox/serve.h"

#include "base/spawn.h"
#include "sandbox/auto_fd.h"
#include "sandbox/wire.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define BACKLOG 128
#define FIXED 2 /* descriptors watched beside those of the calls */

/* A program that drover waits for. */
typedef struct {
  int fd; /* its call socket */
  pid_t pid;
  bool stopping; /* was signalled: its group ends with it */
} Call;

typedef struct {
  int control_fd, child_fd, null_fd;
  GArray *calls; /* of Call */
} Serve;

static void answer(int fd, WireWhat what, int value, int code) {
  const WireReply reply = {.what = (int32_t)what, .value = value, .code = code};
  (void)wire_send(fd, &reply, sizeof reply, NULL, 0);
}

/* ---- programs ------------------------------------------------------------------------------------------------------------------ */

/* fds: the call socket, then where the output goes, or files 0 to 2. True when the call goes on. */
static bool start(Serve *serve, const WireRequest *request, const int *fds, const char **strings) {
  guint env = request->first_count + 1;
  g_autofree const char **argv = g_memdup2(strings + 1, env * sizeof *strings);
  argv[request->first_count] = NULL;
  Spawn spawn = {.argv = argv, .env = strings + env, .cwd = strings[0][0] != '\0' ? strings[0] : "/", .files = {serve->null_fd, fds[1], fds[1]}};
  if (request->value != 0)
    spawn.leader = SPAWN_GROUP, spawn.files[0] = fds[1], spawn.files[1] = fds[2], spawn.files[2] = fds[3];
  int code = 0, pid_fd = -1;
  Call call = {.fd = fds[0]};
  SpawnEnd end = spawn_start(&spawn, &call.pid, &pid_fd, &code);
  if (end != SPAWN_STARTED) {
    answer(fds[0], WIRE_FAILED, (int)end, code);
    return false;
  }
  close(pid_fd); /* SIGCHLD tells */
  g_array_append_val(serve->calls, call);
  return true;
}

static bool run(Serve *serve, const WireRequest *request, const int *fds) {
  if (request->size_bytes > WIRE_PAYLOAD_MAX_BYTES)
    return false;
  g_autofree char *payload = g_malloc(request->size_bytes + 1);
  if (!wire_read(fds[0], payload, request->size_bytes))
    return false;
  g_autofree const char **strings = wire_strings(payload, request->size_bytes, (size_t)request->first_count + 1);
  return strings != NULL && request->first_count > 0 && start(serve, request, fds, strings);
}

static Call *call_of(const Serve *serve, pid_t pid, guint *at) {
  for (*at = 0; *at < serve->calls->len; (*at)++)
    if (g_array_index(serve->calls, Call, *at).pid == pid)
      return &g_array_index(serve->calls, Call, *at);
  return NULL;
}

static void reap(Serve *serve) {
  struct signalfd_siginfo told;
  (void)!read(serve->child_fd, &told, sizeof told); /* one may stand for several */
  for (siginfo_t info = {0}; waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0; info.si_pid = 0) {
    guint at;
    const Call *call = call_of(serve, info.si_pid, &at);
    if (call != NULL && call->stopping)
      kill(-call->pid, SIGKILL);
    waitpid(info.si_pid, NULL, 0);
    if (call == NULL)
      continue;
    answer(call->fd, WIRE_ENDED, info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status, 0);
    close(call->fd);
    g_array_remove_index_fast(serve->calls, at);
  }
}

/* A number that comes over a call's socket is a signal for its group. */
static void pass_on(Call *call) {
  int32_t number = 0;
  if (!wire_read(call->fd, &number, sizeof number)) {
    close(call->fd); /* nobody waits for it any more */
    call->fd = -1;
    return;
  }
  call->stopping = true;
  kill(-call->pid, number);
}

/* ---- the other requests -------------------------------------------------------------------------------------------------------- */

static void listen_inside(const WireRequest *request, int call_fd) {
  AUTO_FD fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)request->value), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
      listen(fd, BACKLOG) < 0 || getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
    answer(call_fd, WIRE_FAILED, 0, errno);
    return;
  }
  const WireReply reply = {.what = WIRE_READY, .value = ntohs(address.sin_port)};
  (void)wire_send(call_fd, &reply, sizeof reply, &fd, 1);
}

static int count_processes(void) {
  DIR *proc = opendir("/proc");
  int count = -1; /* this one */
  for (const struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;)
    count += g_ascii_isdigit(entry->d_name[0]);
  if (proc != NULL)
    closedir(proc);
  return MAX(count, 0);
}

/* False at the end of the control socket. */
static bool take_request(Serve *serve) {
  WireRequest request;
  int fds[WIRE_FDS_MAX];
  if (wire_receive(serve->control_fd, &request, sizeof request, fds) == 0)
    return false;
  bool goes_on = false;
  if (request.kind == WIRE_RUN)
    goes_on = run(serve, &request, fds);
  else if (request.kind == WIRE_LISTEN)
    listen_inside(&request, fds[0]);
  else if (request.kind == WIRE_COUNT)
    answer(fds[0], WIRE_READY, count_processes(), 0);
  for (size_t i = goes_on ? 1 : 0; i < WIRE_FDS_MAX; i++)
    if (fds[i] >= 0)
      close(fds[i]);
  return true;
}

static bool serve_once(Serve *serve) {
  guint count = serve->calls->len;
  g_autofree struct pollfd *fds = g_new0(struct pollfd, FIXED + count);
  fds[0] = (struct pollfd){.fd = serve->control_fd, .events = POLLIN};
  fds[1] = (struct pollfd){.fd = serve->child_fd, .events = POLLIN};
  for (guint i = 0; i < count; i++)
    fds[FIXED + i] = (struct pollfd){.fd = g_array_index(serve->calls, Call, i).fd, .events = POLLIN};
  poll(fds, FIXED + count, -1);
  for (guint i = 0; i < count; i++)
    if (fds[FIXED + i].revents != 0)
      pass_on(&g_array_index(serve->calls, Call, i));
  if (fds[1].revents != 0)
    reap(serve);
  return fds[0].revents == 0 || take_request(serve);
}

void serve(int control_fd) {
  sigset_t all, children;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  Serve state = {.control_fd = control_fd,
                 .child_fd = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK),
                 .null_fd = open("/dev/null", O_RDWR | O_CLOEXEC),
                 .calls = g_array_new(false, false, sizeof(Call))};
  while (serve_once(&state))
    ;
}
