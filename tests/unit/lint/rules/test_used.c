/* What is used from elsewhere, as far as it can be judged without a mirror. */
#include "cases.h"

#define STEPS(steps) "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" steps
#define USES(uses) STEPS("      - uses: " uses "\n")
#define CALL(uses) "on: push\njobs:\n  a:\n    uses: " uses "\n"
#define ACTION(steps) "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n" steps
#define SHA "11bd71901bbe5b1630ceea73d27597364c9af683"
#define CHECKOUT(with) STEPS("      - uses: actions/checkout@" SHA "\n" with)
#define UPLOAD(path) "      - uses: actions/upload-artifact@" SHA "\n        with:\n          path: " path "\n"
#define APP(with) STEPS("      - uses: actions/create-github-app-token@" SHA "\n        with:\n          app-id: 1\n" with)
#define CONTENTS "          permission-contents: read\n"

static const LintCase cases[] = {
  /* archived-uses */
  {"a-step", "archived-uses", NULL, USES("actions/setup-ruby@" SHA), {"6:15 regular medium actions/setup-ruby is archived"}},
  {"case-does-not-matter", "archived-uses", NULL, USES("ACTIONS/Setup-Ruby@v1"), {"6:15 regular medium "}},
  {"a-called-workflow", "archived-uses", NULL, CALL("actions/setup-ruby/.github/workflows/x.yml@v1"), {"4:11 regular medium "}},
  {"in-an-action", "archived-uses", "action.yml", ACTION("    - uses: actions/setup-ruby@v1\n"), {"6:13 regular medium "}},
  {"one-that-is-kept", "archived-uses", NULL, USES("ruby/setup-ruby@v1"), {NULL}},
  {"another-of-the-owner", "archived-uses", NULL, USES("actions/setup-ruby-2@v1"), {NULL}},
  {"a-step-that-is-off", "archived-uses", NULL, STEPS("      - uses: actions/setup-ruby@v1\n        if: false\n"), {NULL}},
  {"a-job-that-is-off", "archived-uses", NULL, "on: push\njobs:\n  a:\n    if: false\n    uses: actions/setup-ruby/x.yml@v1\n", {NULL}},

  /* typosquat-uses */
  {"lacking", "typosquat-uses", NULL, USES("action/checkout@" SHA), {"6:15 regular high lacks a character of actions/checkout"}},
  {"repeated", "typosquat-uses", NULL, USES("actiions/checkout@" SHA), {"6:15 regular high repeats a character of"}},
  {"repeated-at-the-end", "typosquat-uses", NULL, USES("actionss/checkout@" SHA), {"6:15 regular high repeats a character of"}},
  {"swapped", "typosquat-uses", NULL, USES("dokcer/login-action@v3"), {"6:15 regular high swaps two characters of docker/login-action"}},
  {"another-key", "typosquat-uses", NULL, USES("actiobs/checkout@v4"), {"6:15 regular high is one slip away from"}},
  {"a-key-above", "typosquat-uses", NULL, USES("act9ons/checkout@v4"), {"6:15 regular high is one slip away from"}},
  {"a-look-alike", "typosquat-uses", NULL, USES("act1ons/checkout@v4"), {"6:15 regular high is one slip away from"}},
  {"a-sign-more", "typosquat-uses", NULL, USES("act-ions/checkout@v4"), {"6:15 regular high has one more sign than"}},
  {"words-in-another-order", "typosquat-uses", NULL, USES("checkout/actions@v4"), {"6:15 regular high has the words of actions/checkout"}},
  {"a-called-workflow", "typosquat-uses", NULL, CALL("action/checkout/x.yml@v4"), {"4:11 regular high "}},
  {"below-the-same-owner", "typosquat-uses", NULL, USES("actions/chckout@v4"), {NULL}},
  {"itself", "typosquat-uses", NULL, USES("Actions/Checkout@v4"), {NULL}},
  {"a-key-far-away", "typosquat-uses", NULL, USES("actiozs/checkout@v4"), {NULL}},
  {"two-slips", "typosquat-uses", NULL, USES("actiins/chekout@v4"), {NULL}},
  {"a-letter-more", "typosquat-uses", NULL, USES("xactions/checkout@v4"), {NULL}},
  {"something-else", "typosquat-uses", NULL, USES("example/totally-different-thing@v1"), {NULL}},

  /* superfluous-actions */
  {"a-release", "superfluous-actions", NULL, USES("softprops/action-gh-release@v2"), {"6:15 regular informational "}},
  {"cumbersome-without", "superfluous-actions", NULL, USES("dtolnay/rust-toolchain@stable"), {"6:15 pedantic informational "}},
  {"another-folder-of-it", "superfluous-actions", NULL, USES("softprops/action-gh-release/other@v2"), {NULL}},
  {"a-longer-name", "superfluous-actions", NULL, USES("softprops/action-gh-release-2@v2"), {NULL}},
  {"a-shorter-name", "superfluous-actions", NULL, USES("softprops/action-gh@v2"), {NULL}},

  {"zizmors-comment-in-the-step",
   "superfluous-actions",
   NULL,
   STEPS("      - name: x # zizmor: ignore[superfluous-actions]\n        uses: dtolnay/rust-toolchain@stable\n"),
   {NULL}},
  {"zizmors-comment-in-the-next-step",
   "superfluous-actions",
   NULL,
   STEPS("      - uses: dtolnay/rust-toolchain@stable\n\n      - run: x # zizmor: ignore[superfluous-actions]\n"),
   {"6:15 pedantic informational "}},
  {"drovers-comment-is-about-a-line",
   "superfluous-actions",
   NULL,
   STEPS("      - name: x # drover: ignore[superfluous-actions] why\n        uses: dtolnay/rust-toolchain@stable\n"),
   {"7:15 pedantic informational "}},

  /* self-repository */
  {"a-step", "self-repository", NULL, USES("./some/action"), {"6:15 regular low the working folder"}},
  {"a-called-workflow", "self-repository", NULL, CALL("./.github/workflows/x.yml"), {"4:11 regular low count as pinned"}},
  {"in-an-action", "self-repository", "action.yml", ACTION("    - uses: ./x\n"), {"6:13 regular low "}},
  {"behind-a-blank", "self-repository", NULL, USES("' ./x'"), {"6:17 regular low "}},
  {"checked-out-there",
   "self-repository",
   NULL,
   STEPS("      - uses: actions/checkout@v7\n        with: {path: ./x/y/}\n      - uses: ./x/y\n      - uses: ./x/y/z\n"),
   {NULL}},
  {"beside-what-is-checked-out",
   "self-repository",
   NULL,
   STEPS("      - uses: actions/checkout@v7\n        with: {path: x/y}\n      - uses: ./x\n      - uses: ./x/yz\n"),
   {"8:15 regular low ", "9:15 regular low "}},
  {"of-the-commit", "self-repository", NULL, USES("$/some/action"), {NULL}},
  {"the-top-folder", "self-repository", NULL, USES("./"), {NULL}},
  {"elsewhere", "self-repository", NULL, USES("actions/checkout@v4"), {NULL}},

  /* unpinned-uses */
  {"a-tag", "unpinned-uses", NULL, USES("actions/checkout@v4"), {"6:15 regular high who can move \"v4\""}},
  {"a-branch", "unpinned-uses", NULL, USES("pypa/gh-action-pypi-publish@release/v1"), {"6:15 regular high \"release/v1\""}},
  {"a-shortened-commit", "unpinned-uses", NULL, USES("actions/checkout@11bd719"), {"6:15 regular high "}},
  {"a-called-workflow", "unpinned-uses", NULL, CALL("a/b/.github/workflows/x.yml@main"), {"4:11 regular high "}},
  {"in-an-action", "unpinned-uses", "action.yml", ACTION("    - uses: actions/checkout@v4\n"), {"6:13 regular high "}},
  {"a-commit", "unpinned-uses", NULL, USES("actions/checkout@" SHA), {NULL}},
  {"here", "unpinned-uses", NULL, USES("./x"), {NULL}},
  {"an-image", "unpinned-uses", NULL, USES("docker://alpine"), {NULL}},

  /* known-vulnerable-actions */
  {"a-full-version",
   "known-vulnerable-actions",
   NULL,
   USES("actions/download-artifact@v4.1.2"),
   {"6:15 regular high actions/download-artifact v4.1.2 is known to be vulnerable: an artifact can write files outside its folder (GHSA-cxww-7g56-2vh6)"}},
  {"a-comment", "known-vulnerable-actions", NULL, USES("actions/download-artifact@" SHA " # v4.0.0"), {"6:15 regular high v4.0.0 is known"}},
  {"a-comment-with-a-label",
   "known-vulnerable-actions",
   NULL,
   USES("actions/download-artifact@" SHA " # tag=4.0.0"),
   {"6:15 regular high 4.0.0 is known"}},
  {"every-version-of-the-line",
   "known-vulnerable-actions",
   NULL,
   USES("tj-actions/changed-files@v40"),
   {"6:15 regular high (GHSA-mcph-m25j-8j63)", "6:15 regular high (GHSA-mrrh-fwg8-r2c3)"}},
  {"some-versions-of-the-line", "known-vulnerable-actions", NULL, USES("actions/download-artifact@v4"), {NULL}},
  {"a-mended-version", "known-vulnerable-actions", NULL, USES("actions/download-artifact@v4.1.3"), {NULL}},
  {"an-older-version", "known-vulnerable-actions", NULL, USES("actions/download-artifact@v3.0.0"), {NULL}},
  {"a-commit-without-a-comment", "known-vulnerable-actions", NULL, USES("actions/download-artifact@" SHA), {NULL}},
  {"a-comment-with-other-words", "known-vulnerable-actions", NULL, USES("actions/download-artifact@" SHA " # since v4.0.0"), {NULL}},
  {"a-comment-is-no-ref", "known-vulnerable-actions", NULL, USES("actions/download-artifact@main # v4.0.0"), {NULL}},

  /* artipacked */
  {"a-checkout", "artipacked", NULL, CHECKOUT(""), {"6:9 regular medium where every later step can read it"}},
  {"a-newer-version", "artipacked", NULL, USES("actions/checkout@v6"), {"6:9 regular low "}},
  {"a-newer-version-in-a-comment", "artipacked", NULL, USES("actions/checkout@" SHA " # v6.0.1"), {"6:9 regular low "}},
  {"uploaded", "artipacked", NULL, CHECKOUT("") UPLOAD("."), {"6:9 regular high uploads it"}},
  {"uploaded-by-name", "artipacked", NULL, CHECKOUT("") UPLOAD("${{ github.workspace }}"), {"6:9 regular high uploads it"}},
  {"uploaded-among-others", "artipacked", NULL, CHECKOUT("") UPLOAD("|\n            out\n            ../"), {"6:9 regular high uploads it"}},
  {"uploaded-before", "artipacked", NULL, STEPS(UPLOAD(".") "      - uses: actions/checkout@" SHA "\n"), {NULL}},
  {"another-upload", "artipacked", NULL, CHECKOUT("") UPLOAD("out"), {"6:9 regular medium "}},
  {"meant", "artipacked", NULL, CHECKOUT("        with: {persist-credentials: true}\n"), {"6:9 auditor medium "}},
  {"perhaps", "artipacked", NULL, CHECKOUT("        with: {persist-credentials: '${{ inputs.x }}'}\n"), {"6:9 pedantic medium "}},
  {"opaque", "artipacked", NULL, CHECKOUT("        with: ${{ fromJSON(inputs.x) }}\n"), {"7:9 pedantic informational nobody can see"}},
  {"in-an-action", "artipacked", "action.yml", ACTION("    - uses: actions/checkout@v4\n"), {"6:7 regular medium "}},
  {"not-kept", "artipacked", NULL, CHECKOUT("        with: {persist-credentials: false}\n") UPLOAD("."), {NULL}},
  {"switched-off", "artipacked", NULL, CHECKOUT("        if: false\n"), {NULL}},

  {"zizmors-comment-in-the-step",
   "artipacked",
   NULL,
   STEPS("      - name: x\n        uses: actions/checkout@v4\n        with:\n          path: x # zizmor: ignore[artipacked]\n"),
   {NULL}},
  {"zizmors-comment-in-the-next-step",
   "artipacked",
   NULL,
   STEPS("      - uses: actions/checkout@v4\n      - run: x # zizmor: ignore[artipacked]\n"),
   {"6:9 regular medium "}},

  /* github-app */
  {"every-permission", "github-app", NULL, APP(""), {"6:15 regular high every permission"}},
  {"every-repository", "github-app", NULL, APP("          owner: o\n" CONTENTS), {"9:11 regular high every repository"}},
  {"not-revoked", "github-app", NULL, APP(CONTENTS "          skip-token-revoke: true\n"), {"10:11 regular high is not revoked"}},
  {"perhaps-not-revoked",
   "github-app",
   NULL,
   APP(CONTENTS "          skip-token-revoke: ${{ inputs.x }}\n"),
   {"10:11 regular high may not be revoked"}},
  {"all-of-it",
   "github-app",
   NULL,
   APP("          owner: o\n          skip-token-revoke: true\n"),
   {"6:15 regular high every permission", "9:11 regular high every repository", "10:11 regular high is not revoked"}},
  {"of-an-organization-alone", "github-app", NULL, APP("          owner: o\n          permission-members: read\n"), {NULL}},
  {"of-an-organization-and-more",
   "github-app",
   NULL,
   APP("          owner: o\n          permission-members: read\n" CONTENTS),
   {"9:11 regular high "}},
  {"narrow", "github-app", NULL, APP("          owner: o\n          repositories: a\n          skip-token-revoke: false\n" CONTENTS), {NULL}},
  {"opaque", "github-app", NULL, STEPS("      - uses: actions/create-github-app-token@v2\n        with: ${{ fromJSON(inputs.x) }}\n"), {NULL}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
