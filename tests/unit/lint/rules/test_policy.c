/* What a team that has policy: hardened asks of its workflows. */
#include "cases.h"

#define SHA "0123456789012345678901234567890123456789"
#define JOB(lines) "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n" lines
#define STEP(lines) JOB("    steps:\n      - " lines "\n")
#define RUN(lines) JOB("    steps:\n      - run: |\n          " lines "\n")
#define BASH_RUN(lines) JOB("    defaults: {run: {shell: bash}}\n    steps:\n      - run: |\n          " lines "\n")

static const LintCase pinned[] = {
  {"a-tag", "pinned-actions", NULL, STEP("uses: actions/checkout@v4"), {"6:15 regular high \"v4\" can be moved"}},
  {"a-branch-of-a-workflow",
   "pinned-actions",
   NULL,
   "on: push\njobs:\n  a:\n    uses: acme/ci/.github/workflows/x.yml@main\n",
   {"4:11 regular high whoever may push to acme/ci"}},
  {"an-image", "pinned-actions", NULL, STEP("uses: docker://alpine:3.19"), {"6:15 regular high not named by its digest"}},
  {"no-comment", "pinned-actions", NULL, STEP("uses: actions/checkout@" SHA), {"6:15 regular low which version"}},
  {"another-comment", "pinned-actions", NULL, STEP("uses: actions/checkout@" SHA " # the newest"), {"6:15 regular low which version"}},
  {"a-version", "pinned-actions", NULL, STEP("uses: actions/checkout@" SHA " # v4.2.2"), {NULL}},
  {"a-version-in-other-words", "pinned-actions", NULL, STEP("uses: actions/checkout@" SHA " # tag=v4.2.2"), {NULL}},
  {"a-version-behind-a-flow-mapping", "pinned-actions", NULL, STEP("{uses: 'actions/checkout@" SHA "'} # v4.2.2"), {NULL}},
  {"a-short-hash-is-a-name", "pinned-actions", NULL, STEP("uses: actions/checkout@0123456 # v4"), {"6:15 regular high can be moved"}},
  {"what-is-here-already", "pinned-actions", NULL, STEP("uses: ./.github/actions/x"), {NULL}},
  {"in-an-action",
   "pinned-actions",
   "action.yml",
   "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - uses: a/b@v1\n",
   {"6:13 regular high "}},

  {"one-that-is-trusted", "pinned-actions", NULL, STEP("uses: acme/build@v4"), {NULL}, "{allow: ['acme/*']}"},
  {"one-that-is-not-trusted", "pinned-actions", NULL, STEP("uses: acme2/build@v4"), {"6:15 regular high "}, "{allow: ['acme/*']}"},

  {"nothing-said", "explicit-permissions", NULL, STEP("run: x"), {"3:3 regular medium the job \"a\""}},
  {"said-by-the-job", "explicit-permissions", NULL, JOB("    permissions: {}\n    steps: [{run: x}]\n"), {NULL}},
  {"said-by-the-workflow",
   "explicit-permissions",
   NULL,
   "on: push\npermissions: {contents: read}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: x}]\n",
   {NULL}},
  {"all", "explicit-permissions", NULL, JOB("    permissions: write-all\n    steps: [{run: x}]\n"), {"5:5 regular high write-all"}},
  {"all-read",
   "explicit-permissions",
   NULL,
   "on: push\npermissions: read-all\njobs:\n  a:\n    runs-on: x\n    steps: [{run: x}]\n",
   {"2:1 regular medium read-all"}},
  {"a-call-says-too", "explicit-permissions", NULL, "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n", {"3:3 regular medium "}},

  {"no-limit", "job-timeout", NULL, STEP("run: x"), {"3:3 regular low the job \"a\" may hang"}},
  {"a-limit", "job-timeout", NULL, JOB("    timeout-minutes: 10\n    steps: [{run: x}]\n"), {NULL}},
  {"a-limit-from-elsewhere", "job-timeout", NULL, JOB("    timeout-minutes: ${{ fromJSON(vars.T) }}\n    steps: [{run: x}]\n"), {NULL}},
  {"above-the-maximum",
   "job-timeout",
   NULL,
   JOB("    timeout-minutes: 90\n    steps: [{run: x}]\n"),
   {"5:22 regular low more than the 60"},
   "{max-minutes: 60}"},
  {"below-the-maximum", "job-timeout", NULL, JOB("    timeout-minutes: 60\n    steps: [{run: x}]\n"), {NULL}, "{max-minutes: 60}"},
  {"the-called-one-limits", "job-timeout", NULL, "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n", {NULL}},

  {"a-secret",
   "environment-secrets",
   NULL,
   STEP("run: x\n        env: {T: '${{ secrets.T }}'}"),
   {"7:23 regular medium the job \"a\" reaches the secret \"T\""}},
  {"by-index", "environment-secrets", NULL, STEP("run: echo ${{ secrets['T'] }}"), {"6:23 regular medium the secret \"T\""}},
  {"all-of-them", "environment-secrets", NULL, STEP("run: echo ${{ toJSON(secrets) }}"), {"6:30 regular medium reaches secrets"}},
  {"a-name-that-is-not-fixed", "environment-secrets", NULL, STEP("run: echo ${{ secrets[matrix.s] }}"), {"6:23 regular medium reaches secrets"}},
  {"the-token-of-the-run", "environment-secrets", NULL, STEP("run: echo ${{ secrets.GITHUB_TOKEN }} ${{ secrets.github_token }}"), {NULL}},
  {"one-that-needs-none", "environment-secrets", NULL, STEP("run: echo ${{ secrets.npm_token }}"), {NULL}, "{allow: [NPM_TOKEN]}"},
  {"an-environment", "environment-secrets", NULL, JOB("    environment: production\n    steps: [{run: 'echo ${{ secrets.T }}'}]\n"), {NULL}},
  {"of-the-whole-workflow",
   "environment-secrets",
   NULL,
   "on: push\nenv: {T: '${{ secrets.T }}'}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: x}]\n",
   {"2:15 regular medium the job \"a\""}},
  {"of-the-whole-workflow-in-environments",
   "environment-secrets",
   NULL,
   "on: push\nenv: {T: '${{ secrets.T }}'}\njobs:\n  a:\n    environment: x\n    runs-on: x\n    steps: [{run: x}]\n",
   {NULL}},
  {"passed-to-a-workflow",
   "environment-secrets",
   NULL,
   "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    secrets: {T: '${{ secrets.T }}'}\n",
   {NULL}},
};

