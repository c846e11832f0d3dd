/* Whole runs in a temporary git repository: what GitHub promises of jobs and steps. */
#include "fixture.h"

#include "base/error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOB "    runs-on: ubuntu-latest\n"

/* ---- runs that succeed or fail, told by their log ---- */

typedef struct {
  const char *claim;
  const char *jobs;
  bool good;
  const char *has[6]; /* of the log */
  const char *lacks[3];
  const char *error; /* part of the message */
} Case;

static const Case cases[] = {
  {"checkout-writes-the-commit",
   "  a:\n" JOB "    steps:\n      - run: ls -A | wc -l\n      - uses: actions/checkout@v4\n      - run: |\n          cat hello.txt\n          "
   "./script.sh\n          pwd\n",
   true,
   {"a | 0\n", "a | hello\n", "a | from the script\n", "/work\n"},
   {NULL},
   NULL},
  {"checkout-below-the-workspace",
   "  a:\n" JOB
   "    steps:\n      - uses: actions/checkout@v4\n        with: {path: sub/dir, ref: \"${{ github.sha }}\"}\n      - run: cat sub/dir/hello.txt\n",
   true,
   {"a | hello\n"},
   {NULL},
   NULL},
  {"another-ref-is-refused-when-it-runs",
   "  a:\n" JOB "    steps:\n      - uses: actions/checkout@v4\n        with: {ref: \"${{ 'v' }}1\"}\n",
   false,
   {NULL},
   {NULL},
   "actions/checkout: ref \"v1\": "},
  {"every-job-begins-empty",
   "  a:\n" JOB "    steps:\n      - run: touch left\n  b:\n    needs: a\n" JOB "    steps:\n      - run: ls -A | wc -l\n",
   true,
   {"b | 0\n"},
   {NULL},
   NULL},
  {"a-failing-step-fails-the-job-and-skips-the-rest",
   "  a:\n" JOB "    steps:\n      - name: Break\n        run: exit 7\n      - run: echo after\n",
   false,
   {"a | == Break\n", "(skipped)"},
   {"a | after"},
   "job \"a\": step \"Break\" (ci.yml:8) ended with status 7"},
  {"always-and-failure-run-after-a-failure",
   "  a:\n" JOB "    steps:\n      - run: exit 1\n      - if: always()\n        run: echo one\n      - if: failure()\n        run: echo two\n      - "
   "if: success()\n        run: echo three\n      - if: cancelled()\n        run: echo four\n",
   false,
   {"a | one\n", "a | two\n"},
   {"a | three\n", "a | four\n"},
   "status 1"},
  {"continue-on-error-forgives-and-remembers",
   "  a:\n" JOB "    steps:\n      - id: x\n        run: exit 3\n        continue-on-error: true\n      - run: echo ${{ steps.x.outcome }} ${{ "
   "steps.x.conclusion }}\n",
   true,
   {"a | failure success\n", "warning: the step ended with status 3"},
   {NULL},
   NULL},
  {"continue-on-error-of-a-job",
   "  a:\n    continue-on-error: true\n" JOB "    steps:\n      - run: exit 3\n  b:\n    needs: a\n" JOB
   "    steps:\n      - run: echo ${{ needs.a.result }}\n",
   true,
   {"b | success\n", "a: warning"},
   {NULL},
   NULL},
  {"env-has-three-levels-and-a-file",
   "  a:\n    env: {JOB_LEVEL: job, BOTH: job}\n" JOB
   "    steps:\n      - run: echo \"$LEVEL $JOB_LEVEL $BOTH ${{ env.LEVEL }}\"\n        env: {BOTH: step}\n      - run: |\n          echo "
   "'FROM_FILE=a=b' >> $GITHUB_ENV\n          echo 'LONG<<END' >> $GITHUB_ENV\n          printf '1\\n2\\nEND\\n' >> $GITHUB_ENV\n      - run: echo "
   "\"$FROM_FILE ${{ env.FROM_FILE }} $LONG\"\n",
   true,
   {"a | workflow job step workflow\n", "a | a=b a=b 1\n", "a | 2\n"},
   {NULL},
   NULL},
  {"env-is-filled-from-an-object",
   "  a:\n    env: \"${{ fromJSON('{\\\"X\\\": \\\"1\\\", \\\"Y\\\": 2}') }}\"\n" JOB
   "    steps:\n      - run: echo $X$Y $n_a\n        env: {\"n_${{ 'a' }}\": z}\n",
   true,
   {"a | 12 z\n"},
   {NULL},
   NULL},
  {"path-file-comes-first",
   "  a:\n" JOB "    steps:\n      - run: |\n          mkdir bin\n          printf '#!/bin/sh\\necho mine\\n' > bin/ls\n          chmod +x bin/ls\n  "
   "        echo \"$PWD/bin\" >> $GITHUB_PATH\n      - run: ls\n",
   true,
   {"a | mine\n"},
   {NULL},
   NULL},
  {"malformed-output-fails-the-step",
   "  a:\n" JOB "    steps:\n      - run: echo nonsense >> $GITHUB_OUTPUT\n",
   false,
   {NULL},
   {NULL},
   "GITHUB_OUTPUT, line 1: expected NAME=VALUE or NAME<<MARK, found \"nonsense\""},
  {"unended-block-fails-the-step",
   "  a:\n" JOB "    steps:\n      - run: echo 'A<<E' >> $GITHUB_ENV\n",
   false,
   {NULL},
   {NULL},
   "the line \"E\" that ends the value of \"A\" is missing"},
  {"outputs-go-from-step-to-job-to-job",
   "  a:\n    outputs: {v: \"${{ steps.s.outputs.v }}!\"}\n" JOB
   "    steps:\n      - id: s\n        run: echo v=1.2.3 >> $GITHUB_OUTPUT\n  b:\n    needs: [a]\n" JOB
   "    steps:\n      - run: echo got ${{ needs.a.outputs.v }} ${{ needs.a.result }}\n",
   true,
   {"b | got 1.2.3! success\n"},
   {NULL},
   NULL},
  {"a-job-after-a-failure-is-skipped-and-always-is-not",
   "  a:\n" JOB "    steps:\n      - run: exit 1\n  b:\n    needs: a\n" JOB
   "    steps:\n      - run: echo b runs\n  c:\n    needs: b\n    if: always()\n" JOB
   "    steps:\n      - run: echo c sees ${{ needs.b.result }}\n  d:\n    needs: c\n" JOB "    steps:\n      - run: echo d runs\n",
   false,
   {"b: skipped", "c | c sees skipped\n", "d: skipped"},
   {"b | b runs", "d | d runs"},
   "job \"a\""},
  {"a-jobs-condition-sees-contexts",
   "  a:\n    if: github.ref == 'refs/heads/main' && github.event_name == 'push'\n" JOB
   "    steps:\n      - run: echo on main\n  b:\n    if: github.ref_name == 'other'\n" JOB "    steps:\n      - run: echo off\n",
   true,
   {"a | on main\n", "b: skipped"},
   {"| off"},
   NULL},
  {"variables-of-github-and-runner",
   "  a:\n" JOB
   "    steps:\n      - id: me\n        run: |\n          echo \"$CI $GITHUB_ACTIONS $GITHUB_ACTION $GITHUB_REPOSITORY $GITHUB_REF $GITHUB_JOB\"\n   "
   "       test \"$GITHUB_SHA\" = ${{ github.sha }}\n          test \"$GITHUB_WORKSPACE\" = \"$PWD\"\n          test -d \"$RUNNER_TEMP\" -a -d "
   "\"$HOME\" -a -w \"$GITHUB_STEP_SUMMARY\"\n          test \"$RUNNER_OS\" = Linux -a -n \"$DROVER_RUN\"\n          grep -q refs/heads/main "
   "\"$GITHUB_EVENT_PATH\"\n          test ${{ runner.temp }} = \"$RUNNER_TEMP\"\n          env | grep -c ^OUTSIDE= || true\n",
   true,
   {"a | true true me local/shop refs/heads/main a\n", "a | 0\n"},
   {NULL},
   NULL},
  {"shells",
   "  a:\n    defaults: {run: {shell: sh}}\n" JOB
   "    steps:\n      - run: 'echo default ${0##*/}'\n      - run: 'false | true; echo $BASH_VERSION | cut -c1'\n        shell: bash {0}\n      - "
   "run: print(1 + 1)\n        shell: python\n      - run: END { print \"awk\" }\n        shell: awk -f {0} /dev/null\n",
   true,
   {"a | default script-0.sh\n", "a | 2\n", "a | awk\n"},
   {NULL},
   NULL},
  {"bash-by-name-has-pipefail-and-the-default-not",
   "  a:\n" JOB "    steps:\n      - run: |\n          false | true\n          echo survived\n      - run: false | true\n        shell: bash\n",
   false,
   {"a | survived\n"},
   {NULL},
   "status 1"},
  {"working-directory",
   "  a:\n    defaults: {run: {working-directory: pinned}}\n" JOB
   "    steps:\n      - uses: actions/checkout@v4\n      - run: ls\n      - run: ls ${{ github.workspace }}/hello.txt && basename $PWD\n        "
   "working-directory: .\n      - run: ls\n        working-directory: nowhere\n",
   false,
   {"a | a.lock\n", "a | work\n"},
   {NULL},
   "working-directory \"nowhere\" is not there"},
  {"commands",
   "  a:\n" JOB "    steps:\n      - run: |\n          echo '::error file=a.py,line=3,title=T::bad%0Athing'\n          echo '::group::Build'\n       "
   "   echo '::debug::quiet'\n          echo '::stop-commands::tok'\n          echo '::warning::as text'\n          echo '::tok::'\n    "
   "      echo '::warning::as command'\n          echo '::unknown::shown'\n      - id: o\n        run: 'echo ::set-output "
   "name=x::old'\n      - run: echo ${{ steps.o.outputs.x }}\n",
   true,
   {"a | error: bad", "a | > Build\n", "a | ::warning::as text\n", "a | warning: as command\n", "a | ::unknown::shown\n", "a | old\n"},
   {"quiet"},
   NULL},
  {"set-env-command-is-refused", "  a:\n" JOB "    steps:\n      - run: 'echo ::set-env name=X::1'\n", false, {NULL}, {NULL}, "GITHUB_ENV instead"},
  {"hash-files",
   "  a:\n" JOB "    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          test -n '${{ hashFiles('**/*.lock') }}' -a -z '${{ "
   "hashFiles('none*') }}'\n          test ${{ hashFiles('hello.txt') }} = $(printf $(sha256sum hello.txt | cut -c1-64 | sed "
   "'s/../\\\\x&/g') | sha256sum | cut -c1-64)\n",
   true,
   {NULL},
   {NULL},
   NULL},
  {"matrix-names-and-values",
   "  a:\n    strategy: {matrix: {db: [pg, my], include: [{db: pg, extra: x}]}}\n" JOB
   "    steps:\n      - run: echo ${{ matrix.db }}-${{ matrix.extra }} ${{ strategy.job-index }}/${{ strategy.job-total }}\n",
   true,
   {"a (pg) | pg-x 0/2\n", "a (my) | my- 1/2\n"},
   {NULL},
   NULL},
  {"matrix-from-an-output",
   "  a:\n    outputs: {m: \"${{ steps.s.outputs.m }}\"}\n" JOB
   "    steps:\n      - id: s\n        run: echo 'm={\"v\":[1,2]}' >> $GITHUB_OUTPUT\n  b:\n    needs: a\n    name: b ${{ matrix.v }}\n    strategy: "
   "{matrix: \"${{ fromJSON(needs.a.outputs.m) }}\"}\n" JOB "    steps:\n      - run: echo v${{ matrix.v }}\n",
   true,
   {"b 1 | v1\n", "b 2 | v2\n"},
   {NULL},
   NULL},
  {"matrix-without-values-fails-the-job",
   "  a:\n    strategy: {matrix: {v: \"${{ fromJSON(github.nothing || '[]') }}\"}}\n" JOB "    steps:\n      - run: echo\n",
   false,
   {NULL},
   {NULL},
   "\"v\" has no values"},
  {"fail-fast-ends-the-other-legs",
   "  a:\n    strategy: {max-parallel: 1, matrix: {v: [1, 2, 3]}}\n" JOB "    steps:\n      - run: test ${{ matrix.v }} != 1\n",
   false,
   {"a (2): failed: cancelled", "a (3): failed: cancelled"},
   {NULL},
   "job \"a (1)\""},
  {"without-fail-fast-all-legs-run",
   "  a:\n    strategy: {fail-fast: false, matrix: {v: [1, 2, 3]}}\n" JOB "    steps:\n      - run: test ${{ matrix.v }} != 1\n",
   false,
   {"a (2): ok", "a (3): ok"},
   {NULL},
   "job \"a (1)\""},
  {"labels-from-a-matrix-are-checked-when-it-starts",
   "  a:\n    strategy: {matrix: {os: [ubuntu-latest, windows-latest], v: [1]}}\n    runs-on: ${{ matrix.os }}\n    steps:\n      - run: echo ran\n",
   false,
   {NULL},
   {NULL},
   "runs-on \"windows-latest\": this machine runs Linux"},
  {"a-steps-timeout",
   "  a:\n" JOB "    steps:\n      - run: sleep 60\n        timeout-minutes: 0.005\n      - if: failure()\n        run: echo after\n",
   false,
   {"a | after\n"},
   {NULL},
   "was stopped: its timeout-minutes were over"},
  {"a-jobs-timeout",
   "  a:\n    timeout-minutes: 0.005\n" JOB
   "    steps:\n      - run: sleep 60\n        continue-on-error: true\n      - run: echo never\n      - if: always()\n        run: echo cleanup\n",
   false,
   {"a | cleanup\n"},
   {"a | never\n"},
   "timeout-minutes were over"},
  {"what-a-step-leaves-running-is-ended",
   "  a:\n" JOB "    steps:\n      - run: |\n          setsid sleep 300 > /dev/null 2>&1 < /dev/null &\n          echo $! > pid\n          sleep 301 "
   "&\n      - run: kill -0 $(cat pid) && echo still there\n",
   true,
   {"a | still there\n", "ended 2 processes that the job had left running"},
   {NULL},
   NULL},
  {"a-script-killed-by-a-signal", "  a:\n" JOB "    steps:\n      - run: kill -9 $$\n", false, {NULL}, {NULL}, "ended with status 137"},
  {"an-expression-that-has-no-value", "  a:\n" JOB "    steps:\n      - run: echo ${{ fromJSON('{') }}\n", false, {NULL}, {NULL}, "ci.yml:8:14:"},
};

