/* What contexts hold, as far as the rule expression tells of members that they do not have. */
#include "repository_cases.h"

#define DISPATCH "\n  workflow_dispatch:\n    inputs:\n      text: {type: string}\n      flag: {type: boolean}\n      free: {}"
#define CALL(more) "\n  workflow_call:\n" more
#define JOB(more, expression) "on: push\njobs:\n  a:\n" more "    runs-on: x\n    steps:\n      - run: echo ${{ " expression " }}\n"
#define NEEDS(outputs, expression)                                                                                                                   \
  "on: push\njobs:\n  b:\n    runs-on: x\n    steps: [{run: x}]\n" outputs "  c: {needs: b, runs-on: x, steps: [{run: x}]}\n"                        \
  "  a:\n    needs: [B, c]\n    runs-on: x\n    steps:\n      - run: echo ${{ " expression " }}\n"
#define MATRIX(matrix, expression) JOB("    strategy:\n      matrix:\n" matrix, expression)
#define COMPOSITE(text) "name: x\ndescription: x\ninputs: {one: {}}\n" text "runs:\n  using: composite\n  steps:\n"
#define STEPS "      - {id: one, run: x}\n      - {id: two, uses: actions/cache@v4, with: {path: x, key: x}}\n"

static const RepositoryCase cases[] = {
  /* github.event */
  {"event-of-its-payload", NULL, CASE_RUN("github.event.head_commit.id"), {NULL}},
  {"event-near-its-payload", NULL, CASE_RUN("github.event.head_comit.id"), {"6:23 did you mean \"head_commit\"?"}},
  {"event-that-may-have-grown", NULL, CASE_RUN("github.event.something_new.id"), {NULL}},
  {"event-of-another-trigger", NULL, CASE_ON("[push, issues]", "      - run: ${{ github.event.issue.number }}\n"), {NULL}},
  {"event-of-a-text", NULL, CASE_RUN("github.event.ref.name"), {"6:23 expected github.event.ref to be"}},
  {"event-of-a-call-is-any", NULL, CASE_ON("workflow_call", "      - run: ${{ github.event.head_comit.x }}\n"), {NULL}},
  {"event-is-an-object", NULL, CASE_ON("workflow_call", "      - run: ${{ github.event == 'x' }}\n"), {"6:18 can be equal"}},
  {"event-inputs", NULL, CASE_ON(DISPATCH, "      - run: ${{ github.event.inputs.txt }}\n"), {"11:18 did you mean \"text\"?"}},
  {"event-inputs-are-texts", NULL, CASE_ON(DISPATCH, "      - run: ${{ github.event.inputs.flag > true }}\n"), {"11:18 found string and bool"}},

  /* inputs */
  {"no-inputs", NULL, CASE_RUN("inputs.x"), {"6:23 it has nothing"}},
  {"inputs-of-a-run-by-hand", NULL, CASE_ON(DISPATCH, "      - run: ${{ inputs.flag == true && inputs.TEXT }}\n"), {NULL}},
  {"inputs-without-a-type", NULL, CASE_ON(DISPATCH, "      - run: ${{ inputs.free == true }}\n"), {NULL}},
  {"inputs-of-their-type", NULL, CASE_ON(DISPATCH, "      - run: ${{ inputs.flag > 1 }}\n"), {"11:18 numbers or strings"}},
  {"inputs-of-both",
   NULL,
   CASE_ON(DISPATCH CALL("    inputs: {more: {type: string}}"), "      - run: ${{ inputs.more }}${{ inputs.text }}\n"),
   {NULL}},
  {"inputs-of-an-action", "action.yml", COMPOSITE("") "    - {run: \"${{ inputs.one }}${{ inputs.two }}\", shell: sh}\n", {"7:35 inputs"}},

  /* secrets */
  {"secrets-of-any-name", NULL, CASE_RUN("secrets.X"), {NULL}},
  {"secrets-that-are-declared", NULL, CASE_ON(CALL("    secrets: {x: {}}"), "      - run: ${{ secrets.X }}${{ secrets.GITHUB_TOKEN }}\n"), {NULL}},
  {"secrets-that-are-not", NULL, CASE_ON(CALL("    secrets: {x: {}}"), "      - run: ${{ secrets.Y }}\n"), {"8:18 secrets"}},
  {"secrets-that-may-be-inherited", NULL, CASE_ON(CALL("    inputs: {}"), "      - run: ${{ secrets.Y }}\n"), {NULL}},
  {"secrets-of-another-trigger", NULL, CASE_ON(CALL("    secrets: {x: {}}\n  push:"), "      - run: ${{ secrets.Y }}\n"), {NULL}},
  {"secrets-that-are-listed", NULL, CASE_RUN("secrets.a"), {NULL}, .secret_list = "A"},
  {"secrets-that-are-not-listed", NULL, CASE_RUN("secrets.c"), {"6:23 secrets"}, .secret_list = "A"},
  {"secrets-are-declared-or-listed",
   NULL,
   CASE_ON(CALL("    secrets: {x: {}}\n  push:"), "      - run: ${{ secrets.X }}${{ secrets.A }}${{ secrets.B }}\n"),
   {"9:50 secrets"},
   .secret_list = "A"},

  /* needs */
  {"needs-of-an-output", NULL, NEEDS("    outputs: {o: x}\n", "needs.b.outputs.O"), {NULL}},
  {"needs-of-no-output", NULL, NEEDS("    outputs: {o: x}\n", "needs.b.outputs.p"), {"12:23 needs.b.outputs"}},
  {"needs-of-its-needs", NULL, NEEDS("", "needs.c.outputs.o"), {"11:23 it has nothing"}},
  {"needs-of-no-such-job", NULL, NEEDS("", "needs.d.result"), {"11:23 needs has no \"d\", so this is empty"}},
  {"needs-of-a-called-workflow",
   NULL,
   "on: push\njobs:\n  b: {uses: ./c.yml}\n  a:\n    needs: b\n    runs-on: x\n    steps: [{run: '${{ needs.b.outputs.o }}${{ needs.b.outputs.p }}'}]\n",
   {"7:48 needs.b.outputs"},
   {"c.yml", "on: {workflow_call: {outputs: {o: {value: x}}}}\njobs: {a: {runs-on: x, steps: [{run: x}]}}\n"}},
  {"needs-of-a-workflow-elsewhere",
   NULL,
   "on: push\njobs:\n  b: {uses: o/r/.github/workflows/x.yml@v1}\n  a:\n    needs: b\n    runs-on: x\n    steps: [{run: '${{ needs.b.outputs.o }}'}]\n",
   {NULL}},
  {"jobs-in-outputs",
   NULL,
   "on:\n  workflow_call:\n    outputs:\n      x: {value: '${{ jobs.a.outputs.o }}${{ jobs.a.outputs.p }}'}\n"
   "jobs: {a: {runs-on: x, steps: [{run: x}], outputs: {o: x}}}\n",
   {"4:46 jobs.a.outputs"}},

  /* matrix */
  {"matrix-without-one", NULL, JOB("", "matrix.v"), {"6:23 it has nothing"}},
  {"matrix-of-its-vectors", NULL, MATRIX("        v: [1, 2]\n", "matrix.v"), {NULL}},
  {"matrix-of-no-such-vector", NULL, MATRIX("        v: [1, 2]\n", "matrix.w"), {"9:23 matrix"}},
  {"matrix-of-what-include-adds", NULL, MATRIX("        v: [1]\n        include: [{w: 2}]\n", "matrix.w"), {NULL}},
  {"matrix-of-mappings", NULL, MATRIX("        v: [{a: 1}, {b: 2}]\n", "matrix.v.a || matrix.v.b"), {NULL}},
  {"matrix-of-a-member-of-none", NULL, MATRIX("        v: [{a: 1}, {b: 2}]\n", "matrix.v.c"), {"9:23 matrix.v"}},
  {"matrix-of-a-number", NULL, MATRIX("        v: [1]\n", "matrix.v.c"), {"9:23 matrix.v"}},
  {"matrix-of-an-expression", NULL, MATRIX("        v: ${{ fromJSON('[{\"a\":1}]') }}\n", "matrix.v.b"), {"9:23 matrix.v"}},
  {"matrix-of-unknown-values", NULL, MATRIX("        v: ${{ fromJSON(vars.V) }}\n", "matrix.v.b"), {NULL}},
  {"matrix-with-unknown-includes", NULL, MATRIX("        v: [1]\n        include: ${{ fromJSON(vars.V) }}\n", "matrix.w"), {NULL}},
  {"matrix-that-is-an-expression", NULL, JOB("    strategy:\n      matrix: ${{ fromJSON(vars.M) }}\n", "matrix.w"), {NULL}},
  {"matrix-that-is-known-json", NULL, JOB("    strategy:\n      matrix: ${{ fromJSON('{\"v\":[1]}') }}\n", "matrix.w"), {"8:23 matrix"}},
  {"matrix-with-a-strategy-unknown", NULL, JOB("    strategy: ${{ fromJSON(vars.S) }}\n", "matrix.w"), {NULL}},

  /* job */
  {"job-of-a-service", NULL, JOB("    services: {db: {image: x, ports: ['1:5432/tcp', 80]}}\n", "job.services.db.ports['5432']"), {NULL}},
  {"job-of-no-such-service", NULL, JOB("    services: {db: {image: x}}\n", "job.services.dbb.id"), {"7:23 job.services"}},
  {"job-of-no-such-port", NULL, JOB("    services: {db: {image: x, ports: ['1:5432']}}\n", "job.services.db.ports['1']"), {"7:23 ports"}},
  {"job-with-ports-unknown", NULL, JOB("    services: {db: {image: x, ports: ['${{ vars.P }}']}}\n", "job.services.db.ports['1']"), {NULL}},

  /* steps */
  {"steps-before", NULL, CASE_STEPS(STEPS "      - run: ${{ steps.one.outputs.any }}${{ steps.two.outputs.cache-hit }}\n"), {NULL}},
  {"steps-without-such-an-output", NULL, CASE_STEPS(STEPS "      - run: ${{ steps.two.outputs.hit }}\n"), {"8:18 steps.two.outputs"}},
  {"steps-behind", NULL, CASE_STEPS("      - run: ${{ steps.one.outcome }}\n" STEPS), {"6:18 steps has no \"one\""}},
  {"steps-of-itself", NULL, CASE_STEPS("      - {id: me, run: \"${{ steps.me.outcome }}\"}\n"), {"6:28 it has nothing"}},
  {"steps-of-a-script-of-the-workflow",
   NULL,
   CASE_STEPS("      - {id: s, uses: actions/github-script@v7, with: {script: x}}\n      - run: ${{ steps.s.outputs.any }}\n"),
   {NULL}},
  {"steps-of-a-local-action",
   NULL,
   CASE_STEPS("      - {id: s, uses: ./x}\n      - run: ${{ steps.s.outputs.O }}${{ steps.s.outputs.p }}\n"),
   {"7:42 steps.s.outputs"},
   {"x/action.yml", "name: x\ndescription: x\noutputs: {o: {}}\nruns: {using: node20, main: x}\n"}},
  {"steps-in-outputs-of-the-job",
   NULL,
   CASE_STEPS(STEPS "    outputs: {a: '${{ steps.two.outcome }}', b: '${{ steps.three.outcome }}'}\n"),
   {"8:54 steps"}},
  {"steps-of-an-action",
   "action.yml",
   COMPOSITE("outputs: {o: {value: '${{ steps.s.outcome }}${{ steps.t.outcome }}'}}\n") "    - {id: s, run: x, shell: sh}\n",
   {"4:49 steps"}},
};

int main(int argc, char **argv) {
  return cases_run(argc, argv, "expression", cases, G_N_ELEMENTS(cases));
}
