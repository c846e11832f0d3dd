#include "base/executor_pump.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PIPE_BYTES (1 << 20)
#define PIECE_BYTES ((size_t)256 << 10)

typedef struct {
  const ExecutorSpec *spec;
  const ExecutorProgram *program;
  int output_fd;
  char *buffer;        /* made with the first output */
  DroverError stopped; /* DROVER_ERROR_COUNT: not */
  size_t strikes;      /* signals sent */
  int64_t next_us;     /* when the next is due */
} Pump;

bool executor_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) < 0)
    return false;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES); /* a user's share may be used up: then it stays at 64 KiB */
  return true;
}

/* How many bytes came; 0 when there are none now. Closes the pipe at its end. */
static size_t pump_read(Pump *pump) {
  if (pump->buffer == NULL)
    pump->buffer = g_malloc(PIECE_BYTES);
  ssize_t got = read(pump->output_fd, pump->buffer, PIECE_BYTES);
  if (got > 0 && pump->spec->on_output != NULL)
    pump->spec->on_output(pump->buffer, (size_t)got, pump->spec->data);
  if (got > 0)
    return (size_t)got;
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    close(pump->output_fd);
    pump->output_fd = -1;
  }
  return 0;
}

/* What the program wrote before it ended is in the pipe now; what others add meanwhile does not count, or this would not end. */
static void pump_rest(Pump *pump) {
  int there = 0;
  if (pump->output_fd < 0 || ioctl(pump->output_fd, FIONREAD, &there) < 0)
    return;
  for (size_t left = (size_t)there; left > 0;) {
    size_t got = pump_read(pump);
    if (got == 0)
      return;
    left -= MIN(got, left);
  }
  (void)pump_read(pump); /* closes it, if nobody else has it */
}

static void pump_strike(Pump *pump, int64_t now_us) {
  const ExecutorSpec *spec = pump->spec;
  const struct {
    int number;
    int64_t wait_ms;
  } strikes[] = {
    {SIGINT, spec->interrupt_ms > 0 ? spec->interrupt_ms : EXECUTOR_INTERRUPT_MS},
    {SIGTERM, spec->terminate_ms > 0 ? spec->terminate_ms : EXECUTOR_TERMINATE_MS},
    {SIGKILL, G_MAXINT32},
  };
  pump->program->signal(strikes[pump->strikes].number, pump->program->data);
  pump->next_us = now_us + strikes[pump->strikes].wait_ms * 1000;
  pump->strikes = MIN(pump->strikes + 1, G_N_ELEMENTS(strikes) - 1);
}

static int wait_ms(int64_t until_us, int64_t now_us) {
  return until_us == G_MAXINT64 ? -1 : (int)CLAMP((until_us - now_us + 999) / 1000, 0, G_MAXINT);
}

/* Until the program has ended. */
static void pump_loop(Pump *pump, int cancel_fd) {
  int64_t now_us = g_get_monotonic_time();
  pump->next_us = pump->spec->deadline_ms > 0 ? now_us + pump->spec->deadline_ms * 1000 : G_MAXINT64;
  for (;;) {
    struct pollfd fds[] = {
      {.fd = pump->output_fd, .events = POLLIN},
      {.fd = pump->program->ended_fd, .events = POLLIN},
      {.fd = pump->stopped == DROVER_ERROR_COUNT ? cancel_fd : -1, .events = POLLIN},
    };
    poll(fds, G_N_ELEMENTS(fds), wait_ms(pump->next_us, now_us));
    if (fds[1].revents != 0)
      return;
    if (fds[0].revents != 0)
      (void)pump_read(pump);
    now_us = g_get_monotonic_time();
    if (pump->stopped == DROVER_ERROR_COUNT && (fds[2].revents != 0 || now_us >= pump->next_us)) {
      pump->stopped = fds[2].revents != 0 ? DROVER_ERROR_CANCELLED : DROVER_ERROR_TIMEOUT;
      pump->next_us = now_us;
    }
    if (pump->stopped != DROVER_ERROR_COUNT && now_us >= pump->next_us)
      pump_strike(pump, now_us);
  }
}

bool executor_pump(const ExecutorSpec *spec, const ExecutorProgram *program, GError **error) {
  Pump pump = {.spec = spec, .program = program, .output_fd = program->output_fd, .stopped = DROVER_ERROR_COUNT};
  int cancel_fd = spec->cancellable != NULL ? g_cancellable_get_fd(spec->cancellable) : -1;
  pump_loop(&pump, cancel_fd);
  if (cancel_fd >= 0)
    g_cancellable_release_fd(spec->cancellable);
  if (pump.stopped != DROVER_ERROR_COUNT)
    program->signal(SIGKILL, program->data); /* those of its group who took no notice */
  pump_rest(&pump);
  g_free(pump.buffer);
  if (pump.output_fd >= 0)
    executor_drain_add(program->drain, pump.output_fd);
  if (pump.stopped == DROVER_ERROR_COUNT)
    return true;
  if (pump.stopped == DROVER_ERROR_CANCELLED)
    return error_set(error, DROVER_ERROR_CANCELLED, "%s: stopped, as drover was asked to", spec->argv[0]);
  return error_set(error, DROVER_ERROR_TIMEOUT, "%s: stopped after %.3g s, which is its limit", spec->argv[0], (double)spec->deadline_ms / 1000);
}
