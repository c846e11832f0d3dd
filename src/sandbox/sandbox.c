#include "sandbox/sandbox.h"

#include "base/error.h"
#include "base/executor_pump.h"
#include "base/fs.h"
#include "base/spawn.h"
#include "sandbox/auto_fd.h"
#include "sandbox/ids.h"
#include "sandbox/machine.h"
#include "sandbox/proxy.h"
#include "sandbox/start.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define END_MAX_MS 20000

typedef struct {
  Executor executor;
  Start start;
  ExecutorDrain *drain;
  Network *network;
  Proxy *proxy;           /* NULL without a list of hosts */
  GPtrArray *environment; /* NULL-terminated */
  GPtrArray *binds;       /* of PlanStep: the binds of the specification, the last first */
  GPtrArray *own;         /* paths that are the sandbox's own folders: nothing of this machine is seen there */
} Sandbox;

static bool has_died(GError **error) {
  return error_set(error, DROVER_ERROR_UNAVAILABLE, "the sandbox has ended: its first process was killed, by hand or for want of memory");
}

/* ---- programs ------------------------------------------------------------------------------------------------------------------ */

static GByteArray *pack_program(const ExecutorSpec *spec) {
  GByteArray *payload = g_byte_array_new();
  wire_append(payload, spec->cwd != NULL ? spec->cwd : "");
  for (const char *const *argument = spec->argv; *argument != NULL; argument++)
    wire_append(payload, *argument);
  for (const char *const *variable = spec->env; *variable != NULL; variable++)
    wire_append(payload, *variable);
  return payload;
}

static int send_program(const Sandbox *self, const ExecutorSpec *spec, int output_fd) {
  g_autoptr(GByteArray) payload = pack_program(spec);
  const WireRequest request = {.kind = WIRE_RUN, .first_count = g_strv_length((char **)spec->argv), .value = spec->interactive};
  const int terminal[] = {0, 1, 2};
  return start_call(self->start.control_fd, request, payload, spec->interactive ? terminal : &output_fd, spec->interactive ? 3 : 1);
}

static void signal_inside(int number, void *data) {
  (void)wire_write(*(const int *)data, &(int32_t){number}, sizeof(int32_t));
}

static bool start_error(const ExecutorSpec *spec, const WireReply *reply, GError **error) {
  if (reply->value == SPAWN_NO_FOLDER)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "%s: cannot be started in %s of the sandbox: %s", spec->argv[0], spec->cwd,
                     g_strerror(reply->code));
  if (reply->value == SPAWN_NO_PROGRAM)
    return error_set(error, DROVER_ERROR_MISSING, "%s: cannot be started in the sandbox: %s", spec->argv[0], g_strerror(reply->code));
  return error_set_errno(error, reply->code, "%s: no process can be made in the sandbox", spec->argv[0]);
}

static bool take_end(int call_fd, const ExecutorSpec *spec, int *status, GError **error) {
  WireReply reply;
  int fds[WIRE_FDS_MAX];
  if (wire_receive(call_fd, &reply, sizeof reply, fds) == 0)
    return has_died(error);
  if (reply.what != WIRE_ENDED)
    return start_error(spec, &reply, error);
  *status = reply.value;
  return true;
}

static bool sandbox_run(Executor *executor, const ExecutorSpec *spec, int *status, GError **error) {
  const Sandbox *self = (const Sandbox *)executor;
  if (spec->cancellable != NULL && g_cancellable_is_cancelled(spec->cancellable))
    return error_set(error, DROVER_ERROR_CANCELLED, "%s: not started, drover was asked to stop", spec->argv[0]);
  int pipe_ends[2] = {-1, -1};
  if (!spec->interactive && !executor_pipe(pipe_ends))
    return error_set_errno(error, errno, "%s: no pipe can be made", spec->argv[0]);
  AUTO_FD call_fd = send_program(self, spec, pipe_ends[1]);
  if (pipe_ends[1] >= 0)
    close(pipe_ends[1]);
  if (call_fd < 0) {
    if (pipe_ends[0] >= 0)
      close(pipe_ends[0]);
    return has_died(error);
  }
  const ExecutorProgram program = {
    .output_fd = pipe_ends[0], .ended_fd = call_fd, .signal = signal_inside, .data = (void *)&call_fd, .drain = self->drain};
  bool by_itself = executor_pump(spec, &program, error);
  if (spec->interactive)
    spawn_foreground(STDIN_FILENO, getpgrp());
  return by_itself && take_end(call_fd, spec, status, error);
}

