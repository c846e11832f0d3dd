/* What is written down, fetched unseen, or brought in by a stranger. */
#include "cases.h"

#define ON(event, steps) "on: " event "\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" steps
#define RUN(lines) ON("push", "      - run: |\n          " lines "\n")
#define HEAD "      - uses: actions/checkout@v4\n        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n"
#define GITHUB_TOKEN                                                                                                                                 \
  "ghp_"                                                                                                                                             \
  "0a1B2c3D4e5F6g7H8i9JaKbLcMdNeOfPgQhR"
#define SLACK                                                                                                                                        \
  "hooks.slack.com/services/T"                                                                                                                       \
  "0A1B2C3D4/B5E6F7G8H/"                                                                                                                             \
  "a1b2c3d4e5f6g7h8i9j0k1l2"

static const LintCase cases[] = {
  {"the-head-and-a-script",
   "untrusted-checkout",
   NULL,
   ON("pull_request_target", HEAD "      - run: make\n"),
   {"6:15 regular high pull_request_target"}},
  {"the-head-and-a-local-action", "untrusted-checkout", NULL, ON("workflow_run", HEAD "      - uses: ./x\n"), {"6:15 regular high workflow_run"}},
  {"by-the-number",
   "untrusted-checkout",
   NULL,
   ON("issue_comment",
      "      - uses: actions/checkout@v4\n        with:\n          ref: refs/pull/${{ github.event.issue.number }}/merge\n      - run: make\n"),
   {"6:15 regular high issue_comment"}},
  {"by-gh", "untrusted-checkout", NULL, ON("issue_comment", "      - run: gh pr checkout 1 && make\n"), {"6:14 regular high "}},
  {"nothing-runs-afterwards", "untrusted-checkout", NULL, ON("pull_request_target", "      - run: make\n" HEAD "      - uses: a/b@v1\n"), {NULL}},
  {"the-base", "untrusted-checkout", NULL, ON("pull_request_target", "      - uses: actions/checkout@v4\n      - run: make\n"), {NULL}},
  {"without-secrets", "untrusted-checkout", NULL, ON("pull_request", HEAD "      - run: make\n"), {NULL}},
  {"of-this-repository-only",
   "untrusted-checkout",
   NULL,
   "on: pull_request_target\njobs:\n  a:\n    if: github.event.pull_request.head.repo.full_name == github.repository\n    runs-on: x\n    steps:\n" HEAD
   "      - run: make\n",
   {NULL}},

  {"a-token", "hardcoded-secrets", NULL, RUN("curl -H 'x: " GITHUB_TOKEN "'"), {"7:23 regular high a personal access token of GitHub"}},
  {"in-a-comment", "hardcoded-secrets", NULL, "# " GITHUB_TOKEN "\non: push\njobs: {}\n", {"1:3 regular high "}},
  {"a-webhook", "hardcoded-secrets", NULL, RUN("curl https://" SLACK), {"7:24 regular high a webhook of Slack"}},
  {"a-key",
   "hardcoded-secrets",
   NULL,
   RUN("cat > k <<EOF\n          -----BEGIN PRIVATE KEY-----\n          MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n          EOF"),
   {"8:11 regular high a private key"}},
  {"only-the-first-line-of-a-key", "hardcoded-secrets", NULL, RUN("grep -- '-----BEGIN PRIVATE KEY-----' x"), {NULL}},
  {"a-placeholder", "hardcoded-secrets", NULL, RUN("echo ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx AKIAIOSFODNN7EXAMPLE"), {NULL}},
  {"too-short", "hardcoded-secrets", NULL, RUN("echo ghp_abcdef npm_config_registry AKIA"), {NULL}},
  {"a-password",
   "hardcoded-secrets",
   NULL,
   "on: push\nenv: {DB_PASSWORD: Sup3rS3cret!}\njobs: {}\n",
   {"2:20 regular medium the value of DB_PASSWORD"}},
  {"passwords-for-tests",
   "hardcoded-secrets",
   NULL,
   "on: push\nenv: {DB_PASSWORD: postgres, A_TOKEN: '${{ secrets.X1a }}', B_SECRET: Test1234, C_TOKEN: $Abcdefg1}\njobs: {}\n",
   {NULL}},
  {"beside-a-service",
   "hardcoded-secrets",
   NULL,
   "on: push\njobs:\n  a:\n    runs-on: x\n    services: {db: {image: x}}\n    env: {DB_PASSWORD: Sup3rS3cret!}\n    steps: [{run: x}]\n",
   {NULL}},

  {"a-secret-in-a-script", "secrets-in-scripts", NULL, RUN("login -p ${{ secrets.P }}"), {"7:24 regular medium secrets.P is written into"}},
  {"the-token-in-a-script", "secrets-in-scripts", NULL, RUN("login ${{ github.token }}"), {"7:21 regular medium github.token"}},
  {"of-an-action",
   "secrets-in-scripts",
   NULL,
   ON("push", "      - uses: appleboy/ssh-action@v1\n        with: {password: '${{ secrets.P }}', script: \"x ${{ secrets.Q }}\"}\n"),
   {"7:61 regular medium secrets.Q"}},
  {"in-the-environment", "secrets-in-scripts", NULL, ON("push", "      - run: x\n        env: {P: '${{ secrets.P }}'}\n"), {NULL}},
  {"only-compared", "secrets-in-scripts", NULL, RUN("echo ${{ secrets.P != '' }}"), {NULL}},

  {"any-certificate",
   "unverified-downloads",
   NULL,
   RUN(
     "curl -fsSLk https://a\n          curl --insecure https://a\n          wget --no-check-certificate https://a\n          git -c http.sslVerify=false clone https://a"),
   {"7:16 regular high curl takes", "8:16 regular high curl", "9:16 regular high wget", "10:18 regular high git"}},
  {"a-variable-says-so",
   "unverified-downloads",
   NULL,
   ON("push", "      - run: x\n        env: {NODE_TLS_REJECT_UNAUTHORIZED: 0}\n"),
   {"7:15 regular high with NODE"}},
  {"into-a-shell",
   "unverified-downloads",
   NULL,
   RUN("curl -sSL https://a | sudo bash\n          wget -qO- https://a | sh -s -- x"),
   {"7:11 regular high run unseen", "8:11 regular high "}},
  {"checked",
   "unverified-downloads",
   NULL,
   RUN(
     "curl -o ok -H k: https://a\n          curl -k https://localhost:8443\n          curl https://a | python3 -m json.tool\n          curl https://a | tar xz"),
   {NULL}},
};

static const LintFixCase fixes[] = {
  {"secrets-through-the-environment", "secrets-in-scripts", ".github/workflows/x.yml", ON("push", "      - run: login -p \"${{ secrets.PASS }}\"\n"),
   ON("push", "      - run: login -p \"${PASS}\"\n        env:\n          PASS: ${{ secrets.PASS }}\n"), false},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  lint_fix_cases_add(fixes, G_N_ELEMENTS(fixes));
  return g_test_run();
}
