/* What --fix makes of files, a row a case. Each row is held to more than its text: the rule finds nothing afterwards, the other files'
 * rules need no new word, a second time changes nothing, and only what is safe is done without being asked. */
#include "fix_text.h"

typedef struct {
  const char *claim;
  const char *rule;
  const char *before;
  const char *after;   /* NULL: nothing is changed */
  bool unsafe;         /* only with unsafe fixes */
  const char *path;    /* NULL: a workflow */
  const char *options; /* of the rule; NULL: none */
} Row;

#define ON "on: push\n"
#define JOB "jobs:\n  a:\n    runs-on: ubuntu-latest\n"
#define STEPS "    steps:\n"
#define MAKE STEPS "      - run: make\n"
#define RUN(script) ON JOB STEPS "      - run: " script "\n"

#define T "${{ github.event.issue.title }}"
#define ISSUES "on: issues\n" JOB STEPS
#define SCRIPT(script, shell) ISSUES "      - id: x\n" shell "        run: |\n          " script "\n"
#define SCRIPTED(script, shell) ISSUES "      - id: x\n" shell "        env:\n          ISSUE_TITLE: " T "\n        run: |\n          " script "\n"
#define TITLE(script) SCRIPT(script, "")
#define TITLED(script) SCRIPTED(script, "")
#define PWSH(script) SCRIPT(script, "        shell: pwsh\n")
#define PWSHED(script) SCRIPTED(script, "        shell: pwsh\n")