static void test_case(const void *data) {
  const Case *row = data;
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_auto(Outcome) outcome = fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .parallel_max = 2}, row->jobs);
  for (size_t i = 0; i < G_N_ELEMENTS(row->has) && row->has[i] != NULL; i++)
    assert_log_has(&outcome, row->has[i]);
  for (size_t i = 0; i < G_N_ELEMENTS(row->lacks) && row->lacks[i] != NULL; i++)
    assert_log_lacks(&outcome, row->lacks[i]);
  if (row->good)
    g_assert_no_error(outcome.error);
  else
    g_assert_error(outcome.error, DROVER_ERROR, DROVER_ERROR_FAILED);
  if (row->error != NULL && strstr(outcome.error->message, row->error) == NULL)
    g_error("the error \"%s\" lacks \"%s\"", outcome.error->message, row->error);
}

/* ---- the rest ---- */

static void test_masking(void) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  static const char *const secrets[] = {"TOKEN=hunter2secret", "KEY=line-one\nline-two", NULL};
  g_auto(Outcome) outcome =
    fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .secrets = secrets},
                "  a:\n    outputs: {leak: \"${{ secrets.TOKEN }}\", fine: yes}\n" JOB "    steps:\n"
                "      - name: Use ${{ secrets.TOKEN }}\n"
                "        env: {T: \"${{ secrets.TOKEN }}\", K: \"${{ secrets.KEY }}\", N: \"${{ secrets.ABSENT }}\"}\n"
                "        run: |\n"
                "          echo \"got $T\" \"[$N]\"; echo \"$T\" >&2; echo \"$K\"; printf %s \"$T\" | base64; printf %s \"user:$T\" | base64\n"
                "          printf 'no newline %s' \"$T\"\n"
                "          head -c 65530 /dev/zero | tr '\\0' x; echo \"$T\"\n"
                "      - run: 'x=made-up-$((40 + 2)); echo ::add-mask::$x; echo see $x'\n"
                "      - run: echo $X\n        env: {X: \"${{ secrets.TOKEN }}\"}\n        if: github.ref != 'x'\n"
                "      - run: echo \"${{ secrets.TOKEN }}\" >> $GITHUB_OUTPUT\n");
  assert_log_has(&outcome, "a | got *** []\n");
  assert_log_has(&outcome, "a | == Use ***\n");
  assert_log_has(&outcome, "a | see ***\n");
  static const char *const leaks[] = {"hunter2", "line-one", "line-two", "aHVudGVyMnNlY3Jld", "aHVudGVyMnN", "made-up-42"};
  char *dumped = json_dumps(outcome.result, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(leaks); i++) {
    assert_log_lacks(&outcome, leaks[i]);
    g_assert_null(strstr(dumped, leaks[i]));
    g_assert_null(strstr(outcome.error->message, leaks[i]));
  }
  free(dumped);
  g_assert_null(outcome_job(&outcome, 0, "outputs.leak"));
  g_assert_cmpstr(outcome_job(&outcome, 0, "outputs.fine"), ==, "yes");
}

