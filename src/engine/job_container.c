#include "engine/job_container.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/id.h"
#include "engine/call.h"
#include "engine/exec.h"
#include "engine/fetch.h"
#include "engine/guest.h"
#include "engine/paths.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONFIG_MAX_BYTES ((size_t)4 << 20)
#define WORDS_MAX_BYTES 4096 /* kept of a program's first output: the runtime's words when it cannot be started */
#define GONE_MS 2000
#define SWEEP_MS 5
#define MARK "DROVER_EXEC"

typedef struct {
  Executor executor;
  const ContainerScope *scope;
  char *id;
  char **env;
  ContainerPaths *paths;
  Executor *host;  /* runs what drover runs on this side */
  char *dir;       /* of pid files; private */
  char *runtime;   /* NULL: programs are started by the engine */
  json_t *process; /* the container's own, of its OCI document */
  char *program;
  pid_t pid; /* of its first process, here; 0: unknown */
} JobContainer;

/* ---- starting a program ---- */

/* What passes by on the way to the caller. */
typedef struct {
  const ExecutorSpec *spec;
  GString *words;
} Listener;

static void listen_to(const char *bytes, size_t size, void *data) {
  Listener *listener = data;
  size_t room = WORDS_MAX_BYTES - listener->words->len;
  g_string_append_len(listener->words, bytes, (gssize)MIN(size, room));
  if (listener->spec->on_output != NULL)
    listener->spec->on_output(bytes, size, listener->spec->data);
}

/* A run of a program of this side that stands for the one inside. */
static bool run_here(const JobContainer *self, const ExecutorSpec *spec, const char *const *argv, char **env, Listener *listener, int *status,
                     GError **error) {
  ExecutorSpec here = *spec;
  here.argv = argv;
  here.env = (const char *const *)env;
  here.cwd = "/";
  here.on_output = listen_to;
  here.data = listener;
  return executor_run(self->host, &here, status, error);
}

static bool was_stopped(const GError *error) {
  return error_is(error, DROVER_ERROR_TIMEOUT) || error_is(error, DROVER_ERROR_CANCELLED);
}

/* The group's leader is no child of drover's, so that its end can only be looked at. */
static void kill_group(pid_t pid) {
  int fd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
  if (pid > 0)
    kill(-pid, SIGKILL);
  if (fd < 0)
    return;
  poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, GONE_MS);
  close(fd);
}

static int process_file(const JobContainer *self, const ExecutorSpec *spec, GError **error) {
  char *text = container_process_json(self->process, spec);
  int fd = memfd_create("process", MFD_CLOEXEC);
  size_t size = strlen(text), written = 0;
  for (ssize_t put = 0; fd >= 0 && written < size && put >= 0; written += (size_t)MAX(put, 0))
    put = write(fd, text + written, size - written);
  explicit_bzero(text, size);
  g_free(text);
  if (fd >= 0 && written == size)
    return fd;
  error_set_errno(error, errno, "a container's process document");
  if (fd >= 0)
    close(fd);
  return -1;
}

static bool run_by_runtime(const JobContainer *self, const ExecutorSpec *spec, int *status, GError **error) {
  int fd = process_file(self, spec, error);
  if (fd < 0)
    return false;
  g_autofree char *id = id_new();
  g_autofree char *pid_file = g_build_filename(self->dir, id, NULL);
  g_autofree char *document = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), fd);
  const char *argv[] = {
    self->program, CONTAINER_EXEC_COMMAND, pid_file, self->runtime, "exec", "--detach", "--pid-file", pid_file, "--process", document, self->id,
    NULL};
  g_autoptr(GString) words = g_string_new(NULL);
  g_auto(GStrv) env = g_strdupv((char **)engine_env(self->scope->engine));
  g_autoptr(GError) failure = NULL;
  bool ran = run_here(self, spec, argv, env, &(Listener){.spec = spec, .words = words}, status, &failure);
  close(fd);
  pid_t pid = container_exec_pid(pid_file);
  unlink(pid_file);
  if (ran && pid == 0)
    return container_exec_failure(spec, words->str, error);
  if (!ran && was_stopped(failure))
    kill_group(pid);
  if (!ran)
    g_propagate_error(error, g_steal_pointer(&failure));
  return ran;
}

/* Again until they are gone: one may have forked meanwhile. */
static void kill_marked(const char *id) {
  for (int i = 0; i < GONE_MS / SWEEP_MS && process_kill_marked(MARK, id) > 0; i++)
    g_usleep(SWEEP_MS * 1000);
}

