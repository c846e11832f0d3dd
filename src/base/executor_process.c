#include "base/executor_pump.h"
#include "base/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SWEEPS_MAX 500
#define SWEEP_PAUSE_US 2000

typedef struct {
  Executor executor;
  char *marker;
  ExecutorDrain *drain;
  GMutex lock;
  GArray *keepers; /* of programs that ended and left others behind */
} ProcessExecutor;

/* The environment asked for, and the marker; the strings are theirs. */
static const char **marked_environment(const ProcessExecutor *self, const char *const *env) {
  size_t count = g_strv_length((char **)env);
  const char **marked = g_new(const char *, count + 2);
  memcpy(marked, env, count * sizeof *env);
  marked[count] = self->marker;
  marked[count + 1] = NULL;
  return marked;
}

static void signal_group(int number, void *data) {
  kill(-*(const pid_t *)data, number);
}

static bool start_error(const ExecutorSpec *spec, SpawnEnd end, int code, GError **error) {
  if (end == SPAWN_NO_FOLDER)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: cannot be started in %s: %s", spec->argv[0], spec->cwd, g_strerror(code));
  if (end == SPAWN_NO_PROGRAM)
    return error_set(error, DROVER_ERROR_MISSING, "%s: cannot be started: %s", spec->argv[0], g_strerror(code));
  return error_set_errno(error, code, "%s: no process can be made", spec->argv[0]);
}

static bool start(const ProcessExecutor *self, const ExecutorSpec *spec, Keeper *keeper, ExecutorProgram *program, GError **error) {
  int null_fd = -1, pipe_ends[2] = {-1, -1}, code = 0;
  if (!spec->interactive && ((null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0 || !executor_pipe(pipe_ends))) {
    code = errno;
    if (null_fd >= 0)
      close(null_fd);
    return error_set_errno(error, code, "%s: no pipe can be made", spec->argv[0]);
  }
  g_autofree const char **env = marked_environment(self, spec->env);
  Spawn spawn = {.argv = spec->argv, .env = env, .cwd = spec->cwd, .files = {null_fd, pipe_ends[1], pipe_ends[1]}};
  if (spec->interactive)
    spawn.leader = SPAWN_GROUP, spawn.files[0] = 0, spawn.files[1] = 1, spawn.files[2] = 2;
  SpawnEnd end = keeper_start(&spawn, keeper, &code);
  if (!spec->interactive)
    close(null_fd), close(pipe_ends[1]);
  program->output_fd = pipe_ends[0];
  program->ended_fd = keeper->fd;
  if (end == SPAWN_STARTED)
    return true;
  if (pipe_ends[0] >= 0)
    close(pipe_ends[0]);
  return start_error(spec, end, code, error);
}

static void remember(ProcessExecutor *self, Keeper keeper) {
  g_mutex_lock(&self->lock);
  g_array_append_val(self->keepers, keeper);
  g_mutex_unlock(&self->lock);
}

static bool process_executor_run(Executor *executor, const ExecutorSpec *spec, int *status, GError **error) {
  ProcessExecutor *self = (ProcessExecutor *)executor;
  if (spec->cancellable != NULL && g_cancellable_is_cancelled(spec->cancellable))
    return error_set(error, DROVER_ERROR_CANCELLED, "%s: not started, drover was asked to stop", spec->argv[0]);
  Keeper keeper;
  bool others;
  ExecutorProgram program = {.signal = signal_group, .data = &keeper.program, .drain = self->drain};
  if (!start(self, spec, &keeper, &program, error))
    return false;
  bool by_itself = executor_pump(spec, &program, error);
  int ended = keeper_take_end(&keeper, &others);
  if (spec->interactive)
    spawn_foreground(STDIN_FILENO, getpgrp());
  if (others)
    remember(self, keeper);
  if (by_itself)
    *status = ended;
  return by_itself;
}

static char *same_path(const Executor *executor, const char *path) {
  (void)executor;
  return g_strdup(path);
}

/* ---- what is left running ---------------------------------------------------------------------------------------------------- */

/* Reads a small file of /proc; NUL-terminated, or NULL when the process is gone. */
static char *proc_text(const char *pid, const char *name, gsize *size) {
  g_autofree char *path = g_build_filename("/proc", pid, name, NULL);
  char *text = NULL;
  return g_file_get_contents(path, &text, size, NULL) ? text : NULL;
}

static bool is_marked(const char *pid, const char *marker) {
  gsize size = 0;
  g_autofree char *text = proc_text(pid, "environ", &size);
  for (gsize at = 0; text != NULL && at < size; at += strlen(text + at) + 1)
    if (strcmp(text + at, marker) == 0)
      return true;
  return false;
}

/* Kills all that is marked, adds it to `seen`, and tells whether there was anything: one whose keeper was killed. */
static bool sweep(const ProcessExecutor *self, GHashTable *seen) {
  g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
  bool any = false;
  for (const char *entry; proc != NULL && (entry = g_dir_read_name(proc)) != NULL;) {
    guint64 pid;
    if (!g_ascii_string_to_unsigned(entry, 10, 2, G_MAXINT, &pid, NULL) || (pid_t)pid == getpid() || !is_marked(entry, self->marker))
      continue;
    any = true;
    if (kill((pid_t)pid, SIGKILL) == 0)
      g_hash_table_add(seen, GINT_TO_POINTER((int)pid));
  }
  return any;
}

static void process_executor_free(Executor *executor, unsigned *ended) {
  ProcessExecutor *self = (ProcessExecutor *)executor;
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  unsigned kept = 0;
  for (guint i = 0; i < self->keepers->len; i++)
    kept += keeper_end(&g_array_index(self->keepers, Keeper, i));
  for (int i = 0; i < SWEEPS_MAX && sweep(self, seen); i++) /* again until they are gone: one may have forked meanwhile */
    g_usleep(SWEEP_PAUSE_US);
  *ended = g_hash_table_size(seen) + kept;
  executor_drain_free(self->drain);
  g_array_unref(self->keepers);
  g_mutex_clear(&self->lock);
  g_free(self->marker);
  g_free(self);
}

static const ExecutorClass process_class = {
  .run = process_executor_run,
  .inside = same_path,
  .outside = same_path,
  .free = process_executor_free,
};

Executor *executor_process_new(const char *marker) {
  ProcessExecutor *self = g_new0(ProcessExecutor, 1);
  self->executor.class = &process_class;
  self->marker = g_strdup(marker);
  self->drain = executor_drain_new();
  g_mutex_init(&self->lock);
  self->keepers = g_array_new(FALSE, FALSE, sizeof(Keeper));
  return &self->executor;
}
