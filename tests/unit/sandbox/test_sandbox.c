/* What a program in a sandbox can and cannot do, asked by programs in a sandbox. This program is the init of its sandboxes too, and, with
 * other arguments, what runs inside or what makes a sandbox as an ordinary user.
 */
#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"
#include "sandbox/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MAX_MS 20000 /* for what must come; nothing waits so long when all is well */
#define USER "12345"

/* ---- the other programs that this one is --------------------------------------------------------------------------------------- */

/* Arguments that do no harm where a call is not refused. */
static int ask_kernel(void) {
  const struct {
    const char *name;
    long got;
    int code;
  } calls[] = {
    {"init_module", syscall(SYS_init_module, 0, 0, 0), errno},
    {"finit_module", syscall(SYS_finit_module, -1, 0, 0), errno},
    {"delete_module", syscall(SYS_delete_module, 0, 0), errno},
    {"kexec_load", syscall(SYS_kexec_load, 0, 1, 0, 0), errno},
    {"reboot", syscall(SYS_reboot, 0, 0, 0, 0), errno},
    {"bpf", syscall(SYS_bpf, -1, 0, 0), errno},
    {"perf_event_open", syscall(SYS_perf_event_open, 0, 0, 0, 0, 0), errno},
    {"add_key", syscall(SYS_add_key, 0, 0, 0, 0, 0), errno},
    {"keyctl", syscall(SYS_keyctl, -1, 0, 0, 0, 0), errno},
    {"open_by_handle_at", syscall(SYS_open_by_handle_at, -1, 0, 0), errno},
    {"swapon", syscall(SYS_swapon, 0, 0), errno},
    {"acct", syscall(SYS_acct, "/no/such/file"), errno},
    {"clone", syscall(SYS_clone, CLONE_NEWCGROUP | SIGCHLD, 0, 0, 0, 0), errno},
    {"TIOCSTI", ioctl(-1, TIOCSTI, "x"), errno},
    {"TIOCSTI in more bits", syscall(SYS_ioctl, -1, TIOCSTI | 1L << 32, "x"), errno},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
    if (calls[i].got != -1 || calls[i].code != EPERM)
      printf("%s: %ld, %s\n", calls[i].name, calls[i].got, strerror(calls[i].code));
  if (socket(AF_VSOCK, SOCK_STREAM, 0) >= 0)
    printf("AF_VSOCK\n");
  return 0;
}

static char *own_folder(void) {
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  return g_path_get_dirname(self);
}

/* ---- a sandbox to ask in ------------------------------------------------------------------------------------------------------- */

typedef struct {
  char *dir; /* holds the rest */
  char *state, *work, *data;
  Executor *executor;
} Fixture;

/* Not below /tmp where that can be had, as there is nothing of /tmp inside anyway. */
static void fixture_folders(Fixture *fixture) {
  g_autofree char *pattern = g_build_filename(geteuid() == 0 ? "/var/lib" : g_get_tmp_dir(), "drover-sandbox-test-XXXXXX", NULL);
  fixture->dir = g_strdup(g_mkdtemp(pattern));
  g_assert_nonnull(fixture->dir);
  chmod(fixture->dir, 0755);
  fixture->state = g_build_filename(fixture->dir, "state", NULL);
  fixture->work = g_build_filename(fixture->dir, "work", NULL);
  fixture->data = g_build_filename(fixture->dir, "data", NULL);
  g_autofree char *key = g_build_filename(fixture->data, "key", NULL);
  g_assert_true(fs_make_dirs(fixture->state, 0755, NULL) && fs_make_dirs(fixture->work, 0755, NULL) && fs_make_dirs(fixture->data, 0755, NULL));
  g_assert_true(fs_write(key, "secret", 6, 0644, NULL));
}

/* `spec` adds to what is the same for all. */
static void fixture_open(Fixture *fixture, SandboxSpec spec, GPtrArray *warnings) {
  g_autofree char *program = own_folder();
  const char *const hidden[] = {fixture->data, NULL};
  const SandboxBind binds[] = {{fixture->work, "/work", false}, {fixture->work, "/look", true}, {program, "/test", true}};
  g_autoptr(GError) error = NULL;
  spec.name = "job-1", spec.state_dir = fixture->state, spec.hidden = hidden, spec.binds = binds, spec.bind_count = G_N_ELEMENTS(binds);
  fixture->executor = sandbox_new(&spec, warnings, &error);
  g_assert_no_error(error);
}

static Fixture fixture_new(SandboxSpec spec) {
  Fixture fixture = {0};
  fixture_folders(&fixture);
  fixture_open(&fixture, spec, NULL);
  return fixture;
}

static void fixture_clear(Fixture *fixture) {
  executor_free(fixture->executor, NULL);
  g_assert_true(fs_remove_tree(fixture->dir, NULL));
  g_free(fixture->dir), g_free(fixture->state), g_free(fixture->work), g_free(fixture->data);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static void take(const char *bytes, size_t size, void *data) {
  g_string_append_len(data, bytes, (gssize)size);
}

/* What a shell script prints inside; transfer full. */
static char *say(const Fixture *fixture, const char *script, const char *variable) {
  g_autofree char *data = g_strconcat("DATA=", fixture->data, NULL);
  g_autoptr(GPtrArray) env = g_ptr_array_new();
  g_ptr_array_add(env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
  g_ptr_array_add(env, data);
  g_ptr_array_add(env, (void *)variable);
  for (const char *const *more = variable != NULL ? sandbox_environment(fixture->executor) : NULL; more != NULL && *more != NULL; more++)
    g_ptr_array_add(env, (void *)*more);
  g_ptr_array_add(env, NULL);
  GString *output = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  int status = -1;
  ExecutorSpec spec = {.argv = (const char *const[]){"bash", "-c", script, NULL},
                       .env = (const char *const *)env->pdata,
                       .cwd = "/",
                       .on_output = take,
                       .data = output,
                       .deadline_ms = WAIT_MAX_MS};
  bool ran = executor_run(fixture->executor, &spec, &status, &error);
  g_assert_no_error(error);
  g_assert_true(ran);
  return g_string_free(output, FALSE);
}

static bool can_make_sandboxes(void) {
  g_autofree char *why = NULL;
  if (sandbox_probe(&why))
    return true;
  g_test_skip(why);
  return false;
}

/* ---- what can and cannot be done ----------------------------------------------------------------------------------------------- */

#define OR_REFUSED " 2>/dev/null || echo refused"

static const struct {
  const char *claim, *script, *output;
  bool needs_ids; /* more than one's own: root's alone */
} rows[] = {
  {"everyone-is-root", "id -u; id -g", "0\n0\n"},
  {"the-host-name", "cat /proc/sys/kernel/hostname", "job-1\n"},
  {"no-other-process", "echo /proc/[0-9]*", "/proc/1 /proc/2\n"},
  {"no-home", "ls -A /root; ls -A /home/*/ 2>/dev/null | grep -v :$", ""},
  {"nothing-in-tmp", "ls -A /tmp /var/tmp", "/tmp:\n\n/var/tmp:\n"},
  {"no-data", "ls -A $DATA 2>/dev/null; cat $DATA/key" OR_REFUSED, "refused\n"},
  {"no-data-under-the-cover", "umount $DATA 2>/dev/null; umount -l /var/lib 2>/dev/null; cat $DATA/key" OR_REFUSED, "refused\n"},
  {"no-state", "ls -A $DATA/../state 2>/dev/null", ""},
  {"everything-can-be-written", "echo x >/usr/bin/drover-test && cat /usr/bin/drover-test", "x\n", true},
  {"everything-can-be-removed", "rm /usr/bin/env && ls /usr/bin/env" OR_REFUSED, "refused\n", true},
  {"folders-can-be-renamed", "mv /usr/share/doc /usr/share/doc2 && ls -d /usr/share/doc2", "/usr/share/doc2\n", true},
  {"files-change-hands", "touch /tmp/a; chown 1:2 /tmp/a && stat -c %u:%g /tmp/a", "1:2\n", true},
  {"users-can-be-changed", "setpriv --reuid 1 --regid 1 --clear-groups id -u", "1\n", true},
  {"mounts-of-ones-own", "mount -t tmpfs none /mnt && echo mounted", "mounted\n"},
  {"namespaces-of-ones-own", "unshare -Ur id -u", "0\n"},
  {"shared-memory", "echo x >/dev/shm/a && cat /dev/shm/a", "x\n"},
  {"harmless-devices", "head -c 3 /dev/zero | wc -c; echo x >/dev/null; head -c 2 /dev/urandom | wc -c; ls /dev/fd/0", "3\n2\n/dev/fd/0\n"},
  {"no-other-device", "cd /dev; echo *", "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero\n"},
  {"no-raw-disk", "mknod /tmp/disk b 254 0" OR_REFUSED, "refused\n"},
  {"no-setting-of-the-kernel", "(echo 1 >/proc/sys/vm/swappiness)" OR_REFUSED, "refused\n"},
  {"no-setting-under-the-cover",
   "umount /proc/sys 2>/dev/null; mount -o remount,rw /proc/sys 2>/dev/null; (echo 1 >/proc/sys/vm/swappiness)" OR_REFUSED, "refused\n"},
  {"no-setting-in-a-new-proc", "mount -t proc proc /mnt" OR_REFUSED, "refused\n"},
  {"nothing-of-sys", "(echo x >/sys/kernel/uevent_seqnum)" OR_REFUSED "; ls /sys/firmware", "refused\n"},
  {"no-memory-of-the-kernel", "head -c 1 /proc/kcore" OR_REFUSED, "refused\n"},
  {"no-cgroups", "unshare -C true" OR_REFUSED "; unshare -UCr true" OR_REFUSED, "refused\nrefused\n"},
  {"no-call-that-reaches-the-machine", "/test/test_sandbox_sandbox ask-kernel", ""},
  {"no-new-privileges", "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t1\n"},
  {"no-way-by-the-first-process", "ls /proc/1/root/" OR_REFUSED "; readlink /proc/1/fd/3 /proc/1/exe" OR_REFUSED, "refused\nrefused\n"},
  {"no-memory-of-the-first-process", "head -c 1 /proc/1/mem" OR_REFUSED "; cat /proc/1/environ" OR_REFUSED, "refused\nrefused\n"},
  {"the-first-process-cannot-be-ended", "kill -KILL 1; kill -STOP 1; echo alive", "alive\n"},
  {"no-descriptor-but-three", "ls /proc/self/fd | wc -l", "4\n"}, /* and the one that ls reads with */
  {"drover-has-a-name", "getent hosts drover.localhost | cut -d' ' -f1", "127.0.0.1\n"},
  {"names-are-resolved-as-outside", "[ -r /etc/resolv.conf ] && echo there", "there\n"},
  {"a-bind-is-the-folder", "echo x >/work/a; cat /look/a", "x\n"},
  {"a-bind-to-look-at", "(echo x >/look/a)" OR_REFUSED, "refused\n"},
};

static void test_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  if (!can_make_sandboxes())
    return;
  if (geteuid() != 0 && rows[i].needs_ids)
    return g_test_skip("an ordinary user has no other ids");
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  g_autofree char *output = say(&fixture, rows[i].script, NULL);
  g_assert_cmpstr(output, ==, rows[i].output);
  g_assert_false(g_file_test("/usr/bin/drover-test", G_FILE_TEST_EXISTS));
}

/* The same rows for somebody who is not root, all in one sandbox each: run by test_as_user(). */
static int as_user(const char *row) {
  size_t i = strtoul(row, NULL, 10);
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  g_autofree char *output = say(&fixture, rows[i].script, NULL);
  fputs(output, stdout);
  return 0;
}

static void test_as_user(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  if (geteuid() != 0)
    return g_test_skip("needs root, to become somebody else");
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL), *row = g_strdup_printf("%zu", i);
  const char *const argv[] = {"setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", self, "as-user", row, NULL};
  g_auto(ProcessResult) result = {0};
  g_assert_true(process_run(&(ProcessSpec){.argv = argv, .deadline_ms = WAIT_MAX_MS}, &result, NULL));
  if (strstr(result.err, "a sandbox cannot be made here") != NULL)
    return g_test_skip("ordinary users may not make sandboxes here");
  g_assert_cmpstr(result.err, ==, "");
  g_assert_cmpstr(result.out, ==, rows[i].output);
}

/* ---- programs ------------------------------------------------------------------------------------------------------------------ */

static const struct {
  const char *claim;
  const char *const argv[4];
  const char *cwd;
  DroverError code; /* DROVER_ERROR_COUNT: it runs, and ends with */
  int status;
} programs[] = {
  {"a-status", {"sh", "-c", "exit 7"}, "/", DROVER_ERROR_COUNT, 7},
  {"a-signal", {"sh", "-c", "kill -TERM $$"}, "/", DROVER_ERROR_COUNT, 143},
  {"no-such-program", {"no-such-program"}, "/", DROVER_ERROR_MISSING, -1},
  {"no-such-folder", {"true"}, "/no/such/folder", DROVER_ERROR_NOT_FOUND, -1},
  {"on-time", {"sleep", "1000"}, "/", DROVER_ERROR_TIMEOUT, -1},
};

static void test_program(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
  g_autoptr(GError) error = NULL;
  int status = -1;
  ExecutorSpec spec = {.argv = programs[i].argv, .env = env, .cwd = programs[i].cwd};
  spec.deadline_ms = programs[i].code == DROVER_ERROR_TIMEOUT ? 100 : WAIT_MAX_MS;
  bool ran = executor_run(fixture.executor, &spec, &status, &error);
  g_assert_cmpint(ran, ==, programs[i].code == DROVER_ERROR_COUNT);
  g_assert_true(ran || error_is(error, programs[i].code));
  g_assert_cmpint(status, ==, programs[i].status);
}

static void test_large_environment(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  g_autofree char *value = g_strnfill(100000, 'x');
  const char *env[13] = {"PATH=/usr/bin:/bin"};
  for (int i = 1; i < 12; i++)
    env[i] = g_strdup_printf("V%d=%s", i, value);
  g_autoptr(GString) output = g_string_new(NULL);
  int status = -1;
  ExecutorSpec spec = {.argv = (const char *const[]){"sh", "-c", "env | wc -c", NULL}, .env = env, .on_output = take, .data = output};
  g_assert_true(executor_run(fixture.executor, &spec, &status, NULL));
  g_assert_cmpint(atoi(output->str), >, 1100000);
  for (int i = 1; i < 12; i++)
    g_free((char *)env[i]);
}

static void *run_some(void *data) {
  for (int i = 0; i < 20; i++) {
    g_autofree char *output = say(data, "echo $$; exit 3", NULL);
    g_assert_cmpint(atoi(output), >, 1);
  }
  return NULL;
}

static void test_many_threads(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  GThread *threads[4];
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("run", run_some, &fixture);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
}

static void test_what_is_left_is_ended(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  g_autofree char *output = say(&fixture, "sleep 1000 & setsid sleep 1000 & echo done", NULL);
  unsigned ended = 0;
  executor_free(g_steal_pointer(&fixture.executor), &ended);
  g_assert_cmpstr(output, ==, "done\n");
  g_assert_cmpuint(ended, ==, 2);
}

static void test_paths(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  g_autofree char *here = g_build_filename(fixture.work, "a", NULL), *key = g_build_filename(fixture.data, "key", NULL);
  g_autofree char *inside = executor_inside(fixture.executor, here), *outside = executor_outside(fixture.executor, "/work/a");
  g_autofree char *hidden = executor_inside(fixture.executor, key), *same = executor_inside(fixture.executor, "/usr/bin/env");
  g_autofree char *within = executor_outside(fixture.executor, "/tmp/a"), *lookalike = executor_outside(fixture.executor, "/workshop");
  g_assert_true(g_str_equal(inside, "/work/a") || g_str_equal(inside, "/look/a"));
  g_assert_cmpstr(outside, ==, here);
  g_assert_null(hidden);
  g_assert_cmpstr(same, ==, "/usr/bin/env");
  g_assert_null(within);
  g_assert_null(lookalike);
}

static void test_an_earlier_state_is_there_again(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  g_free(say(&fixture, "echo a >/usr/bin/drover-test; echo b >/tmp/b; ln -s /work /tmp/work; rm -rf /root; mkdir /mnt/x", NULL));
  executor_free(g_steal_pointer(&fixture.executor), NULL);
  fixture_open(&fixture, (SandboxSpec){0}, NULL);
  g_autofree char *output = say(&fixture, "cat /usr/bin/drover-test /tmp/b; ls -d /mnt/x", NULL);
  g_assert_cmpstr(output, ==, "a\nb\n/mnt/x\n");
}

/* ---- ends that nobody asked for ------------------------------------------------------------------------------------------------ */

/* Kills the process that drover started, by whose end the rest ends. */
static void kill_child(const char *bytes, size_t size, void *data) {
  (void)bytes, (void)size, (void)data;
  g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)gettid()), *text = NULL;
  if (g_file_get_contents(path, &text, NULL, NULL))
    kill((pid_t)atoi(text), SIGKILL);
}

