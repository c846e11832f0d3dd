#include "base/process.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX_DEFAULT ((size_t)1 << 20)
#define LINE_MAX_BYTES ((size_t)64 << 10)
#define GRACE_DEFAULT_MS 2000
#define DRAIN_MS 200 /* how long to read on after the child ended while its descendants hold the pipes open */

typedef struct {
  int fd;
  ProcessStream stream;
  GByteArray *kept;
  GByteArray *line;
  bool keep_last;
  bool truncated;
  bool in_pieces; /* a part of the line under way was told already */
} Capture;

static void capture_close(Capture *capture) {
  if (capture->fd >= 0)
    close(capture->fd);
  capture->fd = -1;
}

static void capture_keep(Capture *capture, const uint8_t *bytes, size_t size, size_t max) {
  g_byte_array_append(capture->kept, bytes, (guint)size);
  if (capture->kept->len <= max)
    return;
  capture->truncated = true;
  if (!capture->keep_last)
    g_byte_array_set_size(capture->kept, (guint)max);
  else if (capture->kept->len > 2 * max) /* trimmed rarely, so that keeping the tail costs linear time */
    g_byte_array_remove_range(capture->kept, 0, capture->kept->len - (guint)max);
}

static void capture_flush_line(Capture *capture, const ProcessSpec *spec) {
  const char *line = capture->line->len > 0 ? (const char *)capture->line->data : ""; /* an empty array may have no data */
  spec->on_line(capture->stream, line, capture->line->len, spec->data);
  g_byte_array_set_size(capture->line, 0);
}

static void capture_lines(Capture *capture, const ProcessSpec *spec, const uint8_t *bytes, size_t size) {
  while (size > 0) {
    const uint8_t *end = memchr(bytes, '\n', size);
    size_t part = MIN(end != NULL ? (size_t)(end - bytes) : size, LINE_MAX_BYTES - capture->line->len);
    g_byte_array_append(capture->line, bytes, (guint)part);
    bytes += part, size -= part;
    bool ended = size > 0 && *bytes == '\n';
    if (ended)
      bytes++, size--;
    bool rest_is_empty = ended && capture->in_pieces && capture->line->len == 0; /* the pieces were the whole line */
    if (!rest_is_empty && (ended || capture->line->len >= LINE_MAX_BYTES))
      capture_flush_line(capture, spec);
    capture->in_pieces = !ended && (capture->in_pieces || capture->line->len == 0);
  }
}

/* Reads what is there; closes the descriptor at its end. */
static void capture_read(Capture *capture, const ProcessSpec *spec, size_t max) {
  uint8_t buffer[65536];
  ssize_t got = read(capture->fd, buffer, sizeof buffer);
  if (got < 0 && (errno == EINTR || errno == EAGAIN))
    return;
  if (got <= 0) {
    capture_close(capture);
    return;
  }
  capture_keep(capture, buffer, (size_t)got, max);
  if (spec->on_line != NULL)
    capture_lines(capture, spec, buffer, (size_t)got);
}

/* write(2) without the SIGPIPE that a program which ended early would send to drover, whatever the caller set for it. */
static ssize_t write_quietly(int fd, const char *bytes, size_t size) {
  sigset_t pipe_only, pending, before;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  ssize_t put = write(fd, bytes, size);
  int code = errno;
  if (put < 0 && code == EPIPE && sigismember(&pending, SIGPIPE) == 0)
    while (sigtimedwait(&pipe_only, NULL, &(struct timespec){0}) < 0 && errno == EINTR)
      ;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = code;
  return put;
}

static void write_input(int *fd, const ProcessSpec *spec, size_t *written) {
  ssize_t put = write_quietly(*fd, spec->input + *written, spec->input_size - *written);
  if (put < 0 && (errno == EINTR || errno == EAGAIN))
    return;
  if (put > 0)
    *written += (size_t)put;
  if (put < 0 || *written == spec->input_size) {
    close(*fd);
    *fd = -1;
  }
}

