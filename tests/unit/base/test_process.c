#include "base/error.h"
#include "base/fs.h"
#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SH(script) ((const char *const[]){"sh", "-c", (script), NULL})
#define WAIT_MAX_MS 20000 /* for what must come; nothing waits so long when all is well */

/* A FIFO: whoever holds it open for writing is alive. */
typedef struct {
  char *dir;
  char *path;
  int fd;
} Witness;

static Witness witness_new(void) {
  Witness witness = {.dir = g_dir_make_tmp("drover-process-XXXXXX", NULL)};
  witness.path = g_build_filename(witness.dir, "fifo", NULL);
  g_assert_cmpint(mkfifo(witness.path, 0600), ==, 0);
  witness.fd = open(witness.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  return witness;
}

/* Waits until none of those who had it open lives any more. */
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
  g_free(witness->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Witness, witness_clear)

/* ---- how it ends ----------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *claim;
  const char *script;
  int status;
  const char *out, *err;
} ends[] = {
  {"success", "true", 0, "", ""},
  {"a-status", "exit 7", 7, "", ""},
  {"a-signal-as-a-shell-says-it", "kill -KILL $$", 137, "", ""},
  {"another-signal", "kill -TERM $$", 143, "", ""},
  {"both-streams", "echo out; echo err >&2", 0, "out\n", "err\n"},
  {"output-without-newline", "printf x", 0, "x", ""},
  {"nothing-on-standard-input", "cat", 0, "", ""},
  {"signals-are-reset", "kill -PIPE $$; echo alive", 141, "", ""},
  {"a-group-of-its-own", "[ \"$(cut -d' ' -f5 /proc/$$/stat)\" -eq $$ ] && echo own", 0, "own\n", ""},
};

static void test_end(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) error = NULL;
  signal(SIGPIPE, SIG_IGN); /* as servers do; the child must not inherit it */
  bool ran = process_run(&(ProcessSpec){.argv = SH(ends[i].script)}, &result, &error);
  signal(SIGPIPE, SIG_DFL);
  g_assert_no_error(error);
  g_assert_true(ran);
  g_assert_cmpint(result.exit_status, ==, ends[i].status);
  g_assert_cmpstr(result.out, ==, ends[i].out);
  g_assert_cmpstr(result.err, ==, ends[i].err);
  g_assert_false(result.truncated);
}

static const struct {
  const char *claim;
  const char *const argv[3];
  const char *const env[3];
  const char *cwd;
  DroverError code;
  const char *says;
} unstartable[] = {
  {"a-program-that-is-not-there", {"no-such-program"}, {"PATH=/usr/bin:/bin"}, NULL, DROVER_ERROR_MISSING, "\"no-such-program\" is not installed"},
  {"a-path-that-is-not-there", {"/no/such/program"}, {NULL}, NULL, DROVER_ERROR_MISSING, "/no/such/program"},
  {"a-path-of-the-environment-only", {"sh"}, {"PATH=/nowhere"}, NULL, DROVER_ERROR_MISSING, "\"sh\" is not installed"},
  {"a-folder", {"/usr"}, {NULL}, NULL, DROVER_ERROR_MISSING, "/usr"},
  {"a-file-that-may-not-run", {"/etc/passwd"}, {NULL}, NULL, DROVER_ERROR_MISSING, "/etc/passwd"},
  {"a-folder-that-is-not-there", {"/bin/sh"}, {NULL}, "/no/such/folder", DROVER_ERROR_MISSING, "in /no/such/folder"},
};

static void test_unstartable(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) error = NULL;
  ProcessSpec spec = {.argv = unstartable[i].argv, .env = unstartable[i].env[0] != NULL ? unstartable[i].env : NULL, .cwd = unstartable[i].cwd};
  g_assert_false(process_run(&spec, &result, &error));
  g_assert_true(error_is(error, unstartable[i].code));
  g_assert_nonnull(strstr(error->message, unstartable[i].says));
}