static void test_a_killed_init_is_an_error(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){0});
  const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
  g_autoptr(GError) error = NULL, again = NULL;
  int status = -1;
  ExecutorSpec spec = {.argv = (const char *const[]){"sh", "-c", "echo ready; exec sleep 1000", NULL}, .env = env, .on_output = kill_child};
  g_assert_false(executor_run(fixture.executor, &spec, &status, &error));
  g_assert_true(error_is(error, DROVER_ERROR_UNAVAILABLE));
  g_assert_false(executor_run(fixture.executor, &spec, &status, &again));
  g_assert_true(error_is(again, DROVER_ERROR_UNAVAILABLE));
}

static G_NORETURN void hold(const Fixture *fixture) {
  Fixture mine = *fixture;
  fixture_open(&mine, (SandboxSpec){0}, NULL);
  g_free(say(&mine, "exec 9>/work/fifo; echo ready >&9; setsid sleep 1000 & exec sleep 1000", NULL));
  _exit(0);
}

/* Whoever has the FIFO open for writing is alive. */
static void test_all_dies_with_drover(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = {0};
  fixture_folders(&fixture);
  g_autofree char *fifo = g_build_filename(fixture.work, "fifo", NULL);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  int fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  pid_t drover = fork();
  if (drover == 0)
    hold(&fixture);
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  char buffer[64];
  g_assert_cmpint(poll(&ready, 1, WAIT_MAX_MS), ==, 1);
  g_assert_cmpint(read(fd, buffer, sizeof buffer), >, 0);
  kill(drover, SIGKILL);
  waitpid(drover, NULL, 0);
  do
    g_assert_cmpint(poll(&ready, 1, WAIT_MAX_MS), ==, 1);
  while (read(fd, buffer, sizeof buffer) > 0);
  close(fd);
}