/* Where argv[0] lies in the PATH of the child's environment; NULL when nowhere. */
static char *find_program(const ProcessSpec *spec) {
  const char *name = spec->argv[0];
  if (strchr(name, '/') != NULL)
    return g_strdup(name);
  const char *path = spec->env == NULL ? g_getenv("PATH") : g_environ_getenv((char **)spec->env, "PATH");
  g_auto(GStrv) folders = g_strsplit(path != NULL ? path : "/usr/bin:/bin", ":", -1);
  for (char **folder = folders; *folder != NULL; folder++) {
    g_autofree char *candidate = g_build_filename(**folder != '\0' ? *folder : ".", name, NULL);
    if (access(candidate, X_OK) == 0 && !g_file_test(candidate, G_FILE_TEST_IS_DIR))
      return g_steal_pointer(&candidate);
  }
  return NULL;
}

/* Between fork and exec: async-signal-safe calls only. Reports errno through `report`. */
static G_NORETURN void child_exec(const ProcessSpec *spec, const char *program, const int fds[3], int report, pid_t parent) {
  setpgid(0, 0);
  if (!spec->outlives) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(127);
  }
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (int number = 1; number < 32; number++)
    sigaction(number, &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int fd = 0; fd < 3; fd++)
    if (dup2(fds[fd], fd) < 0)
      goto failed;
  if (spec->cwd != NULL && chdir(spec->cwd) < 0)
    goto failed;
  execve(program, (char *const *)spec->argv, spec->env != NULL ? (char *const *)spec->env : environ);
failed:;
  int code = errno;
  (void)!write(report, &code, sizeof code);
  _exit(127);
}

typedef struct {
  pid_t pid;
  int input_fd, out_fd, err_fd;
} Child;

static void close_pair(int pair[2]) {
  for (int i = 0; i < 2; i++)
    if (pair[i] >= 0)
      close(pair[i]);
}

static bool child_start(const ProcessSpec *spec, Child *child, GError **error) {
  g_autofree char *program = find_program(spec);
  if (program == NULL)
    return error_set(error, DROVER_ERROR_MISSING, "the program \"%s\" is not installed or not in PATH", spec->argv[0]);
  int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, report[2] = {-1, -1};
  bool has_input = spec->input != NULL;
  if ((has_input ? pipe2(in, O_CLOEXEC) : (in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC))) < 0 || pipe2(out, O_CLOEXEC) < 0 ||
      pipe2(err, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0) {
    int code = errno;
    close_pair(in), close_pair(out), close_pair(err), close_pair(report);
    return error_set_errno(error, code, "%s: pipe", spec->argv[0]);
  }
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0)
    child_exec(spec, program, (int[]){in[0], out[1], err[1]}, report[1], parent);
  int code = pid < 0 ? errno : 0;
  close(in[0]), close(out[1]), close(err[1]), close(report[1]);
  if (pid > 0) {
    setpgid(pid, pid); /* both sides do, so that neither has to wait for the other */
    while (read(report[0], &code, sizeof code) < 0 && errno == EINTR)
      ;
  }
  close(report[0]);
  if (code != 0) {
    if (pid > 0)
      waitpid(pid, NULL, 0);
    if (in[1] >= 0)
      close(in[1]);
    close(out[0]), close(err[0]);
    if (code == ENOENT || code == EACCES)
      return error_set(error, DROVER_ERROR_MISSING, "%s: cannot be started%s%s: %s", spec->argv[0], spec->cwd != NULL ? " in " : "",
                       spec->cwd != NULL ? spec->cwd : "", g_strerror(code));
    return error_set_errno(error, code, "%s: cannot be started", spec->argv[0]);
  }
  int files[] = {in[1], out[0], err[0]};
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
    if (files[i] >= 0)
      fcntl(files[i], F_SETFL, O_NONBLOCK);
  *child = (Child){.pid = pid, .input_fd = in[1], .out_fd = out[0], .err_fd = err[0]};
  return true;
}

