/* Whole jobs: actions of each kind, steps side by side, hostile files, and the same in a sandbox. */
#include "fixture.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/action/node.h"
#include "runner/job/state.h"
#include "sandbox/sandbox.h"

#include <glib/gstdio.h>
#include <string.h>

#define JOB "    runs-on: ubuntu-latest\n    steps:\n"
#define LOCAL_FILE(name) "      - run: |\n          mkdir -p " name "\n          cat > " name "/action.yml <<'END'\n"
#define LOCAL_END "          END\n"

typedef struct {
  const char *claim;
  const char *jobs;
  bool good;
  const char *has[6]; /* of the log */
  const char *lacks[3];
  const char *error; /* part of the message */
  bool needs_node;
} Case;

static const Case cases[] = {
  {"composite-has-inputs-outputs-and-steps-of-its-own",
   "  a:\n" JOB LOCAL_FILE(
     "act") "          name: x\n          description: x\n          inputs: {who: {default: world}, more: {required: false}}\n"
            "          outputs: {said: {value: \"${{ '${{' }} steps.s.outputs.v }}\"}}\n          runs:\n            using: composite\n            steps:\n"
            "              - {id: s, shell: bash, run: \"echo v=hi-${{ '${{' }} inputs.who }} >> $GITHUB_OUTPUT; echo at $GITHUB_ACTION_PATH\"}\n"
            "              - {shell: bash, run: \"echo inner ${{ '${{' }} steps.s.outputs.v }} [${{ '${{' }} steps.outer.outputs.x }}]\"}\n" LOCAL_END
            "      - {id: outer, run: echo x=1 >> $GITHUB_OUTPUT}\n      - {id: a, uses: ./act, with: {who: you}}\n      - {id: b, uses: ./act}\n"
            "      - run: echo ${{ steps.a.outputs.said }} ${{ steps.b.outputs.said }} [${{ steps.s.outputs.v }}]\n",
   true,
   {"a | inner hi-you []\n", "a | hi-you hi-world []\n", "/act\n"},
   {NULL},
   NULL},
  {"composite-fails-with-the-step-in-it-and-skips-the-rest",
   "  a:\n" JOB LOCAL_FILE("act") "          name: x\n          description: x\n          runs:\n            using: composite\n            steps:\n"
                                  "              - {name: Break, shell: bash, run: exit 3}\n              - {shell: bash, run: echo never-$((1))}\n"
                                  "              - {shell: bash, if: failure(), run: echo mended-$((1))}\n" LOCAL_END
                                  "      - {name: Use, uses: ./act}\n",
   false,
   {"a | mended-1\n"},
   {"a | never-1\n"},
   "step \"Use\" (ci.yml:20) failed: step \"Break\" (act/action.yml:6) ended with status 3"},
  {"composite-in-composite-and-env-overlays",
   "  a:\n    env: {X: job, Y: job}\n" JOB LOCAL_FILE(
     "in") "          name: x\n          description: x\n          runs:\n            using: composite\n            steps:\n"
           "              - {shell: bash, run: \"echo $X-$Y-$Z-${{ '${{' }} env.X }}; echo W=w >> $GITHUB_ENV\", env: {Z: inner}}\n" LOCAL_END
             LOCAL_FILE(
               "out") "          name: x\n          description: x\n          runs: {using: composite, steps: [{uses: ./in, env: {Y: out}}]}\n" LOCAL_END
                      "      - {uses: ./out, env: {X: step}}\n      - run: echo $X-$Y-$W\n",
   true,
   {"a | step-out-inner-step\n", "a | job-job-w\n"},
   {NULL},
   NULL},
  {"names-of-actions-are-githubs",
   "  a:\n" JOB "      - run: echo $GITHUB_ACTION\n      - run: echo $GITHUB_ACTION\n      - {id: me, run: echo $GITHUB_ACTION}\n",
   true,
   {"a | __run\n", "a | __run_2\n", "a | me\n"},
   {NULL},
   NULL},
  {"javascript-has-inputs-state-and-a-post-part",
   "  a:\n" JOB LOCAL_FILE(
     "js") "          name: x\n          description: x\n          inputs: {my name: {default: d}}\n          runs: {using: node20, main: m.js, post: p.js}\n" LOCAL_END
           "      - run: |\n          cat > js/m.js <<'END'\n          const fs = require('fs');\n"
           "          console.log('main ' + process.env.INPUT_MY_NAME + ' ' + !!process.env.ACTIONS_RUNTIME_TOKEN);\n"
           "          fs.appendFileSync(process.env.GITHUB_STATE, 'k=kept\\n'); fs.appendFileSync(process.env.GITHUB_OUTPUT, 'o=out\\n');\n"
           "          END\n          echo 'console.log(\"post \" + process.env.STATE_k)' > js/p.js\n"
           "      - {id: j, uses: ./js, with: {my name: n}}\n      - run: echo last ${{ steps.j.outputs.o }} [$ACTIONS_RUNTIME_TOKEN]\n",
   true,
   {"a | main n true\n", "a | last out []\n", "a | == Post Run ./js\n", "a | post kept\n"},
   {NULL},
   NULL,
   .needs_node = true},
  {"every-leg-of-a-matrix-has-the-services-of-jobs",
   "  a:\n    strategy: {matrix: {v: [1, 2]}}\n" JOB LOCAL_FILE(
     "js") "          name: x\n          description: x\n          runs: {using: node20, main: m.js}\n" LOCAL_END
           "      - run: echo 'console.log(\"open \" + !!process.env.ACTIONS_RUNTIME_TOKEN)' > js/m.js\n      - {uses: ./js}\n",
   true,
   {"a (1) | open true\n", "a (2) | open true\n"},
   {NULL},
   NULL,
   .needs_node = true},
  {"a-local-action-that-is-not-there-fails-its-step",
   "  a:\n" JOB "      - uses: ./nowhere\n",
   false,
   {NULL},
   {NULL},
   "does a step before it check the repository out?"},
  {"an-action-that-is-not-in-the-store-fails-the-job", "  a:\n" JOB "      - uses: some/where@v1\n", false, {NULL}, {"== Run"}, "some/where@v1"},
  {"background-steps-run-at-once-and-are-seen-when-waited-for",
   "  a:\n" JOB
   "      - run: mkfifo p q\n      - {id: one, background: true, run: \"echo x > p; cat q > /dev/null; echo v=1 >> $GITHUB_OUTPUT; echo E=e >> "
   "$GITHUB_ENV\"}\n      - run: \"cat p > /dev/null; echo before [${{ steps.one.outputs.v }}] [$E]; echo y > q\"\n"
   "      - wait: one\n      - run: echo after [${{ steps.one.outputs.v }}] [$E] ${{ steps.one.outcome }}\n",
   true,
   {"a | before [] []\n", "a | after [1] [e] success\n"},
   {NULL},
   NULL},
  {"parallel-steps-wait-for-each-other",
   "  a:\n" JOB "      - run: mkfifo p q\n      - parallel:\n          - {id: l, run: \"echo x > p; cat q; echo v=l >> $GITHUB_OUTPUT\"}\n"
   "          - {id: r, run: \"cat p; echo y > q; echo v=r >> $GITHUB_OUTPUT\"}\n      - run: echo ${{ steps.l.outputs.v }}${{ steps.r.outputs.v }}\n",
   true,
   {"a | x\n", "a | y\n", "a | lr\n"},
   {NULL},
   NULL},
  {"a-failing-background-step-fails-what-waits-for-it",
   "  a:\n" JOB "      - {id: one, name: One, background: true, run: exit 4}\n      - {name: Wait, wait: one}\n      - run: echo never-$((1))\n",
   false,
   {NULL},
   {"never-1"},
   "step \"One\" (ci.yml:8) ended with status 4"},
  {"one-that-nobody-waits-for-is-seen-at-the-end",
   "  a:\n" JOB "      - {name: One, background: true, run: exit 4}\n      - run: echo goes-on-$((1))\n",
   false,
   {"goes-on-1"},
   {NULL},
   "step \"One\" (ci.yml:8) ended with status 4"},
  {"a-background-step-that-is-cancelled-is-no-failure",
   "  a:\n" JOB
   "      - run: mkfifo p\n      - {id: one, background: true, run: \"echo x > p; exec sleep 300\"}\n      - run: cat p\n      - cancel: one\n"
   "      - run: echo ${{ steps.one.outcome }} ${{ job.status }}\n",
   true,
   {"a | cancelled success\n"},
   {NULL},
   NULL},
  {"a-file-that-became-a-pipe-fails-the-step",
   "  a:\n" JOB "      - run: rm $GITHUB_OUTPUT; mkfifo $GITHUB_OUTPUT\n",
   false,
   {NULL},
   {NULL},
   "wrote what cannot be read: GITHUB_OUTPUT: "},
  {"a-file-that-became-a-link-fails-the-step",
   "  a:\n" JOB "      - run: rm $GITHUB_ENV; ln -s /etc/passwd $GITHUB_ENV\n",
   false,
   {NULL},
   {NULL},
   "wrote what cannot be read: GITHUB_ENV: "},
  {"a-file-that-is-huge-fails-the-step", "  a:\n" JOB "      - run: truncate -s 1T $GITHUB_OUTPUT\n", false, {NULL}, {NULL}, "is larger than"},
  {"a-folder-in-the-place-of-the-commands-hurts-nobody",
   "  a:\n" JOB "      - run: cd $RUNNER_TEMP; mv _runner_file_commands gone; ln -s /etc _runner_file_commands\n      - run: echo went on\n",
   true,
   {"a | went on\n"},
   {NULL},
   NULL},
  {"artifacts-are-declared-with-digests-and-shown-to-later-steps",
   "  a:\n" JOB "      - run: printf hello > app; echo app >> $GITHUB_ARTIFACTS\n      - run: cat $GITHUB_ARTIFACTS_LIST\n",
   true,
   {"sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
   {NULL},
   NULL},
  {"an-artifact-outside-the-jobs-folders-is-refused",
   "  a:\n" JOB "      - run: ln -s /etc/hostname app; echo app >> $GITHUB_ARTIFACTS\n",
   false,
   {NULL},
   {NULL},
   "GITHUB_ARTIFACTS, line 1: app"},
  {"job-and-steps-contexts",
   "  a:\n" JOB "      - run: echo ${{ job.status }} ${{ runner.os }} ${{ github.job }} ${{ strategy.job-total }}\n"
   "      - {run: exit 1, continue-on-error: true}\n      - run: echo ${{ job.status }}\n",
   true,
   {"a | success Linux a 1\n", "a | success\n"},
   {NULL},
   NULL},
};

static bool has_node(const char *dir) {
  Run run = {.spec = &(RunSpec){.data_dir = dir}, .node_major = -1};
  g_autofree char *note = NULL;
  g_mutex_init(&run.lock);
  g_autofree char *node = node_find(&run, 20, false, &note, NULL);
  g_mutex_clear(&run.lock);
  return node != NULL;
}

static void run_case(const Case *row, Isolation isolation) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  if (row->needs_node && !has_node(fixture.data)) {
    g_test_skip("there is no node 20 or newer in PATH");
    return;
  }
  g_auto(Outcome) outcome = fixture_run(&fixture, (RunOptions){.isolation = isolation}, row->jobs);
  for (size_t i = 0; i < G_N_ELEMENTS(row->has) && row->has[i] != NULL; i++)
    assert_log_has(&outcome, row->has[i]);
  for (size_t i = 0; i < G_N_ELEMENTS(row->lacks) && row->lacks[i] != NULL; i++)
    assert_log_lacks(&outcome, row->lacks[i]);
  if (row->good)
    g_assert_no_error(outcome.error);
  else
    g_assert_error(outcome.error, DROVER_ERROR, DROVER_ERROR_FAILED);
  if (row->error != NULL && strstr(outcome.error->message, row->error) == NULL)
    g_error("the error \"%s\" lacks \"%s\"\n%s", outcome.error->message, row->error, outcome.log);
}

