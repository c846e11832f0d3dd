/* A place where programs run: the machine itself, a sandbox, a container. One interface, so that a step does not know which it is.
 *
 * A program's standard output and error are one pipe, so that what it prints stays in order. When the program has ended and what it
 * wrote was read, the call returns: what it left running may go on and goes on being read (and dropped) until the executor is freed,
 * so that a server which a step started does not die of SIGPIPE. Freeing the executor ends everything that still runs in it.
 * Any number of calls may run at once, from any threads.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXECUTOR_INTERRUPT_MS 7500 /* as GitHub's runner: SIGINT, then after so long SIGTERM, */
#define EXECUTOR_TERMINATE_MS 2500 /* then after so long SIGKILL to the whole process group */

typedef struct Executor Executor;

/* Bytes as they were read, on the thread of executor_run(); never more than 256 KiB at once, lines cut anywhere. */
typedef void (*ExecutorOutputFunc)(const char *bytes, size_t size, void *data);

typedef struct {
  const char *const *argv; /* NULL-terminated; argv[0] is looked up in the PATH of `env`, inside */
  const char *const *env;  /* NULL-terminated "K=V": the whole environment */
  const char *cwd;         /* inside */
  ExecutorOutputFunc on_output;
  void *data;
  int64_t deadline_ms;       /* from now; 0: none */
  GCancellable *cancellable; /* may be NULL */
  int64_t interrupt_ms;      /* 0: EXECUTOR_INTERRUPT_MS; the same for the next */
  int64_t terminate_ms;
  bool interactive; /* the program gets drover's own terminal, files 0 to 2, instead of /dev/null and the pipe: for a person's shell */
} ExecutorSpec;

/* Runs a program to its end; `status` is as a shell reports it (128 + n for signal n). False when it could not be started (MISSING
 * names the program, NOT_FOUND the folder), on the deadline (TIMEOUT) or a cancellation (CANCELLED), when its group is gone. */
bool executor_run(Executor *executor, const ExecutorSpec *spec, int *status, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A path of this machine as programs inside call it, and the other way round: NULL where the other side does not see it. Transfer full. */
char *executor_inside(const Executor *executor, const char *path);
char *executor_outside(const Executor *executor, const char *path);

/* Ends all that runs in it and gives back all that it holds (mounts, containers, descriptors). `ended` (may be NULL): how many
 * processes had been left running. NULL is fine. */
void executor_free(Executor *executor, unsigned *ended);

/* Programs as plain processes of this machine, each below a keeper (base/keeper.h), so that what they leave running ends with the executor
 * and with drover. Each gets `marker` ("NAME=VALUE") in its environment, by which what lost its keeper is found: at the end here, and
 * later by process_kill_marked(). */
Executor *executor_process_new(const char *marker);

/* ---- for those who make executors ---- */

typedef struct {
  bool (*run)(Executor *executor, const ExecutorSpec *spec, int *status, GError **error);
  char *(*inside)(const Executor *executor, const char *path);
  char *(*outside)(const Executor *executor, const char *path);
  void (*free)(Executor *executor, unsigned *ended);
} ExecutorClass;

struct Executor {
  const ExecutorClass *class; /* the first member of whatever an executor is */
};