static void test_result(void) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_auto(Outcome) outcome =
    fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE},
                "  a:\n    outputs: {v: \"1\"}\n" JOB
                "    steps:\n      - run: 'echo ::notice::hi; echo \"# Done\" >> $GITHUB_STEP_SUMMARY'\n      - if: false\n        run: echo\n"
                "  b:\n    if: false\n" JOB "    steps:\n      - run: echo\n");
  g_assert_no_error(outcome.error);
  g_assert_cmpstr(json_string_value(json_object_get(outcome.result, "conclusion")), ==, "success");
  static const char *const members[][2] = {{"id", "a"},
                                           {"name", "a"},
                                           {"conclusion", "success"},
                                           {"outputs.v", "1"},
                                           {"steps.0.conclusion", "success"},
                                           {"steps.0.summary", "# Done\n"},
                                           {"steps.1.conclusion", "skipped"},
                                           {"notes.0.message", "hi"},
                                           {"notes.0.level", "notice"}};
  for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
    g_assert_cmpstr(outcome_job(&outcome, 0, members[i][0]), ==, members[i][1]);
  g_assert_cmpstr(outcome_job(&outcome, 1, "conclusion"), ==, "skipped");
}

static void test_only_job(void) {
  static const char jobs[] =
    "  a:\n" JOB "    steps:\n      - run: echo one\n  b:\n    needs: a\n" JOB "    steps:\n      - run: echo two\n  c:\n    snapshot: x\n" JOB
    "    steps:\n      - run: echo three\n"; /* c cannot be run, and does not have to */
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_auto(Outcome) outcome = fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .only_job = "b"}, jobs);
  g_assert_no_error(outcome.error);
  assert_log_has(&outcome, "a | one\n");
  assert_log_has(&outcome, "b | two\n");
  assert_log_lacks(&outcome, "three");
  g_auto(Outcome) none = fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .only_job = "z"}, jobs);
  g_assert_error(none.error, DROVER_ERROR, DROVER_ERROR_NOT_FOUND);
  g_auto(Outcome) refused = fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .only_job = "c"}, jobs);
  g_assert_error(refused.error, DROVER_ERROR, DROVER_ERROR_INPUT);
}