static void test_process(const void *row) {
  run_case(row, ISOLATION_NONE);
}

static void test_sandbox(const void *row) {
  g_autofree char *why = NULL;
  if (sandbox_probe(&why))
    run_case(row, ISOLATION_FULL);
  else
    g_test_skip(why);
}

/* ---- the sandbox's own ---- */

static const Case sandbox_cases[] = {
  {"checkout-and-githubs-places",
   "  a:\n" JOB "      - uses: actions/checkout@v4\n      - run: cat hello.txt; pwd; echo $HOME $RUNNER_TEMP $RUNNER_TOOL_CACHE\n"
   "      - run: git log --oneline | wc -l\n",
   true,
   {"a | hello\n", "a | /home/runner/work/shop/shop\n", "a | /home/runner /home/runner/work/_temp /opt/hostedtoolcache\n", "a | 1\n"},
   {NULL},
   NULL},
  {"what-it-writes-is-gone",
   "  a:\n" JOB "      - run: echo x > /etc/drover-was-here; ls /etc/drover-was-here\n",
   true,
   {"a | /etc/drover-was-here\n"},
   {NULL},
   NULL},
};

static void test_outside(void) {
  g_assert_false(g_file_test("/etc/drover-was-here", G_FILE_TEST_EXISTS));
}

