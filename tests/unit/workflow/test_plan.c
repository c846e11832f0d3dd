/* What a plan holds, and what a call of another workflow must keep. */
#include "workflow/plan.h"

#include "base/error.h"
#include "base/fs.h"

#include <string.h>

#define STEPS "    runs-on: x\n    steps: [{run: a}]\n"
#define CALL "on: push\njobs:\n  call:\n    uses: ./.github/workflows/b.yml\n" /* line 4 has the call */
#define REMOTE "on: push\njobs:\n  call:\n    uses: o/r/.github/workflows/b.yml@v1\n"
#define FILE_B "=== .github/workflows/b.yml\n"
#define STORE_B "=== o/r/v1/.github/workflows/b.yml\n"
#define CALLED "on: workflow_call\njobs:\n  job:\n" STEPS
#define CALLED_WITH(call) "on:\n  workflow_call:\n" call "jobs:\n  job:\n" STEPS

/* ---- files in memory, and a folder of other repositories ---- */

typedef struct {
  char *top;         /* the text that is planned */
  GHashTable *files; /* path -> text */
  char *store;       /* NULL: none of other repositories */
} Files;

static void files_clear(Files *files) {
  if (files->store != NULL)
    g_assert_true(fs_remove_tree(files->store, NULL));
  g_free(files->top), g_free(files->store);
  g_clear_pointer(&files->files, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static void store_file(Files *files, const char *path, const char *text) {
  g_autoptr(GError) error = NULL;
  if (files->store == NULL)
    files->store = fs_temp_dir(g_get_tmp_dir(), "plan", &error);
  g_autofree char *whole = g_build_filename(files->store, path, NULL), *folder = g_path_get_dirname(whole);
  g_assert_true(fs_make_dirs(folder, 0700, &error) && fs_write(whole, text, strlen(text), 0600, &error));
}

/* `text` is the file to plan, then others behind lines "=== PATH": below .github of the repository, else of the store. */
static Files files_new(const char *text) {
  g_auto(GStrv) parts = g_strsplit(text, "=== ", -1);
  Files files = {.top = g_strdup(parts[0]), .files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
  for (char **part = parts + 1; *part != NULL; part++) {
    char *end = strchr(*part, '\n');
    g_autofree char *path = g_strndup(*part, (gsize)(end - *part));
    if (g_str_has_prefix(path, ".github/"))
      g_hash_table_insert(files.files, g_steal_pointer(&path), g_strdup(end + 1));
    else
      store_file(&files, path, end + 1);
  }
  return files;
}

static char *read_file(const char *path, size_t *size, void *user, GError **error) {
  const char *text = g_hash_table_lookup(((Files *)user)->files, path);
  if (text == NULL) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: no such file", path);
    return NULL;
  }
  *size = strlen(text);
  return g_strdup(text);
}

static Plan *plan_text(const char *text, bool with_store, Diagnostics *findings) {
  g_auto(Files) files = files_new(text);
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = with_store && files.store == NULL ? fs_temp_dir(g_get_tmp_dir(), "plan", &error) : NULL;
  g_autoptr(Mirror) mirror = with_store ? mirror_open(folder != NULL ? folder : files.store, &error) : NULL;
  g_assert_no_error(error);
  PlanSpec spec = {.read = read_file, .user = &files, .mirror = mirror};
  Plan *plan = plan_new(&spec, ".github/workflows/a.yml", files.top, strlen(files.top), findings);
  if (folder != NULL)
    g_assert_true(fs_remove_tree(folder, NULL));
  return plan;
}

static char *finding_text(const Diagnostics *findings, guint index) {
  const Diagnostic *finding = diagnostics_at(findings, index);
  return g_strdup_printf("%s:%u:%u: %s", finding->file, finding->line, finding->column, finding->message);
}

/* ---- what is refused ---- */

typedef struct {
  const char *claim;
  const char *text;
  const char *want[3]; /* the beginning of each finding, without ".github/workflows/" */
} Bad;

static const Bad bad[] = {
  {"a-workflow-that-cannot-be-called",
   CALL FILE_B "on: push\njobs:\n  job:\n" STEPS,
   {"a.yml:4:11: .github/workflows/b.yml cannot be called: there is no \"workflow_call\""}},
  {"no-such-file", CALL, {"a.yml:4:11: there is no file .github/workflows/b.yml"}},
  {"no-such-repository", REMOTE, {"a.yml:4:11: the repository o/r is not in the folder of actions: put a clone there as o/r"}},
  {"no-such-version",
   REMOTE "=== o/r/v2/.github/workflows/b.yml\n" CALLED,
   {"a.yml:4:11: the workflow o/r/.github/workflows/b.yml@v1 cannot be read"}},
  {"an-action-is-no-workflow",
   "on: push\njobs:\n  call:\n    uses: actions/checkout@v4\n",
   {"a.yml:4:11: uses: \"actions/checkout@v4\" is no workflow"}},
  {"a-workflow-elsewhere", "on: push\njobs:\n  call:\n    uses: ./b.yml\n", {"a.yml:4:11: uses: \"./b.yml\" is no workflow"}},
  {"a-workflow-deeper", "on: push\njobs:\n  call:\n    uses: ./.github/workflows/x/b.yml\n", {"a.yml:4:11: uses: "}},
  {"a-repository-without-ref", "on: push\njobs:\n  call:\n    uses: o/r/.github/workflows/b.yml\n", {"a.yml:4:11: "}},
  {"what-is-wrong-in-the-called-file-is-told-there",
   CALL "  again:\n    uses: ./.github/workflows/b.yml\n" FILE_B "on: workflow_call\njobs: {}\n",
   {"b.yml:2:7: jobs: expected at least one job"}},
  {"what-is-wrong-in-a-file-of-another-repository",
   REMOTE STORE_B "on: workflow_call\njobs: {}\n",
   {"o/r/.github/workflows/b.yml@v1:2:7: jobs: expected at least one job"}},

  {"an-input-that-is-required",
   CALL FILE_B CALLED_WITH("    inputs: {n: {type: string, required: true}}\n"),
   {"a.yml:4:11: .github/workflows/b.yml wants the input \"n\": give it under \"with\""}},
  {"an-input-that-is-not-known",
   CALL "    with: {m: 1}\n" FILE_B CALLED_WITH("    inputs: {n: {type: string}}\n"),
   {"a.yml:5:12: .github/workflows/b.yml knows no input \"m\""}},
  {"an-input-where-none-is-known", CALL "    with: {m: 1}\n" FILE_B CALLED, {"a.yml:5:12: .github/workflows/b.yml knows no input \"m\""}},
  {"inputs-of-another-type",
   CALL "    with: {flag: maybe, count: \"1\"}\n" FILE_B CALLED_WITH("    inputs: {flag: {type: boolean}, count: {type: number}}\n"),
   {"a.yml:5:18: the input \"flag\": expected true or false, found \"maybe\"", "a.yml:5:32: the input \"count\": expected a number, found \"1\""}},
  {"a-secret-that-is-required",
   CALL FILE_B CALLED_WITH("    secrets: {s: {required: true}}\n"),
   {"a.yml:4:11: .github/workflows/b.yml wants the secret \"s\": give it under \"secrets\""}},
  {"a-secret-that-is-not-known", CALL "    secrets: {t: x}\n" FILE_B CALLED, {"a.yml:5:15: .github/workflows/b.yml knows no secret \"t\""}},

  {"it-calls-itself",
   "on: [push, workflow_call]\njobs:\n  call:\n    uses: ./.github/workflows/a.yml\n=== .github/workflows/a.yml\n" CALLED,
   {"a.yml:4:11: .github/workflows/a.yml is called by itself, in a circle"}},
  {"a-circle-of-two",
   CALL FILE_B "on: workflow_call\njobs:\n  back:\n    uses: ./.github/workflows/b.yml\n",
   {"b.yml:4:11: .github/workflows/b.yml is called by itself, in a circle"}},
  {"owners-differ-only-by-case",
   REMOTE STORE_B "on: workflow_call\njobs:\n  back:\n    uses: O/R/.github/workflows/b.yml@v1\n",
   {"o/r/.github/workflows/b.yml@v1:4:11: o/r/.github/workflows/b.yml@v1 is called by itself"}},

  {"a-matrix-of-too-many",
   "on: push\njobs:\n  a:\n    strategy:\n      matrix: {a: &n [1,2,3,4,5,6,7,8], b: *n, c: *n}\n" STEPS,
   {"a.yml:5:15: the matrix gives more than 256 jobs"}},
  {"a-matrix-of-nothing", "on: push\njobs:\n  a:\n    strategy: {matrix: {}}\n" STEPS, {"a.yml:4:24: the matrix gives no job"}},

  {"a-called-job-wants-more",
   CALL "    permissions: {contents: read}\n" FILE_B "on: workflow_call\njobs:\n  job:\n    permissions: {contents: write, issues: read}\n" STEPS,
   {"a.yml:3:3: the job \"job\" of .github/workflows/b.yml wants \"contents: write\" where the call allows \"read\", \"issues: read\" where the call "
    "allows \"none\""}},
  {"a-called-file-wants-more",
   "permissions: {contents: read}\n" CALL FILE_B "permissions: write-all\n" CALLED,
   {"a.yml:4:3: .github/workflows/b.yml wants \"actions: write\" where the call allows \"none\""}},
  {"read-all-is-more-than-nothing",
   CALL "    permissions: {}\n" FILE_B "permissions: read-all\n" CALLED,
   {"a.yml:3:3: .github/workflows/b.yml wants \"actions: read\""}},
  {"a-level-between-takes-permissions-away",
   "permissions: write-all\n" CALL FILE_B "on: workflow_call\njobs:\n  mid:\n    permissions: {actions: read}\n    uses: ./.github/workflows/c.yml\n"
   "=== .github/workflows/c.yml\npermissions: {actions: write}\n" CALLED,
   {"b.yml:3:3: .github/workflows/c.yml wants \"actions: write\" where the call allows \"read\""}},
};

static void test_bad(const void *data) {
  const Bad *row = data;
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan = plan_text(row->text, true, findings);
  g_assert_null(plan);
  for (guint i = 0; i < G_N_ELEMENTS(row->want) && row->want[i] != NULL; i++) {
    g_assert_cmpuint(diagnostics_count(findings), >, i);
    g_autofree char *got = finding_text(findings, i);
    const char *shown = g_str_has_prefix(got, ".github/workflows/") ? got + strlen(".github/workflows/") : got;
    if (!g_str_has_prefix(shown, row->want[i]))
      g_error("expected %s, found %s", row->want[i], shown);
    g_assert_true(row->want[i + 1] != NULL || diagnostics_count(findings) == i + 1);
  }
}

/* ---- what runs ---- */

typedef struct {
  const char *claim;
  const char *text;
  const char *checks; /* joined by "|" */
} Good;

static const Good good[] = {
  {"a-job-by-its-id", "on: push\njobs:\n  job:\n" STEPS, "job"},
  {"a-job-by-its-name", "on: push\njobs:\n  job:\n    name: The job\n" STEPS, "The job"},
  {"legs-of-a-matrix", "on: push\njobs:\n  job:\n    strategy: {matrix: {v: [1, x]}}\n" STEPS, "job (1)|job (x)"},
  {"legs-with-a-name-of-their-own",
   "on: push\njobs:\n  job:\n    name: on ${{ matrix.v }} of ${{ strategy.job-total }}\n    strategy: {matrix: {v: [1, x]}}\n" STEPS,
   "on 1 of 2|on x of 2"},
  {"what-a-run-knows-stays-as-written",
   "on: push\njobs:\n  job:\n    name: ${{ matrix.v }} ${{ github.sha }}\n    strategy: {matrix: {v: [1]}}\n" STEPS, "1 ${{ github.sha }}"},
  {"an-expression-of-constants", "on: push\njobs:\n  job:\n    strategy: {matrix: {v: \"${{ fromJSON('[1, 2]') }}\"}}\n" STEPS, "job (1)|job (2)"},
  {"a-dynamic-matrix-is-one", "on: push\njobs:\n  job:\n    strategy: {matrix: {v: \"${{ fromJSON(vars.V) }}\"}}\n" STEPS, "job"},
  {"a-call", CALL FILE_B CALLED, "call / job"},
  {"a-call-by-the-repository-itself", "on: push\njobs:\n  call:\n    uses: $/.github/workflows/b.yml\n" FILE_B CALLED, "call / job"},
  {"a-call-with-a-matrix",
   CALL "    strategy: {matrix: {v: [1, 2]}}\n" FILE_B "on: workflow_call\njobs:\n  job:\n    strategy: {matrix: {w: [x, y]}}\n" STEPS,
   "call (1) / job (x)|call (1) / job (y)|call (2) / job (x)|call (2) / job (y)"},
  {"a-file-that-is-called-twice", CALL "  other:\n    uses: ./.github/workflows/b.yml\n" FILE_B CALLED, "call / job|other / job"},
  {"another-repository", REMOTE STORE_B CALLED, "call / job"},
  {"a-path-counts-from-the-repository-that-says-it",
   REMOTE STORE_B "on: workflow_call\njobs:\n  deeper:\n    uses: ./.github/workflows/c.yml\n=== o/r/v1/.github/workflows/c.yml\n" CALLED,
   "call / deeper / job"},
  {"inputs-and-secrets-that-fit",
   CALL "    with: {FLAG: true, count: 1, text: 2, late: \"${{ 1 }}\", empty: }\n    secrets: {S: x}\n" FILE_B CALLED_WITH(
     "    inputs: {flag: {type: boolean, required: true}, count: {type: number}, text: {type: string}, late: {type: boolean}, empty: {type: "
     "string}}\n    secrets: {s: {required: true}, other: }\n"),
   "call / job"},
  {"inherited-secrets", CALL "    secrets: inherit\n" FILE_B CALLED_WITH("    secrets: {s: {required: true}}\n"), "call / job"},
  {"permissions-that-are-no-more", CALL "    permissions: write-all\n" FILE_B "permissions: {contents: write}\n" CALLED, "call / job"},
  {"write-all-within-write-all", CALL "    permissions: write-all\n" FILE_B "permissions: write-all\n" CALLED, "call / job"},
  {"permissions-of-the-repository-are-not-known", CALL FILE_B "permissions: write-all\n" CALLED, "call / job"},
};

static void test_good(const void *data) {
  const Good *row = data;
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan = plan_text(row->text, true, findings);
  g_autofree char *finding = diagnostics_count(findings) > 0 ? finding_text(findings, 0) : NULL;
  g_assert_cmpstr(finding, ==, NULL);
  g_auto(GStrv) checks = plan_checks(plan);
  g_autofree char *joined = g_strjoinv("|", checks);
  g_assert_cmpstr(joined, ==, row->checks);
}

static void test_not_looked_for(void) {
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan = plan_text(REMOTE, false, findings);
  g_assert_nonnull(plan);
  g_assert_null(plan_top(plan)->jobs[0].called);
  g_auto(GStrv) checks = plan_checks(plan);
  g_assert_cmpstr(checks[0], ==, "call");
}

/* ---- the model ---- */

static void test_model(void) {
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan =
    plan_text("on: push\npermissions: read-all\njobs:\n  one:\n" STEPS "  two:\n    needs: [ONE]\n    uses: ./.github/workflows/b.yml\n" FILE_B
              "on: workflow_call\njobs:\n  own:\n    permissions: {}\n" STEPS "  inherits:\n" STEPS,
              false, findings);
  g_assert_nonnull(plan);
  const PlanWorkflow *top = plan_top(plan);
  const PlanJob *one = &top->jobs[0], *two = &top->jobs[1];
  g_assert_cmpuint(top->job_count, ==, 2);
  g_assert_cmpuint(two->need_count, ==, 1);
  g_assert_true(two->needs[0] == one);
  g_assert_true(one->permissions == &top->workflow->permissions);
  g_assert_true(two->called->caller == two);
  g_assert_cmpstr(two->called->file, ==, ".github/workflows/b.yml");
  g_assert_true(two->called->jobs[0].permissions == &two->called->workflow->jobs[0].permissions);
  g_assert_true(two->called->jobs[1].permissions == &top->workflow->permissions);
}

static void test_json(void) {
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan =
    plan_text("name: N\non: [push, pull_request]\njobs:\n  a:\n    if: github.ref\n    environment: prod\n    permissions: {contents: read}\n"
              "    strategy: {matrix: {v: [1]}}\n    runs-on: [x, y]\n    steps: [{id: i, uses: o/r@v1}, {parallel: [{run: b}]}]\n",
              false, findings);
  g_assert_nonnull(plan);
  json_auto_t *got = plan_json(plan);
  g_autofree char *quoted =
    g_strdelimit(g_strdup(
                   "{'file': '.github/workflows/a.yml', 'name': 'N', 'events': ['push', 'pull_request'], 'jobs': [{'id': 'a', 'name': 'a', "
                   "'needs': [], 'if': 'github.ref', 'runs_on': ['x', 'y'], 'environment': 'prod', 'permissions': {'contents': 'read'}, 'matrix': "
                   "{'v': [1]}, 'dynamic': false, 'legs': [{'name': 'a (1)', 'matrix': {'v': 1}}], 'uses': null, 'workflow': null, 'steps': [{'id': "
                   "'i', 'name': null, 'uses': 'o/r@v1'}, {'id': null, 'name': null, 'parallel': [{'id': null, 'name': null, 'run': 'b'}]}]}], "
                   "'checks': ['a (1)']}"),
                 "'", '"');
  json_auto_t *want = json_loads(quoted, 0, NULL);
  char *shown = json_dumps(got, JSON_COMPACT);
  if (!json_equal(got, want))
    g_error("expected %s, found %s", quoted, shown);
  free(shown);
}

/* ---- limits ---- */

/* A chain of `levels` workflows, the one that is planned counted. */
static guint findings_of_chain(guint levels) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 1; i < levels; i++)
    g_string_append_printf(text, "on: [push, workflow_call]\njobs:\n  j:\n    uses: ./.github/workflows/l%u.yml\n=== .github/workflows/l%u.yml\n", i,
                           i);
  g_string_append(text, CALLED);
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan = plan_text(text->str, false, findings);
  g_autofree char *first = plan == NULL ? finding_text(findings, 0) : NULL;
  g_assert_true(plan != NULL || strstr(first, "l9.yml:4:11: workflows call each other more than 10 levels deep") != NULL);
  return diagnostics_count(findings);
}