/* ---- paths --------------------------------------------------------------------------------------------------------------------- */

/* `path`, which is below `from`, as it is below `to`. */
static char *rebase(const char *path, const char *from, const char *to) {
  const char *rest = path + strlen(from);
  rest += *rest == '/';
  return *rest != '\0' ? g_build_filename(to, rest, NULL) : g_strdup(to);
}

static char *sandbox_inside(const Executor *executor, const char *path) {
  const Sandbox *self = (const Sandbox *)executor;
  for (guint i = 0; i < self->binds->len; i++) {
    const PlanStep *bind = self->binds->pdata[i];
    if (plan_is_below(path, bind->source))
      return rebase(path, bind->source, bind->target);
  }
  for (guint i = 0; i < self->own->len; i++)
    if (plan_is_below(path, self->own->pdata[i]))
      return NULL;
  return g_strdup(path);
}

static char *sandbox_outside(const Executor *executor, const char *path) {
  const Sandbox *self = (const Sandbox *)executor;
  for (guint i = 0; i < self->binds->len; i++) {
    const PlanStep *bind = self->binds->pdata[i];
    if (plan_is_below(path, bind->target))
      return rebase(path, bind->target, bind->source);
  }
  return NULL;
}

static void remember_paths(Sandbox *self, const GPtrArray *steps) {
  self->binds = plan_steps_new();
  self->own = g_ptr_array_new_with_free_func(g_free);
  for (guint i = steps->len; i > 0; i--) {
    const PlanStep *step = steps->pdata[i - 1];
    bool is_bind = (step->kind == PLAN_BIND || step->kind == PLAN_BIND_READ) && strcmp(step->target, "/sys") != 0;
    if (is_bind)
      plan_add(self->binds, step->kind, step->target, step->source);
    else if (step->kind == PLAN_FOLDER || step->kind == PLAN_DEV || step->kind == PLAN_PROC)
      g_ptr_array_add(self->own, g_strdup(step->target));
  }
}

/* ---- the end ------------------------------------------------------------------------------------------------------------------- */

static unsigned count_inside(const Sandbox *self) {
  WireReply reply = {0};
  int fds[WIRE_FDS_MAX];
  AUTO_FD call_fd = start_call(self->start.control_fd, (WireRequest){.kind = WIRE_COUNT}, NULL, NULL, 0);
  return call_fd >= 0 && wire_receive(call_fd, &reply, sizeof reply, fds) != 0 ? (unsigned)reply.value : 0;
}

static void end_processes(const Sandbox *self) {
  close(self->start.control_fd);
  struct pollfd end = {.fd = self->start.pid_fd, .events = POLLIN};
  if (poll(&end, 1, END_MAX_MS) != 1)
    kill(self->start.pid, SIGKILL); /* and its child dies with it */
  waitpid(self->start.pid, NULL, 0);
  close(self->start.pid_fd);
}

static void sandbox_free(Executor *executor, unsigned *ended) {
  Sandbox *self = (Sandbox *)executor;
  *ended = count_inside(self);
  end_processes(self);
  proxy_free(self->proxy);
  network_free(self->network);
  executor_drain_free(self->drain);
  g_ptr_array_unref(self->environment);
  g_ptr_array_unref(self->binds);
  g_ptr_array_unref(self->own);
  g_free(self);
}

static const ExecutorClass sandbox_class = {
  .run = sandbox_run,
  .inside = sandbox_inside,
  .outside = sandbox_outside,
  .free = sandbox_free,
};

/* ---- the beginning ------------------------------------------------------------------------------------------------------------- */

