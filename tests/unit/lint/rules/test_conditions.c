/* Conditions that do not say what they seem to say, and expressions that hide what they say. */
#include "cases.h"

#define STEPS(steps) "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" steps
#define IF(condition) STEPS("      - run: make\n        if: " condition "\n")
#define RUN(expression) STEPS("      - run: echo ${{ " expression " }}\n")
#define USES(name) STEPS("      - uses: " name "\n")

static const LintCase cases[] = {
  {"a-block", "unsound-condition", NULL, IF("|\n          ${{ github.ref == 'x' }}"), {"7:13 regular high the newline behind }}"}},
  {"a-folded-block", "unsound-condition", NULL, IF(">\n          ${{ github.ref == 'x' }}"), {"7:13 regular high "}},
  {"more-beside", "unsound-condition", NULL, IF("${{ github.ref == 'x' }} && false"), {"7:13 regular high what stands beside"}},
  {"of-a-job",
   "unsound-condition",
   NULL,
   "on: push\njobs:\n  a:\n    if: |\n      ${{ false }}\n    runs-on: x\n    steps: [{run: x}]\n",
   {"4:9 regular high "}},
  {"of-an-action",
   "unsound-condition",
   "x/action.yml",
   "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - shell: bash\n      run: x\n      if: |\n        ${{ false }}\n",
   {"8:11 regular high "}},
  {"a-block-without-its-newline", "unsound-condition", NULL, IF("|-\n          ${{ github.ref == 'x' }}"), {NULL}},
  {"a-bare-block", "unsound-condition", NULL, IF("|\n          github.ref == 'x'"), {NULL}},
  {"braces-in-a-text", "unsound-condition", NULL, IF("github.ref == '}}'"), {NULL}},

  {"a-ref-in-a-text", "unsound-contains", NULL, IF("contains('refs/heads/main', github.ref)"), {"7:13 regular high github.ref"}},
  {"a-variable-in-a-text", "unsound-contains", NULL, IF("contains('a b', env.X) && true"), {"7:13 regular high env.X"}},
  {"another-context", "unsound-contains", NULL, IF("contains('a b', matrix.x)"), {"7:13 regular informational matrix.x"}},
  {"in-braces", "unsound-contains", NULL, IF("${{ !contains('a b', inputs.x) }}"), {"7:18 regular high inputs.x"}},
  {"a-list", "unsound-contains", NULL, IF("contains(fromJSON('[\"a\"]'), github.ref)"), {NULL}},
  {"a-text-in-a-ref", "unsound-contains", NULL, IF("contains(github.ref, 'x')"), {NULL}},
  {"no-condition", "unsound-contains", NULL, RUN("contains('a b', github.ref)"), {NULL}},

  {"nothing-if-true", "unsound-ternary", NULL, RUN("github.ref == 'x' && '' || 'y'"), {"6:44 regular low "}},
  {"false-if-true", "unsound-ternary", NULL, RUN("github.ref && false || true"), {"6:37 regular low "}},
  {"a-computed-nothing", "unsound-ternary", NULL, RUN("github.ref && format('') || 'x'"), {"6:37 regular low "}},
  {"in-a-call", "unsound-ternary", NULL, RUN("format('{0}', github.ref && 0 || 1)"), {"6:51 regular low "}},
  {"the-second-of-three", "unsound-ternary", NULL, RUN("github.ref && 'x' || github.sha && '' || 'y'"), {"6:58 regular low "}},
  {"a-text", "unsound-ternary", NULL, RUN("github.ref && 'x' || ''"), {NULL}},
  {"the-last", "unsound-ternary", NULL, RUN("github.ref || github.sha && ''"), {NULL}},

  {"an-empty-part", "obfuscation", NULL, USES("actions/checkout/@v4"), {"6:15 regular low an empty part"}},
  {"a-dot", "obfuscation", NULL, USES("github/codeql-action/./init@v3"), {"6:15 regular low \".\""}},
  {"two-dots", "obfuscation", NULL, USES("actions/cache/save/../save@v4"), {"6:15 regular low \"..\""}},
  {"a-plain-path", "obfuscation", NULL, USES("github/codeql-action/init@v3"), {NULL}},
  {"a-local-path", "obfuscation", NULL, USES("./a/./b"), {NULL}},
  {"a-literal", "obfuscation", NULL, RUN("'x'"), {"6:23 regular low "}},
  {"a-fixed-choice", "obfuscation", NULL, RUN("1 > 2 || true"), {"6:23 regular low "}},
  {"a-fixed-part", "obfuscation", NULL, RUN("format('{0}', github.ref, format('{0}', 'x'))"), {"6:49 regular low "}},
  {"fixed-at-the-start", "obfuscation", NULL, RUN("true && false && github.ref"), {"6:23 regular low "}},
  {"a-computed-member", "obfuscation", NULL, RUN("github[env.X]"), {"6:30 pedantic low "}},
  {"inputs-by-an-expression",
   "obfuscation",
   NULL,
   STEPS("      - uses: actions/checkout@v4\n        with: ${{ fromJSON(env.X) }}\n"),
   {"7:9 regular informational "}},
  {"a-literal-among-others", "obfuscation", NULL, RUN("format('{0}', github.ref) || 'x'"), {NULL}},
  {"a-condition", "obfuscation", NULL, IF("false"), {NULL}},

  {"the-actor", "bot-conditions", NULL, IF("github.actor == 'dependabot[bot]'"), {"7:13 regular high others can run this as the bot"}},
  {"the-actor-behind", "bot-conditions", NULL, IF("${{ 'renovate[bot]' == github['actor'] }}"), {"7:17 regular high "}},
  {"by-number", "bot-conditions", NULL, IF("github.actor_id == 49699333"), {"7:13 regular high "}},
  {"in-a-choice", "bot-conditions", NULL, IF("github.ref == 'x' || github.actor == 'a[bot]'"), {"7:34 regular high "}},
  {"with-more", "bot-conditions", NULL, IF("${{ github.actor == 'a[bot]' && github.ref == 'x' }}"), {"7:17 regular high "}},
  {"of-a-job",
   "bot-conditions",
   NULL,
   "on: pull_request\njobs:\n  a:\n    if: github.triggering_actor == 'a[bot]'\n    runs-on: x\n    steps: [{run: x}]\n",
   {"4:9 regular high "}},
  {"the-author", "bot-conditions", NULL, IF("github.event.pull_request.user.login == 'dependabot[bot]'"), {NULL}},
  {"the-author-too",
   "bot-conditions",
   NULL,
   IF("github.actor == 'a[bot]' && (github.ref == 'x' && github.event.pull_request.user.login == 'a[bot]')"),
   {NULL}},
  {"the-author-or-the-actor",
   "bot-conditions",
   NULL,
   IF("github.event.pull_request.user.login == 'a[bot]' || github.actor == 'a[bot]'"),
   {"7:65 regular high "}},
  {"not-the-author",
   "bot-conditions",
   NULL,
   IF("${{ !(github.event.pull_request.user.login == 'a[bot]') && github.actor == 'a[bot]' }}"),
   {"7:72 regular high "}},
  {"a-person", "bot-conditions", NULL, IF("github.actor == 'octocat'"), {NULL}},
  {"not-a-bot", "bot-conditions", NULL, IF("github.actor != 'dependabot[bot]'"), {NULL}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