static void test_levels(void) {
  g_assert_cmpuint(findings_of_chain(PLAN_LEVELS_MAX), ==, 0);
  g_assert_cmpuint(findings_of_chain(PLAN_LEVELS_MAX + 1), ==, 1);
}

static guint findings_of_calls(guint count) {
  g_autoptr(GString) text = g_string_new("on: push\njobs:\n");
  for (guint i = 0; i < count; i++)
    g_string_append_printf(text, "  j%u:\n    uses: ./.github/workflows/w%u.yml\n", i, i);
  for (guint i = 0; i < count; i++)
    g_string_append_printf(text, "=== .github/workflows/w%u.yml\n" CALLED, i);
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan = plan_text(text->str, false, findings);
  g_assert_true((plan == NULL) == (diagnostics_count(findings) > 0));
  return diagnostics_count(findings);
}

static void test_workflows(void) {
  g_assert_cmpuint(findings_of_calls(PLAN_WORKFLOWS_MAX), ==, 0);
  g_assert_cmpuint(findings_of_calls(PLAN_WORKFLOWS_MAX + 1), ==, 1);
}

/* Ten levels that each call the next ten times would be ten thousand million jobs. */
static void test_runs(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 1; i < PLAN_LEVELS_MAX; i++) {
    g_string_append(text, "on: [push, workflow_call]\njobs:\n");
    for (guint n = 0; n < 10; n++)
      g_string_append_printf(text, "  j%u:\n    uses: ./.github/workflows/l%u.yml\n", n, i);
    g_string_append_printf(text, "=== .github/workflows/l%u.yml\n", i);
  }
  g_string_append(text, CALLED);
  g_autoptr(Diagnostics) findings = diagnostics_new();
  g_autoptr(Plan) plan = plan_text(text->str, false, findings);
  g_assert_null(plan);
  g_assert_cmpuint(diagnostics_count(findings), ==, 1);
  g_assert_nonnull(strstr(diagnostics_at(findings, 0)->message, "more than 10000 job runs"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autofree char *path = g_strconcat("/workflow/plan/refused/", bad[i].claim, NULL);
    g_test_add_data_func(path, &bad[i], test_bad);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autofree char *path = g_strconcat("/workflow/plan/checks/", good[i].claim, NULL);
    g_test_add_data_func(path, &good[i], test_good);
  }
  g_test_add_func("/workflow/plan/without-a-mirror-other-repositories-are-not-looked-for", test_not_looked_for);
  g_test_add_func("/workflow/plan/model", test_model);
  g_test_add_func("/workflow/plan/json", test_json);
  g_test_add_func("/workflow/plan/limit-of-levels", test_levels);
  g_test_add_func("/workflow/plan/limit-of-workflows", test_workflows);
  g_test_add_func("/workflow/plan/limit-of-runs", test_runs);
  return g_test_run();
}
