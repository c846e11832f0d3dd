/* What the reader says of files that are wrong, and what it makes of files that are right. */
#include "workflow/workflow.h"

#include <string.h>

#define HEAD "on: push\njobs:\n"
#define JOB HEAD "  a:\n    runs-on: ubuntu-latest\n" /* two lines before the job, line 5 comes next */
#define STEPS JOB "    steps:\n"                      /* line 6 comes next */

typedef struct {
  const char *claim;
  const char *text;
  unsigned line, column;
  const char *message; /* a part */
} Bad;

static const Bad bad[] = {
  {"no-yaml", "on: [", 2, 1, "not YAML"},
  {"not-utf8", "on: \xff\xfe", 1, 1, ""},
  {"empty", "", 1, 1, "expected a workflow (a mapping with \"on\" and \"jobs\"), found nothing"},
  {"a-list", "- a\n", 1, 1, "found a list"},
  {"no-jobs", "on: push\n", 1, 1, "a workflow needs \"jobs\""},
  {"no-on", "jobs:\n  a:\n    runs-on: x\n", 1, 1, "a workflow needs \"on\""},
  {"empty-jobs", "on: push\njobs: {}\n", 2, 7, "jobs: expected at least one job"},
  {"jobs-is-a-list", "on: push\njobs: []\n", 2, 7, "jobs: expected a mapping, found a list"},
  {"job-is-empty", "on: push\njobs:\n  a:\n", 3, 5, "a job: expected a mapping, found nothing"},
  {"unknown-root-key", "on: push\nrunname: x\njobs: {a: {runs-on: x}}\n", 2, 1, "unknown key \"runname\" in a workflow, did you mean \"run-name\"?"},
  {"unknown-key-lists-the-known", JOB "    zzzzzzzzz: 1\n", 5, 5, "unknown key \"zzzzzzzzz\" in a job, expected one of: name, needs,"},
  {"keys-have-case", JOB "    Steps: []\n", 5, 5, "did you mean \"steps\"?"},
  {"duplicate-key", JOB "    runs-on: y\n", 5, 5, "the key \"runs-on\" stands here twice, first in line 4"},
  {"merge-key", STEPS "      - &s {run: a}\n      - {<<: *s}\n", 7, 10, "knows no merge key"},
  {"job-without-form", HEAD "  a: {name: x}\n", 3, 6, "a job needs \"runs-on\", or \"uses\""},
  {"job-with-both-forms", JOB "    uses: ./x.yml\n", 5, 5, "a job takes \"runs-on\" or \"uses\", not both"},
  {"steps-in-a-call", HEAD "  a:\n    uses: o/r/w.yml@v1\n    steps: [{run: x}]\n", 5, 5, "\"steps\" has no meaning in a job that calls a workflow"},
  {"with-in-a-job-of-its-own", JOB "    with: {a: b}\n", 5, 5, "\"with\" has no meaning in a job with steps"},
  {"job-id-with-a-blank", HEAD "  a b:\n    runs-on: x\n", 3, 3, "the id \"a b\" is not valid"},
  {"job-id-with-underscores", HEAD "  __a:\n    runs-on: x\n", 3, 3, "those that begin with __"},
  {"job-ids-differ-by-case", HEAD "  a: {runs-on: x}\n  A: {runs-on: x}\n", 4, 3,
   "the key \"A\" stands here twice, first in line 3 (case does not matter)"},
  {"needs-nothing-known", JOB "    needs: b\n", 5, 12, "needs: no job has the id \"b\""},
  {"needs-a-near-name", HEAD "  build: {runs-on: x}\n  b:\n    needs: [biuld]\n    runs-on: x\n", 5, 13, "did you mean \"build\"?"},
  {"needs-itself", JOB "    needs: a\n", 5, 12, "a job cannot wait for itself"},
  {"needs-a-circle", HEAD "  a: {runs-on: x, needs: b}\n  b: {runs-on: x, needs: [a]}\n", 3, 26,
   "\"a\" waits for \"b\", which never starts: jobs wait for each other"},
  {"needs-one-in-a-circle", HEAD "  a: {runs-on: x, needs: a}\n  b: {runs-on: x, needs: [a]}\n", 4, 27, "\"b\" waits for \"a\", which never starts"},
  {"needs-a-mapping", JOB "    needs: {b: 1}\n", 5, 12, "needs: expected text or a list, found a mapping"},
  {"steps-is-text", JOB "    steps: x\n", 5, 12, "steps: expected a list, found \"x\""},
  {"steps-is-empty", JOB "    steps: []\n", 5, 12, "steps: expected at least one step"},
  {"step-is-text", STEPS "      - run\n", 6, 9, "a step: expected a mapping, found \"run\""},
  {"step-with-neither", STEPS "      - name: x\n", 6, 9, "a step needs \"run\" or \"uses\""},
  {"step-with-both", STEPS "      - run: x\n        uses: a/b@v1\n", 7, 9, "a step takes \"run\" or \"uses\", not both"},
  {"step-key-misspelt", STEPS "      - runn: x\n", 6, 9, "unknown key \"runn\" in a step, did you mean \"run\"?"},
  {"with-for-a-script", STEPS "      - run: x\n        with: {a: b}\n", 7, 9, "\"with\" has no meaning in a step that runs a script"},
  {"shell-for-an-action", STEPS "      - uses: a/b@v1\n        shell: bash\n", 7, 9, "\"shell\" has no meaning in a step that uses an action"},
  {"step-ids-twice", STEPS "      - {id: x, run: a}\n      - {id: X, run: b}\n", 7, 14, "the id \"X\" is used twice, first in line 6"},
  {"step-id-invalid", STEPS "      - {id: 1x, run: a}\n", 6, 14, "the id \"1x\" is not valid"},
  {"run-is-a-list", STEPS "      - run: [a]\n", 6, 14, "run: expected text, found a list"},
  {"timeout-is-text", STEPS "      - run: a\n        timeout-minutes: long\n", 7, 26, "timeout-minutes: expected a number, found \"long\""},
  {"timeout-in-quotes", STEPS "      - run: a\n        timeout-minutes: \"5\"\n", 7, 26, "expected a number, found \"5\""},
  {"continue-on-error-is-text", JOB "    continue-on-error: yes\n", 5, 24, "expected true or false, found \"yes\""},
  {"env-is-a-list", JOB "    env: [A=b]\n", 5, 10, "env: expected a mapping, found a list"},
  {"env-value-is-a-list", JOB "    env: {A: [b]}\n", 5, 14, "A: expected text, found a list"},
  {"runs-on-is-empty", HEAD "  a: {runs-on: }\n", 3, 16, "runs-on: expected text or a list or a mapping, found nothing"},
  {"defaults-key", JOB "    defaults: {run: {shel: bash}}\n", 5, 22, "unknown key \"shel\" in defaults.run, did you mean \"shell\"?"},
  {"permission-level", "on: push\npermissions: {contents: writ}\njobs: {a: {runs-on: x}}\n", 2, 25,
   "expected \"read\" or \"write\" or \"none\", found \"writ\", did you mean \"write\"?"},
  {"permission-name", "on: push\npermissions: {content: read}\njobs: {a: {runs-on: x}}\n", 2, 15, "did you mean \"contents\"?"},
  {"concurrency-without-group", JOB "    concurrency: {cancel-in-progress: true}\n", 5, 18, "concurrency needs \"group\""},
  {"environment-without-name", JOB "    environment: {url: x}\n", 5, 18, "environment needs \"name\""},
  {"container-without-image", JOB "    container: {options: x}\n", 5, 16, "a container needs \"image\""},
  {"matrix-vector-is-text", JOB "    strategy: {matrix: {v: x}}\n", 5, 28, "the values of a matrix key: expected a list, found \"x\""},
  {"matrix-include-item", JOB "    strategy: {matrix: {include: [x]}}\n", 5, 35, "a combination: expected a mapping, found \"x\""},
  {"event-unknown", "on: pusg\njobs: {a: {runs-on: x}}\n", 1, 5, "unknown event \"pusg\", did you mean \"push\"?"},
  {"event-in-a-list", "on: [push, pul_request]\njobs: {a: {runs-on: x}}\n", 1, 12, "did you mean \"pull_request\"?"},
  {"event-filter-unknown", "on: {push: {branch: main}}\njobs: {a: {runs-on: x}}\n", 1, 13,
   "unknown key \"branch\" in push, did you mean \"branches\"?"},
  {"event-type-unknown", "on: {pull_request: {types: [open]}}\njobs: {a: {runs-on: x}}\n", 1, 29,
   "types: \"open\" is none of its values, did you mean \"opened\"?"},
  {"event-without-settings", "on: {fork: {types: [a]}}\njobs: {a: {runs-on: x}}\n", 1, 12, "fork: expected nothing, found a mapping"},
  {"schedule-without-cron", "on: schedule\njobs: {a: {runs-on: x}}\n", 1, 5, "expected a list of cron entries"},
  {"schedule-key", "on: {schedule: [{corn: '* * * * *'}]}\njobs: {a: {runs-on: x}}\n", 1, 18, "did you mean \"cron\"?"},
  {"call-input-type", "on: {workflow_call: {inputs: {x: {type: Date}}}}\njobs: {a: {runs-on: x}}\n", 1, 41,
   "expected \"string\" or \"boolean\" or \"number\", found \"Date\""},
  {"no-event", "on: {}\njobs: {a: {runs-on: x}}\n", 1, 5, "on: expected at least one event"},
  {"tag-that-lies", HEAD "  a: {runs-on: !!int x}\n", 3, 16, "the tag !!int wants a whole number"},
  {"tag-unknown", HEAD "  a: {runs-on: !foo x}\n", 3, 16, "expected no tag"},
  /* expressions: the very place in the file */
  {"expression-unclosed", STEPS "      - run: echo ${{ github.sha\n", 6, 19, "expected }} to close"},
  {"expression-empty", STEPS "      - run: echo ${{ }}\n", 6, 19, "expected an expression between"},
  {"expression-syntax", STEPS "      - run: echo ${{ 1 + 1 }}\n", 6, 25, ""},
  {"expression-double-quotes", STEPS "      - run: echo ${{ \"x\" }}\n", 6, 23, "strings are written in single quotes"},
  {"expression-unknown-function", STEPS "      - run: ${{ foo() }}\n", 6, 18, "found \"foo\""},
  {"expression-second-of-two", STEPS "      - run: ${{ github.sha }} ${{ nope.x }}\n", 6, 36, "found \"nope\""},
  {"expression-argument-count", STEPS "      - run: ${{ contains('a') }}\n", 6, 18, "contains"},
  {"expression-in-a-block", STEPS "      - run: |\n          one\n\n            two ${{ bad }}\n", 9, 21, "found \"bad\""},
  {"expression-in-a-folded-block", STEPS "      - run: >-\n          one\n          two ${{ bad }}\n", 8, 19, "found \"bad\""},
  {"expression-in-single-quotes", STEPS "      - run: 'it''s ${{ bad }}'\n", 6, 25, "found \"bad\""},
  {"expression-in-double-quotes", STEPS "      - run: \"a\\\"b ${{ bad }}\"\n", 6, 24, "found \"bad\""},
  {"expression-behind-wide-characters", STEPS "      - run: äöü ${{ bad }}\n", 6, 22, "found \"bad\""},
  {"expression-on-a-second-plain-line", STEPS "      - run: one\n          two ${{ bad }}\n", 7, 19, "found \"bad\""},
  {"expression-in-a-key", JOB "    env: {\"a${{ bad }}\": x}\n", 5, 17, "found \"bad\""},
  {"condition-without-braces", JOB "    if: gihub.ref == 'x'\n", 5, 9, "found \"gihub\""},
  {"condition-of-a-job-knows-no-env", JOB "    if: true && env.X\n", 5, 17, "found \"env\""},
  {"condition-of-a-step-knows-no-secrets", STEPS "      - run: x\n        if: secrets.A != ''\n", 7, 13, "found \"secrets\""},
  {"status-function-outside-a-condition", STEPS "      - run: ${{ success() }}\n", 6, 18, "found \"success\""},
  {"hash-files-in-a-job", JOB "    name: ${{ hashFiles('x') }}\n", 5, 15, "found \"hashFiles\""},
  {"secrets-in-a-matrix", JOB "    strategy: {matrix: {v: ['${{ secrets.A }}']}}\n", 5, 34, "found \"secrets\""},
  {"expression-where-none-may-stand", JOB "    needs: [\"${{ 'x' }}\"]\n", 5, 14, "no expression may stand here"},
  {"number-from-an-expression-is-parsed", JOB "    timeout-minutes: ${{ 1 1 }}\n", 5, 28, ""},
};

