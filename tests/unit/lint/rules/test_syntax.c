/* The rules behind which the reader stands, and what the linter adds to it. */
#include "cases.h"

#define HEAD "on: push\njobs:\n"
#define JOB HEAD "  a:\n    runs-on: ubuntu-latest\n" /* line 5 comes next */
#define STEPS JOB "    steps:\n"                      /* line 6 comes next */
#define ERROR "regular error "

static const LintCase cases[] = {
  {"job-without-steps", "syntax-check", NULL, HEAD "  a: {runs-on: x}\n", {"3:3 " ERROR "the job \"a\" has no steps"}},
  {"job-whose-steps-are-nothing", "syntax-check", NULL, JOB "    steps:\n", {"3:3 " ERROR "has no steps", "5:11 " ERROR "steps: expected a list"}},
  {"job-that-calls-has-no-steps", "syntax-check", NULL, HEAD "  a: {uses: ./.github/workflows/b.yml}\n", {NULL}},
  {"anchor-that-nothing-uses", "syntax-check", NULL, STEPS "      - &a {run: x}\n", {"6:9 " ERROR "nothing uses the anchor \"a\""}},
  {"anchor-in-use", "syntax-check", NULL, STEPS "      - &a {run: x}\n      - *a\n", {NULL}},
  {"anchor-used-before-it-is-taken-over",
   "syntax-check",
   NULL,
   STEPS "      - &a {run: x}\n      - *a\n      - &a {run: y}\n",
   {"8:9 " ERROR "nothing uses"}},
  {"anchor-in-an-action",
   "syntax-check",
   "action.yml",
   "name: &n a\ndescription: b\nruns: {using: node24, main: a.js}\n",
   {"1:7 " ERROR "nothing uses the anchor \"n\""}},
  {"no-yaml", "syntax-check", NULL, "on: [", {"2:1 " ERROR "not YAML"}},
  {"needed-twice", "job-needs", NULL, HEAD "  b: {runs-on: x}\n  a: {runs-on: x, needs: [b, B]}\n", {"4:30 " ERROR "needed twice"}},
  {"needed-once", "job-needs", NULL, HEAD "  b: {runs-on: x}\n  a: {runs-on: x, needs: [b]}\n", {NULL}},
  {"needs-a-circle", "job-needs", NULL, HEAD "  b: {runs-on: x, needs: a}\n  a: {runs-on: x, needs: b}\n", {"3:3 " ERROR "b -> a -> b"}},
  {"id-in-a-group-and-outside",
   "id",
   NULL,
   STEPS "      - {id: s, run: x}\n      - parallel:\n          - {id: S, run: y}\n",
   {"8:18 " ERROR "used twice, first in line 6"}},
  {"id-in-two-groups",
   "id",
   NULL,
   STEPS "      - parallel: [{id: s, run: x}]\n      - parallel: [{id: s, run: y}]\n",
   {"7:25 " ERROR "used twice, first in line 6"}},
  {"id-in-two-jobs", "id", NULL, HEAD "  a: {runs-on: x, steps: [{id: s, run: x}]}\n  b: {runs-on: x, steps: [{id: s, run: x}]}\n", {NULL}},
  {"permission", "permissions", NULL, "permissions: {contents: all}\n" HEAD "  a: {runs-on: x}\n", {"1:25 " ERROR "found \"all\""}},
  {"event", "events", NULL, "on: pusg\njobs: {}\n", {"1:5 " ERROR "did you mean \"push\"?"}},
  {"wait-for-nothing", "parallel-steps", NULL, STEPS "      - wait: s\n", {"6:15 " ERROR "no step before this one has the id \"s\""}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