static void test_environment_is_what_was_given(void) {
  static const char *const env[] = {"PATH=/usr/bin:/bin", "ONLY=this one", NULL};
  g_autoptr(GError) error = NULL;
  g_setenv("LEAKED", "yes", TRUE);
  g_autofree char *given = process_output(&(ProcessSpec){.argv = SH("echo \"$ONLY$LEAKED\""), .env = env}, &error);
  g_autofree char *inherited = process_output(&(ProcessSpec){.argv = SH("echo \"$ONLY$LEAKED\"")}, &error);
  g_unsetenv("LEAKED");
  g_assert_cmpstr(given, ==, "this one");
  g_assert_cmpstr(inherited, ==, "yes");
}

static void test_folder(void) {
  g_autofree char *in_root = process_output(&(ProcessSpec){.argv = SH("pwd"), .cwd = "/"}, NULL);
  g_assert_cmpstr(in_root, ==, "/");
}

/* ---- input and output ------------------------------------------------------------------------------------------------------ */

static void test_large_input_comes_back(void) {
  size_t size = (size_t)3 << 20;
  g_autofree char *input = g_malloc(size);
  for (size_t i = 0; i < size; i++)
    input[i] = (char)(i % 251);
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) error = NULL;
  ProcessSpec spec = {.argv = (const char *const[]){"cat", NULL}, .input = input, .input_size = size, .output_max_bytes = size};
  g_assert_true(process_run(&spec, &result, &error));
  g_assert_cmpmem(result.out, result.out_size, input, size);
  g_assert_false(result.truncated);
}

/* It guards: SIGPIPE killed drover when a program ended without reading its input. */
static void test_input_that_nobody_reads(void) {
  size_t size = (size_t)1 << 20;
  g_autofree char *input = g_strnfill(size, 'x');
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) error = NULL;
  ProcessSpec spec = {.argv = SH("exec 0<&-; echo closed; exit 3"), .input = input, .input_size = size};
  g_assert_true(process_run(&spec, &result, &error));
  g_assert_cmpint(result.exit_status, ==, 3);
  g_assert_cmpstr(result.out, ==, "closed\n");
}

static void test_empty_input_ends_at_once(void) {
  g_autofree char *out = process_output(&(ProcessSpec){.argv = (const char *const[]){"cat", NULL}, .input = "", .input_size = 0}, NULL);
  g_assert_cmpstr(out, ==, "");
}

static void test_caps_keep_the_first_and_the_last(void) {
  g_auto(ProcessResult) result = {0};
  const char *script = "i=0; while [ $i -lt 2000 ]; do echo out$i; echo err$i >&2; i=$((i + 1)); done";
  g_assert_true(process_run(&(ProcessSpec){.argv = SH(script), .output_max_bytes = 15}, &result, NULL));
  g_assert_true(result.truncated);
  g_assert_cmpstr(result.out, ==, "out0\nout1\nout2\n");
  g_assert_cmpuint(result.err_size, ==, 15);
  g_assert_cmpstr(result.err, ==, "rr1998\nerr1999\n");
}

static void take_line(ProcessStream stream, const char *line, size_t length, void *data) {
  g_autofree char *text = g_strndup(line, length);
  g_ptr_array_add(data, g_strdup_printf("%c%s", stream == PROCESS_STDOUT ? 'o' : 'e', length <= 20 ? text : "long"));
  if (length > 20)
    g_ptr_array_add(data, g_strdup_printf("%zu", length));
}

static const struct {
  const char *claim;
  const char *script;
  const char *lines; /* joined with "|" */
} splits[] = {
  {"lines", "printf 'a\\nb\\n'", "oa|ob"},
  {"a-last-line-without-newline", "printf 'a\\nb'", "oa|ob"},
  {"empty-lines", "printf '\\n\\na\\n'", "o|o|oa"},
  {"nothing", "true", ""},
  {"a-stream-each", "echo a; exec >&-; echo b >&2", "oa|eb"},
  {"a-long-line-in-pieces", "head -c 65540 /dev/zero | tr '\\0' x; echo; echo y", "olong|65536|oxxxx|oy"},
  {"a-line-of-just-the-limit", "head -c 65536 /dev/zero | tr '\\0' x; echo; echo y", "olong|65536|oy"},
};

static void test_split(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  g_auto(ProcessResult) result = {0};
  g_assert_true(process_run(&(ProcessSpec){.argv = SH(splits[i].script), .on_line = take_line, .data = lines}, &result, NULL));
  g_ptr_array_add(lines, NULL);
  g_autofree char *joined = g_strjoinv("|", (char **)lines->pdata);
  g_assert_cmpstr(joined, ==, splits[i].lines);
}

