/* What a workflow and its jobs say of themselves: names, events, permissions, runners, concurrency, credentials. */
#include "cases.h"

#define STEPS "    runs-on: ubuntu-latest\n    steps: [{run: x}]\n"
#define ON(events) "on: " events "\njobs:\n  a:\n" STEPS
#define TOP(line) "on: push\n" line "\njobs:\n  a:\n" STEPS "  b:\n" STEPS
#define JOB(lines) "on: push\njobs:\n  a:\n" lines STEPS
#define RUNS_ON(lines) "on: push\njobs:\n  a:\n" lines "    steps: [{run: x}]\n"
#define CALLED "on: workflow_call\njobs:\n  a:\n"

static const LintCase cases[] = {
  /* anonymous-definition */
  {"nothing-has-a-name",
   "anonymous-definition",
   NULL,
   "# comment\n" ON("push"),
   {"2:1 pedantic low the workflow has no name", "4:3 pedantic informational the job \"a\""}},
  {"all-have-names", "anonymous-definition", NULL, "name: x\non: push\njobs:\n  a:\n    name: y\n" STEPS, {NULL}},
  {"a-call-shows-the-called-names", "anonymous-definition", NULL, "name: x\non: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n", {NULL}},

  /* concurrency-limits */
  {"no-limit", "concurrency-limits", NULL, ON("push"), {"1:1 pedantic low \"a\" limits concurrency"}},
  {"a-bare-group", "concurrency-limits", NULL, TOP("concurrency: x"), {"2:1 pedantic low the workflow's concurrency"}},
  {"a-decision", "concurrency-limits", NULL, TOP("concurrency: {group: x, cancel-in-progress: false}"), {NULL}},
  {"some-jobs-have-limits",
   "concurrency-limits",
   NULL,
   "on: push\njobs:\n  a:\n    concurrency: x\n" STEPS "  b:\n" STEPS "  c:\n    concurrency: {group: x, cancel-in-progress: true}\n" STEPS,
   {"1:1 pedantic low neither the workflow nor \"b\"", "1:1 pedantic low the concurrency of \"a\""}},
  {"the-caller-limits", "concurrency-limits", NULL, CALLED STEPS, {NULL}},
  {"called-and-pushed", "concurrency-limits", NULL, ON("[workflow_call, push]"), {"1:1 pedantic low "}},

  /* dangerous-triggers */
  {"a-target", "dangerous-triggers", NULL, ON("pull_request_target"), {"1:5 regular high pull_request_target: "}},
  {"in-a-list", "dangerous-triggers", NULL, ON("[push, workflow_run]"), {"1:12 regular high workflow_run: "}},
  {"as-a-key", "dangerous-triggers", NULL, ON("\n  issue_comment:\n    types: [created]"), {"2:3 regular high issue_comment: "}},
  {"harmless-events", "dangerous-triggers", NULL, ON("[push, pull_request, schedule]"), {NULL}},
  {"it-only-labels",
   "dangerous-triggers",
   NULL,
   "on: pull_request_target\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: actions/labeler@v5}]\n",
   {NULL}},
  {"it-labels-and-does-more",
   "dangerous-triggers",
   NULL,
   "on: pull_request_target\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: actions/labeler@v5}, {run: make}]\n",
   {"1:5 regular high "}},
  {"labels-after-another-run",
   "dangerous-triggers",
   NULL,
   "on: workflow_run\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: actions/labeler@v5}]\n",
   {"1:5 regular high "}},

  /* excessive-permissions */
  {"nothing-is-said",
   "excessive-permissions",
   NULL,
   TOP("name: x"),
   {"1:1 regular medium the workflow says no permissions", "4:3 regular medium the job \"a\"", "7:3 regular medium the job \"b\""}},
  {"one-job", "excessive-permissions", NULL, ON("push"), {"1:1 pedantic medium ", "3:3 regular medium the job \"a\""}},
  {"nothing-is-given", "excessive-permissions", NULL, TOP("permissions: {}"), {NULL}},
  {"reading-is-given", "excessive-permissions", NULL, TOP("permissions: {contents: read}"), {NULL}},
  {"read-all", "excessive-permissions", NULL, TOP("permissions: read-all"), {"2:1 regular medium read-all"}},
  {"write-all", "excessive-permissions", NULL, TOP("permissions: write-all"), {"2:1 regular high write-all"}},
  {"writing-for-all-jobs",
   "excessive-permissions",
   NULL,
   TOP("permissions: {contents: write, models: write, checks: write}"),
   {"2:15 regular high \"contents: write\"", "2:32 regular low \"models: write\"", "2:47 regular medium \"checks: write\""}},
  {"a-job-may-write", "excessive-permissions", NULL, "on: push\npermissions: {}\njobs:\n  a:\n    permissions: {contents: write}\n" STEPS, {NULL}},
  {"a-job-takes-all",
   "excessive-permissions",
   NULL,
   "on: push\npermissions: {}\njobs:\n  a:\n    permissions: write-all\n" STEPS,
   {"5:5 regular high write-all"}},
  {"all-jobs-say", "excessive-permissions", NULL, JOB("    permissions: {}\n") "  b:\n    permissions: {}\n" STEPS, {"1:1 pedantic medium "}},
  {"the-caller-decides", "excessive-permissions", NULL, CALLED STEPS, {"1:1 pedantic medium ", "3:3 pedantic medium "}},
  {"a-call-decides", "excessive-permissions", NULL, CALLED "    uses: ./.github/workflows/x.yml\n", {"1:1 pedantic medium ", "3:3 regular medium "}},

  /* undocumented-permissions */
  {"no-comment",
   "undocumented-permissions",
   NULL,
   TOP("permissions:\n  contents: read\n  issues: write\n  packages: write # to publish\n  pages: write #"),
   {"4:3 pedantic low \"issues\", \"pages\""}},
  {"all-have-comments", "undocumented-permissions", NULL, TOP("permissions:\n  issues: write   # to close them"), {NULL}},
  {"of-a-job", "undocumented-permissions", NULL, JOB("    permissions:\n      id-token: 'write'\n"), {"5:7 pedantic low \"id-token\""}},
  {"contents-that-are-written", "undocumented-permissions", NULL, TOP("permissions:\n  contents: write"), {"3:3 pedantic low \"contents\""}},
  {"none-at-all", "undocumented-permissions", NULL, TOP("permissions: {}"), {NULL}},

  /* self-hosted-runner */
  {"the-label", "self-hosted-runner", NULL, RUNS_ON("    runs-on: [self-hosted, linux]\n"), {"4:5 auditor medium runs on a self-hosted"}},
  {"a-group", "self-hosted-runner", NULL, RUNS_ON("    runs-on: {group: big}\n"), {"4:5 auditor medium a group"}},
  {"a-list-with-an-expression", "self-hosted-runner", NULL, RUNS_ON("    runs-on: ['${{ vars.R }}', linux]\n"), {"4:5 auditor medium may run"}},
  {"a-matrix",
   "self-hosted-runner",
   NULL,
   RUNS_ON("    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: [self-hosted, x]}}\n"),
   {"4:5 auditor medium of the matrix"}},
  {"a-matrix-of-lists",
   "self-hosted-runner",
   NULL,
   RUNS_ON("    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: [[self-hosted, a], x]}}\n"),
   {"4:5 auditor medium of the matrix"}},
  {"included",
   "self-hosted-runner",
   NULL,
   RUNS_ON("    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: [x], include: [{os: self-hosted}]}}\n"),
   {"4:5 auditor medium of the matrix"}},
  {"excluded",
   "self-hosted-runner",
   NULL,
   RUNS_ON("    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: [self-hosted, x], exclude: [{os: self-hosted}]}}\n"),
   {NULL}},
  {"excluded-in-part",
   "self-hosted-runner",
   NULL,
   RUNS_ON("    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {v: [1, 2], os: [self-hosted, x], exclude: [{os: self-hosted, v: 1}]}}\n"),
   {"4:5 auditor medium "}},
  {"another-key-of-the-matrix",
   "self-hosted-runner",
   NULL,
   RUNS_ON("    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: [x], y: [self-hosted]}}\n"),
   {NULL}},
  {"hosted", "self-hosted-runner", NULL, ON("push"), {NULL}},

  /* hardcoded-container-credentials */
  {"of-the-container",
   "hardcoded-container-credentials",
   NULL,
   JOB("    container:\n      image: x\n      credentials: {username: u, password: hunter2}\n"),
   {"6:7 regular high the job's container"}},
  {"of-a-service",
   "hardcoded-container-credentials",
   NULL,
   JOB("    services:\n      db:\n        image: x\n        credentials:\n          username: u\n          password: ${{ 'x' }}y\n"),
   {"7:9 regular high the service \"db\""}},
  {"a-secret",
   "hardcoded-container-credentials",
   NULL,
   JOB("    container:\n      image: x\n      credentials: {username: u, password: '${{ secrets.P }}'}\n"),
   {NULL}},
  {"none", "hardcoded-container-credentials", NULL, JOB("    container: x\n"), {NULL}},

  /* secrets-inherit */
  {"all-secrets",
   "secrets-inherit",
   NULL,
   "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    secrets: inherit\n",
   {"4:11 regular medium every secret"}},
  {"one-secret",
   "secrets-inherit",
   NULL,
   "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    secrets: {a: '${{ secrets.A }}'}\n",
   {NULL}},
  {"no-secret", "secrets-inherit", NULL, "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n", {NULL}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