/* ---- actions of a store ---- */

static void put(const char *dir, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(dir, name, NULL), *parent = g_path_get_dirname(path);
  g_autoptr(GError) error = NULL;
  g_assert_true(fs_make_dirs(parent, 0755, &error) && fs_write(path, text, strlen(text), 0755, &error));
}

static void test_store(const void *data) {
  const Isolation isolation = (Isolation)GPOINTER_TO_INT(data);
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  if (!has_node(fixture.data)) {
    g_test_skip("there is no node 20 or newer in PATH");
    return;
  }
  g_autofree char *actions = g_build_filename(fixture.dir, "actions", NULL);
  put(actions, "o/js/v1/action.yml",
      "name: x\ndescription: x\nruns: {using: node20, pre: pre.js, main: main.js, post: post.js, post-if: success()}\n");
  put(actions, "o/js/v1/pre.js", "console.log('in pre'); require('fs').appendFileSync(process.env.GITHUB_STATE, 'p=from-pre\\n')");
  put(actions, "o/js/v1/main.js", "console.log('in main ' + process.env.STATE_p + ' ' + __dirname + ' ' + process.env.GITHUB_ACTION_REPOSITORY)");
  put(actions, "o/js/v1/post.js", "console.log('in post ' + process.env.STATE_p)");
  put(actions, "o/comp/v2/action.yml",
      "name: x\ndescription: x\nruns: {using: composite, steps: [{uses: o/js@v1}, {shell: bash, run: \"cat $GITHUB_ACTION_PATH/note\"}]}\n");
  put(actions, "o/comp/v2/note", "a note\n");
  g_auto(Outcome) outcome = fixture_run(&fixture, (RunOptions){.isolation = isolation, .actions = actions},
                                        "  a:\n" JOB "      - run: echo first\n      - uses: o/comp@v2\n      - run: echo last\n");
  g_assert_no_error(outcome.error);
  static const char *const order[] = {"== Pre Run o/comp@v2",  "in pre",          "first", "in main from-pre", "a note", "last",
                                      "== Post Run o/comp@v2", "in post from-pre"};
  const char *at = outcome.log;
  for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
    const char *found = strstr(at, order[i]);
    if (found == NULL)
      g_error("the log lacks \"%s\" behind what came before:\n%s", order[i], outcome.log);
    at = found;
  }
  assert_log_has(&outcome, "actions/o/js/v1 o/js\n");
}