int sandbox_listen(Executor *executor, unsigned *port, GError **error) {
  const Sandbox *self = (const Sandbox *)executor;
  WireReply reply = {0};
  int fds[WIRE_FDS_MAX];
  AUTO_FD call_fd = start_call(self->start.control_fd, (WireRequest){.kind = WIRE_LISTEN, .value = *port}, NULL, NULL, 0);
  if (call_fd < 0 || wire_receive(call_fd, &reply, sizeof reply, fds) == 0) {
    has_died(error);
    return -1;
  }
  if (reply.what != WIRE_READY) {
    error_set_errno(error, reply.code, "port %u of the sandbox cannot be listened on", *port);
    return -1;
  }
  *port = (unsigned)reply.value;
  return fds[0];
}

const char *const *sandbox_environment(const Executor *executor) {
  return (const char *const *)((const Sandbox *)executor)->environment->pdata;
}

/* Programs disagree on the case of these names. */
static void set_environment(Sandbox *self, unsigned port) {
  static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"};
  static const char *const direct[] = {"no_proxy", "NO_PROXY"};
  for (size_t i = 0; i < G_N_ELEMENTS(names) && port != 0; i++)
    g_ptr_array_add(self->environment, g_strdup_printf("%s=http://127.0.0.1:%u", names[i], port));
  for (size_t i = 0; i < G_N_ELEMENTS(direct) && port != 0; i++)
    g_ptr_array_add(self->environment, g_strdup_printf("%s=localhost,127.0.0.1,::1,drover.localhost", direct[i]));
  g_ptr_array_add(self->environment, NULL);
}

static bool start_proxy(Sandbox *self, GError **error) {
  unsigned port = 0;
  if (network_has_list(self->network)) {
    int fd = sandbox_listen(&self->executor, &port, error);
    if (fd < 0)
      return false;
    self->proxy = proxy_new(fd, self->network);
  }
  set_environment(self, port);
  return true;
}

static bool is_name(const char *name) {
  return *name != '\0' && strlen(name) <= 63 && strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-") == strlen(name);
}

static bool make_setup(const SandboxSpec *spec, const Network *network, GPtrArray *warnings, Setup *setup, GError **error) {
  if (!is_name(spec->name)) {
    error_set(error, DROVER_ERROR_INTERNAL, "\"%s\" is no name for a sandbox: letters, digits and \"-\", 63 at most", spec->name);
    return false;
  }
  *setup = (Setup){.name = g_strdup(spec->name),
                   .state_dir = g_canonicalize_filename(spec->state_dir, NULL),
                   .privileged = ids_are_the_machines(),
                   .in_memory = !machine_can_hold_layers(spec->state_dir),
                   .own_network = network_is_own(network),
                   .limits = {spec->memory_max_bytes, spec->processes_max, spec->cpus_max}};
  setup->steps = machine_steps(spec, setup->privileged, error);
  if (setup->in_memory && warnings != NULL)
    g_ptr_array_add(warnings, g_strdup_printf("%s is on a file system that cannot hold a sandbox's files: they are kept in memory", spec->state_dir));
  return setup->steps != NULL;
}

Executor *sandbox_new(const SandboxSpec *spec, GPtrArray *warnings, GError **error) {
  g_autoptr(Network) network = network_parse(spec->network, error);
  g_auto(Setup) setup = {0};
  Start start;
  if (network == NULL || !make_setup(spec, network, warnings, &setup, error) ||
      !start_init(&setup, spec->program != NULL ? spec->program : "/proc/self/exe", warnings, &start, error))
    return NULL;
  Sandbox *self = g_new0(Sandbox, 1);
  *self = (Sandbox){.executor.class = &sandbox_class,
                    .start = start,
                    .drain = executor_drain_new(),
                    .network = g_steal_pointer(&network),
                    .environment = g_ptr_array_new_with_free_func(g_free)};
  remember_paths(self, setup.steps);
  if (start_proxy(self, error))
    return &self->executor;
  executor_free(&self->executor, NULL);
  return NULL;
}

bool sandbox_probe(char **why) {
  g_autoptr(GError) error = NULL;
  g_autofree char *state = fs_temp_dir(g_get_tmp_dir(), "drover-probe-", &error);
  Executor *executor = state != NULL ? sandbox_new(&(SandboxSpec){.name = "probe", .state_dir = state}, NULL, &error) : NULL;
  executor_free(executor, NULL);
  if (state != NULL)
    (void)fs_remove_tree(state, NULL);
  if (executor == NULL)
    *why = g_strdup(error->message);
  return executor != NULL;
}
