/* What SIGINT and SIGTERM do, told over pipes by a child that gets them. */
#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's warnings are no part of the test's output. */
static void silence(void) {
  int null = open("/dev/null", O_WRONLY);
  g_assert_cmpint(dup2(null, STDERR_FILENO), ==, STDERR_FILENO);
  close(null);
}

/* The child tells through `ready` that it was cancelled, and then never ends by itself. */
static G_NORETURN void wait_for_ever(int ready) {
  g_autoptr(GCancellable) cancellable = cli_signals();
  (void)!write(ready, "s", 1);
  GPollFD fd = {.events = G_IO_IN};
  if (g_cancellable_make_pollfd(cancellable, &fd))
    g_poll(&fd, 1, -1);
  (void)!write(ready, "c", 1);
  for (;;)
    pause();
}

static void expect(int fd, char wanted) {
  char got = 0;
  g_assert_cmpint(read(fd, &got, 1), ==, 1);
  g_assert_cmpint(got, ==, wanted);
}

static void test_signals(gconstpointer data) {
  int ends[2], status = 0, first = GPOINTER_TO_INT(data);
  g_assert_cmpint(pipe(ends), ==, 0);
  pid_t pid = fork();
  if (pid == 0) {
    silence();
    wait_for_ever(ends[1]);
  }
  expect(ends[0], 's');
  kill(pid, first);
  expect(ends[0], 'c');
  kill(pid, SIGINT);
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, EXIT_INTERRUPTED);
  close(ends[0]), close(ends[1]);
}

/* A command that waits for standard input. */
static void test_signal_while_reading(void) {
  int in[2], out[2], status = 0;
  g_assert_cmpint(pipe(in), ==, 0);
  g_assert_cmpint(pipe(out), ==, 0);
  pid_t pid = fork();
  if (pid == 0) {
    close(in[1]), close(out[0]);
    dup2(in[0], STDIN_FILENO), dup2(out[1], STDOUT_FILENO);
    silence();
    const char *const argv[] = {"drover", "expression", "--batch", NULL};
    g_autoptr(GCancellable) cancellable = cli_signals();
    _exit((int)cli_run(argv, cancellable));
  }
  static const char line[] = "{\"expr\": \"1\"}\n";
  g_assert_cmpint(write(in[1], line, strlen(line)), ==, (ssize_t)strlen(line));
  expect(out[0], '{'); /* it answers before its input ends */
  kill(pid, SIGTERM);
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFEXITED(status));
  g_assert_cmpint(WEXITSTATUS(status), ==, EXIT_INTERRUPTED);
  close(in[0]), close(in[1]), close(out[0]), close(out[1]);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/cli/signals/SIGINT cancels, and a second ends at once", GINT_TO_POINTER(SIGINT), test_signals);
  g_test_add_data_func("/cli/signals/SIGTERM cancels, and SIGINT then ends at once", GINT_TO_POINTER(SIGTERM), test_signals);
  g_test_add_func("/cli/signals/SIGTERM ends a command that waits for its input", test_signal_while_reading);
  return g_test_run();
}