/* An engine reports what it could not start with these, and so may programs: only its words tell. */
static bool engine_refused(int status, const char *words) {
  return status >= 125 && status <= 127 && (g_str_has_prefix(words, "Error") || g_str_has_prefix(words, "OCI runtime"));
}

/* "podman exec ..." for a program, which carries the mark `id`; `env` gets what the engine itself has to run in. Transfer full. */
static char **exec_command(const JobContainer *self, const ExecutorSpec *spec, const char *id, char ***env) {
  g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(arguments, g_strdup("exec"));
  if (spec->interactive)
    g_ptr_array_add(arguments, g_strdup("-it"));
  if (spec->cwd != NULL)
    g_ptr_array_add(arguments, g_strconcat("--workdir=", spec->cwd, NULL));
  *env = guest_env(spec->env, arguments, g_strdupv((char **)engine_env(self->scope->engine)));
  g_ptr_array_add(arguments, g_strconcat("--env=" MARK "=", id, NULL));
  g_ptr_array_add(arguments, g_strdup(self->id));
  for (const char *const *word = spec->argv; *word != NULL; word++)
    g_ptr_array_add(arguments, g_strdup(*word));
  g_ptr_array_add(arguments, NULL);
  return engine_command(engine_traits(self->scope->engine), (const char *const *)arguments->pdata);
}

static bool run_by_engine(const JobContainer *self, const ExecutorSpec *spec, int *status, GError **error) {
  g_autofree char *id = id_new();
  char **env = NULL;
  g_auto(GStrv) argv = exec_command(self, spec, id, &env);
  g_autoptr(GString) words = g_string_new(NULL);
  g_autoptr(GError) failure = NULL;
  bool ran = run_here(self, spec, (const char *const *)argv, env, &(Listener){.spec = spec, .words = words}, status, &failure);
  engine_env_free(env);
  if (ran && engine_refused(*status, words->str))
    return container_exec_failure(spec, words->str, error);
  if (!ran && was_stopped(failure))
    kill_marked(id);
  if (!ran)
    g_propagate_error(error, g_steal_pointer(&failure));
  return ran;
}

static bool container_run(Executor *executor, const ExecutorSpec *spec, int *status, GError **error) {
  const JobContainer *self = (const JobContainer *)executor;
  /* Only the engine gives a terminal of its own, without which a shell has no job control. */
  bool by_runtime = self->runtime != NULL && !spec->interactive;
  return (by_runtime ? run_by_runtime : run_by_engine)(self, spec, status, error);
}

/* ---- its end ---- */

static char *read_link(const char *pid, const char *name) {
  g_autofree char *path = g_build_filename("/proc", pid, name, NULL);
  return g_file_read_link(path, NULL);
}

/* One that has ended has no program any more: an idle first process reaps no orphans. */
static bool runs_in(const char *pid, const char *wanted) {
  g_autofree char *space = read_link(pid, "ns/pid");
  g_autofree char *program = read_link(pid, "exe");
  return program != NULL && g_strcmp0(space, wanted) == 0;
}

/* How many processes run in it besides its first. */
static unsigned count_left(const JobContainer *self) {
  g_autofree char *first = g_strdup_printf("%d", (int)self->pid);
  g_autofree char *wanted = self->pid > 0 ? read_link(first, "ns/pid") : NULL;
  g_autoptr(GDir) proc = wanted != NULL ? g_dir_open("/proc", 0, NULL) : NULL;
  unsigned count = 0;
  for (const char *entry; proc != NULL && (entry = g_dir_read_name(proc)) != NULL;)
    count += g_ascii_isdigit(*entry) && runs_in(entry, wanted);
  return count > 0 ? count - 1 : 0;
}

static void container_free(Executor *executor, unsigned *ended) {
  JobContainer *self = (JobContainer *)executor;
  unsigned left = ended != NULL && self->id != NULL ? count_left(self) : 0;
  g_autoptr(GError) failure = NULL;
  if (self->id != NULL && !guest_remove(self->scope->engine, self->id, &failure))
    g_warning("container %s: %s", self->id, failure->message);
  executor_free(self->host, NULL);
  if (self->dir != NULL)
    fs_remove_tree(self->dir, NULL);
  container_paths_free(self->paths);
  json_decref(self->process);
  g_strfreev(self->env);
  g_free(self->id);
  g_free(self->dir);
  g_free(self->runtime);
  g_free(self->program);
  g_free(self);
  if (ended != NULL)
    *ended = left;
}

