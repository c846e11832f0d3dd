/* What steps install. */
#include "cases.h"

#define RUN(script) "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: " script "\n"
#define TOOL(with) "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: aquasecurity/setup-trivy@v1\n" with

static const LintCase cases[] = {
  /* adhoc-packages */
  {"npm-install", "adhoc-packages", NULL, RUN("npm install left-pad"), {"6:14 regular low past the lock file"}},
  {"an-alias", "adhoc-packages", NULL, RUN("npm i -g left-pad@1.0.0"), {"6:14 regular low "}},
  {"options-before-the-command", "adhoc-packages", NULL, RUN("gem --silent install rake"), {"6:14 regular low "}},
  {"behind-sudo", "adhoc-packages", NULL, RUN("sudo gem install rake"), {"6:14 regular low "}},
  {"yarn-pnpm-and-bundle",
   "adhoc-packages",
   NULL,
   RUN("|\n          yarn add a\n          pnpm add b && bundle add c"),
   {"7:11 regular low ", "8:11 regular low ", "8:25 regular low "}},
  {"in-a-condition", "adhoc-packages", NULL, RUN("|\n          if true; then\n            npm i x\n          fi"), {"8:13 regular low "}},
  {"in-powershell",
   "adhoc-packages",
   NULL,
   "on: push\njobs:\n  a:\n    runs-on: windows-latest\n    steps:\n      - run: npm install left-pad\n",
   {"6:14 regular low "}},
  {"in-an-action",
   "adhoc-packages",
   "x/action.yml",
   "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - {run: npm i x, shell: bash}\n",
   {"6:13 regular low "}},
  {"from-the-lock-file", "adhoc-packages", NULL, RUN("npm ci && npm install && yarn install && bundle install && npm install --no-fund"), {NULL}},
  {"from-the-repository", "adhoc-packages", NULL, RUN("npm install . && npm i ./packages/x && npm i file:../y"), {NULL}},
  {"another-command", "adhoc-packages", NULL, RUN("npm run install x && npm run add && gem build install.gemspec"), {NULL}},
  {"said-and-not-done", "adhoc-packages", NULL, RUN("echo npm install left-pad"), {NULL}},
  {"in-python",
   "adhoc-packages",
   NULL,
   "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm install x\n        shell: python\n",
   {NULL}},
  {"never-run", "adhoc-packages", NULL, RUN("npm i x\n        if: ${{ false }}"), {NULL}},
  {"a-job-that-never-runs", "adhoc-packages", NULL, "on: push\njobs:\n  a:\n    if: false\n    runs-on: x\n    steps: [{run: npm i x}]\n", {NULL}},

  /* unpinned-tools */
  {"no-version", "unpinned-tools", NULL, TOOL(""), {"6:15 regular medium without \"version\""}},
  {"other-inputs", "unpinned-tools", NULL, TOOL("        with: {cache: true}\n"), {"6:15 regular medium without \"version\""}},
  {"latest", "unpinned-tools", NULL, TOOL("        with:\n          version: latest\n"), {"8:11 regular medium the newest release"}},
  {"an-expression", "unpinned-tools", NULL, TOOL("        with: {version: '${{ vars.V }}'}\n"), {"7:16 regular medium not fixed"}},
  {"a-release", "unpinned-tools", NULL, TOOL("        with: {version: v0.60.0}\n"), {NULL}},
  {"a-number", "unpinned-tools", NULL, TOOL("        with: {version: 1}\n"), {NULL}},
  {"another-action", "unpinned-tools", NULL, "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: aquasecurity/trivy-action@v1}]\n", {NULL}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