static const LintCase strict[] = {
  {"a-pipe-by-default", "strict-shell", NULL, RUN("pg_dump shop | gzip > x.gz"), {"7:11 regular medium when pg_dump fails"}},
  {"a-pipe-in-bash", "strict-shell", NULL, BASH_RUN("pg_dump shop | gzip > x.gz"), {NULL}},
  {"a-pipe-in-sh", "strict-shell", NULL, STEP("run: pg_dump x | gzip\n        shell: sh"), {"6:14 regular medium when pg_dump fails"}},
  {"a-pipe-in-a-strict-template", "strict-shell", NULL, STEP("run: pg_dump x | gzip\n        shell: bash -eo pipefail {0}"), {NULL}},
  {"set-makes-it-strict", "strict-shell", NULL, RUN("set -euo pipefail\n          pg_dump shop | gzip"), {NULL}},
  {"set-comes-too-late", "strict-shell", NULL, RUN("pg_dump shop | gzip\n          set -o pipefail"), {"7:11 regular medium when pg_dump fails"}},
  {"a-pipe-that-cannot-fail", "strict-shell", NULL, RUN("echo \"$X\" | base64 -d > key"), {NULL}},
  {"a-template-that-goes-on",
   "strict-shell",
   NULL,
   STEP("run: |\n          make\n          deploy\n        shell: bash {0}"),
   {"6:14 regular medium goes on when a command fails"}},
  {"powershell", "strict-shell", NULL, STEP("run: a | b\n        shell: pwsh"), {NULL}},
  {"or-true",
   "strict-shell",
   NULL,
   BASH_RUN("./migrate.sh || true\n          ./deploy.sh || echo failed"),
   {"8:11 regular low whatever goes wrong", "9:11 regular low "}},
  {"or-true-behind-a-pipe", "strict-shell", NULL, BASH_RUN("./migrate.sh | tee log || :"), {"8:11 regular low whatever goes wrong"}},
  {"or-something-that-fails", "strict-shell", NULL, BASH_RUN("./a || exit 1\n          ./b || echo no && exit 1\n          ./c || ./d"), {NULL}},
  {"tidying-up",
   "strict-shell",
   NULL,
   BASH_RUN(
     "docker rm -f db || true\n          rm x || :\n          kill $PID || true\n          docker compose down || true\n          n=$(grep -c x y || true)"),
   {NULL}},
  {"set-plus-e", "strict-shell", NULL, BASH_RUN("set +e\n          ./deploy.sh\n          ./notify.sh"), {"8:11 regular low from here on"}},
  {"set-plus-e-for-an-answer",
   "strict-shell",
   NULL,
   BASH_RUN("set +e\n          ./a\n          code=$?\n          set -e\n          exit $code"),
   {NULL}},
  {"a-step-that-may-fail", "strict-shell", NULL, STEP("run: ./deploy.sh\n        continue-on-error: true"), {"7:9 regular low when the step fails"}},
  {"a-job-that-may-fail",
   "strict-shell",
   NULL,
   JOB("    continue-on-error: true\n    steps: [{run: ./x}]\n"),
   {"5:5 regular low when the job fails"}},
  {"a-failure-that-is-looked-at", "strict-shell", NULL, STEP("id: x\n        run: ./x\n        continue-on-error: true"), {NULL}},
  {"only-in-a-matrix", "strict-shell", NULL, STEP("run: ./x\n        continue-on-error: ${{ matrix.new }}"), {NULL}},
  {"checks-are-told-by-disabled-checks", "strict-shell", NULL, BASH_RUN("pytest || true"), {NULL}},

  {"every-script", "strict-shell", NULL, RUN("make"), {"6:14 regular medium not strict"}, "{every-script: true}"},
  {"every-script-is-strict", "strict-shell", NULL, BASH_RUN("make"), {NULL}, "{every-script: true}"},

  {"a-test-that-may-fail", "disabled-checks", NULL, STEP("run: pytest\n        continue-on-error: true"), {"7:9 regular high the step is green"}},
  {"a-scan-that-may-fail",
   "disabled-checks",
   NULL,
   STEP("uses: aquasecurity/trivy-action@v1\n        continue-on-error: true"),
   {"7:9 regular high "}},
  {"a-job-of-tests-that-may-fail",
   "disabled-checks",
   NULL,
   JOB("    continue-on-error: true\n    steps: [{run: npm test}]\n"),
   {"5:5 regular high the job is green"}},
  {"or-true",
   "disabled-checks",
   NULL,
   RUN("python manage.py test || true\n          npm run lint || echo no\n          trivy image x | tee log || :"),
   {"7:11 regular high thrown away", "8:11 regular high ", "9:11 regular high "}},
  {"behind-runners",
   "disabled-checks",
   NULL,
   RUN("poetry run pytest -x || true\n          npx eslint . || true\n          python -m pytest || true\n          npm run test:unit || true"),
   {"7:11 regular high ", "8:11 regular high ", "9:11 regular high ", "10:11 regular high "}},
  {"switched-off", "disabled-checks", NULL, STEP("run: npm run test\n        if: false"), {"7:13 regular high switched off"}},
  {"a-job-switched-off", "disabled-checks", NULL, JOB("    if: ${{ false }}\n    steps: [{run: go test ./...}]\n"), {"5:9 regular high the job"}},
  {"tests-that-count", "disabled-checks", NULL, RUN("pytest\n          npm test || exit 1\n          rm -f x || true"), {NULL}},
  {"other-steps-that-may-fail", "disabled-checks", NULL, STEP("run: npm install\n        continue-on-error: true"), {NULL}},
  {"other-steps-switched-off", "disabled-checks", NULL, STEP("run: npm install && echo test\n        if: false"), {NULL}},
  {"a-version-is-no-test", "disabled-checks", NULL, RUN("trivy --version || true\n          pytest --help || true"), {NULL}},
  {"expressions-decide",
   "disabled-checks",
   NULL,
   STEP("run: pytest\n        continue-on-error: ${{ matrix.new }}\n        if: github.ref == 'refs/heads/main'"),
   {NULL}},
};