/* Opening a pipe waits for the other end: nothing has to be polled. */
static char *make_pipe(const Fixture *fixture, const char *name) {
  char *path = g_build_filename(fixture->dir, name, NULL);
  g_assert_cmpint(mkfifo(path, 0600), ==, 0);
  return path;
}

typedef struct {
  const char *pipe;
  GCancellable *cancellable;
} Canceller;

static void *cancel_when_started(void *data) {
  const Canceller *canceller = data;
  int fd = open(canceller->pipe, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint(fd, >=, 0);
  close(fd);
  g_cancellable_cancel(canceller->cancellable);
  return NULL;
}

static void test_cancellation(void) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_autofree char *pipe = make_pipe(&fixture, "started");
  g_autofree char *jobs =
    g_strdup_printf("  a:\n" JOB "    steps:\n      - run: |\n          trap '' TERM\n          sleep 300 & : > %s; wait; sleep 300\n"
                    "      - run: echo never\n      - if: cancelled()\n        run: echo cleaning\n"
                    "  b:\n    needs: a\n    if: always()\n" JOB "    steps:\n      - run: echo b\n",
                    pipe);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  Canceller canceller = {.pipe = pipe, .cancellable = cancellable};
  GThread *thread = g_thread_new("cancel", cancel_when_started, &canceller);
  g_auto(Outcome) outcome = fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .cancellable = cancellable}, jobs);
  g_thread_join(thread);
  g_assert_error(outcome.error, DROVER_ERROR, DROVER_ERROR_CANCELLED);
  assert_log_has(&outcome, "a | cleaning\n");
  assert_log_lacks(&outcome, "never\n");
  g_assert_cmpstr(outcome_job(&outcome, 0, "conclusion"), ==, "cancelled");
  g_assert_cmpstr(outcome_job(&outcome, 1, "conclusion"), ==, "success"); /* it says always() */
}