/* ---- network and limits -------------------------------------------------------------------------------------------------------- */

static int server_socket(unsigned *port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  g_assert_cmpint(bind(fd, (struct sockaddr *)&address, size) | listen(fd, 8) | getsockname(fd, (struct sockaddr *)&address, &size), ==, 0);
  *port = ntohs(address.sin_port);
  return fd;
}

#define DIRECTLY "(exec 3<>/dev/tcp/127.0.0.1/$PORT) 2>/dev/null && echo open || echo refused"
#define BY_PROXY                                                                                                                                     \
  "exec 3<>/dev/tcp/127.0.0.1/${http_proxy##*:}; printf 'CONNECT localhost:%d HTTP/1.1\\r\\n\\r\\n' $PORT >&3; read -r one two three <&3; echo $two"

static const struct {
  const char *claim, *network; /* PORT stands for the port of a server of this machine */
  const char *script, *output;
} networks[] = {
  {"the-machine's", "host", DIRECTLY, "open\n"},
  {"none", "none", DIRECTLY, "refused\n"},
  {"none-has-loopback", "none", "grep -c : /proc/net/dev; cat /proc/net/if_inet6 | grep -c ' lo$'; : ", "1\n1\n"},
  {"not-past-the-list", "localhost:PORT", DIRECTLY, "refused\n"},
  {"what-is-listed", "localhost:PORT", BY_PROXY, "200\n"},
  {"what-is-not-listed", "a.example:PORT", BY_PROXY, "403\n"},
  {"all-names-of-the-proxy", "a.example", "for n in $http_proxy $HTTPS_PROXY $ALL_PROXY; do echo ${n%:*}; done; echo $no_proxy",
   "http://127.0.0.1\nhttp://127.0.0.1\nhttp://127.0.0.1\nlocalhost,127.0.0.1,::1,drover.localhost\n"},
};

