/* Values that stand where others are wanted, and names that cannot be. */
#include "repository_cases.h"

#define JOB(more) "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: x}]\n" more
#define CALL(with) "on: push\njobs:\n  a:\n    uses: ./b.yml\n    with:\n" with
#define CALLED                                                                                                                                       \
  "on:\n  workflow_call:\n    inputs:\n      s: {type: string}\n      n: {type: number}\n      b: {type: boolean}\n"                                 \
  "jobs: {b: {runs-on: x, steps: [{run: x}]}}\n"
#define AROUND                                                                                                                                       \
  { "b.yml", CALLED }

static const RepositoryCase cases[] = {
  /* inside */
  {"nothing-wrong", NULL, CASE_RUN("github.ref"), {NULL}},
  {"an-unknown-member", NULL, CASE_RUN("github.reff"), {"6:23 github has no "}},
  {"at-its-own-place",
   NULL,
   CASE_STEPS("      - run: |\n          echo a\n          echo ${{ github.ref == runner.oss }}\n"),
   {"8:34 did you mean \"os\"?"}},
  {"in-a-bare-condition", NULL, CASE_STEPS("      - run: x\n        if: github.event_nam == 'push'\n"), {"7:13 github"}},
  {"in-a-key", NULL, CASE_STEPS("      - run: x\n        env: {'${{ runner.oss }}': x}\n"), {"7:20 runner"}},
  {"a-comparison-that-is-never-true", NULL, CASE_RUN("github.ref == github"), {"6:23 expected values that can be equal"}},
  {"format-without-its-argument", NULL, CASE_RUN("format('{0}{1}', 1)"), {"6:23 format"}},

  /* the value */
  {"a-text-for-a-text", NULL, JOB("    name: ${{ github.ref }}\n"), {NULL}},
  {"an-object-in-a-text", NULL, CASE_RUN("github"), {"6:19 run: expected a text, found {"}},
  {"an-object-as-json", NULL, CASE_RUN("toJSON(github)"), {NULL}},
  {"null-in-a-text", NULL, CASE_RUN("null"), {"6:19 no useful text"}},
  {"a-text-for-true-or-false", NULL, JOB("    continue-on-error: ${{ 'x' }}\n"), {"6:24 expected true or false, found string"}},
  {"a-comparison-for-true-or-false", NULL, JOB("    continue-on-error: ${{ github.ref == 'x' }}\n"), {NULL}},
  {"a-text-for-a-number", NULL, JOB("    timeout-minutes: ${{ github.ref }}\n"), {"6:22 expected a number, found string"}},
  {"what-nobody-knows-for-a-number", NULL, JOB("    timeout-minutes: ${{ fromJSON(vars.T) }}\n"), {NULL}},
  {"a-text-for-a-mapping", NULL, JOB("    env: ${{ 'x' }}\n"), {"6:10 expected a mapping, found string"}},
  {"a-text-for-a-list", NULL, JOB("    strategy: {matrix: {v: \"${{ 'x' }}\"}}\n"), {"6:29 expected a list, found string"}},
  {"a-list-for-labels", NULL, "on: push\njobs:\n  a:\n    runs-on: ${{ fromJSON('[\"x\"]') }}\n    steps: [{run: x}]\n", {NULL}},
  {"any-value-for-a-condition", NULL, CASE_STEPS("      - run: x\n        if: ${{ github.event }}\n"), {NULL}},

  /* variables */
  {"a-variable", NULL, CASE_RUN("vars.MY_1"), {NULL}},
  {"a-variable-of-github", NULL, CASE_RUN("vars.github_x"), {"6:23 GitHub's own"}},
  {"a-variable-with-a-dash", NULL, CASE_RUN("vars.my-x"), {"6:23 letters, digits and _"}},
  {"a-variable-that-is-listed", NULL, CASE_RUN("vars.b"), {NULL}, .variables = "A,B"},
  {"a-variable-that-is-not", NULL, CASE_RUN("vars.C"), {"6:23 vars has no "}, .variables = "A,B"},

  /* inputs of called workflows */
  {"inputs-of-their-types", NULL, CALL("      s: x\n      n: 1\n      b: true\n"), {NULL}, AROUND},
  {"numbers-are-texts", NULL, CALL("      s: 1\n      n: '1'\n      b: true\n"), {NULL}, AROUND},
  {"a-word-for-a-boolean", NULL, CALL("      b: yes\n"), {"6:10 takes true or false as input \"b\", but gets \"yes\""}, AROUND},
  {"a-boolean", NULL, CALL("      b: true\n"), {NULL}, AROUND},
  {"a-boolean-in-quotes", NULL, CALL("      b: 'false'\n"), {NULL}, AROUND},
  {"null-for-a-text", NULL, CALL("      s: null\n"), {"6:10 takes a string as input \"s\", but gets a null"}, AROUND},
  {"an-expression-for-a-number", NULL, CALL("      n: ${{ github.ref }}\n"), {"6:10 gets a string"}, AROUND},
  {"part-of-a-text-for-a-number", NULL, CALL("      n: 1${{ github.ref }}\n"), {"6:10 gets a string"}, AROUND},
  {"what-nobody-knows", NULL, CALL("      n: ${{ fromJSON(vars.N) }}\n"), {NULL}, AROUND},
};

int main(int argc, char **argv) {
  return cases_run(argc, argv, "expression", cases, G_N_ELEMENTS(cases));
}
