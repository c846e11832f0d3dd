/* What scripts do to the runner and to the steps behind them. */
#include "cases.h"

#define STEPS(event, steps) "on: " event "\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" steps
#define WRITE(event, command) STEPS(event, "      - run: |\n          " command "\n")
#define COMMANDS "ACTIONS_ALLOW_UNSECURE_COMMANDS"

static const LintCase cases[] = {
  {"a-variable-of-others",
   "github-env",
   NULL,
   WRITE("pull_request_target", "echo \"X=$TITLE\" >> $GITHUB_ENV"),
   {"6:9 regular high line 7 writes to GITHUB_ENV"}},
  {"the-path", "github-env", NULL, WRITE("workflow_run", "cat x | tee -a \"$GITHUB_PATH\""), {"6:9 regular high decides which programs"}},
  {"in-powershell",
   "github-env",
   NULL,
   STEPS("workflow_run", "      - shell: pwsh\n        run: |\n          \"X=$x\" >> $env:GITHUB_ENV\n"),
   {"7:9 regular high "}},
  {"in-an-action",
   "github-env",
   "x/action.yml",
   "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: echo \"X=$Y\" >> $GITHUB_ENV\n",
   {"7:7 regular high "}},
  {"a-fixed-text", "github-env", NULL, WRITE("pull_request_target", "echo 'X=1' >> $GITHUB_ENV"), {NULL}},
  {"another-file", "github-env", NULL, WRITE("pull_request_target", "echo \"X=$TITLE\" >> $GITHUB_OUTPUT"), {NULL}},
  {"an-event-without-rights", "github-env", NULL, WRITE("pull_request", "echo \"X=$TITLE\" >> $GITHUB_ENV"), {NULL}},

  {"for-a-step", "insecure-commands", NULL, STEPS("push", "      - run: x\n        env: {" COMMANDS ": true}\n"), {"7:9 regular high lets any line"}},
  {"for-a-job",
   "insecure-commands",
   NULL,
   "on: push\njobs:\n  a:\n    runs-on: x\n    env: {" COMMANDS ": ' TRUE '}\n    steps: [{run: x}]\n",
   {"5:5 regular high "}},
  {"for-all",
   "insecure-commands",
   NULL,
   "on: push\nenv: {" COMMANDS ": true}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: x}]\n",
   {"2:1 regular high "}},
  {"perhaps", "insecure-commands", NULL, STEPS("push", "      - run: x\n        env: ${{ fromJSON('{}') }}\n"), {"7:9 auditor high may hold"}},
  {"turned-off", "insecure-commands", NULL, STEPS("push", "      - run: x\n        env: {" COMMANDS ": false}\n"), {NULL}},

  {"cmd", "misfeature", NULL, STEPS("push", "      - run: x\n        shell: cmd\n"), {"7:16 regular low cmd has no grammar"}},
  {"cmd-by-default",
   "misfeature",
   NULL,
   "on: push\ndefaults: {run: {shell: cmd}}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: x}]\n",
   {"2:25 regular low "}},
  {"a-rare-shell", "misfeature", NULL, STEPS("push", "      - run: x\n        shell: fish {0}\n"), {"7:16 auditor low \"fish\""}},
  {"packages-for-all",
   "misfeature",
   NULL,
   STEPS("push", "      - uses: actions/setup-python@v6\n        with: {pip-install: x}\n"),
   {"7:16 regular low "}},
  {"a-shell-of-several-lines", "misfeature", NULL, STEPS("push", "      - run: x\n        shell: \"a\\nb\"\n"), {"7:16 auditor low \"a b\""}},
  {"a-known-shell", "misfeature", NULL, STEPS("push", "      - run: x\n        shell: /bin/bash -e {0}\n"), {NULL}},
  {"no-shell", "misfeature", NULL, STEPS("push", "      - run: x\n"), {NULL}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