static int shell_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The loop of process_run(): moves bytes until the child has ended and its pipes are closed or DRAIN_MS have passed. */
static DroverError pump(const ProcessSpec *spec, Child *child, Capture captures[2], int *status) {
  size_t max = spec->output_max_bytes != 0 ? spec->output_max_bytes : OUTPUT_MAX_DEFAULT;
  int64_t now_us = g_get_monotonic_time();
  int64_t deadline_us = spec->deadline_ms > 0 ? now_us + spec->deadline_ms * 1000 : G_MAXINT64;
  int64_t grace_us = (spec->grace_ms > 0 ? spec->grace_ms : GRACE_DEFAULT_MS) * 1000;
  int64_t kill_us = G_MAXINT64, drain_us = G_MAXINT64;
  int cancel_fd = spec->cancellable != NULL ? g_cancellable_get_fd(spec->cancellable) : -1;
  int pid_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
  DroverError stopped = DROVER_ERROR_COUNT;
  size_t written = 0;
  bool ended = false;
  for (;;) {
    if (ended && captures[0].fd < 0 && captures[1].fd < 0)
      break;
    int64_t next_us = MIN(MIN(stopped == DROVER_ERROR_COUNT ? deadline_us : G_MAXINT64, kill_us), drain_us);
    int64_t wait_ms = next_us == G_MAXINT64 ? -1 : MAX((next_us - now_us + 999) / 1000, 0);
    struct pollfd fds[] = {
      {.fd = captures[0].fd, .events = POLLIN},
      {.fd = captures[1].fd, .events = POLLIN},
      {.fd = child->input_fd, .events = POLLOUT},
      {.fd = ended ? -1 : pid_fd, .events = POLLIN},
      {.fd = stopped == DROVER_ERROR_COUNT ? cancel_fd : -1, .events = POLLIN},
    };
    poll(fds, G_N_ELEMENTS(fds), (int)MIN(wait_ms, G_MAXINT));
    for (int i = 0; i < 2; i++)
      if (fds[i].fd >= 0 && fds[i].revents != 0)
        capture_read(&captures[i], spec, max);
    if (fds[2].fd >= 0 && fds[2].revents != 0)
      write_input(&child->input_fd, spec, &written);
    now_us = g_get_monotonic_time();
    if (!ended && fds[3].revents != 0) {
      ended = true;
      drain_us = now_us + DRAIN_MS * 1000;
      kill_us = G_MAXINT64;
    }
    if (!ended && stopped == DROVER_ERROR_COUNT && (fds[4].revents != 0 || now_us >= deadline_us)) {
      stopped = fds[4].revents != 0 ? DROVER_ERROR_CANCELLED : DROVER_ERROR_TIMEOUT;
      kill(-child->pid, SIGTERM);
      kill_us = now_us + grace_us;
    }
    if (now_us >= kill_us) {
      kill(-child->pid, SIGKILL);
      kill_us = G_MAXINT64;
    }
    if (now_us >= drain_us)
      break;
  }
  if (stopped != DROVER_ERROR_COUNT)
    kill(-child->pid, SIGKILL); /* descendants that ignored SIGTERM; the group still exists as the leader is not reaped */
  while (waitpid(child->pid, status, 0) < 0 && errno == EINTR)
    ;
  if (pid_fd >= 0)
    close(pid_fd);
  if (cancel_fd >= 0)
    g_cancellable_release_fd(spec->cancellable);
  return stopped;
}

static void capture_finish(Capture *capture, const ProcessSpec *spec, size_t max, char **text, size_t *size) {
  if (spec->on_line != NULL && capture->line->len > 0)
    capture_flush_line(capture, spec);
  g_byte_array_unref(capture->line);
  capture_close(capture);
  if (capture->keep_last && capture->kept->len > max)
    g_byte_array_remove_range(capture->kept, 0, capture->kept->len - (guint)max);
  *size = capture->kept->len;
  g_byte_array_append(capture->kept, (const uint8_t *)"", 1);
  *text = (char *)g_byte_array_free(capture->kept, FALSE);
}

