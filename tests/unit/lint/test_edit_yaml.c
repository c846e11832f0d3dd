/* Edits of YAML that keep its layout: what each operation makes of a text, and where it refuses. */
#include "lint/edit/edit_yaml.h"

#include <stdlib.h>
#include <string.h>

typedef enum { SET, PART, RENAME, COMMENT, INSERT, REMOVE, APPEND, ENV } Operation;

typedef struct {
  const char *claim;
  Operation operation;
  const char *path; /* of the node: keys and indices with / between */
  guint index;      /* of a pair; INSERT: behind it; PART: the offset */
  const char *text; /* PART: the text before =, its replacement behind it; INSERT and ENV: key=value */
  const char *before;
  const char *after; /* NULL: refused */
} Case;

#define NEW EDIT_FIRST
#define WORKFLOW(step) "jobs:\n  a:\n    steps:\n" step

static const Case cases[] = {
  /* ---- a scalar's text ---- */
  {"set-plain", SET, "a", 0, "y", "a: x # why\nb: 1\n", "a: y # why\nb: 1\n"},
  {"set-keeps-single-quotes", SET, "a", 0, "it's", "a: 'x'   # why\n", "a: 'it''s'   # why\n"},
  {"set-keeps-double-quotes", SET, "a", 0, "a\"b\\c\n", "a: \"x\"\n", "a: \"a\\\"b\\\\c\\n\"\n"},
  {"set-quotes-what-needs-it", SET, "a", 0, "k: v", "a: x\n", "a: 'k: v'\n"},
  {"set-quotes-a-comment-sign", SET, "a", 0, "x #y", "a: x\n", "a: 'x #y'\n"},
  {"set-quotes-in-double-what-has-single", SET, "a", 0, "'x': y", "a: x\n", "a: \"'x': y\"\n"},
  {"set-quotes-line-breaks", SET, "a", 0, "x\ny", "a: x\n", "a: \"x\\ny\"\n"},
  {"set-text-stays-text", SET, "a", 0, "3.10", "a: x\n", "a: '3.10'\n"},
  {"set-text-stays-text-in-front-of-true", SET, "a", 0, "true", "a: x\n", "a: 'true'\n"},
  {"set-a-number-stays-a-number", SET, "a", 0, "30", "a: 360\n", "a: 30\n"},
  {"set-a-boolean-stays-a-boolean", SET, "a", 0, "false", "a: true\n", "a: false\n"},
  {"set-quotes-brackets-in-flow-only", SET, "a", 0, "${{ x }}", "{a: x, b: y}\n", "{a: '${{ x }}', b: y}\n"},
  {"set-an-expression-in-a-block", SET, "a", 0, "${{ x }}", "a: x\n", "a: ${{ x }}\n"},
  {"set-what-was-nothing", SET, "a", 0, "x", "a:\nb: 1\n", "a: x\nb: 1\n"},
  {"set-what-was-nothing-before-a-comment", SET, "a", 0, "x", "a:  # why\n", "a: x  # why\n"},
  {"set-what-was-nothing-in-flow", SET, "a", 0, "x", "{a: , b: y}\n", "{a: x, b: y}\n"},
  {"set-what-was-nothing-at-the-end", SET, "a", 0, "x", "a:", "a: x"},
  {"set-what-has-no-colon", SET, "a", 0, "x", "{a, b: y}\n", NULL},
  {"set-keeps-anchor-and-tag", SET, "a", 0, "y", "a: &k !!str x\n", "a: &k !!str y\n"},
  {"set-refuses-what-an-alias-repeats", SET, "a", 0, "y", "a: &k x\nb: *k\n", NULL},
  {"set-refuses-an-alias", SET, "b", 0, "y", "a: &k x\nb: *k\n", NULL},
  {"set-refuses-what-lies-in-a-repeated-node", SET, "a/c", 0, "y", "a: &k {c: x}\nb: *k\n", NULL},
  {"set-a-plain-scalar-over-lines", SET, "a", 0, "z", "a: x\n  y # why\nb: 1\n", "a: z # why\nb: 1\n"},
  {"set-a-literal", SET, "a", 0, "x\n\ny\n", "a: |  # why\n    old\n    older\n\n# next\nb: 1\n", "a: |  # why\n    x\n\n    y\n\n# next\nb: 1\n"},
  {"set-a-literal-that-is-stripped", SET, "a", 0, "x\ny\n", "a: |-\n  old\nb: 1\n", "a: |\n  x\n  y\nb: 1\n"},
  {"set-a-literal-to-no-line-break", SET, "a", 0, "x", "a: |\n  old\nb: 1\n", "a: |-\n  x\nb: 1\n"},
  {"set-a-literal-to-more-line-breaks", SET, "a", 0, "x\n\n", "a: |\n  old\nb: 1\n", "a: |+\n  x\n\nb: 1\n"},
  {"set-a-literal-that-keeps-its-end", SET, "a", 0, "x\n\n", "a: |+\n  old\n\n\nb: 1\n", "a: |+\n  x\n\nb: 1\n"},
  {"set-a-literal-with-an-indicator", SET, "a", 0, " x\ny\n", "a: |2\n    old\nb: 1\n", "a: |2\n   x\n  y\nb: 1\n"},
  {"set-a-literal-to-what-starts-with-a-space", SET, "a", 0, " x\n", "a: |\n  old\nb: 1\n", "a: \" x\\n\"\nb: 1\n"},
  {"set-a-folded-block", SET, "a", 0, "x\ny\n", "a: >\n  old\n  older\nb: 1\n", "a: |\n  x\n  y\nb: 1\n"},
  {"set-a-literal-with-crlf", SET, "a", 0, "x\ny\n", "a: |\r\n  old\r\nb: 1\r\n", "a: |\r\n  x\r\n  y\r\nb: 1\r\n"},
  {"set-a-literal-without-a-last-line-break", SET, "a", 0, "x", "a: |\n  old", "a: |-\n  x"},
  {"set-behind-wide-characters", SET, "k", 0, "y", "{\"\xc3\xbc\xe2\x9c\x93\": 1, k: x} # \xc3\xbc\n",
   "{\"\xc3\xbc\xe2\x9c\x93\": 1, k: y} # \xc3\xbc\n"},
  {"set-behind-a-byte-order-mark", SET, "a", 0, "y",
   "\xef\xbb\xbf"
   "a: x\n",
   "\xef\xbb\xbf"
   "a: y\n"},
  {"set-refuses-a-mapping", SET, "a", 0, "y", "a: {}\n", NULL},
  {"set-refuses-what-is-not-utf-8", SET, "a", 0, "\xff", "a: x\n", NULL},
  {"set-a-control-character", SET, "a", 0, "\x01\xc2\x85", "a: x\n", "a: \"\\x01\\x85\"\n"},
  {"set-refuses-utf-16", SET, "", 0, "x",
   "\xff\xfe"
   "AB",
   NULL},
  {"set-to-nothing", SET, "a", 0, "", "a: x\n", "a: ''\n"},

  /* ---- a part of it ---- */
  {"part-of-plain", PART, "a", 5, "${{ x }}=\"$X\"", "a: echo ${{ x }} # why\n", "a: echo \"$X\" # why\n"},
  {"part-of-a-literal", PART, "a", 5, "${{ x }}=$X", "a: |\n  one\n   ${{ x }}\n  two\n", "a: |\n  one\n   $X\n  two\n"},
  {"part-of-a-literal-becomes-lines", PART, "a", 0, "one=two\nthree", "a: |\n  one\nb: 1\n", "a: |\n  two\n  three\nb: 1\n"},
  {"part-over-lines-of-a-literal", PART, "a", 0, "one\ntwo=x", "a: |\n  one\n  two\n", "a: |\n  x\n"},
  {"part-of-a-folded-block", PART, "a", 4, "two=2", "a: >\n  one\n  two\n", "a: >\n  one\n  2\n"},
  {"part-of-single-quotes", PART, "a", 2, "b=it's", "a: 'a b'\n", "a: 'a it''s'\n"},
  {"part-of-double-quotes", PART, "a", 2, "b=\"", "a: \"a b\"\n", "a: \"a \\\"\"\n"},
  {"part-that-is-an-escape", PART, "a", 1, "\n=-", "a: \"a\\nb\"\n", "a: \"a-b\"\n"},
  {"part-that-makes-plain-impossible", PART, "a", 1, "b=: ", "a: abc\n", "a: 'a: c'\n"},
  {"part-that-makes-a-number", PART, "a", 0, "v=", "a: v3.1\n", "a: '3.1'\n"},
  {"part-that-ends-in-an-escape", PART, "a", 0, "\xc3=x", "a: \"\\u00e9\"\n", NULL},
  {"part-that-is-not-there", PART, "a", 3, "d=x", "a: abc\n", NULL},

  /* ---- keys ---- */
  {"rename", RENAME, "", 0, "b", "a : x # why\n", "b : x # why\n"},
  {"rename-keeps-quotes", RENAME, "", 0, "b", "'a': x\n", "'b': x\n"},
  {"rename-quotes-what-needs-it", RENAME, "m", 1, "c: d", "m:\n  a: 1\n  b: 2\n", "m:\n  a: 1\n  'c: d': 2\n"},
  {"rename-in-flow", RENAME, "m", 1, "c", "m: {a: 1, b: 2}\n", "m: {a: 1, c: 2}\n"},
  {"rename-to-a-key-that-is-there", RENAME, "", 0, "b", "a: 1\nb: 2\n", NULL},
  {"rename-an-alias", RENAME, "", 1, "c", "a: &k b\n*k : 2\n", NULL},

  /* ---- comments ---- */
  {"comment", COMMENT, "a", 0, "v4", "a: x\nb: 1\n", "a: x # v4\nb: 1\n"},
  {"comment-replaces-one", COMMENT, "a", 0, "v4", "a: x  # v3 old\r\nb: 1\r\n", "a: x  # v4\r\nb: 1\r\n"},
  {"comment-behind-blanks", COMMENT, "a", 0, "v4", "a: x  \n", "a: x # v4\n"},
  {"comment-at-the-end", COMMENT, "a", 0, "v4", "a: x", "a: x # v4"},
  {"comment-behind-closing-brackets", COMMENT, "0/a", 0, "v4", "- {b: 1, a: x}\n- y\n", "- {b: 1, a: x} # v4\n- y\n"},
  {"comment-behind-a-block", COMMENT, "a", 0, "v4", "a:\n  b: x\n  c: y\nd: 1\n", "a:\n  b: x\n  c: y # v4\nd: 1\n"},
  {"comment-where-more-follows", COMMENT, "0/a", 0, "v4", "- {a: x, b: 1}\n", NULL},
  {"comment-on-a-block-of-text", COMMENT, "a", 0, "v4", "a: |\n  x\n", NULL},
  {"comment-over-lines", COMMENT, "a", 0, "v4\nb: 2", "a: x\n", NULL},
  {"comment-behind-a-sign-that-is-text", COMMENT, "a", 0, "v4", "a: 'x # y'\n", "a: 'x # y' # v4\n"},

  /* ---- new pairs ---- */
  {"insert-behind", INSERT, "", 0, "n=1", "a: x # why\nb: y\n", "a: x # why\nn: 1\nb: y\n"},
  {"insert-last", INSERT, "", 1, "n=1", "a: x\nb: y\n", "a: x\nb: y\nn: 1\n"},
  {"insert-last-without-a-line-break", INSERT, "", 0, "n=1", "a: x", "a: x\nn: 1"},
  {"insert-first", INSERT, "", NEW, "n=1", "# top\na: x\n", "# top\nn: 1\na: x\n"},
  {"insert-first-in-an-item", INSERT, "0", NEW, "n=1", "- a: x\n  b: y\n", "- n: 1\n  a: x\n  b: y\n"},
  {"insert-in-an-item", INSERT, "0", 0, "n=1", "- a: x\n- b: y\n", "- a: x\n  n: 1\n- b: y\n"},
  {"insert-behind-a-literal", INSERT, "0", 0, "n=1", "- a: |\n    x\n\n- b: y\n", "- a: |\n    x\n  n: 1\n\n- b: y\n"},
  {"insert-behind-a-literal-that-keeps-its-end", INSERT, "", 0, "n=1", "a: |+\n  x\n\nb: y\n", "a: |+\n  x\n\nn: 1\nb: y\n"},
  {"insert-behind-a-nested-block", INSERT, "", 0, "n=1", "a:\n  b:\n    - c: x # why\n\n# next\nd: y\n",
   "a:\n  b:\n    - c: x # why\nn: 1\n\n# next\nd: y\n"},
  {"insert-behind-nothing", INSERT, "", 0, "n=1", "a: # why\nb: y\n", "a: # why\nn: 1\nb: y\n"},
  {"insert-behind-an-alias", INSERT, "", 1, "n=1", "a: &k x\nb: *k # why\nc: y\n", "a: &k x\nb: *k # why\nn: 1\nc: y\n"},
  {"insert-with-crlf", INSERT, "", 0, "n=1", "a: x\r\nb: y\r\n", "a: x\r\nn: 1\r\nb: y\r\n"},
  {"insert-a-mapping", INSERT, "", 0, "n=b: 1\nc:\n  - 2\n", "a: x\n", "a: x\nn:\n  b: 1\n  c:\n    - 2\n"},
  {"insert-a-mapping-as-neighbours-do", INSERT, "", 0, "n=b: 1", "a:\n    c: x\n", "a:\n    c: x\nn:\n    b: 1\n"},
  {"insert-a-mapping-as-the-outer-ones-do", INSERT, "a/b", 0, "n=d: 1", "a:\n   b:\n      c: x\n",
   "a:\n   b:\n      c: x\n      n:\n         d: 1\n"},
  {"insert-a-literal", INSERT, "m", 0, "n=|\n  x\n\n  y", "m:\n  a: x\n", "m:\n  a: x\n  n: |\n    x\n\n    y\n"},
  {"insert-a-list", INSERT, "", 0, "n=[1, 2]", "a: x\n", "a: x\nn: [1, 2]\n"},
  {"insert-quotes-a-key", INSERT, "", 0, "a b: c=1", "a: x\n", "a: x\n'a b: c': 1\n"},
  {"insert-in-flow", INSERT, "m", 0, "n=1", "m: {a: x, b: y} # why\n", "m: {a: x, n: 1, b: y} # why\n"},
  {"insert-last-in-flow", INSERT, "m", 1, "n=1", "m: {a: x, b: y}\n", "m: {a: x, b: y, n: 1}\n"},
  {"insert-behind-a-last-comma", INSERT, "m", 0, "n=1", "m: {a: x,}\n", "m: {a: x, n: 1,}\n"},
  {"insert-first-in-flow", INSERT, "m", NEW, "n=1", "m: { a: x }\n", "m: { n: 1, a: x }\n"},
  {"insert-in-empty-flow", INSERT, "m", NEW, "n=1", "m: {}\n", "m: {n: 1}\n"},
  {"insert-in-flow-over-lines", INSERT, "m", 0, "n=1", "m: {\n  a: x,\n  b: y\n}\n", "m: {\n  a: x,\n  n: 1,\n  b: y\n}\n"},
  {"insert-first-in-flow-over-lines", INSERT, "m", NEW, "n=1", "m: {\n  a: x\n}\n", "m: {\n  n: 1,\n  a: x\n}\n"},
  {"insert-before-a-comment-in-flow", INSERT, "m", 0, "n=1", "m: {a: x # why\n}\n", NULL},
  {"insert-behind-a-comment-in-flow", INSERT, "m", 0, "n=1", "m: {\n  a: x, # why\n  b: y\n}\n", NULL},
  {"insert-lines-in-flow", INSERT, "m", 0, "n=a: 1\nb: 2", "m: {a: x}\n", NULL},
  {"insert-a-block-in-flow", INSERT, "m", 0, "n=b: 1", "m: {a: x}\n", NULL},
  {"insert-in-a-pair-without-brackets", INSERT, "0", 0, "n=1", "[a: x]\n", NULL},
  {"insert-a-key-that-is-there", INSERT, "", 0, "b=1", "a: x\nb: y\n", NULL},
  {"insert-what-is-not-yaml", INSERT, "", 0, "b=[", "a: x\n", NULL},
  {"insert-in-what-an-alias-repeats", INSERT, "m", 0, "n=1", "m: &k\n  a: x\no: *k\n", NULL},
  {"insert-behind-a-key-with-an-anchor", INSERT, "0", NEW, "n=1", "- &k a: x\n", "- n: 1\n  &k a: x\n"},
  {"insert-in-an-anchored-mapping", INSERT, "m", 0, "n=1", "m: &k\n  a: x\n", "m: &k\n  a: x\n  n: 1\n"},
  {"insert-before-the-end-of-a-document", INSERT, "", 0, "n=1", "---\na: x\n...\n", "---\na: x\nn: 1\n...\n"},
  {"insert-in-nested-items", INSERT, "0/0", 0, "n=1", "- - a: x\n", "- - a: x\n    n: 1\n"},

  /* ---- pairs that go ---- */
  {"remove", REMOVE, "", 0, "", "a: x # why\nb: y\n", "b: y\n"},
  {"remove-the-last", REMOVE, "", 1, "", "a: x\nb: y # why\n", "a: x\n"},
  {"remove-the-last-without-a-line-break", REMOVE, "", 1, "", "a: x\nb: y", "a: x"},
  {"remove-with-crlf", REMOVE, "", 1, "", "a: x\r\nb: y\r\nc: z\r\n", "a: x\r\nc: z\r\n"},
  {"remove-the-last-with-crlf", REMOVE, "", 1, "", "a: x\r\nb: y", "a: x"},
  {"remove-a-block", REMOVE, "", 0, "", "a:\n  b:\n  - 1\n\n# next\nc: y\n", "\n# next\nc: y\n"},
  {"remove-a-literal", REMOVE, "", 1, "", "a: x\nb: |\n  1\n\n  2\n\nc: y\n", "a: x\n\nc: y\n"},
  {"remove-nothing-at-all", REMOVE, "", 1, "", "a: x\nb:\nc: y\n", "a: x\nc: y\n"},
  {"remove-the-first-of-an-item", REMOVE, "0", 0, "", "- a: x # why\n  b: y\n", "- b: y\n"},
  {"remove-the-first-of-an-item-before-a-comment", REMOVE, "0", 0, "", "- a: x\n  # about b\n  b: y\n", NULL},
  {"remove-the-second-of-an-item", REMOVE, "0", 1, "", "- a: x\n  b: y\n- c\n", "- a: x\n- c\n"},
  {"remove-from-flow", REMOVE, "m", 0, "", "m: {a: x, b: y} # why\n", "m: {b: y} # why\n"},
  {"remove-the-last-from-flow", REMOVE, "m", 1, "", "m: {a: x, b: y}\n", "m: {a: x}\n"},
  {"remove-from-flow-with-a-last-comma", REMOVE, "m", 1, "", "m: {a: x, b: y,}\n", "m: {a: x,}\n"},
  {"remove-from-flow-with-comments", REMOVE, "m", 0, "", "m: {a: x, # why\n  b: y}\n", NULL},
  {"remove-the-only-one", REMOVE, "m", 0, "", "m:\n  a: x\n", NULL},
  {"remove-an-anchor-that-is-needed", REMOVE, "", 0, "", "a: &k x\nb: *k\n", NULL},
  {"remove-an-alias", REMOVE, "", 1, "", "a: &k x\nb: *k # why\nc: y\n", "a: &k x\nc: y\n"},
  {"remove-what-keeps-a-comment-out-of-a-text", REMOVE, "", 1, "", "a: |\n  x\nb: y\n  # note\n", NULL},

  /* ---- fixes ---- */
  {"append", APPEND, "a", 0, "z", "a:\n  - x\n  - y # why\nb: 1\n", "a:\n  - x\n  - y # why\n  - z\nb: 1\n"},
  {"append-without-indentation", APPEND, "a", 0, "z", "a:\n- x\nb: 1\n", "a:\n- x\n- z\nb: 1\n"},
  {"append-a-mapping", APPEND, "", 0, "b: 1\nc: 2", "- a: x\n", "- a: x\n- b: 1\n  c: 2\n"},
  {"append-in-flow", APPEND, "a", 0, "z", "a: [x, y]\n", "a: [x, y, z]\n"},
  {"append-in-empty-flow", APPEND, "a", 0, "z", "a: []\n", "a: [z]\n"},
  {"append-in-flow-over-lines", APPEND, "a", 0, "z", "a: [\n  x,\n  y,\n]\n", "a: [\n  x,\n  y,\n  z,\n]\n"},
  {"append-behind-an-alias", APPEND, "", 0, "z", "- &k x\n- *k\n- *k # why\n", "- &k x\n- *k\n- *k # why\n- z\n"},
  {"append-to-an-anchored-list", APPEND, "a", 0, "z", "a: &k\n  - x\n", "a: &k\n  - x\n  - z\n"},

  /* ---- a step's variables ---- */
  {"env-before-run", ENV, "jobs/a/steps/0", 0, "X=${{ x }}", WORKFLOW("      - name: n\n        run: echo\n"),
   WORKFLOW("      - name: n\n        env:\n          X: ${{ x }}\n        run: echo\n")},
  {"env-behind-run-that-comes-first", ENV, "jobs/a/steps/0", 0, "X=${{ x }}", WORKFLOW("      - run: |\n          echo\n"),
   WORKFLOW("      - run: |\n          echo\n        env:\n          X: ${{ x }}\n")},
  {"env-behind-uses", ENV, "0", 0, "X=y", "- uses: a/b@c # v1\n  with:\n    d: e\n", "- uses: a/b@c # v1\n  env:\n    X: y\n  with:\n    d: e\n"},
  {"env-that-is-there", ENV, "0", 0, "X=y", "- env:\n    A: b # why\n  run: z\n", "- env:\n    A: b # why\n    X: y\n  run: z\n"},
  {"env-in-flow", ENV, "0", 0, "X=${{ x }}", "- {env: {A: b}, run: z}\n", "- {env: {A: b, X: '${{ x }}'}, run: z}\n"},
  {"env-empty", ENV, "0", 0, "X=y", "- env: {}\n  run: z\n", "- env: {X: y}\n  run: z\n"},
  {"env-nothing", ENV, "0", 0, "X=y", "- env: # why\n  run: z\n", "- env: # why\n    X: y\n  run: z\n"},
  {"env-in-a-step-in-flow", ENV, "0", 0, "X=${{ x }}", "- {name: n, run: z}\n", "- {name: n, env: {X: '${{ x }}'}, run: z}\n"},
  {"env-takes-another-name", ENV, "0", 0, "X=y", "- env:\n    x: a\n    X_2: b\n  run: z\n", "- env:\n    x: a\n    X_2: b\n    X_3: y\n  run: z\n"},
  {"env-takes-no-name-of-the-job", ENV, "steps/0", 0, "X=y", "env: {X: a}\nsteps:\n  - run: z\n",
   "env: {X: a}\nsteps:\n  - run: z\n    env:\n      X_2: y\n"},
  {"env-has-an-equal-pair", ENV, "0", 0, "X=y", "- env:\n    Z: y\n  run: z\n", "- env:\n    Z: y\n  run: z\n"},
  {"env-stays-text", ENV, "0", 0, "X=1", "- run: z\n", "- run: z\n  env:\n    X: '1'\n"},
  {"env-as-one-expression", ENV, "0", 0, "X=y", "- env: ${{ fromJSON(x) }}\n  run: z\n", NULL},
  {"env-that-is-shared", ENV, "1", 0, "X=y", "- env: &e\n    A: b\n- env: *e\n  run: z\n", NULL},
};

