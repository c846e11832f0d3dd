#include "base/error.h"
#include "base/executor.h"
#include "base/fs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SH(script) ((const char *const[]){"sh", "-c", (script), NULL})
#define WAIT_MAX_MS 20000 /* for what must come; nothing waits so long when all is well */

static const char *const plain_env[] = {"PATH=/usr/bin:/bin", NULL};

static Executor *executor_new(void) {
  static int number = 0;
  g_autofree char *marker = g_strdup_printf("DROVER_TEST_EXECUTOR=%d-%d", getpid(), number++);
  return executor_process_new(marker);
}

static void take(const char *bytes, size_t size, void *data) {
  g_string_append_len(data, bytes, (gssize)size);
}

static const struct {
  const char *claim;
  const char *script;
  int status;
  const char *output;
} ends[] = {
  {"success", "true", 0, ""},
  {"a-status", "exit 7", 7, ""},
  {"a-signal-as-a-shell-says-it", "kill -KILL $$", 137, ""},
  {"both-streams-in-order", "echo a; echo b >&2; echo c", 0, "a\nb\nc\n"},
  {"nothing-on-standard-input", "cat", 0, ""},
  {"signals-are-reset", "kill -PIPE $$; echo alive", 141, ""},
  {"a-session-of-its-own", "[ \"$(cut -d' ' -f6 /proc/$$/stat)\" -eq $$ ] && echo own", 0, "own\n"},
  {"output-closed-early", "exec >&- 2>&-; sleep 0.05; exit 3", 3, ""},
  {"no-descriptor-but-three", "ls /proc/self/fd | wc -l", 0, "4\n"}, /* and the one that ls reads with */
  {"the-last-words-before-a-daemon", "sleep 1000 & echo last", 0, "last\n"},
};

static void test_end(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GString) output = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  Executor *executor = executor_new();
  int status = -1;
  signal(SIGPIPE, SIG_IGN); /* as servers do; the child must not inherit it */
  bool ran =
    executor_run(executor, &(ExecutorSpec){.argv = SH(ends[i].script), .env = plain_env, .on_output = take, .data = output}, &status, &error);
  signal(SIGPIPE, SIG_DFL);
  executor_free(executor, NULL);
  g_assert_no_error(error);
  g_assert_true(ran);
  g_assert_cmpint(status, ==, ends[i].status);
  g_assert_cmpstr(output->str, ==, ends[i].output);
}

static const struct {
  const char *claim;
  const char *const argv[3];
  const char *cwd;
  DroverError code;
} unstartable[] = {
  {"no-such-program-in-path", {"no-such-program"}, NULL, DROVER_ERROR_MISSING},
  {"no-such-path", {"/no/such/program"}, NULL, DROVER_ERROR_MISSING},
  {"not-executable", {"/etc/passwd"}, NULL, DROVER_ERROR_MISSING},
  {"a-folder", {"/etc"}, NULL, DROVER_ERROR_MISSING},
  {"no-such-working-folder", {"true"}, "/no/such/folder", DROVER_ERROR_NOT_FOUND},
};

static void test_unstartable(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  Executor *executor = executor_new();
  int status = -1;
  g_assert_false(executor_run(executor, &(ExecutorSpec){.argv = unstartable[i].argv, .env = plain_env, .cwd = unstartable[i].cwd}, &status, &error));
  executor_free(executor, NULL);
  g_assert_true(error_is(error, unstartable[i].code));
  g_assert_nonnull(strstr(error->message, unstartable[i].argv[0]));
  g_assert_cmpint(status, ==, -1);
}

/* ---- stopping ---------------------------------------------------------------------------------------------------------------- */

static void cancel(const char *bytes, size_t size, void *data) {
  (void)bytes, (void)size;
  g_cancellable_cancel(data);
}

