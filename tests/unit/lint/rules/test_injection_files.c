/* What others can set, on its way through several files of a repository. */
#include "base/fs.h"
#include "lint/file.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLED ".github/workflows/called.yml"
#define CALLER ".github/workflows/ci.yml"

typedef struct {
  const char *claim;
  const char *file; /* that is looked at */
  const char *want; /* "LINE PART-OF-THE-MESSAGE" of the only finding that everybody hears of; NULL: none */
  const char *files[6];
} FilesCase;

#define INPUT(use) "on:\n  workflow_call:\n    inputs: {x: {type: string}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo " use "\n"
#define CALL(value) "on: issues\njobs:\n  b:\n    uses: ./" CALLED "\n    with: {x: '" value "'}\n"

static const FilesCase cases[] = {
  {"a-caller-passes-a-title",
   CALLED,
   "8 github.event.issue.title (anyone can set it) reaches this script through inputs.x of its caller " CALLER,
   {CALLED, INPUT("${{ inputs.x }}"), CALLER, CALL("${{ github.event.issue.title }}")}},
  {"a-caller-passes-a-number",
   CALLED,
   "8 inputs.x (its caller sets it)",
   {CALLED, INPUT("${{ inputs.x }}"), CALLER, CALL("${{ github.event.issue.number }}")}},
  {"an-output-of-a-called-workflow",
   CALLER,
   "9 through inputs.x, steps.s.outputs.o, jobs.a.outputs.o and needs.b.outputs.o",
   {CALLED,
    "on:\n  workflow_call:\n    inputs: {x: {type: string}}\n    outputs: {o: {value: '${{ jobs.a.outputs.o }}'}}\njobs:\n  a:\n    runs-on: x\n"
    "    outputs: {o: '${{ steps.s.outputs.o }}'}\n    steps:\n      - id: s\n        run: echo \"o=${{ inputs.x }}\" >> $GITHUB_OUTPUT\n",
    CALLER, CALL("${{ github.event.issue.title }}") "  c:\n    needs: b\n    runs-on: x\n    steps: [{run: 'echo ${{ needs.b.outputs.o }}'}]\n"}},
  {"an-output-of-an-action",
   CALLER,
   "7 github.event.issue.title (anyone can set it) reaches this script through inputs.x and steps.s.outputs.o",
   {"do/action.yml",
    "name: x\ndescription: x\ninputs: {x: {description: x}}\noutputs: {o: {description: x, value: '${{ inputs.x }}'}}\nruns: {using: composite, steps: []}\n",
    CALLER,
    "on: issues\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {id: s, uses: ./do, with: {x: '${{ github.event.issue.title }}'}}\n      - run: echo ${{ steps.s.outputs.o }}\n"}},
  {"an-action-that-gives-nothing-dangerous",
   CALLER,
   NULL,
   {"do/action.yml", "name: x\ndescription: x\noutputs: {o: {description: x, value: '${{ github.sha }}'}}\nruns: {using: composite, steps: []}\n",
    CALLER, "on: issues\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {id: s, uses: ./do}\n      - run: echo ${{ steps.s.outputs.o }}\n"}},
  {"workflows-in-a-circle",
   CALLER,
   "7 nobody knows",
   {CALLER, "on: {workflow_call: {outputs: {o: {value: '${{ jobs.b.outputs.o }}'}}}}\njobs:\n  b: {uses: ./" CALLER
            "}\n  c:\n    needs: b\n    runs-on: x\n    steps: [{run: 'echo ${{ needs.b.outputs.o }}'}]\n"}},
};

static void write_files(const char *root, const char *const *files, size_t count) {
  for (size_t i = 0; i + 1 < count && files[i] != NULL; i += 2) {
    g_autofree char *path = g_build_filename(root, files[i], NULL), *folder = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, files[i + 1], -1, NULL));
  }
}

static void run_case(const void *data) {
  const FilesCase *row = data;
  g_autofree char *root = g_dir_make_tmp("injection-XXXXXX", NULL);
  write_files(root, row->files, G_N_ELEMENTS(row->files));
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(LintRepository) repository = lint_repository_new(root, NULL, NULL);
  size_t size;
  g_autofree char *text = lint_repository_read(repository, row->file, &size, NULL);
  g_assert_nonnull(text);
  lint_file(&(LintInput){.path = row->file, .text = text, .size = size, .kind = LINT_WORKFLOW}, config, repository, findings);
  guint seen = 0;
  for (guint i = 0; i < findings_count(findings); i++) {
    const Finding *finding = findings_at(findings, i);
    if (strcmp(finding->rule, "template-injection") != 0)
      continue;
    g_autofree char *found = g_strdup_printf("%u %s", finding->line, finding->message);
    if (row->want == NULL || atoi(row->want) != (int)finding->line || strstr(found, strchr(row->want, ' ') + 1) == NULL)
      g_error("expected \"%s\", found \"%s\"", row->want != NULL ? row->want : "nothing", found);
    seen++;
  }
  g_assert_cmpuint(seen, ==, row->want != NULL);
  g_assert_true(fs_remove_tree(root, NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *name = g_strdup_printf("/lint/injection-files/%s", cases[i].claim);
    g_test_add_data_func(name, &cases[i], run_case);
  }
  return g_test_run();
}