static const YamlNode *find(const YamlNode *node, const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part != NULL && **part != '\0'; part++) {
    node = node->kind == YAML_MAPPING ? yaml_get(node, *part) : node->items[atoi(*part)];
    g_assert_nonnull(node);
  }
  return node;
}

static bool apply(EditTree *tree, Fix *fix, const YamlNode *node, const Case *row) {
  const char *split = strchr(row->text, '=');
  g_autofree char *left = split != NULL ? g_strndup(row->text, (size_t)(split - row->text)) : NULL;
  g_autofree char *chosen = NULL;
  switch (row->operation) {
  case SET:
    return edit_set_scalar(tree, fix, node, row->text);
  case PART:
    return edit_replace_in_scalar(tree, fix, node, row->index, strlen(left), split + 1);
  case RENAME:
    return edit_rename_key(tree, fix, node, row->index, row->text);
  case COMMENT:
    return edit_set_comment(tree, fix, node, row->text);
  case INSERT:
    return edit_insert_key(tree, fix, node, row->index, left, split + 1);
  case REMOVE:
    return edit_remove_key(tree, fix, node, row->index);
  case APPEND:
    return edit_append_item(tree, fix, node, row->text);
  case ENV:
    return edit_add_env(tree, fix, node, left, split + 1, &chosen) && chosen != NULL;
  }
  return false;
}

