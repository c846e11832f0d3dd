/* Which jobs of a plan run, when and with what. A job of these workflows does what its first step says: see world_begin(). */
#include "base/error.h"
#include "schedule_world.h"

#include <string.h>

#define JOB(id, more, run) "  " id ": {runs-on: x, " more "steps: [{run: \"" run "\"}]}\n"
#define HEAD "on: push\njobs:\n"
#define CALLED(more) "on: {workflow_call: {" more "}}\njobs:\n"
#define USES(id, more, file) "  " id ": {" more "uses: ./.github/workflows/" file "}\n"
#define IN "inner.yml", CALLED("")
#define ALWAYS "if: always(), "
#define MATRIX(values) "strategy: {matrix: {v: [" values "]}}, "
#define GROUP(name) "concurrency: {group: " name ", queue: max}, "

typedef struct {
  const char *claim;
  const char *text;
  const char *expected; /* the conclusion, then of each job: key, what it said in brackets, conclusion, outputs in braces */
  WorldFile files[3];
  const char *only_job;
  unsigned parallel_max; /* 0: one */
} Row;

static const Row rows[] = {
  /* needs and conditions */
  {"jobs-run-in-the-order-of-needs", HEAD JOB("b", "needs: a, ", "ok") JOB("a", "", "ok"), "success: b=success a=success +a -a +b -b", {{0}}},
  {"the-file's-order-counts", HEAD JOB("z", "", "ok") JOB("a", "", "ok"), "success: z=success a=success +z -z +a -a", {{0}}},
  {"a-failure-skips-what-needs-it",
   HEAD JOB("a", "", "fail") JOB("b", "needs: a, ", "ok") JOB("c", "needs: b, ", "ok"),
   "failure: a=failure b=skipped c=skipped +a -a",
   {{0}}},
  {"failure()-sees-far-ancestors",
   HEAD JOB("a", "", "fail") JOB("b", "needs: a, ", "ok") JOB("c", "needs: b, if: failure(), ", "${{ needs.b.result }}"),
   "failure: a=failure b=skipped c(skipped)=success +a -a +c -c",
   {{0}}},
  {"success()-wants-all-ancestors",
   HEAD JOB("a", "", "fail") JOB("b", "needs: a, " ALWAYS, "ok") JOB("c", "needs: b, ", "ok"),
   "failure: a=failure b=success c=skipped +a -a +b -b",
   {{0}}},
  {"a-skipped-ancestor-skips", HEAD JOB("a", "if: false, ", "ok") JOB("b", "needs: a, ", "ok"), "skipped: a=skipped b=skipped", {{0}}},
  {"skipped-is-no-failure",
   HEAD JOB("a", "if: false, ", "ok") JOB("b", "needs: a, if: '!failure()', ", "ok"),
   "success: a=skipped b=success +b -b",
   {{0}}},
  {"success()-with-names",
   HEAD JOB("a", "", "fail") JOB("b", "", "ok") JOB("c", "needs: [a, b], if: success('B'), ", "ok"),
   "failure: a=failure b=success c=success +a -a +b -b +c -c",
   {{0}}},
  {"failure()-with-names",
   HEAD JOB("a", "", "fail") JOB("b", "", "ok") JOB("c", "needs: [a, b], if: failure('b'), ", "ok"),
   "failure: a=failure b=success c=skipped +a -a +b -b",
   {{0}}},
  {"a-forgiven-job-is-a-success",
   HEAD JOB("a", "", "forgiven") JOB("b", "needs: a, ", "${{ needs.a.result }}"),
   "success: a=success b(success)=success +a -a +b -b",
   {{0}}},
  {"conditions-read-outputs",
   HEAD JOB("a", "outputs: {x: '1'}, ", "ok") JOB("b", "needs: a, if: needs.a.outputs.x == 1, ", "ok"),
   "success: a=success{x=1} b=success +a -a +b -b",
   {{0}}},
  {"a-wrong-condition-fails-the-job", HEAD JOB("a", "if: \"fromJSON('[')\", ", "ok"), "failure: a=failure", {{0}}},
  {"one-job-and-what-it-needs",
   HEAD JOB("a", "", "ok") JOB("b", "needs: a, ", "ok") JOB("c", "", "ok"),
   "success: a=success b=success +a -a +b -b",
   {{0}},
   "B"},
  /* matrices */
  {"legs-run-in-order",
   HEAD JOB("a", MATRIX("1, 2"), "${{ matrix.v }} of ${{ strategy.job-total }}"),
   "success: a[0](1 of 2)=success a[1](2 of 2)=success +a[0] -a[0] +a[1] -a[1]",
   {{0}}},
  {"no-matrix-is-null",
   HEAD JOB("a", "", "${{ toJSON(matrix) }} ${{ strategy.job-index }} ${{ strategy.fail-fast }} ${{ strategy.max-parallel }}"),
   "success: a(null 0 true 1)=success +a -a",
   {{0}}},
  {"a-matrix-from-an-output",
   HEAD JOB("a", "outputs: {m: '[3, 4]'}, ", "ok")
     JOB("b", "needs: a, strategy: {matrix: {v: \"${{ fromJSON(needs.a.outputs.m) }}\"}}, ", "${{ matrix.v }}"),
   "success: a=success{m=[3, 4]} b[0](3)=success b[1](4)=success +a -a +b[0] -b[0] +b[1] -b[1]",
   {{0}}},
  {"a-strategy-as-one-expression",
   HEAD JOB("a", "strategy: \"${{ fromJSON('{\\\"matrix\\\": {\\\"v\\\": [5]}, \\\"fail-fast\\\": false}') }}\", ",
            "${{ matrix.v }} ${{ strategy.fail-fast }}"),
   "success: a[0](5 false)=success +a[0] -a[0]",
   {{0}}},
  {"a-wrong-matrix-fails-the-job", HEAD JOB("a", "strategy: {matrix: {v: \"${{ github.ref }}\"}}, ", "ok"), "failure: a=failure", {{0}}},
  {"fail-fast-stops-the-others", HEAD JOB("a", MATRIX("fail, ok"), "${{ matrix.v }}"), "failure: a[0]=failure a[1]=cancelled +a[0] -a[0]", {{0}}},
  {"fail-fast-stops-what-runs",
   HEAD JOB("a", MATRIX("meet then fail, meet then wait"), "${{ matrix.v }}"),
   "failure: a[0]=failure a[1]=cancelled",
   {{0}},
   NULL,
   2},
  {"fail-fast-can-be-off",
   HEAD JOB("a", "strategy: {fail-fast: false, matrix: {v: [fail, ok]}}, ", "${{ matrix.v }}"),
   "failure: a[0]=failure a[1]=success +a[0] -a[0] +a[1] -a[1]",
   {{0}}},
  {"a-forgiven-leg-stops-nobody",
   HEAD JOB("a", MATRIX("forgiven, ok"), "${{ matrix.v }}"),
   "success: a[0]=success a[1]=success +a[0] -a[0] +a[1] -a[1]",
   {{0}}},
  {"max-parallel-holds",
   HEAD JOB("a", "strategy: {max-parallel: 1, matrix: {v: [1, 2, 3]}}, ", "ok"),
   "success: a[0]=success a[1]=success a[2]=success +a[0] -a[0] +a[1] -a[1] +a[2] -a[2]",
   {{0}},
   NULL,
   3},
  {"legs-run-side-by-side", HEAD JOB("a", MATRIX("1, 2"), "meet then ok"), "success: a[0]=success a[1]=success", {{0}}, NULL, 2},
  {"a-later-output-wins-unless-empty",
   HEAD JOB("a", MATRIX("1, 2, 3") "outputs: {x: \"${{ matrix.v }}\", y: \"${{ matrix.v == 2 && 'two' || '' }}\"}, ", "ok")
     JOB("b", "needs: a, ", "${{ needs.a.outputs.x }} ${{ needs.a.outputs.y }}"),
   "success: a[0]=success{x=1 y=} a[1]=success{x=2 y=two} a[2]=success{x=3 y=} b(3 two)=success "
   "+a[0] -a[0] +a[1] -a[1] +a[2] -a[2] +b -b",
   {{0}}},
  /* cancellation: "stop" cancels the run */
  {"what-has-not-begun-is-cancelled",
   HEAD JOB("a", "", "stop") JOB("b", "", "ok") JOB("c", "needs: a, ", "ok"),
   "cancelled: a=cancelled b=cancelled c=cancelled +a -a",
   {{0}}},
  {"always()-runs-after-a-cancellation",
   HEAD JOB("a", "", "stop") JOB("b", "needs: a, " ALWAYS, "${{ needs.a.result }}") JOB("c", "needs: a, if: cancelled(), ", "ok")
     JOB("d", "needs: a, if: failure(), ", "ok") JOB("e", "needs: a, if: '!cancelled()', ", "ok"),
   "cancelled: a=cancelled b(cancelled)=success c=success d=cancelled e=cancelled +a -a +b -b +c -c",
   {{0}}},
  {"legs-that-wait-are-asked-again",
   HEAD JOB("a", ALWAYS MATRIX("stop, ok"), "${{ matrix.v }}"),
   "cancelled: a[0]=cancelled a[1]=success +a[0] -a[0] +a[1] -a[1]",
   {{0}}},
  {"a-cancelled-job-is-no-cancelled-run",
   HEAD JOB("a", "", "cancel") JOB("b", "needs: a, if: '!cancelled()', ", "ok"),
   "cancelled: a=cancelled b=success +a -a +b -b",
   {{0}}},
  {"a-called-workflow-is-cancelled-too",
   HEAD USES("c", "", "inner.yml") JOB("b", "needs: c, " ALWAYS, "${{ needs.c.result }}"),
   "cancelled: c/i=cancelled c/j=cancelled c/k=success b(cancelled)=success +c/i -c/i +c/k -c/k +b -b",
   {{"inner.yml", CALLED("") JOB("i", "", "stop") JOB("j", "needs: i, ", "ok") JOB("k", "needs: i, " ALWAYS, "ok")}}},
  /* called workflows */
  {"a-called-workflow-runs",
   HEAD USES("c", "", "inner.yml") JOB("b", "needs: c, ", "${{ needs.c.result }}"),
   "success: c/i=success b(success)=success +c/i -c/i +b -b",
   {{IN JOB("i", "", "ok")}}},
  {"inputs-have-their-types",
   HEAD JOB("a", "outputs: {n: '7'}, ", "ok")
     USES("c", "needs: a, with: {flag: true, count: \"${{ fromJSON(needs.a.outputs.n) }}\", text: 5}, ", "inner.yml"),
   "success: a=success{n=7} c/i(true true 8... 5 dflt 3 false)=success +a -a +c/i -c/i",
   {{"inner.yml", CALLED("inputs: {flag: {type: boolean}, count: {type: number}, text: {type: string}, d: {type: string, default: \"${{ "
                         "github.ref_name }}\"}, n: {type: number, default: 3}, o: {type: boolean}}")
                    JOB("i", "",
                        "${{ toJSON(inputs.flag) }} ${{ inputs.flag == true }} ${{ inputs.count >= 7 && '8' || '' }}... ${{ inputs.text "
                        "}} ${{ inputs.d }} ${{ inputs.n }} ${{ inputs.o }}")}}},
  {"a-text-is-no-boolean",
   HEAD USES("c", "with: {flag: \"${{ 'true' }}\"}, ", "inner.yml"),
   "failure: c=failure",
   {{"inner.yml", CALLED("inputs: {flag: {type: boolean}}") JOB("i", "", "ok")}}},
  {"secrets-are-handed-on-by-name",
   HEAD USES("c", "secrets: {key: \"${{ secrets.DEPLOY }}\"}, ", "inner.yml"),
   "success: c/i(s3 - token)=success +c/i -c/i",
   {{"inner.yml", CALLED("secrets: {key: {}}") JOB("i", "", "${{ secrets.KEY }} ${{ secrets.DEPLOY || '-' }} ${{ secrets.GITHUB_TOKEN }}")}}},
  {"secrets-can-be-inherited",
   HEAD USES("c", "secrets: inherit, ", "inner.yml"),
   "success: c/i(s3)=success +c/i -c/i",
   {{IN JOB("i", "", "${{ secrets.DEPLOY }}")}}},
  {"secrets-are-not-handed-on-unasked",
   HEAD USES("c", "", "inner.yml"),
   "success: c/i(-)=success +c/i -c/i",
   {{IN JOB("i", "", "${{ secrets.DEPLOY || '-' }}")}}},
  {"outputs-come-back",
   HEAD USES("c", "", "inner.yml") JOB("b", "needs: c, ", "${{ needs.c.outputs.v }} ${{ needs.c.outputs.r }}"),
   "success: c/i=success{x=9} b(9 success)=success +c/i -c/i +b -b",
   {{"inner.yml",
     CALLED("outputs: {v: {value: \"${{ jobs.i.outputs.x }}\"}, r: {value: \"${{ jobs.i.result }}\"}}") JOB("i", "outputs: {x: '9'}, ", "ok")}}},
  {"a-caller-with-a-matrix",
   HEAD USES("c", MATRIX("1, 2") "with: {n: \"${{ matrix.v }}\"}, ", "inner.yml") JOB("b", "needs: c, ", "${{ needs.c.outputs.v }}"),
   "success: c[0]/i(1)=success{x=1} c[1]/i(2)=success{x=2} b(2)=success +c[0]/i -c[0]/i +c[1]/i -c[1]/i +b -b",
   {{"inner.yml", CALLED("inputs: {n: {type: number}}, outputs: {v: {value: \"${{ jobs.i.outputs.x }}\"}}")
                    JOB("i", "outputs: {x: \"${{ inputs.n }}\"}, ", "${{ inputs.n }}")}}},
  {"fail-fast-stops-called-workflows",
   HEAD USES("c", MATRIX("fail, ok") "with: {d: \"${{ matrix.v }}\"}, ", "inner.yml"),
   "failure: c[0]/i=failure c[1]/i=cancelled +c[0]/i -c[0]/i",
   {{"inner.yml", CALLED("inputs: {d: {type: string}}") JOB("i", "", "${{ inputs.d }}")}}},
  {"max-parallel-holds-for-callers",
   HEAD USES("c", "strategy: {max-parallel: 1, matrix: {v: [1, 2]}}, ", "inner.yml"),
   "success: c[0]/i=success c[0]/j=success c[1]/i=success c[1]/j=success +c[0]/i -c[0]/i +c[0]/j -c[0]/j +c[1]/i -c[1]/i +c[1]/j -c[1]/j",
   {{IN JOB("i", "", "ok") JOB("j", "needs: i, ", "ok")}},
   NULL,
   2},
  {"failure-outweighs-the-rest-inside",
   HEAD USES("c", "", "inner.yml") JOB("b", "needs: c, " ALWAYS, "${{ needs.c.result }}"),
   "failure: c/i=cancelled c/j=failure c/k=success c/l=skipped b(failure)=success +c/i -c/i +c/j -c/j +c/k -c/k +b -b",
   {{IN JOB("i", "", "cancel") JOB("j", "", "fail") JOB("k", "", "ok") JOB("l", "needs: i, ", "ok")}}},
  {"all-skipped-inside-is-skipped",
   HEAD USES("c", "", "inner.yml") JOB("b", "needs: c, " ALWAYS, "${{ needs.c.result }}"),
   "success: c/i=skipped b(skipped)=success +b -b",
   {{IN JOB("i", "if: false, ", "ok")}}},
  {"a-skipped-caller-calls-nothing", HEAD USES("c", "if: false, ", "inner.yml"), "skipped: c=skipped", {{IN JOB("i", "", "ok")}}},
  {"status-functions-inside-see-the-inside-only",
   HEAD JOB("a", "", "fail") USES("c", "needs: a, " ALWAYS, "inner.yml"),
   "failure: a=failure c/i=success c/j=skipped +a -a +c/i -c/i",
   {{IN JOB("i", "", "ok") JOB("j", "needs: i, if: failure(), ", "ok")}}},
  {"calls-nest",
   HEAD USES("c", "with: {x: 1}, ", "inner.yml") JOB("b", "needs: c, ", "${{ needs.c.outputs.o }}"),
   "success: c/m/i(1)=success{x=1!} b(1!)=success +c/m/i -c/m/i +b -b",
   {{"inner.yml", CALLED("inputs: {x: {type: string}}, outputs: {o: {value: \"${{ jobs.m.outputs.o }}\"}}")
                    USES("m", "with: {y: \"${{ inputs.x }}\"}, ", "deep.yml")},
    {"deep.yml", CALLED("inputs: {y: {type: string}}, outputs: {o: {value: \"${{ jobs.i.outputs.x }}\"}}")
                   JOB("i", "outputs: {x: \"${{ inputs.y }}!\"}, ", "${{ inputs.y }}")}}},
  {"job_workflow_ref-is-of-the-called",
   HEAD USES("c", "", "inner.yml"),
   "success: c/i(o/r/.github/workflows/inner.yml@refs/heads/dflt abc)=success +c/i -c/i",
   {{IN JOB("i", "", "${{ github.job_workflow_ref }} ${{ github.job_workflow_sha }}")}}},
  {"a-wrong-output-fails-the-caller",
   HEAD USES("c", "", "inner.yml"),
   "failure: c=failure c/i=success +c/i -c/i",
   {{"inner.yml", CALLED("outputs: {v: {value: \"${{ fromJSON('[') }}\"}}") JOB("i", "", "ok")}}},
  /* concurrency */
  {"a-group-runs-one-at-a-time",
   HEAD JOB("a", GROUP("g"), "ok") JOB("b", GROUP("G"), "ok") JOB("c", GROUP("g"), "ok"),
   "success: a=success b=success c=success +a -a +b -b +c -c",
   {{0}},
   NULL,
   3},
  {"a-job-that-waits-for-its-group-holds-no-place",
   HEAD JOB("a", GROUP("g"), "meet then ok") JOB("b", GROUP("g"), "ok") JOB("c", "", "meet then ok"),
   "success: a=success b=success c=success",
   {{0}},
   NULL,
   2},
  {"a-newcomer-takes-the-place-of-one-that-waits",
   HEAD JOB("a", "concurrency: g, ", "ok") JOB("b", "concurrency: g, ", "ok") JOB("c", "concurrency: g, ", "ok"),
   "cancelled: a=success b=cancelled c=success",
   {{0}},
   NULL,
   3},
  {"cancel-in-progress-stops-the-holder",
   HEAD JOB("a", "concurrency: g, ", "wait") JOB("b", "concurrency: {group: g, cancel-in-progress: \"${{ github.ref_name == 'dflt' }}\"}, ", "ok"),
   "cancelled: a=cancelled b=success +a -a +b -b",
   {{0}},
   NULL,
   2},
  {"groups-are-named-leg-by-leg",
   HEAD JOB("a", MATRIX("1, 2") "concurrency: \"g${{ matrix.v }}\", ", "meet then ok"),
   "success: a[0]=success a[1]=success",
   {{0}},
   NULL,
   2},
  {"a-group-that-waits-for-itself", "on: push\nconcurrency: g\njobs:\n" JOB("a", "concurrency: g, ", "ok"), "cancelled: a=cancelled", {{0}}},
  {"a-caller-shares-its-group",
   HEAD USES("c", "concurrency: g, ", "inner.yml"),
   "success: c/i=success +c/i -c/i",
   {{"inner.yml", "on: workflow_call\nconcurrency: g\njobs:\n" JOB("i", "", "ok")}}},
  {"a-workflow's-group-reads-inputs",
   HEAD USES("c", "concurrency: g1, with: {n: 2}, ", "inner.yml"),
   "success: c/i=success +c/i -c/i",
   {{"inner.yml", "on: {workflow_call: {inputs: {n: {type: number}}}}\nconcurrency: \"g${{ inputs.n }}\"\njobs:\n" JOB("i", "", "ok")}}},
  {"a-newcomer-stops-the-whole-run",
   "on: push\nconcurrency: g\njobs:\n" JOB("a", "", "oust") JOB("b", "needs: a, ", "ok"),
   "cancelled: a=cancelled b=cancelled +a -a",
   {{0}}},
  {"a-wrong-group-fails-the-job", HEAD JOB("a", "concurrency: \"${{ fromJSON('[1]') }}\", ", "ok"), "failure: a=failure", {{0}}},
};