static const Row rows[] = {
  /* names that come near */
  {"a key", "syntax-check", ON JOB "    step:\n      - run: make\n", ON JOB MAKE, true},
  {"a key in braces", "syntax-check", ON JOB STEPS "      - {rune: make} # c\n", ON JOB STEPS "      - {run: make} # c\n", true},
  {"an event", "events", "on: [push, pull_requst]\n" JOB MAKE, "on: [push, pull_request]\n" JOB MAKE, true},
  {"a scope of permissions", "permissions", ON "permissions:\n  content: read # c\n" JOB MAKE, ON "permissions:\n  contents: read # c\n" JOB MAKE,
   true},
  {"a job in needs", "job-needs", ON JOB MAKE "  b:\n    needs: [a, tset]\n    runs-on: x\n" MAKE "  test:\n    runs-on: x\n" MAKE,
   ON JOB MAKE "  b:\n    needs: [a, test]\n    runs-on: x\n" MAKE "  test:\n    runs-on: x\n" MAKE, true},
  {"an input of an action", "action", ON JOB STEPS "      - uses: actions/checkout@v4\n        with: {fetch-dept: 0}\n",
   ON JOB STEPS "      - uses: actions/checkout@v4\n        with: {fetch-depth: 0}\n", true},
  {"a key that is there already stays", "syntax-check", ON JOB MAKE "    step: []\n", NULL, true},

  /* permissions */
  {"the token reads", "excessive-permissions", "name: CI # c\n" ON "\n" JOB MAKE, "name: CI # c\n" ON "permissions:\n  contents: read\n\n" JOB MAKE},
  {"a release needs more, perhaps", "excessive-permissions", RUN("npm run release"),
   ON "permissions:\n  contents: read\n" JOB STEPS "      - run: npm run release\n", true},
  {"an action that is not known needs more, perhaps", "explicit-permissions", ON JOB STEPS "      - uses: a/b@v1\n",
   ON "permissions:\n  contents: read\n" JOB STEPS "      - uses: a/b@v1\n", true},
  {"a checkout reads", "explicit-permissions", ON JOB STEPS "      - uses: actions/checkout@v4\n      - run: make\n",
   ON "permissions:\n  contents: read\n" JOB STEPS "      - uses: actions/checkout@v4\n      - run: make\n"},
  {"a job with the token in its environment needs more, perhaps", "explicit-permissions", ON JOB "    env:\n      T: ${{ github.token }}\n" MAKE,
   ON "permissions:\n  contents: read\n" JOB "    env:\n      T: ${{ github.token }}\n" MAKE, true},
  {"a file in braces", "explicit-permissions", "{on: push, jobs: {a: {runs-on: x, steps: [{run: make}]}}}\n", NULL},

  /* checkouts */
  {"no step needs the token", "artipacked", ON JOB STEPS "      - uses: actions/checkout@v4 # c\n      - run: make\n",
   ON JOB STEPS "      - uses: actions/checkout@v4 # c\n        with:\n          persist-credentials: false\n      - run: make\n"},
  {"a step that pushes", "artipacked", ON JOB STEPS "      - uses: actions/checkout@v4\n      - run: git push\n",
   ON JOB STEPS "      - uses: actions/checkout@v4\n        with:\n          persist-credentials: false\n      - run: git push\n", true},
  {"a token that somebody wants to keep", "artipacked", ON JOB STEPS "      - uses: actions/checkout@v4\n        with: {persist-credentials: true}\n",
   ON JOB STEPS "      - uses: actions/checkout@v4\n        with: {persist-credentials: false}\n", true},

  /* conditions */
  {"text beside an expression", "if-cond", ON JOB "    if: ${{ github.ref }} == 'refs/heads/main' # c\n" MAKE,
   ON JOB "    if: github.ref == 'refs/heads/main' # c\n" MAKE},
  {"operators between expressions", "if-cond", ON JOB "    if: ${{ github.ref == 'a' || github.ref == 'b' }} && !${{ cancelled() }}\n" MAKE,
   ON JOB "    if: (github.ref == 'a' || github.ref == 'b') && !cancelled()\n" MAKE},
  {"a condition that starts with !", "if-cond", ON JOB "    if: '!${{ cancelled() }}'\n" MAKE, ON JOB "    if: '!cancelled()'\n" MAKE},
  {"blanks around an expression", "if-cond", ON JOB "    if: ' ${{ github.ref }} '\n" MAKE, ON JOB "    if: '${{ github.ref }}'\n" MAKE},
  {"a line break behind an expression", "if-cond", ON JOB "    if: |\n      ${{ github.actor == 'a' }}\n" MAKE,
   ON JOB "    if: |-\n      ${{ github.actor == 'a' }}\n" MAKE},
  {"lines of a block", "if-cond", ON JOB "    if: >-\n      ${{ github.actor == 'a' }} &&\n      ${{ github.ref == 'b' }}\n" MAKE,
   ON JOB "    if: |-\n      github.actor == 'a' && github.ref == 'b'\n" MAKE},
  {"a comparison of a comparison", "if-cond", ON JOB "    if: ${{ github.ref == 'a' }} == true\n" MAKE,
   ON JOB "    if: (github.ref == 'a') == true\n" MAKE},
  {"words that are no condition", "if-cond", ON JOB "    if: ${{ github.ref }} is main\n" MAKE, NULL},

  /* commands of old */
  {"an output", "deprecated-commands", RUN("echo \"::set-output name=a::b c\" # d"), RUN("echo \"a=b c\" >> \"$GITHUB_OUTPUT\" # d")},
  {"an output without quotes", "deprecated-commands", ON JOB STEPS "      - run: |\n          echo ::set-output name=a-b::c d\n          make\n",
   ON JOB STEPS "      - run: |\n          echo a-b=c d >> \"$GITHUB_OUTPUT\"\n          make\n"},
  {"an output that a variable gives", "deprecated-commands", RUN("echo '::set-output name=a::'\"$(date)\" && make"),
   RUN("echo 'a='\"$(date)\" >> \"$GITHUB_OUTPUT\" && make"), true},
  {"an output that an expression gives", "deprecated-commands", RUN("echo ::set-output name=a::${{ github.sha }}"),
   RUN("echo a=${{ github.sha }} >> \"$GITHUB_OUTPUT\""), true},
  {"a variable", "deprecated-commands", RUN("echo ::set-env name=A::1"), RUN("echo A=1 >> \"$GITHUB_ENV\"")},
  {"a folder", "deprecated-commands", RUN("echo \"::add-path::/opt/x\""), RUN("echo \"/opt/x\" >> \"$GITHUB_PATH\"")},
  {"some in one script", "deprecated-commands",
   ON JOB STEPS "      - run: |\n          echo ::set-output name=a::b\n          x\n          echo ::add-path::/y; echo ::set-env name=A::b\n",
   ON JOB STEPS
   "      - run: |\n          echo a=b >> \"$GITHUB_OUTPUT\"\n          x\n          echo /y >> \"$GITHUB_PATH\"; echo A=b >> \"$GITHUB_ENV\"\n"},
  {"state", "deprecated-commands", RUN("if make; then echo ::save-state name=a::1; fi"), RUN("if make; then echo a=1 >> \"$GITHUB_STATE\"; fi")},
  {"a value with an escape", "deprecated-commands", RUN("echo ::set-output name=a::b%0Ac"), NULL},
  {"what others take", "deprecated-commands", RUN("echo ::set-output name=a::b | tee x"), NULL},
  {"what a substitution takes", "deprecated-commands", RUN("x=$(echo ::set-output name=a::b)"), NULL},
  {"what a group writes elsewhere", "deprecated-commands", RUN("\"{ echo ::set-output name=a::b; } > x\""), NULL},
  {"another program", "deprecated-commands", RUN("printf '::set-output name=a::%s' b"), NULL},
  {"another shell", "deprecated-commands", ON JOB STEPS "      - run: echo ::set-output name=a::b\n        shell: pwsh\n", NULL},

  /* names that rules know */
  {"a shell", "shell-name", ON JOB STEPS "      - run: make\n        shell: bsah # c\n", ON JOB STEPS "      - run: make\n        shell: bash # c\n",
   true},
  {"a runner", "runner-label", "on: push\njobs:\n  a:\n    runs-on: [ubuntu-lates]\n" MAKE,
   "on: push\njobs:\n  a:\n    runs-on: [ubuntu-latest]\n" MAKE, true},

  /* expressions in scripts */
  {"a word", "template-injection", TITLE("echo " T), TITLED("echo \"${ISSUE_TITLE}\""), true},
  {"a word of several pieces", "template-injection", TITLE("echo a/" T "/" T), TITLED("echo a/\"${ISSUE_TITLE}\"/\"${ISSUE_TITLE}\""), true},
  {"the program that runs", "template-injection", TITLE(T " build"), TITLED("${ISSUE_TITLE} build"), true},
  {"quotes inside of quotes", "template-injection", TITLE("echo \"it's " T "\""), TITLED("echo \"it's ${ISSUE_TITLE}\""), true},
  {"quotes of another piece", "template-injection", TITLE("echo 'a b'" T), TITLED("echo 'a b'\"${ISSUE_TITLE}\""), true},
  {"a dollar in front", "template-injection", TITLE("echo \"$" T "\""), NULL, true},
  {"a shell of its own", "template-injection", TITLE("bash -c \"echo " T "\""), NULL, true},
  {"a container's shell", "template-injection", TITLE("docker exec x sh -c \"echo " T "\""), NULL, true},
  {"another machine's shell", "template-injection", TITLE("ssh host echo " T), NULL, true},
  {"code of another language", "template-injection", TITLE("cat <<E | python3 -\n          print(" T ")\n          E"), NULL, true},
  {"a list of a loop", "template-injection", TITLE("for x in " T "; do echo $x; done"), NULL, true},
  {"backticks", "template-injection", TITLE("echo \"`echo " T "`\""), NULL, true},
  {"one name alone", "template-injection", "on: {workflow_call: {inputs: {path: {type: string}}}}\n" JOB STEPS "      - run: ls ${{ inputs.path }}\n",
   "on: {workflow_call: {inputs: {path: {type: string}}}}\n" JOB STEPS
   "      - run: ls \"${INPUTS_PATH}\"\n        env:\n          INPUTS_PATH: ${{ inputs.path }}\n",
   true},
  {"PowerShell's text", "template-injection", PWSH("echo \"x " T "\""), PWSHED("echo \"x ${env:ISSUE_TITLE}\""), true},
  {"PowerShell's argument", "template-injection", PWSH("echo " T), PWSHED("echo ${env:ISSUE_TITLE}"), true},
  {"PowerShell's option", "template-injection", PWSH("gradle -Dx=" T), NULL, true},
  {"PowerShell's command", "template-injection", PWSH(T " build"), NULL, true},
  {"PowerShell's value", "template-injection", PWSH("$x = " T), NULL, true},
  {"PowerShell's fixed text", "template-injection", PWSH("echo 'x " T "'"), NULL, true},

  /* parts of texts */
  {"one name in a text", "unsound-contains", ON JOB "    if: contains('refs/heads/main', github.ref)\n" MAKE,
   ON JOB "    if: github.ref == 'refs/heads/main'\n" MAKE, true},
  {"names in a text", "unsound-contains", ON JOB "    if: ${{ !contains('refs/heads/main, refs/heads/next', github.ref) }}\n" MAKE,
   ON JOB "    if: ${{ !contains(fromJSON('[\"refs/heads/main\", \"refs/heads/next\"]'), github.ref) }}\n" MAKE, true},
  {"one name among operators", "unsound-contains", ON JOB "    if: always() && !contains('main', github.ref_name)\n" MAKE,
   ON JOB "    if: always() && !(github.ref_name == 'main')\n" MAKE, true},

  /* names, concurrency, time */
  {"a job's name", "anonymous-definition", "name: x\n" ON "jobs:\n  a: # c\n    runs-on: ubuntu-latest\n" MAKE,
   "name: x\n" ON "jobs:\n  a: # c\n    name: a\n    runs-on: ubuntu-latest\n" MAKE},
  {"a workflow's name", "anonymous-definition", ON JOB "    name: a\n" MAKE, "name: test\n" ON JOB "    name: a\n" MAKE, true},
  {"outdated runs are cancelled", "concurrency-limits", ON JOB MAKE,
   ON "concurrency:\n  group: ${{ github.workflow }}-${{ github.ref }}\n  cancel-in-progress: true\n" JOB MAKE, true},
  {"a time limit", "job-timeout", ON JOB MAKE, ON JOB "    timeout-minutes: 30\n" MAKE, true},
  {"a time limit within what is allowed", "job-timeout", ON JOB MAKE, ON JOB "    timeout-minutes: 10\n" MAKE, true, NULL, "{max-minutes: 10.5}"},
  {"a time limit that is too long", "job-timeout", ON JOB "    timeout-minutes: 90 # long\n" MAKE, ON JOB "    timeout-minutes: 60 # long\n" MAKE,
   true, NULL, "{max-minutes: 60}"},
};