static void test_case(const void *data) {
  const Case *row = data;
  size_t size = strlen(row->before), new_size;
  g_autoptr(GError) error = NULL;
  g_autoptr(YamlDocument) document = yaml_parse("x.yaml", row->before, size, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(Source) source = source_new(row->before, size);
  g_autoptr(EditTree) tree = edit_tree_new(document, source);
  g_autoptr(Fix) fix = fix_new(row->claim, true);
  g_autoptr(GPtrArray) fixes = g_ptr_array_new();
  bool good = apply(tree, fix, find(yaml_root(document), row->path), row);
  g_assert_true(good || fix->edits->len == 0);
  g_ptr_array_add(fixes, fix);
  g_autofree char *after = good ? edits_apply(row->before, size, fixes, NULL, &new_size) : NULL;
  g_assert_cmpstr(after, ==, row->after);
}

/* ---- several fixes ---- */

typedef struct {
  YamlDocument *document;
  Source *source;
  EditTree *tree;
  GPtrArray *fixes;
} Fixture;

static Fixture fixture(const char *text) {
  Fixture made = {.document = yaml_parse("x.yaml", text, strlen(text), NULL, NULL), .source = source_new(text, strlen(text))};
  made.tree = edit_tree_new(made.document, made.source);
  made.fixes = g_ptr_array_new_with_free_func((GDestroyNotify)fix_free);
  return made;
}

static void fixture_clear(Fixture *made) {
  g_ptr_array_unref(made->fixes);
  edit_tree_free(made->tree);
  source_free(made->source);
  yaml_document_free(made->document);
}

static Fix *add_fix(Fixture *made) {
  Fix *fix = fix_new("", true);
  g_ptr_array_add(made->fixes, fix);
  return fix;
}

static void check_apply(Fixture *made, guint applied_want, const char *want) {
  g_autoptr(GPtrArray) applied = g_ptr_array_new();
  size_t size;
  g_autofree char *after = edit_tree_apply(made->tree, made->fixes, applied, &size);
  g_assert_cmpstr(after, ==, want);
  g_assert_cmpuint(applied->len, ==, applied_want);
}

static void test_one_fix_of_several_edits(void) {
  Fixture made = fixture("- uses: a/b@v4 # old\n- run: echo ${{ x }}\n");
  const YamlNode *root = yaml_root(made.document);
  Fix *pin = add_fix(&made), *env = add_fix(&made);
  g_autofree char *chosen = NULL;
  g_assert_true(edit_set_scalar(made.tree, pin, yaml_get(root->items[0], "uses"), "a/b@c0ffee"));
  g_assert_true(edit_set_comment(made.tree, pin, yaml_get(root->items[0], "uses"), "v4"));
  g_assert_true(edit_add_env(made.tree, env, root->items[1], "X", "${{ x }}", &chosen));
  g_assert_true(edit_replace_in_scalar(made.tree, env, yaml_get(root->items[1], "run"), 5, 8, "\"$X\""));
  g_assert_cmpstr(chosen, ==, "X");
  check_apply(&made, 2, "- uses: a/b@c0ffee # v4\n- run: echo \"$X\"\n  env:\n    X: ${{ x }}\n");
  fixture_clear(&made);
}

static void test_fixes_that_spoil_each_other(void) {
  Fixture made = fixture("m:\n  a: 1\n  b: 2\nc: 3\n");
  const YamlNode *mapping = yaml_get(yaml_root(made.document), "m");
  g_assert_true(edit_remove_key(made.tree, add_fix(&made), mapping, 1));
  g_assert_true(edit_remove_key(made.tree, add_fix(&made), mapping, 0));
  check_apply(&made, 1, "m:\n  b: 2\nc: 3\n"); /* both would leave m with nothing */
  fixture_clear(&made);
}

static void test_an_edit_over_another_of_the_fix(void) {
  Fixture made = fixture("a: x\n");
  Fix *fix = add_fix(&made);
  const YamlNode *scalar = yaml_get(yaml_root(made.document), "a");
  g_assert_true(edit_set_scalar(made.tree, fix, scalar, "y"));
  g_assert_false(edit_set_scalar(made.tree, fix, scalar, "z"));
  check_apply(&made, 1, "a: y\n");
  fixture_clear(&made);
}

static void test_what_is_read_again_is_limited(void) {
  g_autoptr(GString) text = g_string_new("a: x\n");
  for (int i = 0; i < 900000; i++)
    g_string_append_c(text, '#');
  Fixture made = fixture(text->str);
  const YamlNode *scalar = yaml_get(yaml_root(made.document), "a");
  guint done = 0;
  while (done < 1000 && edit_set_scalar(made.tree, add_fix(&made), scalar, "y"))
    done++;
  g_assert_cmpuint(done, >, 50);
  g_assert_cmpuint(done, <, 100);
  fixture_clear(&made);
}

/* ---- equality ---- */

static void test_equal_except(void) {
  static const struct {
    const char *before, *after;
    bool equal;
  } rows[] = {
    {"a: [1, {b: c}]", "a:\n- 1\n- b: c\n", true},
    {"a: 1", "a: 2", false},
    {"a: 1", "a: '1'", false},
    {"a: !!str 1", "a: 1", false},
    {"a: 1", "a: 1\nb: 2", false},
    {"a: 1\nb: 2", "b: 2\na: 1", false},
    {"[1, 2]", "[1]", false},
    {"[1]", "[1, 2]", false},
    {"[]", "{}", false},
  };
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(YamlDocument) before = yaml_parse("", rows[i].before, strlen(rows[i].before), NULL, NULL);
    g_autoptr(YamlDocument) after = yaml_parse("", rows[i].after, strlen(rows[i].after), NULL, NULL);
    g_assert_true(edit_tree_equal_except(yaml_root(before), yaml_root(after), none) == rows[i].equal);
  }
}