/* ---- what is left of a run ---- */

static void test_kept(void) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_autofree char *keep = g_build_filename(fixture.dir, "kept", NULL), *made = g_build_filename(keep, "sub", "made", NULL), *text = NULL;
  g_auto(Outcome) outcome = fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .keep = keep},
                                        "  a:\n" JOB "      - run: mkdir sub; echo x > sub/made; ln -s /etc out; mkfifo pipe\n");
  g_assert_no_error(outcome.error);
  g_assert_true(g_file_get_contents(made, &text, NULL, NULL));
  g_assert_cmpstr(text, ==, "x\n");
  g_autofree char *link = g_build_filename(keep, "out", NULL);
  g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
}

static void test_record(void) {
  g_auto(Fixture) fixture;
  fixture_begin(&fixture);
  g_autofree char *dir = g_build_filename(fixture.dir, "record", NULL);
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
  RunRecord *record = run_record_new(dir, NULL, &error);
  g_assert_no_error(error);
  static const char *const secrets[] = {"TOKEN=hunter2secret", NULL};
  g_auto(Outcome) outcome =
    fixture_run(&fixture, (RunOptions){.isolation = ISOLATION_NONE, .secrets = secrets, .record = record},
                "  a:\n" JOB "      - run: echo S=${{ secrets.TOKEN }} >> $GITHUB_ENV; echo p >> $GITHUB_PATH\n      - run: exit 0\n");
  g_assert_no_error(outcome.error);
  run_record_free(record);
  g_autoptr(RunRecord) read = run_record_read(dir, &error);
  g_assert_no_error(error);
  json_auto_t *first = run_record_checkpoint(read, "a", 1), *last = run_record_checkpoint(read, "a", -1);
  g_assert_cmpint(json_integer_value(json_object_get(first, "position")), ==, 1);
  g_assert_cmpint(json_integer_value(json_object_get(last, "position")), ==, 2);
  char *dumped = json_dumps(first, 0);
  g_assert_null(strstr(dumped, "hunter2secret"));
  free(dumped);
  json_auto_t *values = json_pack("{s:s}", "TOKEN", "hunter2secret");
  json_auto_t *revealed = record_reveal(json_object_get(first, "state"), values);
  g_auto(JobState) state;
  job_state_init(&state);
  g_assert_true(job_state_load(&state, revealed, &error));
  g_assert_cmpstr(json_string_value(json_object_get(state.env, "S")), ==, "hunter2secret");
  g_assert_cmpstr(json_string_value(json_array_get(state.paths, 0)), ==, "p");
  g_assert_cmpstr(json_string_value(json_object_get(run_record_result(read, "a"), "outcome")), ==, "success");
}