static char *container_inside(const Executor *executor, const char *path) {
  return container_paths_inside(((const JobContainer *)executor)->paths, path);
}

static char *container_outside(const Executor *executor, const char *path) {
  return container_paths_outside(((const JobContainer *)executor)->paths, path);
}

static const ExecutorClass class = {.run = container_run, .inside = container_inside, .outside = container_outside, .free = container_free};

/* ---- its start ---- */

static char **read_env(const json_t *facts) {
  const json_t *list = json_object_get(json_object_get(facts, "Config"), "Env");
  GPtrArray *env = g_ptr_array_new();
  for (size_t i = 0; i < json_array_size(list); i++)
    if (json_is_string(json_array_get(list, i)))
      g_ptr_array_add(env, g_strdup(json_string_value(json_array_get(list, i))));
  g_ptr_array_add(env, NULL);
  return (char **)g_ptr_array_free(env, FALSE);
}

/* Whether the container's runtime can be called: its state lies where root's calls look for it. */
static bool knows_container(const char *runtime, const char *id) {
  g_autofree char *state = g_build_filename("/run", runtime, id, NULL);
  g_autofree char *program = g_find_program_in_path(runtime);
  return geteuid() == 0 && program != NULL && access(state, F_OK) == 0;
}

static void find_runtime(JobContainer *self, const json_t *facts) {
  const char *runtime = json_string_value(json_object_get(facts, "OCIRuntime"));
  const char *config = json_string_value(json_object_get(facts, "OCIConfigPath"));
  if (runtime == NULL || config == NULL || strchr(runtime, '/') != NULL || !knows_container(runtime, self->id))
    return;
  size_t size = 0;
  g_autofree char *text = fs_read(config, CONFIG_MAX_BYTES, &size, NULL);
  json_auto_t *document = text != NULL ? json_loadb(text, size, 0, NULL) : NULL;
  self->process = json_incref(json_object_get(document, "process"));
  if (json_is_object(self->process))
    self->runtime = g_strdup(runtime);
}

static bool look_at(JobContainer *self, const JobContainerSpec *spec, GError **error) {
  json_auto_t *facts = guest_inspect(self->scope->engine, self->id, error);
  if (facts == NULL)
    return false;
  const json_t *state = json_object_get(facts, "State");
  if (!json_is_true(json_object_get(state, "Running"))) {
    g_autofree char *words = engine_logs(self->scope->engine, self->id, 10);
    return error_set(error, DROVER_ERROR_FAILED, "image %s: its container ended at once: %s", spec->request->image, g_strstrip(words));
  }
  self->pid = (pid_t)json_integer_value(json_object_get(state, "Pid"));
  self->env = read_env(facts);
  if (!spec->by_engine)
    find_runtime(self, facts);
  return true;
}

static bool start(JobContainer *self, const JobContainerSpec *spec, GError **error) {
  static const char *const idle[] = {"-f", "/dev/null", NULL};
  self->dir = fs_temp_dir(container_scope_dir(spec->scope), "drover-exec", error);
  g_autofree char *image = self->dir != NULL ? container_image_fetch(spec->scope, spec->request, spec->cancellable, error) : NULL;
  if (image == NULL)
    return false;
  GuestPlan plan = {.kind = "job",
                    .binds = spec->binds,
                    .bind_count = spec->bind_count,
                    .hosts = spec->hosts,
                    .cwd = spec->cwd,
                    .entrypoint = "tail",
                    .arguments = idle,
                    .life = CONTAINER_STAYS};
  self->id = guest_start(spec->scope, spec->request, &plan, image, spec->cancellable, error);
  return self->id != NULL && look_at(self, spec, error);
}

Executor *job_container_new(const JobContainerSpec *spec, GError **error) {
  g_autofree char *id = id_new();
  g_autofree char *marker = g_strconcat("DROVER_CONTAINER=", id, NULL);
  JobContainer *self = g_new0(JobContainer, 1);
  self->executor.class = &class;
  self->scope = spec->scope;
  self->paths = container_paths_new(spec->binds, spec->bind_count);
  self->host = executor_process_new(marker);
  self->program = g_strdup(spec->program != NULL ? spec->program : "/proc/self/exe");
  if (start(self, spec, error))
    return &self->executor;
  container_free(&self->executor, NULL);
  return NULL;
}

const char *const *job_container_environment(const Executor *executor) {
  return (const char *const *)((const JobContainer *)executor)->env;
}

const char *job_container_id(const Executor *executor) {
  return ((const JobContainer *)executor)->id;
}