static void test_network(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  if (!can_make_sandboxes())
    return;
  unsigned port = 0;
  int server = server_socket(&port);
  g_autofree char *variable = g_strdup_printf("PORT=%u", port);
  g_auto(GStrv) parts = g_strsplit(networks[i].network, "PORT", 2);
  g_autofree char *list = g_strjoinv(variable + strlen("PORT="), parts);
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){.network = list});
  g_autofree char *output = say(&fixture, networks[i].script, variable);
  g_assert_cmpstr(output, ==, networks[i].output);
  close(server);
}

static void test_listen(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = fixture_new((SandboxSpec){.network = "none"});
  unsigned port = 0;
  int fd = sandbox_listen(fixture.executor, &port, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_autofree char *variable = g_strdup_printf("PORT=%u", port), *output = say(&fixture, DIRECTLY, variable);
  g_assert_cmpstr(output, ==, "open\n");
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(sandbox_listen(fixture.executor, &port, &error), ==, -1);
  g_assert_nonnull(error);
  close(fd);
}

static void test_wrong_network(void) {
  g_autoptr(GError) error = NULL;
  g_assert_null(sandbox_new(&(SandboxSpec){.name = "a", .state_dir = "/nonexistent", .network = "a b"}, NULL, &error));
  g_assert_true(error_is(error, DROVER_ERROR_INPUT));
}

/* Lays an overlay over `dir` for itself alone, makes a sandbox with its state there, and tells how that went. */
static int on_overlay(const char *dir) {
  g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  const char *const folders[] = {"upper", "work", "lower/state"};
  for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *path = g_build_filename(dir, folders[i], NULL);
    g_assert_true(fs_make_dirs(path, 0755, NULL));
  }
  g_assert_cmpint(chdir(dir) | unshare(CLONE_NEWNS) | mount("", "/", "", MS_REC | MS_PRIVATE, NULL), ==, 0);
  g_assert_cmpint(mount("overlay", "lower", "overlay", 0, "lowerdir=lower,upperdir=upper,workdir=work"), ==, 0);
  Fixture fixture = {.data = (char *)"/nonexistent"};
  fixture.executor = sandbox_new(&(SandboxSpec){.name = "a", .state_dir = "lower/state"}, warnings, &error);
  g_assert_no_error(error);
  g_autofree char *output = say(&fixture, "echo a >/usr/bin/drover-test; cat /usr/bin/drover-test", NULL);
  printf("%s%s\n", output, warnings->len == 1 ? (char *)warnings->pdata[0] : "?");
  executor_free(fixture.executor, NULL);
  return 0;
}

