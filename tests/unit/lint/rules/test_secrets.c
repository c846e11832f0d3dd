/* How expressions use secrets. */
#include "cases.h"

#define STEPS(steps) "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" steps
#define ENV(expression) STEPS("      - run: make\n        env: {X: '${{ " expression " }}'}\n")

static const LintCase cases[] = {
  {"a-part-of-a-secret", "unredacted-secrets", NULL, ENV("fromJSON(secrets.X).y"), {"7:19 regular medium shows in the log"}},
  {"deep-inside", "unredacted-secrets", NULL, ENV("format(fromJSON(secrets.X).y) || 1"), {"7:19 regular medium "}},
  {"a-whole-secret", "unredacted-secrets", NULL, ENV("secrets.X"), {NULL}},
  {"no-secret", "unredacted-secrets", NULL, ENV("fromJSON(env.X).y"), {NULL}},

  {"all-as-json", "overprovisioned-secrets", NULL, ENV("toJSON(secrets)"), {"7:19 regular medium every secret"}},
  {"one-that-is-computed", "overprovisioned-secrets", NULL, ENV("secrets[format(env.X)]"), {"7:19 regular medium computed"}},
  {"one-by-name", "overprovisioned-secrets", NULL, STEPS("      - run: make\n        env: {X: \"${{ secrets['X'] }}\"}\n"), {NULL}},
  {"one-as-json", "overprovisioned-secrets", NULL, ENV("toJSON(secrets.X)"), {NULL}},

  {"without-an-environment", "secrets-outside-env", NULL, ENV("secrets.X"), {"7:23 auditor medium secrets.X is used without"}},
  {"each-one", "secrets-outside-env", NULL, ENV("format(secrets.X, secrets.Y)"), {"7:30 auditor medium X", "7:41 auditor medium Y"}},
  {"of-the-job's-variables",
   "secrets-outside-env",
   NULL,
   "on: push\njobs:\n  a:\n    runs-on: x\n    env: {X: '${{ secrets.X }}'}\n    steps: [{run: x}]\n",
   {"5:19 auditor medium "}},
  {"with-an-environment",
   "secrets-outside-env",
   NULL,
   "on: push\njobs:\n  a:\n    runs-on: x\n    environment: e\n    env: {X: '${{ secrets.X }}'}\n    steps: [{run: x}]\n",
   {NULL}},
  {"allowed-by-the-settings", "secrets-outside-env", NULL, ENV("secrets.X"), {NULL}, "{allow: [y, x]}"},
  {"another-is-allowed", "secrets-outside-env", NULL, ENV("secrets.X"), {"7:23 auditor medium "}, "{allow: [y]}"},
  {"the-token", "secrets-outside-env", NULL, ENV("secrets.github_token"), {NULL}},
  {"a-called-workflow",
   "secrets-outside-env",
   NULL,
   "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    env: {X: '${{ secrets.X }}'}\n    steps: [{run: x}]\n",
   {NULL}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