static const struct {
  const char *claim;
  const char *script;
  const char *wrote; /* to the file FILE */
} stops[] = {
  {"interrupt-first", "trap 'echo int >$FILE; exit 0' INT; echo ready; while :; do sleep 0.01; done", "int\n"},
  {"then-terminate", "trap '' INT; trap 'echo term >$FILE; exit 0' TERM; echo ready; while :; do sleep 0.01; done", "term\n"},
  {"then-kill", "trap '' INT TERM; echo none >$FILE; echo ready; while :; do sleep 0.01; done", "none\n"},
};

static void test_stop(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autofree char *dir = g_dir_make_tmp("drover-executor-XXXXXX", NULL);
  g_autofree char *file = g_build_filename(dir, "file", NULL);
  g_autofree char *variable = g_strconcat("FILE=", file, NULL);
  const char *const env[] = {plain_env[0], variable, NULL};
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  Executor *executor = executor_new();
  int status = -1;
  ExecutorSpec spec = {.argv = SH(stops[i].script),
                       .env = env,
                       .on_output = cancel,
                       .data = cancellable,
                       .cancellable = cancellable,
                       .interrupt_ms = i == 0 ? WAIT_MAX_MS : 300,
                       .terminate_ms = i == 1 ? WAIT_MAX_MS : 50};
  g_assert_false(executor_run(executor, &spec, &status, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CANCELLED));
  unsigned ended = 0;
  executor_free(executor, &ended);
  g_autofree char *wrote = fs_read(file, 100, NULL, NULL);
  g_assert_cmpstr(wrote, ==, stops[i].wrote);
  fs_remove_tree(dir, NULL);
}

/* A FIFO: whoever holds it open for writing is alive. */
typedef struct {
  char *dir;
  char *variable; /* FIFO=path */
  int fd;
} Witness;