static void check_row(const Row *row, const char *path, const LintConfig *config, bool with_unsafe, const char *expected) {
  g_autofree char *root = fix_folder(path, row->before, strlen(row->before));
  guint changed, again;
  g_autoptr(Findings) left = fix_run(root, config, with_unsafe, &changed);
  g_autofree char *text = fix_read(root, path);
  g_assert_cmpstr(text, ==, expected);
  G_GNUC_UNUSED g_autoptr(Findings) second = fix_run(root, config, with_unsafe, &again);
  g_autofree char *twice = fix_read(root, path);
  g_assert_cmpuint(again, ==, 0);
  g_assert_cmpstr(twice, ==, expected);
  for (guint i = 0; i < findings_count(left) && changed > 0; i++)
    if (strcmp(findings_at(left, i)->rule, row->rule) == 0)
      g_error("still found: %s", findings_at(left, i)->message);
  g_assert_cmpuint(findings_note_count(left), ==, 0);
  fs_remove_tree(root, NULL);
}

static void test_row(const void *data) {
  const Row *row = data;
  g_autoptr(LintConfig) config = fix_config(row->rule, row->options);
  const char *path = row->path != NULL ? row->path : FIX_PATH, *after = row->after != NULL ? row->after : row->before;
  check_row(row, path, config, false, row->unsafe ? row->before : after);
  check_row(row, path, config, true, after);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *name = g_strdup_printf("/lint/fix/%s/%s", rows[i].rule, rows[i].claim);
    g_test_add_data_func(name, &rows[i], test_row);
  }
  return g_test_run();
}