static void test_bad(const void *data) {
  const Bad *row = data;
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Workflow) workflow = workflow_parse("ci.yml", row->text, strlen(row->text), diagnostics);
  g_autoptr(GString) seen = g_string_new(NULL);
  g_assert_null(workflow);
  g_assert_cmpuint(diagnostics_count(diagnostics), >, 0);
  bool found = false;
  for (guint i = 0; i < diagnostics_count(diagnostics); i++) {
    const Diagnostic *finding = diagnostics_at(diagnostics, i);
    g_assert_cmpstr(finding->file, ==, "ci.yml");
    g_string_append_printf(seen, "\n%u:%u: %s", finding->line, finding->column, finding->message);
    found = found || (finding->line == row->line && finding->column == row->column && strstr(finding->message, row->message) != NULL);
  }
  if (!found)
    g_error("expected %u:%u: %s, found:%s", row->line, row->column, row->message, seen->str);
}

/* All findings come at once, in order, each once. */
static void test_all_findings(void) {
  static const char text[] = "on: push\nnam: x\njobs:\n  a:\n    runs-on: x\n    steps: &s\n      - runn: x\n      - run: ${{ bad }}\n  b:\n    "
                             "runs-on: x\n    steps: *s\n    needs: c\n";
  static const unsigned lines[] = {2, 7, 7, 8, 12};
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_assert_null(workflow_parse("f", text, strlen(text), diagnostics));
  g_assert_cmpuint(diagnostics_count(diagnostics), ==, G_N_ELEMENTS(lines));
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
    g_assert_cmpuint(diagnostics_at(diagnostics, i)->line, ==, lines[i]);
}

