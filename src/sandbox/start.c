#include "sandbox/start.h"

#include "base/error.h"
#include "base/process.h"
#include "base/spawn.h"
#include "sandbox/auto_fd.h"
#include "sandbox/ids.h"
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define START_MAX_MS 30000
#define MAP_MAX_MS 10000

#define HELP "; user namespaces and overlays must be allowed (\"drover doctor\" tells), or run with --isolation none, which gives the isolation up"

int start_call(int control_fd, WireRequest request, const GByteArray *payload, const int *fds, size_t fd_count) {
  int pair[2], all[WIRE_FDS_MAX];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
    return -1;
  all[0] = pair[1];
  for (size_t i = 0; i < fd_count; i++)
    all[i + 1] = fds[i];
  request.size_bytes = payload != NULL ? payload->len : 0;
  bool sent = wire_send(control_fd, &request, sizeof request, all, fd_count + 1);
  close(pair[1]);
  if (sent && (payload == NULL || wire_write(pair[0], payload->data, payload->len)))
    return pair[0];
  close(pair[0]);
  return -1;
}

/* ---- the ids of an ordinary user ----------------------------------------------------------------------------------------------- */

/* The first range that `file` (subuid(5)) gives to the user; false when none. */
static bool find_range(const char *file, const char *user, char first[16], char count[16]) {
  g_autofree char *text = NULL;
  if (user == NULL || !g_file_get_contents(file, &text, NULL, NULL))
    return false;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    g_auto(GStrv) fields = g_strsplit(*line, ":", 3);
    guint64 from, size;
    if (g_strv_length(fields) != 3 || strcmp(fields[0], user) != 0 || !g_ascii_string_to_unsigned(fields[1], 10, 1, G_MAXUINT32, &from, NULL) ||
        !g_ascii_string_to_unsigned(fields[2], 10, 1, G_MAXUINT32, &size, NULL))
      continue;
    snprintf(first, 16, "%" G_GUINT64_FORMAT, from);
    snprintf(count, 16, "%" G_GUINT64_FORMAT, size);
    return true;
  }
  return false;
}

static bool map_range(const char *program, const char *file, pid_t pid, unsigned own) {
  const struct passwd *user = getpwuid(getuid());
  char first[16], count[16], target[16], self[16];
  if (!find_range(file, user != NULL ? user->pw_name : NULL, first, count))
    return false;
  snprintf(target, sizeof target, "%d", pid);
  snprintf(self, sizeof self, "%u", own);
  const char *const argv[] = {program, target, "0", self, "1", "1", first, count, NULL};
  return process_check(&(ProcessSpec){.argv = argv, .deadline_ms = MAP_MAX_MS}, NULL);
}

static bool write_proc(pid_t pid, const char *file, const char *text) {
  g_autofree char *path = g_strdup_printf("/proc/%d/%s", pid, file);
  AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);
  return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* All ids that the administrator gave the user, or the user's own alone. Root of a user namespace passes on all that it has. */
static bool map_ids(pid_t pid) {
  if (geteuid() == 0) {
    g_autofree char *users = ids_same("/proc/self/uid_map"), *groups = ids_same("/proc/self/gid_map");
    return users != NULL && groups != NULL && write_proc(pid, "uid_map", users) && write_proc(pid, "gid_map", groups);
  }
  g_autofree char *user = g_strdup_printf("0 %u 1\n", geteuid()), *group = g_strdup_printf("0 %u 1\n", getegid());
  bool users = map_range("newuidmap", "/etc/subuid", pid, getuid());
  if (users && map_range("newgidmap", "/etc/subgid", pid, getgid()))
    return true;
  return (users || write_proc(pid, "uid_map", user)) && write_proc(pid, "setgroups", "deny") && write_proc(pid, "gid_map", group);
}

/* ---- the start ----------------------------------------------------------------------------------------------------------------- */

/* Kernels say in many ways that something is not allowed; a full disk and a missing folder are another matter. */
static bool failure(const WireReply *reply, GError **error) {
  if (reply->code == ENOSPC || reply->code == EDQUOT || reply->code == ENOENT)
    return error_set_errno(error, reply->code, "a sandbox cannot be made: %s", reply->text);
  return error_set(error, DROVER_ERROR_MISSING, "a sandbox cannot be made here: %s: %s" HELP, reply->text, g_strerror(reply->code));
}

static bool take_reply(int call_fd, WireReply *reply) {
  int fds[WIRE_FDS_MAX];
  struct pollfd ready = {.fd = call_fd, .events = POLLIN};
  return poll(&ready, 1, START_MAX_MS) == 1 && wire_receive(call_fd, reply, sizeof *reply, fds) != 0;
}

static bool follow(int call_fd, pid_t pid, GPtrArray *warnings, GError **error) {
  for (WireReply reply; take_reply(call_fd, &reply);) {
    reply.text[sizeof reply.text - 1] = '\0';
    if (reply.what == WIRE_READY)
      return true;
    if (reply.what == WIRE_FAILED)
      return failure(&reply, error);
    if (reply.what == WIRE_MAP && (!map_ids(pid) || !wire_write(call_fd, "", 1)))
      return error_set(error, DROVER_ERROR_MISSING, "a sandbox cannot be made here: the ids of its user namespace cannot be set" HELP);
    if (reply.what == WIRE_WARNING && warnings != NULL)
      g_ptr_array_add(warnings, g_strdup(reply.text));
  }
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "the sandbox ended while it was being made, or took longer than %d s", START_MAX_MS / 1000);
}

static bool spawn_init(const char *program, int control_fd, Start *start, GError **error) {
  AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const char *const argv[] = {"drover", SANDBOX_COMMAND, NULL}, *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
  int code = 0;
  const Spawn spawn = {
    .program = program, .argv = argv, .env = env, .cwd = "/", .files = {null, null, null}, .keep_fd = control_fd, .leader = SPAWN_GROUP};
  if (null >= 0 && spawn_start(&spawn, &start->pid, &start->pid_fd, &code) == SPAWN_STARTED)
    return true;
  return error_set_errno(error, code != 0 ? code : errno, "%s cannot be started as the init of a sandbox", program);
}

bool start_init(const Setup *setup, const char *program, GPtrArray *warnings, Start *start, GError **error) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
    return error_set_errno(error, errno, "a socket pair cannot be made");
  bool spawned = spawn_init(program, pair[1], start, error);
  close(pair[1]);
  start->control_fd = pair[0];
  if (!spawned) {
    close(pair[0]);
    return false;
  }
  g_autoptr(GByteArray) payload = setup_pack(setup);
  AUTO_FD call_fd = start_call(pair[0], (WireRequest){.kind = WIRE_SETUP}, payload, NULL, 0);
  if (call_fd < 0 ? error_set(error, DROVER_ERROR_UNAVAILABLE, "the sandbox ended as it began") : follow(call_fd, start->pid, warnings, error))
    return true;
  close(pair[0]);
  kill(start->pid, SIGKILL);
  waitpid(start->pid, NULL, 0);
  close(start->pid_fd);
  return false;
}