static void test_a_state_that_cannot_hold_layers_is_kept_in_memory(void) {
  if (geteuid() != 0)
    return g_test_skip("needs root, to mount");
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = {0};
  fixture_folders(&fixture);
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_auto(ProcessResult) result = {0};
  const char *const argv[] = {self, "on-overlay", fixture.work, NULL};
  g_assert_true(process_run(&(ProcessSpec){.argv = argv, .deadline_ms = WAIT_MAX_MS}, &result, NULL));
  g_assert_cmpstr(result.err, ==, "");
  g_assert_cmpstr(result.out, ==, "a\nlower/state is on a file system that cannot hold a sandbox's files: they are kept in memory\n");
}

static void test_limit_of_processes(void) {
  if (!can_make_sandboxes())
    return;
  g_auto(Fixture) fixture = {0};
  g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
  fixture_folders(&fixture);
  fixture_open(&fixture, (SandboxSpec){.processes_max = 20}, warnings);
  if (warnings->len > 0)
    return g_test_skip(warnings->pdata[0]);
  g_free(say(&fixture, "perl -e 'for (1..40) { my $pid = fork; exit unless defined $pid; if (!$pid) { sleep 1000; exit } }'", NULL));
  unsigned ended = 0;
  executor_free(g_steal_pointer(&fixture.executor), &ended);
  g_assert_cmpuint(ended, >, 10);
  g_assert_cmpuint(ended, <, 20);
}