static const LintCase ssh[] = {
  {"no-check",
   "ssh-host-keys",
   NULL,
   RUN("ssh -o StrictHostKeyChecking=no deploy@a.example ./up"),
   {"7:18 regular high the host's key is not checked"}},
  {"two-words-and-any-case", "ssh-host-keys", NULL, RUN("scp -o 'stricthostkeychecking no' x a:"), {"7:19 regular high "}},
  {"first-use", "ssh-host-keys", NULL, RUN("ssh -oStrictHostKeyChecking=accept-new a"), {"7:17 regular medium a fresh runner"}},
  {"no-known-hosts",
   "ssh-host-keys",
   NULL,
   RUN("rsync -e 'ssh -o UserKnownHostsFile=/dev/null' a b:"),
   {"7:28 regular high known hosts are forgotten"}},
  {"into-a-file", "ssh-host-keys", NULL, RUN("echo 'StrictHostKeyChecking no' >> ~/.ssh/config"), {"7:17 regular high "}},
  {"in-a-here-document",
   "ssh-host-keys",
   NULL,
   RUN("cat > ~/.ssh/config <<EOF\n          Host *\n            StrictHostKeyChecking no\n          EOF"),
   {"9:13 regular high "}},
  {"in-a-variable",
   "ssh-host-keys",
   NULL,
   STEP("run: git fetch\n        env:\n          GIT_SSH_COMMAND: ssh -o StrictHostKeyChecking=no"),
   {"8:35 regular high "}},
  {"the-network-is-asked", "ssh-host-keys", NULL, RUN("ssh-keyscan -H a.example >> ~/.ssh/known_hosts"), {"7:11 regular medium ssh-keyscan"}},
  {"the-network-is-asked-by-tee",
   "ssh-host-keys",
   NULL,
   RUN("ssh-keyscan a.example | tee -a ~/.ssh/known_hosts"),
   {"7:11 regular medium ssh-keyscan"}},
  {"a-password", "ssh-host-keys", NULL, RUN("sshpass -p \"$PW\" ssh a.example"), {"7:11 regular high sshpass"}},
  {"an-action", "ssh-host-keys", NULL, STEP("uses: appleboy/ssh-action@v1\n        with: {host: a}"), {"6:15 regular high without \"fingerprint\""}},
  {"an-action-that-checks", "ssh-host-keys", NULL, STEP("uses: appleboy/ssh-action@v1\n        with: {host: a, fingerprint: x}"), {NULL}},
  {"checked", "ssh-host-keys", NULL, RUN("echo \"$KEYS\" >> ~/.ssh/known_hosts\n          ssh -o StrictHostKeyChecking=yes a"), {NULL}},
  {"the-fingerprint-is-compared",
   "ssh-host-keys",
   NULL,
   RUN("ssh-keyscan a > known_hosts\n          ssh-keygen -lf known_hosts | grep \"$PRINT\""),
   {NULL}},
  {"looked-at-only", "ssh-host-keys", NULL, RUN("ssh-keyscan a.example"), {NULL}},
  {"a-comment", "ssh-host-keys", NULL, RUN("# no StrictHostKeyChecking=no here\n          ssh a"), {NULL}},
  {"said-and-not-done", "ssh-host-keys", NULL, RUN("echo never use StrictHostKeyChecking=no"), {NULL}},
  {"another-word", "ssh-host-keys", NULL, RUN("ssh -o StrictHostKeyChecking=none-such a"), {NULL}},
};