static void test_output_and_check(void) {
  g_autoptr(GError) output = NULL, check = NULL;
  g_autofree char *one = process_output(&(ProcessSpec){.argv = SH("printf 'a\\n\\n'")}, NULL);
  g_assert_cmpstr(one, ==, "a\n");
  g_assert_null(process_output(&(ProcessSpec){.argv = SH("echo lost; echo why >&2; exit 4")}, &output));
  g_assert_true(error_is(output, DROVER_ERROR_FAILED));
  g_assert_cmpstr(output->message, ==, "sh ended with status 4: why");
  g_assert_false(process_check(&(ProcessSpec){.argv = (const char *const[]){"git", "frobnicate", NULL}}, &check));
  g_assert_true(g_str_has_prefix(check->message, "git frobnicate ended with status 1: "));
}

/* ---- stopping -------------------------------------------------------------------------------------------------------------- */

/* Two children of the shell hold the FIFO: one plain, one that ignores SIGTERM. */
#define FAMILY "exec 9>\"$FIFO\"; (trap '' TERM; while :; do sleep 1000; done) & sleep 1000 & echo ready; wait"

static const char **family_env(const Witness *witness, char **variable) {
  *variable = g_strconcat("FIFO=", witness->path, NULL);
  const char **env = g_new0(const char *, 3);
  env[0] = "PATH=/usr/bin:/bin", env[1] = *variable;
  return env;
}

static void test_deadline_kills_grandchildren(void) {
  g_auto(Witness) witness = witness_new();
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) error = NULL;
  g_autofree char *variable = NULL;
  g_autofree const char **env = family_env(&witness, &variable);
  ProcessSpec spec = {.argv = SH(FAMILY), .env = env, .deadline_ms = 300, .grace_ms = 50};
  g_assert_false(process_run(&spec, &result, &error));
  g_assert_true(error_is(error, DROVER_ERROR_TIMEOUT));
  g_assert_cmpstr(result.out, ==, "ready\n"); /* what it had said is kept */
  witness_assert_dead(&witness);
}

static void cancel_on_line(ProcessStream stream, const char *line, size_t length, void *data) {
  (void)stream, (void)line, (void)length;
  g_cancellable_cancel(data);
}

static void test_cancellation_kills_grandchildren(void) {
  g_auto(Witness) witness = witness_new();
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autofree char *variable = NULL;
  g_autofree const char **env = family_env(&witness, &variable);
  ProcessSpec spec = {.argv = SH(FAMILY), .env = env, .on_line = cancel_on_line, .data = cancellable, .cancellable = cancellable, .grace_ms = 50};
  g_assert_false(process_run(&spec, &result, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CANCELLED));
  witness_assert_dead(&witness);
}

static void test_cancelled_before_it_starts(void) {
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_cancellable_cancel(cancellable);
  g_assert_false(process_run(&(ProcessSpec){.argv = SH("echo ran"), .cancellable = cancellable}, &result, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CANCELLED));
  g_assert_null(result.out);
}

/* SIGTERM first, so that a program can end well. */
static void test_grace_lets_it_end_well(void) {
  g_auto(ProcessResult) result = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  const char *script = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done";
  ProcessSpec spec = {.argv = SH(script), .on_line = cancel_on_line, .data = cancellable, .cancellable = cancellable, .grace_ms = WAIT_MAX_MS};
  g_assert_false(process_run(&spec, &result, &error));
  g_assert_cmpstr(result.out, ==, "ready\nbye\n");
}

/* A daemon that keeps the pipes open does not hold up the caller. */
static void test_descendants_do_not_hold_up(void) {
  g_auto(Witness) witness = witness_new();
  g_auto(ProcessResult) result = {0};
  g_autofree char *fifo = g_strconcat("FIFO=", witness.path, NULL);
  const char *const env[] = {"PATH=/usr/bin:/bin", fifo, NULL};
  g_assert_true(process_run(&(ProcessSpec){.argv = SH("exec 9>\"$FIFO\"; sleep 1000 & echo done"), .env = env}, &result, NULL));
  g_assert_cmpstr(result.out, ==, "done\n");
  g_assert_cmpuint(process_kill_marked("FIFO", witness.path), ==, 1);
  witness_assert_dead(&witness);
}

