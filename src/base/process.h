/* Programs that drover runs. No shell stands between: an argv vector, an explicit environment, a deadline, a cap on the
 * output kept, and a process group of its own, which dies whole on a deadline or a cancellation.
 *
 * Every call may be made from any thread; the calling thread waits. A child gets SIGKILL when the calling thread's process
 * dies, so that a killed drover leaves no direct child behind.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { PROCESS_STDOUT, PROCESS_STDERR } ProcessStream;

/* One line of output as it arrives, without its newline, not NUL-terminated reliably beyond `length`. Lines longer than
 * 64 KiB come in pieces. Called on the thread of process_run(). */
typedef void (*ProcessLineFunc)(ProcessStream stream, const char *line, size_t length, void *data);

typedef struct {
  const char *const *argv; /* NULL-terminated; argv[0] is looked up in the PATH of `env` */
  const char *const *env;  /* NULL-terminated "K=V"; NULL inherits drover's */
  const char *cwd;         /* NULL inherits */
  const char *input;       /* bytes for standard input; NULL means /dev/null */
  size_t input_size;
  int64_t deadline_ms;     /* 0: none */
  size_t output_max_bytes; /* of each stream kept in the result: the first of stdout, the last of stderr; 0: 1 MiB */
  ProcessLineFunc on_line; /* may be NULL */
  void *data;
  GCancellable *cancellable; /* may be NULL */
  int64_t grace_ms;          /* between SIGTERM and SIGKILL on deadline or cancellation; 0: 2,000 */
  bool outlives;             /* do not kill the child when drover dies (daemons) */
} ProcessSpec;

typedef struct {
  int exit_status; /* as a shell reports it: 128 + n for signal n */
  bool truncated;
  char *out; /* NUL-terminated; may hold NUL bytes before out_size */
  size_t out_size;
  char *err;
  size_t err_size;
} ProcessResult;

void process_result_clear(ProcessResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ProcessResult, process_result_clear)

/* Runs to the end. Returns false when the program could not be started (MISSING when it does not exist: the message names
 * the program), on the deadline (TIMEOUT) or a cancellation (CANCELLED); any exit status is success. On failure `result`
 * still holds the output so far. */
bool process_run(const ProcessSpec *spec, ProcessResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs and requires exit status 0: otherwise FAILED with the program's name, status and the last lines of its stderr.
 * process_output() returns its stdout without the trailing newline (transfer full). */
bool process_check(const ProcessSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *process_output(const ProcessSpec *spec, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Kills (SIGKILL) every process of this machine whose environment holds "NAME=VALUE", drover itself excepted: how a run
 * that was killed is cleaned up by the next. Returns how many were signalled. */
unsigned process_kill_marked(const char *name, const char *value);