/* ---- files that are right ---- */

static const char full[] = "name: CI\n"
                           "run-name: by ${{ github.actor }}\n"
                           "on:\n"
                           "  push: {branches: [main], paths-ignore: ['**.md']}\n"
                           "  pull_request:\n"
                           "  schedule: [{cron: '0 5 * * 1'}]\n"
                           "permissions: {contents: read}\n"
                           "concurrency: {group: x, cancel-in-progress: true}\n"
                           "env: {A: 1, B: , '${{ insert }}': \"${{ fromJSON('{}') }}\"}\n"
                           "defaults: {run: {shell: bash, working-directory: backend}}\n"
                           "jobs:\n"
                           "  build:\n"
                           "    runs-on: [self-hosted, linux]\n"
                           "    outputs: {version: '${{ steps.v.outputs.v }}'}\n"
                           "    steps:\n"
                           "      - uses: actions/checkout@v4\n"
                           "        with: {path: src}\n"
                           "      - id: v\n"
                           "        name: Say\n"
                           "        if: always()\n"
                           "        run: |\n"
                           "          echo v=1 >> $GITHUB_OUTPUT\n"
                           "        env: {C: '${{ env.A }}'}\n"
                           "        continue-on-error: ${{ true }}\n"
                           "        timeout-minutes: 5\n"
                           "  test:\n"
                           "    needs: build\n"
                           "    name: test ${{ matrix.v }}\n"
                           "    runs-on: ${{ matrix.v }}\n"
                           "    environment: {name: staging, url: 'https://x'}\n"
                           "    strategy:\n"
                           "      fail-fast: false\n"
                           "      max-parallel: 2\n"
                           "      matrix: {v: [1, 2]}\n"
                           "    steps: [{run: 'true'}]\n";

