/* Linting a project's files on disk and from another source. */
#include "lint/lint.h"

#include "base/fs.h"
#include "base/process.h"
#include "lint_text.h"

#include <unistd.h>

#define GOOD "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: x}]\n"
#define ELSEWHERE "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    snapshot: image\n    steps: [{run: x}]\n"
#define WRONG "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{runn: x}]\n"
#define ACTION "name: a\ndescription: b\nruns: {using: composite, steps: [{run: x, shell: bash}]}\n"
#define CI ".github/workflows/ci.yml"
#define OTHER ".github/workflows/other.yaml"
#define PROJECT                                                                                                                                      \
  "version: 1\nproject: shop\nimages: {web: {context: web}}\nchecks: [" CI "]\n"                                                                     \
  "services: {web: {image: web, port: 80}}\nroutes: [{path: /, service: web}]\n"                                                                     \
  "environments: {dev: {branch: main, hosts: [local], strategy: blue-green}}\n"

typedef struct {
  const char *claim;
  const char *files[6]; /* path, text, ... */
  guint count;          /* files looked at */
  const char *want[3];  /* beginnings of the findings, "file:line:column: message" */
} Case;

static const Case cases[] = {
  {"nothing-there", {NULL}, 0, {NULL}},
  {"good-files", {CI, GOOD, OTHER, GOOD}, 2, {NULL}},
  {"with-a-project", {"drover.yaml", PROJECT, CI, GOOD, OTHER, GOOD}, 3, {NULL}},
  {"a-wrong-workflow", {CI, WRONG}, 1, {CI ":5:13: ", CI ":5:14: unknown key \"runn\""}},
  {"what-drover-does-not-run-may-be-anything-valid", {"drover.yaml", PROJECT, CI, GOOD, OTHER, ELSEWHERE}, 3, {NULL}},
  {"a-check-must-be-runnable", {"drover.yaml", PROJECT, CI, ELSEWHERE}, 2, {CI ":5:5: a snapshot of the job's machine: not supported yet"}},
  {"a-check-that-is-missing", {"drover.yaml", PROJECT}, 1, {"drover.yaml:0:0: checks: the workflow \"" CI "\" is not there"}},
  {"a-wrong-project", {"drover.yaml", "version: 1\nprojekt: shop\n"}, 1, {"drover.yaml:"}},
  {"actions-anywhere-and-dependabot", {"a/b/action.yml", ACTION, ".github/dependabot.yml", "version: 2\nupdates: []\n", CI, GOOD}, 3, {NULL}},
  {"not-in-folders-of-others", {"node_modules/a/action.yml", "x: [", "vendor/a/action.yaml", "x: [", ".git/action.yml", "x: ["}, 0, {NULL}},
  {"pre-commit-at-the-top", {".pre-commit-config.yaml", "repos: []\n", "sub/.pre-commit-config.yaml", "a: [\n"}, 1, {NULL}},
  {"workflows-of-the-repository-only", {"sub/.github/workflows/a.yml", "x: [", "sub/.github/dependabot.yml", "x: ["}, 0, {NULL}},
  {"a-project-file-with-settings-for-the-linter", {"drover.yaml", PROJECT "lint: {persona: auditor}\n", CI, GOOD}, 2, {NULL}},
  {"a-broken-action-is-told-of-in-its-own-file",
   {"a/action.yml", "name: a\ndescription: a\n", CI, "on: push\njobs:\n  a:\n    runs-on: linux\n    steps: [{uses: ./a}]\n"},
   2,
   {"a/action.yml:1:1: "}},
  {"other-names-are-no-workflows", {".github/workflows/notes.txt", "x", ".github/workflows/x.yml.bak", "x"}, 0, {NULL}},
  {"a-job-without-steps", {CI, "on: push\njobs:\n  a: {runs-on: linux}\n"}, 1, {CI ":3:3: the job \"a\" has no steps"}},
  {"a-condition-that-is-always-true",
   {CI, "on: push\njobs:\n  a:\n    if: ${{ false }} && true\n    runs-on: linux\n    steps: [{run: x}]\n"},
   1,
   {CI ":4:9: this condition is always true"}},
};