/* ---- a job's state ---- */

static void test_state(void) {
  g_auto(JobState) state, other;
  g_autoptr(GError) error = NULL;
  job_state_init(&state);
  job_state_init(&other);
  state.status = STATUS_FAILURE;
  json_object_set_new(state.env, "A", json_string("1"));
  json_array_append_new(state.paths, json_string("/bin"));
  json_object_set_new(job_state_entry(state.states, "2"), "k", json_string("v"));
  json_auto_t *written = job_state_json(&state);
  json_object_set_new(state.env, "B", json_string("2"));
  g_assert_true(job_state_load(&other, written, &error));
  g_assert_no_error(error);
  json_auto_t *again = job_state_json(&other);
  g_assert_true(json_equal(written, again));
  g_assert_cmpint(other.status, ==, STATUS_FAILURE);
  json_object_set_new(json_object_get(written, "env"), "A", json_integer(1));
  g_assert_false(job_state_load(&other, written, &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_CORRUPT);
}

static void add_cases(const char *folder, const Case *rows, size_t count, GTestDataFunc func) {
  for (size_t i = 0; i < count; i++) {
    g_autofree char *path = g_strdup_printf("/runner/job/%s/%s", folder, rows[i].claim);
    g_test_add_data_func(path, &rows[i], func);
  }
}

int main(int argc, char **argv) {
  int status = 0;
  if (fixture_main(argc, argv, &status))
    return status;
  g_test_init(&argc, &argv, NULL);
  add_cases("process", cases, G_N_ELEMENTS(cases), test_process);
  add_cases("sandbox", cases, G_N_ELEMENTS(cases), test_sandbox);
  add_cases("sandbox", sandbox_cases, G_N_ELEMENTS(sandbox_cases), test_sandbox);
  g_test_add_func("/runner/job/sandbox/what-it-writes-is-gone-indeed", test_outside);
  g_test_add_data_func("/runner/job/actions-of-a-store", GINT_TO_POINTER(ISOLATION_NONE), test_store);
  g_test_add_data_func("/runner/job/actions-of-a-store-in-a-sandbox", GINT_TO_POINTER(ISOLATION_FULL), test_store);
  g_test_add_func("/runner/job/the-workspace-is-kept", test_kept);
  g_test_add_func("/runner/job/a-record-has-each-step-and-no-secret", test_record);
  g_test_add_func("/runner/job/state-is-written-and-read", test_state);
  return g_test_run();
}