bool process_run(const ProcessSpec *spec, ProcessResult *result, GError **error) {
  *result = (ProcessResult){0};
  if (spec->cancellable != NULL && g_cancellable_is_cancelled(spec->cancellable))
    return error_set(error, DROVER_ERROR_CANCELLED, "%s: not started, drover was asked to stop", spec->argv[0]);
  Child child = {.pid = -1, .input_fd = -1, .out_fd = -1, .err_fd = -1};
  if (!child_start(spec, &child, error))
    return false;
  Capture captures[2] = {
    {.fd = child.out_fd, .stream = PROCESS_STDOUT, .kept = g_byte_array_new(), .line = g_byte_array_new()},
    {.fd = child.err_fd, .stream = PROCESS_STDERR, .kept = g_byte_array_new(), .line = g_byte_array_new(), .keep_last = true},
  };
  int status = 0;
  DroverError stopped = pump(spec, &child, captures, &status);
  if (child.input_fd >= 0)
    close(child.input_fd);
  size_t max = spec->output_max_bytes != 0 ? spec->output_max_bytes : OUTPUT_MAX_DEFAULT;
  result->truncated = captures[0].truncated || captures[1].truncated;
  result->exit_status = shell_status(status);
  capture_finish(&captures[0], spec, max, &result->out, &result->out_size);
  capture_finish(&captures[1], spec, max, &result->err, &result->err_size);
  if (stopped == DROVER_ERROR_TIMEOUT)
    return error_set(error, DROVER_ERROR_TIMEOUT, "%s: still running after %" G_GINT64_FORMAT " ms, stopped", spec->argv[0], spec->deadline_ms);
  if (stopped == DROVER_ERROR_CANCELLED)
    return error_set(error, DROVER_ERROR_CANCELLED, "%s: stopped", spec->argv[0]);
  return true;
}

void process_result_clear(ProcessResult *result) {
  g_clear_pointer(&result->out, g_free);
  g_clear_pointer(&result->err, g_free);
}

/* The last lines of a program's output, on one line, for an error message. */
static char *last_words(const ProcessResult *result) {
  const char *text = result->err_size > 0 ? result->err : result->out;
  g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
  g_strchomp(valid);
  g_auto(GStrv) lines = g_strsplit(valid, "\n", -1);
  guint count = g_strv_length(lines);
  return g_strjoinv("\n", lines + (count > 6 ? count - 6 : 0));
}

static bool require_success(const ProcessSpec *spec, ProcessResult *result, GError **error) {
  if (!process_run(spec, result, error))
    return false;
  if (result->exit_status == 0)
    return true;
  g_autofree char *words = last_words(result);
  const char *verb = spec->argv[1] != NULL && spec->argv[1][0] != '-' ? spec->argv[1] : "";
  return error_set(error, DROVER_ERROR_FAILED, "%s%s%s ended with status %d%s%s", spec->argv[0], *verb != '\0' ? " " : "", verb, result->exit_status,
                   *words != '\0' ? ": " : "", words);
}

bool process_check(const ProcessSpec *spec, GError **error) {
  g_auto(ProcessResult) result = {0};
  return require_success(spec, &result, error);
}

char *process_output(const ProcessSpec *spec, GError **error) {
  g_auto(ProcessResult) result = {0};
  if (!require_success(spec, &result, error))
    return NULL;
  if (result.out_size > 0 && result.out[result.out_size - 1] == '\n')
    result.out[result.out_size - 1] = '\0';
  return g_steal_pointer(&result.out);
}

static bool environ_has(const char *pid, const char *wanted) {
  g_autofree char *path = g_build_filename("/proc", pid, "environ", NULL);
  g_autofree char *text = NULL;
  gsize size = 0;
  if (!g_file_get_contents(path, &text, &size, NULL))
    return false;
  for (gsize at = 0; at < size; at += strlen(text + at) + 1)
    if (strcmp(text + at, wanted) == 0)
      return true;
  return false;
}

unsigned process_kill_marked(const char *name, const char *value) {
  g_autofree char *wanted = g_strdup_printf("%s=%s", name, value);
  g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
  unsigned killed = 0;
  for (const char *entry; proc != NULL && (entry = g_dir_read_name(proc)) != NULL;) {
    guint64 pid;
    if (!g_ascii_string_to_unsigned(entry, 10, 2, G_MAXINT, &pid, NULL) || (pid_t)pid == getpid() || !environ_has(entry, wanted))
      continue;
    killed += kill((pid_t)pid, SIGKILL) == 0;
  }
  return killed;
}