static char *make_root(const Case *row) {
  char *root = fs_temp_dir(g_get_tmp_dir(), "drover-lint", NULL);
  for (size_t i = 0; i + 1 < G_N_ELEMENTS(row->files) && row->files[i] != NULL; i += 2) {
    g_autofree char *path = g_build_filename(root, row->files[i], NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_assert_true(fs_make_dirs(parent, 0755, NULL));
    g_assert_true(fs_write(path, row->files[i + 1], strlen(row->files[i + 1]), 0644, NULL));
  }
  return root;
}

static void check_findings(const Findings *findings, const Case *row) {
  for (guint i = 0; i < G_N_ELEMENTS(row->want) && row->want[i] != NULL; i++) {
    g_assert_cmpuint(i, <, findings_count(findings));
    const Finding *finding = findings_at(findings, i);
    g_autofree char *text = g_strdup_printf("%s:%u:%u: %s", finding->path, finding->line, finding->column, finding->message);
    if (!g_str_has_prefix(text, row->want[i]))
      g_error("expected \"%s\", found \"%s\"", row->want[i], text);
  }
  if (row->want[0] == NULL)
    g_assert_cmpuint(findings_count(findings), ==, 0);
}

static void test_case(const void *data) {
  g_autoptr(LintConfig) config = lint_text_config();
  const Case *row = data;
  g_autofree char *root = make_root(row);
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(GError) error = NULL;
  guint files = 99;
  g_assert_true(lint_files(&(LintSpec){.root = root, .config = config}, findings, &files, &error));
  g_assert_no_error(error);
  check_findings(findings, row);
  g_assert_cmpuint(files, ==, row->count);
  g_assert_true(fs_remove_tree(root, NULL));
}

static char *read_row(const char *path, size_t *size, void *data, GError **error) {
  const Case *row = data;
  for (size_t i = 0; i + 1 < G_N_ELEMENTS(row->files) && row->files[i] != NULL; i += 2) {
    if (strcmp(row->files[i], path) != 0)
      continue;
    *size = strlen(row->files[i + 1]);
    return g_strdup(row->files[i + 1]);
  }
  error_set(error, DROVER_ERROR_NOT_FOUND, "%s: not there", path);
  return NULL;
}

static void test_other_source(void) {
  g_autoptr(LintConfig) config = lint_text_config();
  static const Case row = {"", {"drover.yaml", PROJECT, CI, ELSEWHERE, OTHER, WRONG}, 0, {NULL}};
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(GError) error = NULL;
  g_assert_true(lint_files(&(LintSpec){.read = read_row, .data = (void *)&row, .only_project = true, .config = config}, findings, NULL, &error));
  g_assert_cmpuint(findings_count(findings), ==, 1);
  g_assert_cmpstr(findings_at(findings, 0)->path, ==, CI);
}

static void test_named_files(void) {
  g_autoptr(LintConfig) config = lint_text_config();
  static const Case row = {"", {CI, GOOD, OTHER, WRONG}, 0, {NULL}};
  g_autofree char *root = make_root(&row);
  g_autofree char *absolute = g_build_filename(root, OTHER, NULL);
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(GError) error = NULL;
  guint files = 0;
  const char *const named[] = {absolute, NULL}, *const absent[] = {"x.yml", NULL};
  g_assert_true(lint_files(&(LintSpec){.root = root, .files = named, .config = config}, findings, &files, &error));
  g_assert_cmpuint(files, ==, 1);
  g_assert_cmpstr(findings_at(findings, 0)->path, ==, absolute);
  g_assert_false(lint_files(&(LintSpec){.root = root, .files = absent, .config = config}, findings, &files, &error));
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_NOT_FOUND);
  g_assert_true(fs_remove_tree(root, NULL));
}

