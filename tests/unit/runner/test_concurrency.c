/* Concurrency groups, within one process and between several. Run with "--member DIR GROUP [cancel]", this program is a member that says
 * "held" and "wanted by X" on its standard output, and leaves when its standard input ends. */
#include "runner/schedule/concurrency.h"

#include "base/error.h"
#include "base/fs.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a member ---- */

typedef struct {
  GAsyncQueue *news; /* something each time that it has changed */
  ConcurrencySlot *slot;
} Member;

static void on_change(void *user) {
  g_async_queue_push(user, user);
}

static Member join(ConcurrencyGroups *groups, ConcurrencyRequest request) {
  g_autoptr(GError) error = NULL;
  Member member = {.news = g_async_queue_new()};
  request.on_change = on_change;
  request.user = member.news;
  member.slot = concurrency_join(groups, &request, &error);
  g_assert_no_error(error);
  return member;
}

static void wait_until_held(const Member *member) {
  while (!concurrency_is_held(member->slot))
    g_async_queue_pop(member->news);
}

static const char *wait_until_wanted(const Member *member) {
  while (concurrency_newcomer(member->slot) == NULL)
    g_async_queue_pop(member->news);
  return concurrency_newcomer(member->slot);
}

static void leave(Member *member) {
  concurrency_leave(member->slot);
  g_async_queue_unref(member->news);
}

/* ---- a folder for groups ---- */

typedef struct {
  char *dir;
  ConcurrencyGroups *groups;
} Fixture;

static void fixture_begin(Fixture *fixture, const void *data) {
  (void)data;
  g_autoptr(GError) error = NULL;
  fixture->dir = fs_temp_dir(g_get_tmp_dir(), "groups-", &error);
  fixture->groups = concurrency_open(fixture->dir, &error);
  g_assert_no_error(error);
}

/* Whoever left has left nothing but the lock. */
static void fixture_end(Fixture *fixture, const void *data) {
  (void)data;
  g_autoptr(GDir) dir = g_dir_open(fixture->dir, 0, NULL);
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
    g_assert_cmpstr(name, ==, "lock");
  concurrency_free(fixture->groups);
  g_assert_true(fs_remove_tree(fixture->dir, NULL));
  g_free(fixture->dir);
}

/* ---- in one process ---- */

static void test_order(Fixture *fixture, const void *data) {
  (void)data;
  Member first = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "one"});
  Member second = join(fixture->groups, (ConcurrencyRequest){.group = "G", .member = "two", .queue_max = true});
  Member third = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "three", .queue_max = true});
  Member other = join(fixture->groups, (ConcurrencyRequest){.group = "h", .member = "four"});
  g_assert_true(concurrency_is_held(first.slot));
  g_assert_true(concurrency_is_held(other.slot));
  g_assert_false(concurrency_is_held(second.slot));
  leave(&first);
  wait_until_held(&second);
  g_assert_false(concurrency_is_held(third.slot));
  leave(&second);
  wait_until_held(&third);
  leave(&third), leave(&other);
}

static void test_replaced(Fixture *fixture, const void *data) {
  (void)data;
  Member first = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "one"});
  Member second = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "two"});
  Member third = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "three\nlines"});
  g_assert_cmpstr(wait_until_wanted(&second), ==, "three lines");
  g_assert_null(concurrency_newcomer(first.slot));
  leave(&first);
  wait_until_held(&third);
  g_assert_false(concurrency_is_held(second.slot));
  leave(&second), leave(&third);
}

static void test_cancel_in_progress(Fixture *fixture, const void *data) {
  (void)data;
  Member first = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "one"});
  Member second = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "two", .cancel_in_progress = true});
  g_assert_cmpstr(wait_until_wanted(&first), ==, "two");
  g_assert_false(concurrency_is_held(second.slot)); /* until the holder has really gone */
  leave(&first);
  wait_until_held(&second);
  leave(&second);
}

static void test_full(Fixture *fixture, const void *data) {
  (void)data;
  Member members[CONCURRENCY_WAITING_MAX + 1];
  for (guint i = 0; i < G_N_ELEMENTS(members); i++)
    members[i] = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "x", .queue_max = true});
  g_autoptr(GError) error = NULL;
  g_assert_null(concurrency_join(fixture->groups, &(ConcurrencyRequest){.group = "g", .member = "x", .queue_max = true}, &error));
  g_assert_true(error_is(error, DROVER_ERROR_CANCELLED));
  for (guint i = G_N_ELEMENTS(members); i > 0; i--)
    leave(&members[i - 1]);
}

