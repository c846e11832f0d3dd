/* Matrices that repeat values or leave out what they do not have. */
#include "repository_cases.h"

#define MATRIX(matrix) "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: x}]\n    strategy:\n      matrix:\n" matrix

static const RepositoryCase cases[] = {
  {"values-that-differ", NULL, MATRIX("        v: [1, 2, 'a', 'b']\n"), {NULL}},
  {"a-value-twice", NULL, MATRIX("        v: [1, 2, 1]\n"), {"8:19 the value 1 twice, first in line 8"}},
  {"a-mapping-twice-whatever-the-order", NULL, MATRIX("        v: [{a: 1, b: 2}, {b: 2, a: 1}]\n"), {"8:27 twice"}},
  {"a-number-is-no-text", NULL, MATRIX("        v: [1, '1']\n"), {NULL}},
  {"expressions-may-differ", NULL, MATRIX("        v: ['${{ github.ref }}', '${{ github.ref }}']\n"), {NULL}},
  {"a-whole-expression", NULL, MATRIX("        v: ${{ fromJSON(vars.V) }}\n        exclude: [{v: 1}]\n"), {NULL}},

  {"a-version-loses-its-zero",
   NULL,
   MATRIX("        v: [3.9, 3.10, 3.0]\n        include: [{v: 1.20}]\n"),
   {"8:18 3.10 without quotes", "9:23 1.20 without"}},
  {"a-version-in-quotes", NULL, MATRIX("        v: ['3.10', 3.10.1, 10, 3.05]\n"), {NULL}},

  {"exclude-matches", NULL, MATRIX("        v: [1, 2]\n        exclude: [{v: 1}]\n"), {NULL}},
  {"exclude-matches-as-github-compares", NULL, MATRIX("        v: [1, 'A']\n        exclude: [{v: '1'}, {v: a}]\n"), {NULL}},
  {"exclude-no-such-value", NULL, MATRIX("        v: [1, 2]\n        exclude: [{v: 3}]\n"), {"9:23 a value of \"v\" that the matrix does not have"}},
  {"exclude-no-such-key", NULL, MATRIX("        v: [1]\n        exclude: [{w: 1}]\n"), {"9:20 exclude names \"w\""}},
  {"exclude-part-of-a-mapping", NULL, MATRIX("        v: [{a: 1, b: 2}]\n        exclude: [{v: {a: 1}}]\n"), {NULL}},
  {"exclude-more-than-a-mapping", NULL, MATRIX("        v: [{a: 1}]\n        exclude: [{v: {a: 1, b: 2}}]\n"), {"9:23 does not have"}},
  {"exclude-a-shorter-list", NULL, MATRIX("        v: [[1, 2]]\n        exclude: [{v: [1]}]\n"), {"9:23 does not have"}},
  {"exclude-what-include-adds", NULL, MATRIX("        v: [1]\n        include: [{v: 2}]\n        exclude: [{v: 2}]\n"), {NULL}},
  {"exclude-by-an-expression", NULL, MATRIX("        v: [1]\n        exclude: [{v: '${{ github.ref }}'}]\n"), {NULL}},
  {"exclude-from-an-expression", NULL, MATRIX("        v: [1, '${{ github.ref }}']\n        exclude: [{v: 9}]\n"), {NULL}},
  {"include-by-an-expression", NULL, MATRIX("        v: [1]\n        include: ${{ fromJSON('[]') }}\n        exclude: [{w: 1}]\n"), {NULL}},
  {"exclude-alone", NULL, MATRIX("        exclude: [{v: 1}]\n"), {"8:18 the matrix has no values"}},
};

int main(int argc, char **argv) {
  return cases_run(argc, argv, "matrix", cases, G_N_ELEMENTS(cases));
}
