/* Jobs that call workflows. */
#include "repository_cases.h"

#define CALL(uses) "on: push\njobs:\n  a:\n    uses: " uses "\n"
#define FILE_NAME ".github/workflows/b.yml"
#define CALLED(call) "on:\n  workflow_call:\n" call "jobs:\n  b: {runs-on: x, steps: [{run: x}]}\n"
#define INPUTS "    inputs:\n      Needed: {type: string, required: true}\n      other: {type: number}\n"
#define SECRETS "    secrets:\n      token: {required: true}\n"

static const RepositoryCase cases[] = {
  {"of-another-repository", NULL, CALL("o/r/.github/workflows/x.yml@v1"), {NULL}},
  {"no-file", NULL, CALL("o/r@v1"), {"4:11 the file is missing"}},
  {"no-ref", NULL, CALL("o/r/.github/workflows/x.yml"), {"4:11 expected \"@\""}},
  {"a-ref-of-this-repository", NULL, CALL("./" FILE_NAME "@main"), {"4:11 has no \"@\""}, {FILE_NAME, CALLED("")}},
  {"no-yaml-file", NULL, CALL("o/r/.github/workflows/x@v1"), {"4:11 ends in .yml or .yaml"}},
  {"a-folder-below", NULL, CALL("o/r/.github/workflows/a/x.yml@v1"), {"4:11 not in folders below"}},
  {"nothing-behind-the-dot", NULL, CALL("./"), {"4:11 the path of the file is missing"}},
  {"an-image", NULL, CALL("docker://alpine:3"), {"4:11 an image is no workflow"}},
  {"not-there", NULL, CALL("./" FILE_NAME), {"4:11 cannot be called: there is no such file"}},
  {"there", NULL, CALL("./" FILE_NAME), {NULL}, {FILE_NAME, CALLED("")}},
  {"there-by-the-dollar", NULL, CALL("$/" FILE_NAME), {NULL}, {FILE_NAME, CALLED("")}},
  {"not-callable", NULL, CALL("./" FILE_NAME), {"4:11 is not triggered by workflow_call"}, {FILE_NAME, "on: push\njobs: {}\n"}},
  {"without-on", NULL, CALL("./" FILE_NAME), {"4:11 it has no \"on\""}, {FILE_NAME, "jobs: {}\n"}},
  {"with-broken-inputs", NULL, CALL("./" FILE_NAME), {"4:11 must be mappings"}, {FILE_NAME, CALLED("    inputs: x\n")}},

  {"all-that-it-needs", NULL, CALL("./" FILE_NAME "\n    with: {needed: x}"), {NULL}, {FILE_NAME, CALLED(INPUTS)}},
  {"an-input-is-missing", NULL, CALL("./" FILE_NAME), {"4:11 needs the input \"Needed\""}, {FILE_NAME, CALLED(INPUTS)}},
  {"an-input-is-unknown",
   NULL,
   CALL("./" FILE_NAME "\n    with: {needed: x, othr: 1}"),
   {"5:23 did you mean \"other\"?"},
   {FILE_NAME, CALLED(INPUTS)}},
  {"a-secret-is-missing", NULL, CALL("./" FILE_NAME), {"4:11 needs the secret \"token\""}, {FILE_NAME, CALLED(SECRETS)}},
  {"a-secret-is-unknown",
   NULL,
   CALL("./" FILE_NAME "\n    secrets: {token: x, more: y}"),
   {"5:25 takes no secret \"more\""},
   {FILE_NAME, CALLED(SECRETS)}},
  {"secrets-are-inherited", NULL, CALL("./" FILE_NAME "\n    secrets: inherit"), {NULL}, {FILE_NAME, CALLED(SECRETS)}},
};

int main(int argc, char **argv) {
  return cases_run(argc, argv, "workflow-call", cases, G_N_ELEMENTS(cases));
}
