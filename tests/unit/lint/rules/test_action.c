/* What steps use, and what they give it. */
#include "repository_cases.h"

#define USES(uses) CASE_STEPS("      - uses: " uses "\n")
#define ACTION(more) "name: x\ndescription: x\nruns: {using: node20, main: index.js}\n" more
#define DOCKER(image) "name: x\ndescription: x\nruns: {using: docker, image: " image "}\n"
#define INPUTS "inputs:\n  Needed: {required: true}\n  usual: {required: true, default: a}\n  old: {deprecationMessage: 'take\n    usual'}\n"

static const RepositoryCase cases[] = {
  /* the form */
  {"forms-that-are-right",
   NULL,
   CASE_STEPS("      - uses: owner/repo@v1\n      - uses: owner/repo/a/b@main\n      - uses: docker://alpine:3\n      - uses: docker://alpine\n"),
   {NULL}},
  {"no-ref", NULL, USES("actions/checkout"), {"6:15 expected \"@\""}},
  {"no-owner", NULL, USES("checkout@v4"), {"6:15 no action can be used like this"}},
  {"an-empty-ref", NULL, USES("owner/repo@"), {"6:15 a tag, a branch or a commit"}},
  {"an-empty-tag", NULL, USES("'docker://alpine:'"), {"6:15 expected a tag"}},
  {"nothing-behind-the-dollar", NULL, USES("$//"), {"6:15 behind \"$/\""}},

  /* well-known actions */
  {"an-input-that-is-known", NULL, USES("actions/checkout@v4\n        with: {Fetch-Depth: 0}"), {NULL}},
  {"an-input-that-is-not", NULL, USES("actions/checkout@v4\n        with: {fetch-dept: 0}"), {"7:16 did you mean \"fetch-depth\"?"}},
  {"a-required-input", NULL, USES("actions/cache@v4\n        with: {path: x}"), {"6:15 needs the input \"key\""}},
  {"inputs-by-an-expression", NULL, USES("actions/cache@v4\n        with: ${{ fromJSON(vars.WITH) }}"), {NULL}},
  {"an-owner-in-capitals", NULL, USES("Actions/Checkout@v4\n        with: {fetch-dept: 0}"), {"7:16 fetch-dept"}},
  {"a-runtime-that-is-gone", NULL, USES("actions/checkout@v2"), {"6:15 that GitHub's runners no longer have"}},
  {"a-version-loses-its-zero",
   NULL,
   USES("some/thing@v1\n        with: {python-version: 3.10, version: '3.10', timeout: 1.50}"),
   {"7:32 3.10 without quotes"}},
  {"an-unknown-action", NULL, USES("some/thing@v1\n        with: {a: b}"), {NULL}},
  {"in-a-composite-action",
   "x/action.yml",
   "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - uses: actions/checkout@v4\n      with: {fetch-dept: 0}\n",
   {"7:14 fetch-dept"}},

  /* actions of this repository */
  {"a-local-action", NULL, USES("./x\n        with: {needed: 1}"), {NULL}, {"x/action.yml", ACTION(INPUTS), "x/index.js", ""}},
  {"a-local-input-is-missing", NULL, USES("./x"), {"6:15 needs the input \"Needed\""}, {"x/action.yml", ACTION(INPUTS), "x/index.js", ""}},
  {"a-local-input-is-unknown",
   NULL,
   USES("$/x\n        with: {a: b}"),
   {"7:16 takes no input \"a\""},
   {"x/action.yaml", ACTION(""), "x/index.js", ""}},
  {"a-local-input-is-deprecated",
   NULL,
   USES("./x\n        with: {needed: 1, old: 2}"),
   {"7:27 the input \"old\": take usual"},
   {"x/action.yml", ACTION(INPUTS), "x/index.js", ""}},
  {"an-action-that-checkout-brings", NULL, USES("./not-here"), {NULL}},
  {"an-action-beside-the-repository", NULL, USES("./../x"), {NULL}, {"x/action.yml", ACTION("")}},
  {"a-file-that-is-missing", NULL, USES("./x"), {"6:15 the action's main, \"index.js\", is not there"}, {"x/action.yml", ACTION("")}},
  {"a-missing-file-is-told-once", NULL, CASE_STEPS("      - uses: ./x\n      - uses: ./x\n"), {"6:15 index.js"}, {"x/action.yml", ACTION("")}},
  {"a-missing-file-of-the-action-itself", "x/action.yml", ACTION(""), {"3:29 index.js"}},
  {"a-file-further-up", "x/action.yml", "name: x\ndescription: x\nruns: {using: node20, main: ../m.js}\n", {NULL}, {"m.js", ""}},
  {"a-dockerfile-that-is-missing", NULL, USES("./x"), {"6:15 the action's image, \"Dockerfile\""}, {"x/action.yml", DOCKER("Dockerfile")}},
  {"an-image-is-no-file", NULL, USES("./x"), {NULL}, {"x/action.yml", DOCKER("docker://alpine:3")}},
  {"a-container-takes-args", NULL, USES("./x\n        with: {args: a}"), {NULL}, {"x/action.yml", DOCKER("docker://alpine:3")}},
  {"others-take-no-args", NULL, USES("./x\n        with: {args: a}"), {"7:16 \"args\""}, {"x/action.yml", ACTION(""), "x/index.js", ""}},
  {"a-broken-action-says-one-thing", NULL, USES("./x"), {"6:15 x/action.yml:"}, {"x/action.yml", "name: x\ndescription: x\ninputs: a\noutputs: b\n"}},
  {"no-yaml-at-all", NULL, USES("./x"), {"6:15 x/action.yml:"}, {"x/action.yml", "{"}},
};

int main(int argc, char **argv) {
  return cases_run(argc, argv, "action", cases, G_N_ELEMENTS(cases));
}