#define ADD_ROWS(prefix, table, function)                                                                                                            \
  for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                                                                                 \
    g_autofree char *path = g_strconcat("/sandbox/" prefix "/", table[i].claim, NULL);                                                               \
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), function);                                                                                       \
  }

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], SANDBOX_COMMAND) == 0)
    return sandbox_main(argc, argv);
  if (argc > 1 && strcmp(argv[1], "ask-kernel") == 0)
    return ask_kernel();
  if (argc > 2 && strcmp(argv[1], "on-overlay") == 0)
    return on_overlay(argv[2]);
  if (argc > 2 && strcmp(argv[1], "as-user") == 0)
    return as_user(argv[2]);
  g_test_init(&argc, &argv, NULL);
  ADD_ROWS("inside", rows, test_row)
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = g_strdup_printf("/sandbox/as-user/%s", rows[i].claim);
    if (!rows[i].needs_ids) /* those are root's alone, and stand under "inside" */
      g_test_add_data_func(name, GSIZE_TO_POINTER(i), test_as_user);
  }
  ADD_ROWS("program", programs, test_program)
  ADD_ROWS("network", networks, test_network)
  g_test_add_func("/sandbox/large-environment", test_large_environment);
  g_test_add_func("/sandbox/many-threads", test_many_threads);
  g_test_add_func("/sandbox/what-is-left-is-ended", test_what_is_left_is_ended);
  g_test_add_func("/sandbox/paths", test_paths);
  g_test_add_func("/sandbox/an-earlier-state-is-there-again", test_an_earlier_state_is_there_again);
  g_test_add_func("/sandbox/a-killed-init-is-an-error", test_a_killed_init_is_an_error);
  g_test_add_func("/sandbox/all-dies-with-drover", test_all_dies_with_drover);
  g_test_add_func("/sandbox/listen", test_listen);
  g_test_add_func("/sandbox/wrong-network", test_wrong_network);
  g_test_add_func("/sandbox/a-state-that-cannot-hold-layers-is-kept-in-memory", test_a_state_that_cannot_hold_layers_is_kept_in_memory);
  g_test_add_func("/sandbox/limit-of-processes", test_limit_of_processes);
  return g_test_run();
}
