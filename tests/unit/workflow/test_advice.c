/* What a linter hears of a file beyond what GitHub refuses, and where it hears what GitHub refuses. */
#include "workflow/workflow.h"

#include <string.h>

#define HEAD "on: push\njobs:\n"
#define JOB HEAD "  a:\n    runs-on: ubuntu-latest\n" /* line 5 comes next */
#define STEPS JOB "    steps:\n"                      /* line 6 comes next */
#define TAIL "jobs: {a: {runs-on: x}}\n"

typedef struct {
  const char *claim;
  const char *text;
  const char *expected; /* "LINE:COLUMN RULE", one a line; "": nothing */
  bool refused;
} Row;

static const Row rows[] = {
  {"nothing-wrong", STEPS "      - run: x\n", "", false},
  /* taken by GitHub */
  {"empty-environment", JOB "    environment: ''\n", "5:18 syntax-check", false},
  {"empty-group-of-the-workflow", "on: push\nconcurrency: ''\n" TAIL, "2:14 syntax-check", false},
  {"empty-group-of-a-job", JOB "    concurrency: ''\n", "5:18 syntax-check", true},
  {"no-time-at-all", STEPS "      - {run: x, timeout-minutes: 0}\n", "6:35 syntax-check", false},
  {"nothing-at-a-time", JOB "    strategy: {max-parallel: -1}\n", "5:30 syntax-check", false},
  {"empty-lists", JOB "    needs: []\n    strategy: {matrix: {v: [], include: []}}\n", "5:12 syntax-check\n6:28 syntax-check\n6:41 syntax-check",
   false},
  {"empty-list-of-events-filter", "on: {push: {branches: []}}\n" TAIL, "1:23 syntax-check", false},
  {"empty-schedule", "on: {schedule: []}\n" TAIL, "1:16 syntax-check", false},
  {"empty-mappings", JOB "    env: {}\n    outputs: {}\n", "5:10 syntax-check\n6:14 syntax-check", false},
  {"empty-permissions-are-meant", "on: push\npermissions: {}\n" TAIL, "", false},
  {"empty-ports-are-meant", JOB "    container: {image: x, ports: [], volumes: []}\n", "", false},
  {"empty-inputs-are-meant", "on: {workflow_dispatch: {inputs: {}}}\n" TAIL, "", false},
  {"empty-script", STEPS "      - run:\n", "6:13 syntax-check", false},
  {"empty-condition", STEPS "      - {run: x, if: ''}\n", "6:22 syntax-check", false},
  {"empty-container", JOB "    container: ''\n", "5:16 syntax-check", false},
  {"empty-option", "on: {workflow_dispatch: {inputs: {x: {type: choice, options: ['']}}}}\n" TAIL, "1:63 syntax-check", false},
  {"blank-filter-is-another-rule", "on: {push: {branches: [' ']}}\n" TAIL, "", false},
  {"defaults-without-run", JOB "    defaults: {}\n", "5:15 syntax-check\n5:15 syntax-check", false},
  {"half-credentials", JOB "    container:\n      image: x\n      credentials: {username: u}\n", "7:7 syntax-check", false},
  {"queue-of-all-that-is-cancelled", JOB "    concurrency: {group: g, cancel-in-progress: true, queue: max}\n", "5:62 syntax-check", false},
  {"queue-that-an-expression-cancels", JOB "    concurrency: {group: g, cancel-in-progress: \"${{ true }}\", queue: max}\n", "", false},
  {"wait-for-a-step-in-the-foreground", STEPS "      - {id: s, run: x}\n      - {wait: s}\n", "7:16 parallel-steps", false},
  {"wait-for-a-step-in-the-background", STEPS "      - {id: s, run: x, background: true}\n      - {wait: [S]}\n      - {cancel: s}\n", "", false},
  {"too-frequent", "on: {schedule: [{cron: '*/2 * * * *'}]}\n" TAIL, "1:24 events", false},
  {"every-five-minutes", "on: {schedule: [{cron: '*/5 * * * *'}]}\n" TAIL, "", false},
  {"default-that-nobody-gets", "on: {workflow_call: {inputs: {x: {type: string, required: true, default: y}}}}\n" TAIL, "1:74 events", false},
  {"default-outside-the-options", "on: {workflow_dispatch: {inputs: {x: {type: choice, options: [a], default: b}}}}\n" TAIL, "1:76 events", false},
  {"option-twice", "on: {workflow_dispatch: {inputs: {x: {type: choice, options: [a, a]}}}}\n" TAIL, "1:66 events", false},
  {"timezone", "on: {schedule: [{cron: '0 5 * * *', timezone: Europe/Berlin}]}\n" TAIL, "", false},
  {"timezone-unknown", "on: {schedule: [{cron: '0 5 * * *', timezone: Europe/Berlim}]}\n" TAIL, "1:47 events", false},
  {"timezone-that-is-the-default", "on: {schedule: [{cron: '0 5 * * *', timezone: UTC}]}\n" TAIL, "1:47 events", false},
  {"filter-and-its-opposite", "on: {push: {branches: a, branches-ignore: b}}\n" TAIL, "1:26 events", false},
  {"runs-of-no-workflow", "on: workflow_run\n" TAIL, "1:5 events", false},
  /* refused by GitHub, and said where people look */
  {"missing-key-at-the-name", JOB "    concurrency:\n      queue: max\n", "5:5 syntax-check", true},
  {"missing-image-at-the-service", JOB "    services:\n      db:\n        options: x\n", "6:7 syntax-check", true},
  {"job-of-no-kind-at-its-id", HEAD "  a:\n    name: x\n", "3:3 syntax-check", true},
  {"circle-once", HEAD "  b: {runs-on: x, needs: c}\n  c: {runs-on: x, needs: d}\n  d: {runs-on: x, needs: b}\n", "3:3 job-needs", true},
  {"circle-at-its-first-job", HEAD "  a: {runs-on: x, needs: c}\n  b: {runs-on: x, needs: c}\n  c: {runs-on: x, needs: b}\n", "4:3 job-needs", true},
  {"every-name-that-is-not-there", JOB "    if: env.X && runner.os && github.ref && foo()\n", "5:9 expression\n5:18 expression\n5:45 expression",
   true},
  {"names-inside-a-call-that-is-not-there", JOB "    name: ${{ hashFiles(env.X) }}\n", "5:15 expression\n5:25 expression", true},
  {"step-is-nothing", STEPS "      -\n", "6:8 syntax-check\n6:8 syntax-check", true},
  {"step-of-no-kind", STEPS "      - {foo: 1, bar: 2}\n", "6:9 syntax-check", true},
  {"permissions", "on: push\npermissions: {contents: all, foo: read}\n" TAIL, "2:25 permissions\n2:30 permissions", true},
  {"ids", STEPS "      - {id: a, run: x}\n      - {id: A, run: x}\n", "7:14 id", true},
  {"event", "on: PUSH\n" TAIL, "1:5 events", true},
  {"event-type", "on: {issues: {types: [foo]}}\n" TAIL, "1:23 events", true},
  {"filter-of-another-event", "on: {pull_request: {tags: [a]}}\n" TAIL, "1:21 syntax-check", true},
  {"cron", "on: {schedule: [{cron: '0 25 * * *'}]}\n" TAIL, "1:24 events", true},
  {"choice-without-options", "on: {workflow_dispatch: {inputs: {x: {type: choice}}}}\n" TAIL, "1:35 events", true},
  {"options-without-choice", "on: {workflow_dispatch: {inputs: {x: {options: [a]}}}}\n" TAIL, "1:35 events", true},
  {"default-of-another-type", "on: {workflow_call: {inputs: {x: {type: number, default: a}, y: {type: boolean, default: 1}}}}\n" TAIL,
   "1:58 events\n1:90 events", true},
  {"wait-for-nothing", STEPS "      - {wait: s}\n      - {id: s, run: x, background: true}\n", "6:16 parallel-steps", true},
  {"wait-all-false", STEPS "      - {wait-all: false}\n", "6:20 syntax-check", true},
  {"group-of-parallel-steps",
   STEPS "      - parallel:\n          - {run: x, background: true}\n          - {wait-all: }\n          - {parallel: [{run: x}]}\n",
   "7:34 parallel-steps\n8:13 parallel-steps\n9:13 parallel-steps", true},
};