/* What lint_files() looks at of a repository, given these; `want` counts the files. */
static void check_named(const char *root, const char *const *named, guint want) {
  g_autoptr(LintConfig) config = lint_text_config();
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(GError) error = NULL;
  guint files = 0;
  g_assert_true(lint_files(&(LintSpec){.root = root, .files = named, .config = config}, findings, &files, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(files, ==, want);
}

static void test_folders(void) {
  static const Case row = {"", {CI, GOOD, "a/action.yml", ACTION, "a/other.yml", WRONG}, 0, {NULL}};
  g_autofree char *root = make_root(&row);
  check_named(root, (const char *const[]){".github/workflows", NULL}, 1);
  check_named(root, (const char *const[]){".github/", "a", NULL}, 2);
  check_named(root, (const char *const[]){".", NULL}, 2);
  check_named(root, (const char *const[]){"a", "a/action.yml", "a/other.yml", NULL}, 2);
  check_named(root, (const char *const[]){root, NULL}, 2);
  g_assert_true(fs_remove_tree(root, NULL));
}

static void test_links(void) {
  g_autoptr(LintConfig) config = lint_text_config();
  static const Case row = {"", {CI, GOOD, "a/b.yml", GOOD}, 0, {NULL}}, other = {"", {"x.yml", WRONG}, 0, {NULL}};
  g_autofree char *root = make_root(&row), *outside = make_root(&other);
  g_autofree char *foreign = g_build_filename(outside, "x.yml", NULL), *loop = g_build_filename(root, "a", "up", NULL);
  g_autofree char *out = g_build_filename(root, ".github/workflows/out.yml", NULL), *in = g_build_filename(root, ".github/workflows/in.yml", NULL);
  g_assert_cmpint(symlink(foreign, out), ==, 0);
  g_assert_cmpint(symlink("../../a/b.yml", in), ==, 0);
  g_assert_cmpint(symlink("..", loop), ==, 0);
  g_autoptr(Findings) findings = findings_new();
  guint files = 0;
  g_assert_true(lint_files(&(LintSpec){.root = root, .config = config}, findings, &files, NULL));
  g_assert_cmpuint(files, ==, 2);
  g_assert_cmpuint(findings_count(findings), ==, 0);
  g_assert_true(fs_remove_tree(root, NULL) && fs_remove_tree(outside, NULL));
}

static void test_git(void) {
  static const Case row = {"", {"out/action.yml", "x: [", "in/action.yml", ACTION, ".gitignore", "out/\n"}, 0, {NULL}};
  g_autofree char *root = make_root(&row);
  check_named(root, NULL, 2);
  g_unsetenv("GIT_DIR"); /* where git runs the tests, it names its own repository */
  g_assert_true(process_check(&(ProcessSpec){.argv = (const char *const[]){"git", "init", "-q", root, NULL}}, NULL));
  check_named(root, NULL, 1);
  g_assert_true(fs_remove_tree(root, NULL));
}

/* Other files than those that were named are not looked at, but a check must run here all the same. */
static void test_named_check(void) {
  g_autoptr(LintConfig) config = lint_text_config();
  static const Case row = {"", {"drover.yaml", PROJECT, CI, ELSEWHERE, OTHER, ELSEWHERE}, 0, {NULL}};
  g_autofree char *root = make_root(&row);
  g_autoptr(Findings) findings = findings_new();
  guint files = 0;
  const char *const check[] = {CI, NULL}, *const other[] = {OTHER, NULL};
  g_assert_true(lint_files(&(LintSpec){.root = root, .files = other, .config = config}, findings, &files, NULL));
  g_assert_cmpuint(files, ==, 1);
  g_assert_cmpuint(findings_count(findings), ==, 0);
  g_assert_true(lint_files(&(LintSpec){.root = root, .files = check, .config = config}, findings, &files, NULL));
  g_assert_cmpuint(findings_count(findings), ==, 1);
  g_assert_true(fs_remove_tree(root, NULL));
}

/* ---- what the configuration wants ---- */

typedef struct {
  const char *claim;
  LintConfig differs; /* families, persona and min_severity count */
  const char *want;
} Wanted;

#define WORKFLOW "on: push\njobs:\n  a: {runs-on: linux} # drover: ignore[syntax-check]\n  b: {runs-on: linux}\n"

static const Wanted wanted[] = {
  {"two-families", {.families = FAMILY_CORRECTNESS | FAMILY_POLICY}, "3:23 ignore 4:3 syntax-check"},
  {"one-family", {.families = FAMILY_CORRECTNESS}, "4:3 syntax-check"},
  {"another-family", {.families = FAMILY_POLICY}, "3:23 ignore"},
  {"nothing-that-is-less-grave", {.families = FAMILY_CORRECTNESS | FAMILY_POLICY, .min_severity = SEVERITY_MEDIUM}, "4:3 syntax-check"},
};

static void test_wanted(const void *data) {
  const Wanted *row = data;
  g_autoptr(LintConfig) config = lint_config_new();
  config->families = row->differs.families;
  config->min_severity = row->differs.min_severity;
  g_autoptr(Findings) findings = lint_text(CI, WORKFLOW, config);
  g_autofree char *places = lint_text_places(findings);
  g_assert_cmpstr(places, ==, row->want);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/lint/files/", cases[i].claim, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/lint/another-source-of-files", test_other_source);
  for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
    g_autofree char *path = g_strconcat("/lint/wanted/", wanted[i].claim, NULL);
    g_test_add_data_func(path, &wanted[i], test_wanted);
  }
  g_test_add_func("/lint/named-files", test_named_files);
  g_test_add_func("/lint/named-folders", test_folders);
  g_test_add_func("/lint/links-do-not-lead-out", test_links);
  g_test_add_func("/lint/what-git-ignores-is-left-out", test_git);
  g_test_add_func("/lint/a-named-check-must-run-here", test_named_check);
  return g_test_run();
}
