/* What the fixes of the audits of expressions and the environment write. */
#include "cases.h"

#define PLACE ".github/workflows/x.yml"
#define HEAD "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
#define TITLE "${{ github.event.pull_request.title }}"
#define TITLE_ENV "        env:\n          PULL_REQUEST_TITLE: " TITLE "\n"

static const LintFixCase cases[] = {
  {"a-word", "template-injection", PLACE, HEAD "      - run: echo " TITLE "\n", HEAD "      - run: echo \"${PULL_REQUEST_TITLE}\"\n" TITLE_ENV},
  {"in-quotes", "template-injection", PLACE, HEAD "      - run: |\n          echo \"x " TITLE "\"\n",
   HEAD "      - run: |\n          echo \"x ${PULL_REQUEST_TITLE}\"\n" TITLE_ENV},
  {"in-a-here-document", "template-injection", PLACE, HEAD "      - run: |\n          cat <<E\n          " TITLE "\n          E\n",
   HEAD "      - run: |\n          cat <<E\n          ${PULL_REQUEST_TITLE}\n          E\n" TITLE_ENV},
  {"in-a-substitution", "template-injection", PLACE, HEAD "      - run: |\n          x=\"$(echo '" TITLE "')\"\n", NULL},
  {"in-single-quotes", "template-injection", PLACE, HEAD "      - run: |\n          echo '" TITLE "'\n", NULL},
  {"in-a-fixed-here-document", "template-injection", PLACE, HEAD "      - run: |\n          cat <<'E'\n          " TITLE "\n          E\n", NULL},
  {"in-a-comment", "template-injection", PLACE, HEAD "      - run: |\n          make # " TITLE "\n", NULL},
  {"with-the-variable-there", "template-injection", PLACE,
   HEAD "      - run: echo " TITLE "\n        env:\n          PULL_REQUEST_TITLE: " TITLE "\n",
   HEAD "      - run: echo \"${PULL_REQUEST_TITLE}\"\n        env:\n          PULL_REQUEST_TITLE: " TITLE "\n"},
  {"with-another-variable-of-that-name", "template-injection", PLACE,
   HEAD "      - run: |\n          PULL_REQUEST_TITLE=x\n          echo " TITLE "\n", NULL},
  {"what-the-runner-gives", "template-injection", PLACE, HEAD "      - run: echo ${{ github.head_ref }}\n",
   HEAD "      - run: echo \"${GITHUB_HEAD_REF}\"\n"},
  {"what-is-a-variable", "template-injection", PLACE, HEAD "      - run: echo ${{ env.X }}\n", HEAD "      - run: echo \"${X}\"\n"},
  {"in-powershell", "template-injection", PLACE, HEAD "      - run: Write-Host \"" TITLE "\"\n        shell: pwsh\n",
   HEAD "      - run: Write-Host \"${env:PULL_REQUEST_TITLE}\"\n" TITLE_ENV "        shell: pwsh\n"},
  {"in-cmd", "template-injection", PLACE, HEAD "      - run: echo " TITLE "\n        shell: cmd\n", NULL},
  {"more-than-a-context", "template-injection", PLACE, HEAD "      - run: echo ${{ format('{0}', github.head_ref) }}\n", NULL},
  {"in-another-language", "template-injection", PLACE, HEAD "      - run: print(" TITLE ")\n        shell: python\n", NULL},
  {"in-an-input", "template-injection", PLACE, HEAD "      - uses: actions/github-script@v7\n        with: {script: 'x(" TITLE ")'}\n", NULL},
  {"a-block", "unsound-condition", PLACE, HEAD "      - run: x\n        if: | # why\n          ${{ true }}\n",
   HEAD "      - run: x\n        if: |- # why\n          ${{ true }}\n", true},
  {"a-folded-block", "unsound-condition", PLACE, HEAD "      - run: x\n        if: >\n          ${{ true }}\n",
   HEAD "      - run: x\n        if: >-\n          ${{ true }}\n", true},
  {"a-block-that-says-more", "unsound-condition", PLACE, HEAD "      - run: x\n        if: |+\n          ${{ true }}\n",
   HEAD "      - run: x\n        if: |-\n          ${{ true }}\n", true},
  {"text-beside", "unsound-condition", PLACE, HEAD "      - run: x\n        if: ${{ true }} && false\n",
   HEAD "      - run: x\n        if: true && false\n", true},
  {"a-name", "bot-conditions", PLACE, HEAD "      - run: x\n        if: github.actor == 'dependabot[bot]'\n",
   HEAD "      - run: x\n        if: github.event.pull_request.user.login == 'dependabot[bot]'\n", true},
  {"a-number", "bot-conditions", PLACE, HEAD "      - run: x\n        if: ${{ 49699333 == github.actor_id }}\n",
   HEAD "      - run: x\n        if: ${{ 49699333 == github.event.pull_request.user.id }}\n", true},
  {"an-odd-path", "obfuscation", PLACE, HEAD "      - uses: actions/cache/./save/../restore/@v4 # x\n",
   HEAD "      - uses: actions/cache/restore@v4 # x\n", true},
  {"a-path-that-leads-out", "obfuscation", PLACE, HEAD "      - uses: actions/cache/../../x@v4\n", NULL},
  {"a-value", "obfuscation", PLACE, HEAD "      - run: make ${{ format('{0}', 'all') }}\n", HEAD "      - run: make all\n", true},
  {"the-only-variable", "insecure-commands", PLACE, HEAD "      - run: x\n        env:\n          ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n",
   HEAD "      - run: x\n"},
  {"one-of-two", "insecure-commands", PLACE, HEAD "      - run: x\n        env:\n          ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n          X: y\n",
   HEAD "      - run: x\n        env:\n          X: y\n"},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_fix_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