static Witness witness_new(void) {
  Witness witness = {.dir = g_dir_make_tmp("drover-executor-XXXXXX", NULL)};
  witness.variable = g_strdup_printf("FIFO=%s/fifo", witness.dir);
  g_assert_cmpint(mkfifo(witness.variable + strlen("FIFO="), 0600), ==, 0);
  witness.fd = open(witness.variable + strlen("FIFO="), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  return witness;
}

static void witness_assert_dead(const Witness *witness) {
  struct pollfd end = {.fd = witness->fd, .events = POLLIN};
  for (char buffer[64];;) {
    g_assert_cmpint(poll(&end, 1, WAIT_MAX_MS), ==, 1);
    if (read(witness->fd, buffer, sizeof buffer) == 0)
      return;
  }
}

static void witness_clear(Witness *witness) {
  close(witness->fd);
  fs_remove_tree(witness->dir, NULL);
  g_free(witness->dir);
  g_free(witness->variable);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Witness, witness_clear)

static void test_deadline_ends_the_group(void) {
  g_auto(Witness) witness = witness_new();
  const char *const env[] = {plain_env[0], witness.variable, NULL};
  g_autoptr(GError) error = NULL;
  Executor *executor = executor_new();
  int status = -1;
  ExecutorSpec spec = {.argv = SH("exec 9>$FIFO; (trap '' INT TERM; while :; do sleep 1000; done) & wait"),
                       .env = env,
                       .deadline_ms = 200,
                       .interrupt_ms = 20,
                       .terminate_ms = 20};
  g_assert_false(executor_run(executor, &spec, &status, &error));
  g_assert_true(error_is(error, DROVER_ERROR_TIMEOUT));
  witness_assert_dead(&witness); /* before the executor is freed */
  executor_free(executor, NULL);
}

static const struct {
  const char *claim;
  const char *script;
  unsigned left;
} lefts[] = {
  {"nothing", "true", 0},
  {"a-child-in-the-background", "sleep 1000 & exec true", 1},
  {"one-in-another-session", "setsid sleep 1000 & exec true", 1},
  {"one-without-environment", "env -i sleep 1000 </dev/null >/dev/null 2>&1 & exec true", 1},
  {"a-daemon-without-environment", "env -i setsid sh -c '/usr/bin/setsid /bin/sleep 1000 & exit' </dev/null >/dev/null 2>&1; exec true", 1},
  {"two", "sleep 1000 & sleep 1000 & exec true", 2},
};

static void test_left(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(Witness) witness = witness_new();
  const char *const env[] = {plain_env[0], witness.variable, NULL};
  g_autofree char *script = g_strconcat("exec 9>$FIFO; ", lefts[i].script, NULL);
  Executor *executor = executor_new();
  int status = -1;
  unsigned ended = 99;
  g_assert_true(executor_run(executor, &(ExecutorSpec){.argv = SH(script), .env = env}, &status, NULL));
  g_assert_cmpint(status, ==, 0);
  executor_free(executor, &ended);
  g_assert_cmpuint(ended, ==, lefts[i].left);
  witness_assert_dead(&witness);
}

/* A server that a step started goes on writing; a pipe that nobody read would stop it, a closed one would end it. */
static void test_left_output_is_drained(void) {
  Executor *executor = executor_new();
  g_autofree char *dir = g_dir_make_tmp("drover-executor-XXXXXX", NULL);
  int status = -1;
  ExecutorSpec server = {.argv = SH("(head -c 8000000 /dev/zero && touch done) & exec true"), .env = plain_env, .cwd = dir};
  g_assert_true(executor_run(executor, &server, &status, NULL));
  ExecutorSpec wait = {.argv = SH("until [ -e done ]; do sleep 0.01; done"), .env = plain_env, .cwd = dir, .deadline_ms = WAIT_MAX_MS};
  g_assert_true(executor_run(executor, &wait, &status, NULL));
  unsigned ended = 99;
  executor_free(executor, &ended);
  g_assert_cmpuint(ended, ==, 0);
  fs_remove_tree(dir, NULL);
}

static void count(const char *bytes, size_t size, void *data) {
  (void)bytes;
  g_assert_cmpuint(size, <=, 256 << 10);
  *(size_t *)data += size;
}

static void test_much_output(void) {
  Executor *executor = executor_new();
  size_t total = 0;
  int status = -1;
  ExecutorSpec spec = {.argv = SH("head -c 300000000 /dev/zero"), .env = plain_env, .on_output = count, .data = &total};
  g_assert_true(executor_run(executor, &spec, &status, NULL));
  g_assert_cmpuint(total, ==, 300000000);
  executor_free(executor, NULL);
}

static void *run_some(void *data) {
  for (int i = 0; i < 20; i++) {
    g_autoptr(GString) output = g_string_new(NULL);
    int status = -1;
    g_assert_true(
      executor_run(data, &(ExecutorSpec){.argv = SH("echo $$; exit 5"), .env = plain_env, .on_output = take, .data = output}, &status, NULL));
    g_assert_cmpint(status, ==, 5);
    g_assert_cmpint(atoi(output->str), >, 1);
  }
  return NULL;
}

static void test_many_threads(void) {
  Executor *executor = executor_new();
  GThread *threads[4];
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("run", run_some, executor);
  for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
  executor_free(executor, NULL);
}

#define ADD_ROWS(prefix, table, function)                                                                                                            \
  for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                                                                                 \
    g_autofree char *path = g_strconcat("/base/executor/" prefix "/", table[i].claim, NULL);                                                         \
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), function);                                                                                       \
  }

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  ADD_ROWS("ends", ends, test_end)
  ADD_ROWS("unstartable", unstartable, test_unstartable)
  ADD_ROWS("stops", stops, test_stop)
  ADD_ROWS("left", lefts, test_left)
  g_test_add_func("/base/executor/deadline-ends-the-group", test_deadline_ends_the_group);
  g_test_add_func("/base/executor/output-of-what-is-left-is-drained", test_left_output_is_drained);
  g_test_add_func("/base/executor/much-output", test_much_output);
  g_test_add_func("/base/executor/many-threads", test_many_threads);
  return g_test_run();
}