static const struct {
  const char *name, *text;
} doubles[] = {
  {"env", JOB "    env: {A: 1, a: 2}\n"},
  {"with", STEPS "      - {uses: a/b@v1, with: {A: 1, a: 2}}\n"},
  {"matrix", JOB "    strategy: {matrix: {A: [1], a: [2]}}\n"},
  {"matrix-value", JOB "    strategy: {matrix: {v: [{A: 1, a: 2}]}}\n"},
  {"services", JOB "    services: {A: x, a: y}\n"},
  {"inputs", "on: {workflow_call: {inputs: {A: {type: string}, a: {type: string}}}}\n" TAIL},
  {"secrets", HEAD "  a: {uses: ./.github/workflows/x.yml, secrets: {A: 1, a: 2}}\n"},
};

static char *describe(const Diagnostics *diagnostics) {
  g_autoptr(GString) found = g_string_new(NULL);
  for (guint i = 0; i < diagnostics_count(diagnostics); i++) {
    const Diagnostic *finding = diagnostics_at(diagnostics, i);
    g_string_append_printf(found, "%s%u:%u %s", i > 0 ? "\n" : "", finding->line, finding->column, finding->rule);
  }
  return g_strdup(found->str);
}

static void test_row(const void *data) {
  const Row *row = data;
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Diagnostics) refusals = diagnostics_new();
  g_autoptr(Workflow) linted = workflow_parse_lenient("ci.yml", row->text, strlen(row->text), findings);
  g_autoptr(Workflow) read = workflow_parse("ci.yml", row->text, strlen(row->text), refusals);
  g_autofree char *found = describe(findings);
  g_assert_cmpstr(found, ==, row->expected);
  g_assert_true(linted->valid == !row->refused);
  g_assert_true((read == NULL) == row->refused);
  g_assert_true((diagnostics_count(refusals) > 0) == row->refused);
}

static void test_doubles(const void *data) {
  const char *text = data;
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_assert_null(workflow_parse("ci.yml", text, strlen(text), diagnostics));
  g_assert_cmpuint(diagnostics_count(diagnostics), ==, 1);
  g_assert_nonnull(strstr(diagnostics_at(diagnostics, 0)->message, "stands here twice"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/workflow/advice/", rows[i].claim, NULL);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(doubles); i++) {
    g_autofree char *path = g_strconcat("/workflow/keys-that-differ-by-case/", doubles[i].name, NULL);
    g_test_add_data_func(path, doubles[i].text, test_doubles);
  }
  return g_test_run();
}
