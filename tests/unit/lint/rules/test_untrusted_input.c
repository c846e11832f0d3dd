/* Texts that GitHub calls untrusted, in scripts. */
#include "cases.h"

#define STEPS(steps) "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" steps
#define RUN(expression) STEPS("      - run: echo ${{ " expression " }}\n")

static const LintCase cases[] = {
  {"a-title", "expression", NULL, RUN("github.event.issue.title"), {"6:23 regular error github.event.issue.title can hold"}},
  {"in-brackets-and-capitals", "expression", NULL, RUN("github['EVENT'].issue['title']"), {"6:23 regular error "}},
  {"an-item-of-a-list", "expression", NULL, RUN("github.event.commits[0].message"), {"6:23 regular error github.event.commits.*.message"}},
  {"each-in-the-other",
   "expression",
   NULL,
   RUN("github.event.pages[github.event.commits[github.event.issue.title].author.name].page_name"),
   {"6:23 regular error page_name", "6:42 regular error author.name", "6:63 regular error title"}},
  {"a-filter-names-them-all",
   "expression",
   NULL,
   RUN("toJSON(github.event.*.body)"),
   {"6:30 regular error github.event.comment.body, github.event.discussion.body"}},
  {"in-github-script",
   "expression",
   NULL,
   STEPS("      - uses: actions/github-script@v7\n        with: {script: 'x(\"${{ github.head_ref }}\")'}\n"),
   {"7:32 regular error "}},
  {"searched", "expression", NULL, RUN("contains(github.event.issue.title, 'x') || endsWith(github.head_ref, 'x')"), {NULL}},
  {"a-part-of-the-way", "expression", NULL, RUN("github.event.issue.number"), {NULL}},
  {"in-an-input", "expression", NULL, STEPS("      - uses: actions/stale@v9\n        with: {stale-pr-message: '${{ github.head_ref }}'}\n"), {NULL}},
  {"in-a-variable", "expression", NULL, STEPS("      - run: echo \"$T\"\n        env: {T: '${{ github.head_ref }}'}\n"), {NULL}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
