/* dependabot.yml, and pre-commit's configuration beside it. */
#include "cases.h"

#define PATH ".github/dependabot.yml"
#define HEAD "version: 2\nupdates:\n"
#define NPM "  - package-ecosystem: npm\n    directory: /\n    schedule: {interval: daily}\n"
#define REGISTRIES(url) "version: 2\nregistries:\n  own:\n    type: npm-registry\n    url: " url "\n    token: ${{secrets.T}}\nupdates: []\n"

static const LintCase cases[] = {
  /* what GitHub refuses */
  {"a-whole-file",
   "syntax-check",
   PATH,
   "version: 2\nregistries:\n  own: {type: npm-registry, url: https://npm.example, token: '${{secrets.T}}'}\n"
   "multi-ecosystem-groups:\n  all: {schedule: {interval: weekly, day: friday}}\nupdates:\n" NPM
   "    registries: [own]\n    cooldown: {default-days: 7}\n"
   "    groups: {minor: {applies-to: version-updates, update-types: [minor, patch]}}\n    ignore: [{dependency-name: x, versions: [1.x]}]\n"
   "  - {package-ecosystem: pip, directories: [/a, /b], multi-ecosystem-group: all, patterns: ['*']}\n",
   {NULL}},
  {"an-unknown-key",
   "syntax-check",
   PATH,
   HEAD NPM "    colldown: {default-days: 7}\n",
   {"6:5 regular error unknown key \"colldown\" in an update, did you mean \"cooldown\"?"}},
  {"an-unknown-key-of-a-group",
   "syntax-check",
   PATH,
   HEAD NPM "    groups: {a: {pattern: [x]}}\n",
   {"6:18 regular error unknown key \"pattern\" in a group, did you mean \"patterns\"?"}},
  {"an-unknown-ecosystem",
   "syntax-check",
   PATH,
   HEAD "  - {package-ecosystem: nmp, directory: /, schedule: {interval: daily}}\n",
   {"3:25 regular error unknown package ecosystem \"nmp\", did you mean \"npm\"?"}},
  {"an-unknown-ecosystem-in-beta",
   "syntax-check",
   PATH,
   "version: 2\nenable-beta-ecosystems: true\nupdates:\n  - {package-ecosystem: guix, directory: /, schedule: {interval: daily}}\n",
   {NULL}},
  {"another-version", "syntax-check", PATH, "version: 1\nupdates: []\n", {"1:10 regular error version: expected \"2\""}},
  {"no-updates", "syntax-check", PATH, "version: 2\n", {"1:1 regular error dependabot.yml needs \"updates\""}},
  {"no-schedule", "syntax-check", PATH, HEAD "  - {package-ecosystem: npm, directory: /}\n", {"3:5 regular error an update needs \"schedule\""}},
  {"no-folder",
   "syntax-check",
   PATH,
   HEAD "  - {package-ecosystem: npm, schedule: {interval: daily}}\n",
   {"3:5 regular error an update needs \"directory\" or \"directories\""}},
  {"one-folder-and-several",
   "syntax-check",
   PATH,
   HEAD NPM "    directories: [/a]\n",
   {"3:5 regular error an update needs \"directory\" or \"directories\", not both"}},
  {"an-unknown-interval",
   "syntax-check",
   PATH,
   HEAD "  - {package-ecosystem: npm, directory: /, schedule: {interval: dayly}}\n",
   {"3:65 regular error did you mean \"daily\"?"}},
  {"cron-without-its-expression",
   "syntax-check",
   PATH,
   HEAD "  - {package-ecosystem: npm, directory: /, schedule: {interval: cron}}\n",
   {"3:54 regular error needs \"cronjob\""}},
  {"a-registry-that-is-not-there", "syntax-check", PATH, HEAD NPM "    registries: [own]\n", {"6:18 regular error there is no registry \"own\""}},
  {"a-group-that-is-not-there",
   "syntax-check",
   PATH,
   HEAD "  - {package-ecosystem: npm, directory: /, multi-ecosystem-group: all, patterns: ['*']}\n",
   {"3:67 regular error there is no multi-ecosystem group \"all\""}},
  {"no-mapping", "syntax-check", PATH, "- x\n", {"1:1 regular error expected the settings of Dependabot, found a list"}},
  {"no-yaml", "syntax-check", PATH, "a: [\n", {"2:1 regular error "}},
  {"a-workflow-may-have-the-name",
   "syntax-check",
   ".github/workflows/dependabot.yml",
   "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: x}]\n",
   {NULL}},

  /* dependabot-cooldown */
  {"no-cooldown", "dependabot-cooldown", PATH, HEAD NPM, {"3:5 regular medium 3 days after their release by default"}},
  {"a-short-cooldown",
   "dependabot-cooldown",
   PATH,
   HEAD NPM "    cooldown: {default-days: 2}\n",
   {"6:16 regular medium 2 days after their release,"}},
  {"a-cooldown-without-days", "dependabot-cooldown", PATH, HEAD NPM "    cooldown: {include: [a]}\n", {"6:5 regular medium 3 days"}},
  {"a-week", "dependabot-cooldown", PATH, HEAD NPM "    cooldown: {default-days: 7}\n", {NULL}},
  {"each-update-is-looked-at", "dependabot-cooldown", PATH, HEAD NPM "    cooldown: {default-days: 7}\n" NPM, {"7:5 regular medium 3 days"}},
  {"fewer-days-are-wanted", "dependabot-cooldown", PATH, HEAD NPM, {NULL}, "{days: 3}"},
  {"more-days-are-wanted",
   "dependabot-cooldown",
   PATH,
   HEAD NPM "    cooldown: {default-days: 7}\n",
   {"6:16 regular medium less than 14"},
   "{days: 14}"},
  {"days-that-are-no-number", "dependabot-cooldown", PATH, HEAD NPM "    cooldown: {default-days: many}\n", {NULL}},

  /* dependabot-execution */
  {"allowed",
   "dependabot-execution",
   PATH,
   HEAD NPM "    insecure-external-code-execution: allow\n",
   {"6:5 regular high code of the dependencies runs"}},
  {"denied", "dependabot-execution", PATH, HEAD NPM "    insecure-external-code-execution: deny\n", {NULL}},
  {"not-said", "dependabot-execution", PATH, HEAD NPM, {NULL}},

  /* insecure-url-scheme */
  {"a-registry-over-http", "insecure-url-scheme", PATH, REGISTRIES("http://npm.example/x"), {"5:10 regular high http://"}},
  {"a-registry-over-https", "insecure-url-scheme", PATH, REGISTRIES("https://npm.example/x"), {NULL}},
  {"a-registry-without-a-scheme", "insecure-url-scheme", PATH, REGISTRIES("npm.example"), {NULL}},
  {"this-machine", "insecure-url-scheme", PATH, REGISTRIES("http://localhost:4873/"), {NULL}},
  {"a-host-that-only-looks-like-this-machine", "insecure-url-scheme", PATH, REGISTRIES("http://localhost.example/"), {"5:10 regular high http://"}},
  {"pre-commit-over-http-and-git",
   "insecure-url-scheme",
   ".pre-commit-config.yaml",
   "repos:\n  - repo: HTTP://github.com/a/b\n    rev: v1\n  - repo: git://github.com/a/b\n    rev: v1\n",
   {"2:11 regular high http://", "4:11 regular high git://"}},
  {"pre-commit-over-https", "insecure-url-scheme", ".pre-commit-config.yaml", "repos:\n  - repo: https://github.com/a/b\n  - repo: local\n", {NULL}},
  {"pre-commit-with-no-list", "insecure-url-scheme", ".pre-commit-config.yaml", "repos: x\n", {NULL}},
};

static const LintFixCase fixes[] = {
  {"a-new-cooldown", "dependabot-cooldown", PATH, HEAD NPM, HEAD NPM "    cooldown:\n      default-days: 7\n", true},
  {"more-days", "dependabot-cooldown", PATH, HEAD NPM "    cooldown:\n      default-days: 2 # few\n",
   HEAD NPM "    cooldown:\n      default-days: 7 # few\n", true},
  {"days-beside-others", "dependabot-cooldown", PATH, HEAD NPM "    cooldown: {semver-major-days: 9}\n",
   HEAD NPM "    cooldown: {semver-major-days: 9, default-days: 7}\n", true},
  {"deny", "dependabot-execution", PATH, HEAD NPM "    insecure-external-code-execution: \"allow\"\n",
   HEAD NPM "    insecure-external-code-execution: \"deny\"\n", false},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  lint_fix_cases_add(fixes, G_N_ELEMENTS(fixes));
  return g_test_run();
}