static void test_a_change_must_happen(void) {
  static const char text[] = "a: 1\nb: [x]\n";
  g_autoptr(YamlDocument) document = yaml_parse("", text, strlen(text), NULL, NULL);
  const YamlNode *root = yaml_root(document);
  EditChange *const changes[] = {
    edit_change_new(EDIT_SET, yaml_get(root, "a"), 0, "2", NULL),
    edit_change_new(EDIT_REPLACE, yaml_get(root, "a"), 0, NULL, "[]"),
    edit_change_new(EDIT_INSERT, root, 2, "c", "1"),
    edit_change_new(EDIT_REMOVE, root, 0, NULL, NULL),
    edit_change_new(EDIT_APPEND, yaml_get(root, "b"), 0, NULL, "y"),
  };
  for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
    g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func((GDestroyNotify)edit_change_unref);
    g_ptr_array_add(one, changes[i]);
    g_assert_false(edit_tree_equal_except(root, root, one));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/lint/edit-yaml/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/lint/edit-tree/one-fix-of-several-edits", test_one_fix_of_several_edits);
  g_test_add_func("/lint/edit-tree/fixes-that-spoil-each-other-take-turns", test_fixes_that_spoil_each_other);
  g_test_add_func("/lint/edit-tree/an-edit-over-another-of-the-fix-is-refused", test_an_edit_over_another_of_the_fix);
  g_test_add_func("/lint/edit-tree/what-is-read-again-is-limited", test_what_is_read_again_is_limited);
  g_test_add_func("/lint/edit-tree/equal-except-for-nothing", test_equal_except);
  g_test_add_func("/lint/edit-tree/a-change-must-happen", test_a_change_must_happen);
  return g_test_run();
}