static void test_cancelled_before(void) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_cancellable_cancel(cancellable);
  g_auto(Outcome) outcome =
    fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .cancellable = cancellable}, "  a:\n" JOB "    steps:\n      - run: echo ran\n");
  g_assert_error(outcome.error, DROVER_ERROR, DROVER_ERROR_CANCELLED);
  assert_log_lacks(&outcome, "ran\n");
}

/* Two jobs that wait for each other can only end together. */
static void test_parallel(void) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_autofree char *there = make_pipe(&fixture, "there"), *back = make_pipe(&fixture, "back");
  g_autofree char *jobs = g_strdup_printf("  a:\n    timeout-minutes: 1\n" JOB "    steps:\n      - run: echo from a > %s; cat %s\n"
                                          "  b:\n    timeout-minutes: 1\n" JOB "    steps:\n      - run: cat %s; echo from b > %s\n",
                                          there, back, there, back);
  g_auto(Outcome) outcome = fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .parallel_max = 2}, jobs);
  g_assert_no_error(outcome.error);
  assert_log_has(&outcome, "a | from b\n");
  assert_log_has(&outcome, "b | from a\n");
}

static void test_clean(void) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_autofree char *folder = g_build_filename(fixture.data, "runs", "dead", "0", "work", NULL);
  g_autofree char *other = g_build_filename(fixture.data, "runs", "alive", NULL);
  g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
  g_assert_cmpint(g_mkdir_with_parents(other, 0700), ==, 0);
  const char *argv[] = {"sleep", "300", NULL};
  g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "DROVER_RUN", "dead", TRUE);
  GPid pid;
  g_assert_true(g_spawn_async(NULL, (char **)argv, env, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL));
  g_autoptr(GError) error = NULL;
  g_assert_true(runner_clean("dead", fixture.data, &error));
  int status = 0;
  g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
  g_assert_true(WIFSIGNALED(status));
  g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
  g_assert_true(runner_clean("dead", fixture.data, &error)); /* twice is once */
  g_assert_false(runner_clean("../etc", fixture.data, &error));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_setenv("OUTSIDE", "must not be seen by steps", TRUE);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/runner/run/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/runner/secrets-are-masked-everywhere", test_masking);
  g_test_add_func("/runner/result-tells-jobs-steps-and-notes", test_result);
  g_test_add_func("/runner/only-one-job-and-what-it-needs", test_only_job);
  g_test_add_func("/runner/cancellation-ends-all-and-lets-cleanup-run", test_cancellation);
  g_test_add_func("/runner/cancelled-before-it-began", test_cancelled_before);
  g_test_add_func("/runner/jobs-run-in-parallel", test_parallel);
  g_test_add_func("/runner/clean-ends-a-dead-run", test_clean);
  return g_test_run();
}