static void test_model(void) {
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autoptr(Workflow) workflow = workflow_parse("ci.yml", full, strlen(full), diagnostics);
  g_assert_cmpuint(diagnostics_count(diagnostics), ==, 0);
  g_assert_cmpstr(workflow->name.text, ==, "CI");
  g_assert_cmpuint(workflow->event_count, ==, 3);
  g_assert_cmpstr(workflow->events[1].name, ==, "pull_request");
  g_assert_cmpuint(workflow->env.count, ==, 3);
  g_assert_cmpstr(workflow->env.items[1].value.text, ==, "");
  g_assert_null(workflow->env.items[2].name);
  g_assert_cmpstr(workflow->defaults.working_directory.text, ==, "backend");
  const WorkflowJob *build = workflow_job(workflow, "BUILD"), *test = workflow_job(workflow, "test");
  g_assert_nonnull(build);
  g_assert_null(workflow_job(workflow, "absent"));
  g_assert_cmpuint(build->runs_on.labels.count, ==, 2);
  const WorkflowStep *checkout = build->steps[0], *say = build->steps[1];
  g_assert_cmpstr(checkout->uses.text, ==, "actions/checkout@v4");
  g_assert_null(checkout->run.text);
  g_assert_cmpstr(checkout->with.items[0].name, ==, "path");
  g_assert_cmpstr(say->run.text, ==, "echo v=1 >> $GITHUB_OUTPUT\n");
  g_assert_cmpstr(say->condition.text, ==, "always()");
  g_assert_cmpstr(say->timeout_minutes.text, ==, "5");
  g_assert_cmpuint(say->location.line, ==, 18);
  g_assert_cmpstr(test->needs.items[0].text, ==, "build");
  g_assert_cmpuint(test->needs.items[0].location.line, ==, 27);
  g_assert_cmpstr(test->environment.name.text, ==, "staging");
  g_assert_cmpstr(test->strategy.fail_fast.text, ==, "false");
  g_assert_nonnull(test->strategy.matrix);
  g_assert_true(workflow_check_runnable(workflow, NULL, diagnostics));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autofree char *path = g_strconcat("/workflow/reader/bad/", bad[i].claim, NULL);
    g_test_add_data_func(path, &bad[i], test_bad);
  }
  g_test_add_func("/workflow/reader/all-findings-at-once-in-order", test_all_findings);
  g_test_add_func("/workflow/reader/model-holds-what-the-file-says", test_model);
  return g_test_run();
}
