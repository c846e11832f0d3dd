/* action.yml: what GitHub refuses, what a linter hears beyond that, and the model. */
#include "workflow/action.h"

#include <string.h>

#define HEAD "name: n\ndescription: d\n" /* line 3 comes next */
#define NODE HEAD "runs: {using: node24, main: a.js}\n"
#define COMPOSITE HEAD "runs:\n  using: composite\n  steps:\n" /* line 6 comes next */

typedef struct {
  const char *claim;
  const char *text;
  const char *expected; /* "LINE:COLUMN part of the message", one a line; "": nothing */
  bool refused;
} Row;

static const Row rows[] = {
  {"javascript", NODE, "", false},
  {"javascript-with-all", HEAD "runs: {using: node20, main: a.js, pre: b.js, pre-if: runner.os == 'x', post: c.js, post-if: always()}\n", "", false},
  {"composite", COMPOSITE "    - {run: x, shell: bash}\n    - {uses: a/b@v1, with: {c: '${{ inputs.d }}'}}\n", "", false},
  {"docker", HEAD "runs: {using: docker, image: Dockerfile, entrypoint: /e, args: ['${{ inputs.a }}'], env: {A: '${{ inputs.b }}'}}\n", "", false},
  {"docker-with-hooks", HEAD "runs: {using: Docker, image: 'docker://x', pre-entrypoint: a, pre-if: always(), post-entrypoint: b}\n", "", false},
  {"inputs-and-outputs", NODE "inputs: {a: {required: true, default: '${{ github.token }}'}, b: }\noutputs: {c: {description: d}}\n", "", false},
  {"branding", NODE "branding: {icon: Activity, color: gray-dark}\n", "", false},
  /* taken by GitHub */
  {"no-name-and-no-description", "runs: {using: node24, main: a.js}\n", "1:1 should have \"name\"\n1:1 should have \"description\"", false},
  {"unknown-key", NODE "foo: 1\n", "4:1 unknown key \"foo\"", false},
  {"unknown-key-of-an-input", NODE "inputs: {a: {type: string}}\n", "4:14 unknown key \"type\"", false},
  {"empty-deprecation-message", NODE "inputs: {a: {deprecationMessage: ' '}}\n", "4:14 say what to use instead", false},
  {"outdated-runtime", HEAD "runs: {using: node16, main: a.js}\n", "3:15 no node16 any more", false},
  {"hook-without-a-program", HEAD "runs: {using: node24, main: a.js, post-if: always()}\n", "3:35 \"post-if\" does nothing without \"post\"", false},
  {"unknown-icon-and-color", NODE "branding: {icon: activty, color: pink}\n", "4:18 did you mean \"activity\"\n4:34 no color \"pink\"", false},
  {"output-of-a-composite-without-value", COMPOSITE "    - {run: x, shell: sh}\noutputs: {o: {description: d}}\n", "7:11 stays empty", false},
  {"output-of-javascript-with-value", NODE "outputs: {o: {value: v}}\n", "4:11 no meaning in a JavaScript action", false},
  /* refused */
  {"no-runs", HEAD, "1:1 needs \"runs\"", true},
  {"no-using", HEAD "runs: {main: a.js}\n", "3:1 needs \"using\"", true},
  {"unknown-runtime", HEAD "runs: {using: ruby, main: a.rb}\n", "3:15 found \"ruby\"", true},
  {"unknown-node-is-still-javascript", HEAD "runs: {using: node14, image: x}\n",
   "3:1 needs \"main\"\n3:15 found \"node14\"\n3:23 no meaning in a JavaScript action", true},
  {"javascript-without-main", HEAD "runs: {using: node24}\n", "3:1 a JavaScript action needs \"main\"", true},
  {"composite-without-steps", HEAD "runs: {using: composite}\n", "3:1 a composite action needs \"steps\"", true},
  {"docker-without-image", HEAD "runs: {using: docker}\n", "3:1 a container action needs \"image\"", true},
  {"keys-of-another-kind", COMPOSITE "    - {run: x, shell: sh}\n  main: x\n  env: {A: b}\n",
   "7:3 \"main\" has no meaning\n8:3 \"env\" has no meaning", true},
  {"script-without-shell", COMPOSITE "    - run: x\n", "6:7 needs \"shell\"", true},
  {"step-with-a-timeout", COMPOSITE "    - {run: x, shell: sh, timeout-minutes: 1}\n", "6:27 unknown key \"timeout-minutes\"", true},
  {"step-ids-twice", COMPOSITE "    - {id: a, run: x, shell: sh}\n    - {id: A, run: x, shell: sh}\n", "7:12 used twice", true},
  {"secrets-in-a-step", COMPOSITE "    - {run: '${{ secrets.A }}', shell: sh}\n", "6:18 found \"secrets\"", true},
  {"steps-before-there-are-any", HEAD "runs: {using: node24, main: a, pre: b, pre-if: steps.a.outputs.b}\n", "3:48 found \"steps\"", true},
  {"inputs-that-differ-by-case", NODE "inputs: {a: {description: x}, A: {description: y}}\n", "4:31 stands here twice", true},
  {"inputs-are-no-mapping", NODE "inputs: x\n", "4:9 expected a mapping", true},
};

static void check_findings(const Diagnostics *diagnostics, const char *expected) {
  g_auto(GStrv) lines = g_strsplit(expected, "\n", -1);
  g_assert_cmpuint(diagnostics_count(diagnostics), ==, g_strv_length(lines));
  for (guint i = 0; i < diagnostics_count(diagnostics); i++) {
    const Diagnostic *finding = diagnostics_at(diagnostics, i);
    g_autofree char *text = g_strdup_printf("%u:%u %s", finding->line, finding->column, finding->message);
    const char *part = strchr(lines[i], ' ');
    g_test_message("%s", text);
    g_assert_true(strncmp(text, lines[i], (size_t)(part - lines[i])) == 0);
    g_assert_nonnull(strstr(text, part + 1));
  }
}

static void test_row(const void *data) {
  const Row *row = data;
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Diagnostics) refusals = diagnostics_new();
  g_autoptr(Action) linted = action_parse_lenient("action.yml", row->text, strlen(row->text), findings);
  g_autoptr(Action) read = action_parse("action.yml", row->text, strlen(row->text), refusals);
  check_findings(findings, row->expected);
  g_assert_true(linted->valid == !row->refused);
  g_assert_true((read == NULL) == row->refused);
  g_assert_true((diagnostics_count(refusals) > 0) == row->refused);
}

static const struct {
  const char *using;
  ActionKind kind;
} kinds[] = {
  {"composite", ACTION_COMPOSITE}, {"Docker", ACTION_DOCKER}, {"node12", ACTION_JAVASCRIPT}, {"node24", ACTION_JAVASCRIPT},
  {"node99", ACTION_JAVASCRIPT},   {"ruby", ACTION_UNKNOWN},  {"", ACTION_UNKNOWN},          {NULL, ACTION_UNKNOWN},
};

static void test_kinds(void) {
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
    g_assert_cmpint(action_kind(kinds[i].using), ==, kinds[i].kind);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/workflow/action/", rows[i].claim, NULL);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  g_test_add_func("/workflow/action/kinds", test_kinds);
  return g_test_run();
}