#define PATH ".github/workflows/x.yml"

static const LintFixCase fixes[] = {
  {"a-strict-shell", "strict-shell", PATH, STEP("run: pg_dump x | gzip"), STEP("run: pg_dump x | gzip\n        shell: bash"), false},
  {"sh-stays", "strict-shell", PATH, STEP("run: pg_dump x | gzip\n        shell: sh"), NULL, false},
  {"failure-counts-again", "disabled-checks", PATH, STEP("run: pytest\n        continue-on-error: true # flaky"), STEP("run: pytest"), false},
  {"nothing-to-take-away", "disabled-checks", PATH, STEP("run: pytest || true"), NULL, false},
};

/* A rule of the family speaks only when it is asked for. */
static void test_only_asked(void) {
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(Findings) findings = lint_text(PATH, STEP("uses: actions/checkout@v4"), config);
  for (guint i = 0; i < findings_count(findings); i++)
    g_assert_cmpstr(findings_at(findings, i)->rule, !=, "pinned-actions");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(pinned, G_N_ELEMENTS(pinned));
  lint_cases_add(strict, G_N_ELEMENTS(strict));
  lint_cases_add(ssh, G_N_ELEMENTS(ssh));
  lint_fix_cases_add(fixes, G_N_ELEMENTS(fixes));
  g_test_add_func("/lint/policy/only-asked", test_only_asked);
  return g_test_run();
}