static void test_row(const void *data) {
  const Row *row = data;
  g_auto(World) world = {0};
  world_begin(&world, row->text, row->files, G_N_ELEMENTS(row->files));
  world.spec.only_job = row->only_job;
  world.spec.parallel_max = MAX(1, row->parallel_max);
  world_run(&world);
  g_autofree char *shown = world_show(&world, row->parallel_max <= 1 || strchr(row->expected, '+') != NULL);
  g_assert_cmpstr(shown, ==, row->expected);
  world_check(&world);
}

/* ---- names, messages, events ---- */

static void test_names(void) {
  static const WorldFile files[] = {{"inner.yml", CALLED("") JOB("i", "name: \"in ${{ github.ref_name }}\", " MATRIX("1"), "ok")}};
  g_auto(World) world = {0};
  world_begin(&world,
              HEAD USES("c", "name: Call, " MATRIX("x"), "inner.yml") JOB("b", MATRIX("y"), "ok")
                JOB("d", "needs: b, name: \"d ${{ matrix.v }} of ${{ needs.b.result }}\", " MATRIX("z"), "ok"),
              files, 1);
  world_run(&world);
  static const char *const names[] = {"Call (x) / in dflt", "b (y)", "d z of success"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    g_assert_cmpstr(world_job(&world, i, "name"), ==, names[i]);
  g_assert_cmpstr(world_job(&world, 0, "id"), ==, "c/i");
}

typedef struct {
  const char *claim;
  const char *text;
  WorldFile file;
  DroverError code;
  const char *message;
} Message;

static const Message messages[] = {
  {"a-failure-has-its-place",
   HEAD JOB("a", "strategy: {matrix: {v: \"${{ github.ref }}\"}}, ", "ok"),
   {0},
   DROVER_ERROR_FAILED,
   "job \"a\": ci.yml:3:38: matrix: \"v\": expected a list of values"},
  {"each-failure-has-its-line", HEAD JOB("a", "", "fail") JOB("b", "", "fail"), {0}, DROVER_ERROR_FAILED, "job \"a\": broke\njob \"b\": broke"},
  {"max-parallel-wants-a-number",
   HEAD JOB("a", "strategy: {max-parallel: \"${{ github.ref }}\", matrix: {v: [1]}}, ", "ok"),
   {0},
   DROVER_ERROR_FAILED,
   "expected a number above 0, found \"refs/heads/dflt\""},
  {"an-input-of-the-wrong-type",
   HEAD USES("c", "with: {n: \"${{ github.ref }}\"}, ", "inner.yml"),
   {"inner.yml", CALLED("inputs: {n: {type: number}}") JOB("i", "", "ok")},
   DROVER_ERROR_FAILED,
   "job \"c\": ci.yml:3:17: the input \"n\": expected a number (fromJSON() makes it of a text), found \"refs/heads/dflt\""},
  {"a-required-input-that-an-expression-does-not-give",
   HEAD USES("c", "with: \"${{ fromJSON('{}') }}\", ", "inner.yml"),
   {"inner.yml", CALLED("inputs: {n: {type: number, required: true}}") JOB("i", "", "ok")},
   DROVER_ERROR_FAILED,
   "the input \"n\" is required"},
  {"a-workflow-nobody-looked-for",
   HEAD "  a: {uses: o/r/.github/workflows/w.yml@v1}\n",
   {0},
   DROVER_ERROR_FAILED,
   "the workflow o/r/.github/workflows/w.yml@v1 was not looked for"},
  {"a-newcomer-is-named",
   HEAD JOB("a", "concurrency: g, ", "ok") JOB("b", "concurrency: g, ", "ok") JOB("c", "concurrency: g, ", "ok"),
   {0},
   DROVER_ERROR_CANCELLED,
   "stopped\njob \"b\": the job \"c\" of the run r1 took its place in the concurrency group \"g\""},
  {"a-newcomer-of-the-run-is-named",
   "on: push\nconcurrency: g\njobs:\n" JOB("a", "", "oust"),
   {0},
   DROVER_ERROR_CANCELLED,
   "stopped: the newcomer took its place in the concurrency group \"g\""},
  {"a-group-in-itself", "on: push\nconcurrency: g\njobs:\n" JOB("a", "concurrency: g, ", "ok"), {0}, DROVER_ERROR_CANCELLED, "stopped"},
};

static void test_message(const void *data) {
  const Message *row = data;
  g_auto(World) world = {0};
  world_begin(&world, row->text, &row->file, 1);
  world.spec.parallel_max = 2;
  world_run(&world);
  g_assert_error(world.error, DROVER_ERROR, (int)row->code);
  if (strstr(world.error->message, row->message) == NULL)
    g_error("expected \"%s\" in \"%s\"", row->message, world.error->message);
  world_check(&world);
}

static void test_unknown_job(void) {
  g_auto(World) world = {0};
  world_begin(&world, HEAD JOB("a", "", "ok"), NULL, 0);
  world.spec.only_job = "zzz";
  world_run(&world);
  g_assert_error(world.error, DROVER_ERROR, DROVER_ERROR_NOT_FOUND);
}

/* Jobs that do not start are told of, under numbers of their own. */
static void test_events(void) {
  g_auto(World) world = {0};
  world_begin(&world, HEAD JOB("a", "", "fail") JOB("b", "needs: a, ", "ok") JOB("c", "if: \"fromJSON('[')\", ", "ok"), NULL, 0);
  world_run(&world);
  g_assert_cmpstr(world.events->str, ==, "2 c failure; 3 b skipped; ");
}

static bool recorded(const char *key, JobResult *result, void *user) {
  (void)user;
  if (strcmp(key, "a") != 0)
    return false;
  *result = (JobResult){.outputs = json_pack("{s:s}", "x", "kept")};
  return true;
}

static void test_recorded(void) {
  g_auto(World) world = {0};
  world_begin(&world, HEAD JOB("a", "concurrency: g, ", "fail") JOB("b", "needs: a, ", "${{ needs.a.outputs.x }}"), NULL, 0);
  world.spec.recorded = recorded;
  world_run(&world);
  g_autofree char *shown = world_show(&world, true);
  g_assert_cmpstr(shown, ==, "success: a=success{x=kept} b(kept)=success +b -b");
}

/* A group of the whole workflow is held by another run: this one is stopped while it waits. */
static void test_workflow_group_waits(void) {
  g_auto(World) world = {0};
  world_begin(&world, "on: push\nconcurrency: g\njobs:\n" JOB("a", ALWAYS, "ok"), NULL, 0);
  g_autoptr(GError) error = NULL;
  ConcurrencySlot *other =
    concurrency_join(world.groups, &(ConcurrencyRequest){.group = "o/r\ng", .member = "other", .on_change = world_nothing}, &error);
  g_assert_no_error(error);
  g_assert_true(concurrency_is_held(other));
  g_cancellable_cancel(world.cancellable);
  world_run(&world);
  concurrency_leave(other);
  g_autofree char *shown = world_show(&world, true);
  g_assert_cmpstr(shown, ==, "cancelled: a=cancelled");
}

/* ---- any graph ---- */

/* Jobs that need some of those before them, with random deeds and conditions. */
static char *random_text(GRand *random, guint count) {
  static const char *const deeds[] = {"ok", "ok", "ok", "fail", "cancel", "forgiven"};
  static const char *const conditions[] = {"", "", "", "if: always(), ", "if: failure(), ", "if: '!cancelled()', "};
  GString *text = g_string_new(HEAD);
  for (guint i = 0; i < count; i++) {
    g_string_append_printf(text, "  j%u: {runs-on: x, needs: [", i);
    for (guint need = 0, given = 0; need < i && given < 4; need++)
      if (g_rand_int_range(random, 0, 4) == 0)
        g_string_append_printf(text, "%sj%u", given++ > 0 ? ", " : "", need);
    g_string_append(text, "], ");
    g_string_append(text, conditions[g_rand_int_range(random, 0, G_N_ELEMENTS(conditions))]);
    if (g_rand_boolean(random))
      g_string_append_printf(text, "strategy: {max-parallel: %d, fail-fast: %s, matrix: {v: [1, 2, 3]}}, ", g_rand_int_range(random, 1, 4),
                             g_rand_boolean(random) ? "true" : "false");
    g_string_append_printf(text, "steps: [{run: %s}]}\n", deeds[g_rand_int_range(random, 0, G_N_ELEMENTS(deeds))]);
  }
  char *whole = g_string_free(text, FALSE);
  char **parts = g_strsplit(whole, "needs: [], ", -1);
  g_free(whole);
  whole = g_strjoinv("", parts);
  g_strfreev(parts);
  return whole;
}

static void test_any_graph(void) {
  enum { GRAPHS = 150 };
  for (guint32 seed = 0; seed < GRAPHS; seed++) {
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autofree char *text = random_text(random, 1 + seed % 12);
    g_auto(World) world = {0};
    world_begin(&world, text, NULL, 0);
    world.spec.parallel_max = 1 + seed % 4;
    world.stop_after = seed % 5 == 4 ? 1 + seed % 3 : 0;
    world_run(&world);
    world_check(&world);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/schedule/row/", rows[i].claim, NULL);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
    g_autofree char *path = g_strconcat("/schedule/message/", messages[i].claim, NULL);
    g_test_add_data_func(path, &messages[i], test_message);
  }
  g_test_add_func("/schedule/names-are-as-github-shows-them", test_names);
  g_test_add_func("/schedule/an-unknown-job-is-not-found", test_unknown_job);
  g_test_add_func("/schedule/jobs-that-do-not-start-are-told-of", test_events);
  g_test_add_func("/schedule/what-an-earlier-try-ended-is-not-run", test_recorded);
  g_test_add_func("/schedule/a-run-that-waits-for-its-group-can-be-stopped", test_workflow_group_waits);
  g_test_add_func("/schedule/any-graph-keeps-the-rules", test_any_graph);
  return g_test_run();
}