/* ---- several processes ---- */

typedef struct {
  pid_t pid;
  FILE *in, *out;
} Process;

static const char *program;

static Process start(const Fixture *fixture, const char *mode) {
  const char *argv[] = {program, "--member", fixture->dir, "g", mode, NULL};
  g_autoptr(GError) error = NULL;
  int in, out;
  Process process;
  g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &process.pid, &in, &out, NULL, &error);
  g_assert_no_error(error);
  process.in = fdopen(in, "w");
  process.out = fdopen(out, "r");
  return process;
}

static void expect(const Process *process, const char *line) {
  char said[200] = "";
  g_assert_nonnull(fgets(said, sizeof said, process->out));
  g_assert_cmpstr(g_strchomp(said), ==, line);
}

static void end(const Process *process, int signal) {
  if (signal != 0)
    kill(process->pid, signal);
  fclose(process->in);
  waitpid(process->pid, NULL, 0);
  fclose(process->out);
}

static void test_processes(Fixture *fixture, const void *data) {
  (void)data;
  Process first = start(fixture, "single");
  expect(&first, "held");
  Member second = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "two"});
  g_assert_false(concurrency_is_held(second.slot));
  end(&first, 0);
  wait_until_held(&second);
  Process third = start(fixture, "cancel");
  g_assert_cmpstr(wait_until_wanted(&second), ==, "process");
  leave(&second);
  expect(&third, "held");
  end(&third, 0);
}

static void test_wanted_over_processes(Fixture *fixture, const void *data) {
  (void)data;
  Process first = start(fixture, "single");
  expect(&first, "held");
  Member second = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "two", .cancel_in_progress = true});
  expect(&first, "wanted by two");
  end(&first, 0);
  wait_until_held(&second);
  leave(&second);
}

/* The kernel forgets a holder that was killed, and one that waited. */
static void test_killed(Fixture *fixture, const void *data) {
  (void)data;
  Process first = start(fixture, "single");
  expect(&first, "held");
  Process second = start(fixture, "max");
  expect(&second, "waits");
  Member third = join(fixture->groups, (ConcurrencyRequest){.group = "g", .member = "three", .queue_max = true});
  end(&second, SIGKILL);
  g_assert_false(concurrency_is_held(third.slot));
  end(&first, SIGKILL);
  wait_until_held(&third);
  leave(&third);
}

/* ---- the member that another process is ---- */

static void *until_end_of_input(void *data) {
  while (getchar() != EOF)
    ;
  g_async_queue_push(data, GINT_TO_POINTER(1));
  return NULL;
}

static int be_member(const char *dir, const char *group, const char *mode) {
  g_autoptr(ConcurrencyGroups) groups = concurrency_open(dir, NULL);
  Member member = join(groups, (ConcurrencyRequest){.group = group,
                                                    .member = "process",
                                                    .queue_max = strcmp(mode, "max") == 0,
                                                    .cancel_in_progress = strcmp(mode, "cancel") == 0});
  bool said_held = false, said_wanted = false;
  if (strcmp(mode, "max") == 0)
    puts("waits");
  fflush(stdout);
  GThread *reader = g_thread_new("reader", until_end_of_input, member.news);
  do {
    if (!said_held && concurrency_is_held(member.slot))
      said_held = puts("held") >= 0;
    if (!said_wanted && concurrency_newcomer(member.slot) != NULL)
      said_wanted = printf("wanted by %s\n", concurrency_newcomer(member.slot)) > 0;
    fflush(stdout);
  } while (g_async_queue_pop(member.news) != GINT_TO_POINTER(1));
  g_thread_join(reader);
  leave(&member);
  return 0;
}

static const struct {
  const char *claim;
  void (*test)(Fixture *fixture, const void *data);
} rows[] = {
  {"members-have-their-turn-in-order", test_order},
  {"a-newcomer-takes-the-place-of-one-that-waits", test_replaced},
  {"cancel-in-progress-wants-the-holder's-place", test_cancel_in_progress},
  {"a-queue-has-an-end", test_full},
  {"processes-take-turns", test_processes},
  {"a-holder-elsewhere-is-told", test_wanted_over_processes},
  {"the-killed-are-forgotten", test_killed},
};

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "--member") == 0)
    return be_member(argv[2], argv[3], argv[4]);
  g_test_init(&argc, &argv, NULL);
  program = argv[0];
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/concurrency/", rows[i].claim, NULL);
    g_test_add(path, Fixture, NULL, fixture_begin, rows[i].test, fixture_end);
  }
  return g_test_run();
}