typedef struct {
  const Witness *witness;
  unsigned killed;
} Marks;

static void kill_on_line(ProcessStream stream, const char *line, size_t length, void *data) {
  (void)stream, (void)line, (void)length;
  Marks *marks = data;
  marks->killed += process_kill_marked("FIFO", marks->witness->path);
}

static void test_marked_are_killed_and_no_others(void) {
  g_auto(Witness) witness = witness_new();
  g_assert_cmpuint(process_kill_marked("FIFO", witness.path), ==, 0);
  g_autofree char *longer = g_strconcat("FIFO=", witness.path, "x", NULL);
  const char *const env[] = {"PATH=/usr/bin:/bin", longer, NULL};
  g_auto(ProcessResult) result = {0};
  Marks marks = {.witness = &witness};
  g_assert_true(process_run(
    &(ProcessSpec){.argv = SH("echo ready; exec cat"), .env = env, .input = "x", .input_size = 1, .on_line = kill_on_line, .data = &marks}, &result,
    NULL));
  g_assert_cmpint(result.exit_status, ==, 0); /* a longer value is another mark */
  g_assert_cmpuint(marks.killed, ==, 0);
}

static G_NORETURN void run_family(const Witness *witness) {
  g_auto(ProcessResult) result = {0};
  g_autofree char *fifo = g_strconcat("FIFO=", witness->path, NULL);
  const char *const env[] = {"PATH=/usr/bin:/bin", fifo, NULL};
  (void)!process_run(&(ProcessSpec){.argv = SH("exec 9>\"$FIFO\"; echo ready >&9; exec sleep 1000"), .env = env}, &result, NULL);
  _exit(0);
}

static void test_a_killed_drover_leaves_no_child(void) {
  g_auto(Witness) witness = witness_new();
  pid_t drover = fork();
  if (drover == 0)
    run_family(&witness);
  struct pollfd ready = {.fd = witness.fd, .events = POLLIN};
  do
    g_assert_cmpint(poll(&ready, 1, WAIT_MAX_MS), ==, 1);
  while ((ready.revents & POLLIN) == 0);
  kill(drover, SIGKILL);
  waitpid(drover, NULL, 0);
  witness_assert_dead(&witness);
}

#define ADD_ROWS(prefix, table, function)                                                                                                            \
  for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {                                                                                                 \
    g_autofree char *path = g_strconcat("/base/process/" prefix "/", table[i].claim, NULL);                                                          \
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), function);                                                                                       \
  }

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  ADD_ROWS("ends", ends, test_end)
  ADD_ROWS("unstartable", unstartable, test_unstartable)
  ADD_ROWS("splits", splits, test_split)
  g_test_add_func("/base/process/environment-is-what-was-given", test_environment_is_what_was_given);
  g_test_add_func("/base/process/folder", test_folder);
  g_test_add_func("/base/process/large-input-comes-back", test_large_input_comes_back);
  g_test_add_func("/base/process/input-that-nobody-reads", test_input_that_nobody_reads);
  g_test_add_func("/base/process/empty-input-ends-at-once", test_empty_input_ends_at_once);
  g_test_add_func("/base/process/caps-keep-the-first-and-the-last", test_caps_keep_the_first_and_the_last);
  g_test_add_func("/base/process/output-and-check", test_output_and_check);
  g_test_add_func("/base/process/deadline-kills-grandchildren", test_deadline_kills_grandchildren);
  g_test_add_func("/base/process/cancellation-kills-grandchildren", test_cancellation_kills_grandchildren);
  g_test_add_func("/base/process/cancelled-before-it-starts", test_cancelled_before_it_starts);
  g_test_add_func("/base/process/grace-lets-it-end-well", test_grace_lets_it_end_well);
  g_test_add_func("/base/process/descendants-do-not-hold-up", test_descendants_do_not_hold_up);
  g_test_add_func("/base/process/marked-are-killed-and-no-others", test_marked_are_killed_and_no_others);
  g_test_add_func("/base/process/a-killed-drover-leaves-no-child", test_a_killed_drover_leaves_no_child);
  return g_test_run();
}
