/* Any bytes as a workflow, an action or a dependabot.yml, which the first byte says, where bytes above ASCII stand for whole pieces of
 * one, and all their fixes: what can be read before can be
 * read afterwards, what GitHub takes before it takes afterwards, and a second time changes nothing. */
#include "lint/fix.h"

#include "base/error.h"

#include <stdint.h>
#include <string.h>

static const char *const names[] = {".github/workflows/ci.yml", "action.yml", ".github/dependabot.yml"};

static const char *const pieces[] = {
  "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - ",
  "on: issues\njobs:\n  a:\n    steps:\n      - run: |\n          ",
  "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: ",
  "version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n",
  "    schedule: {interval: daily}\n",
  "    insecure-external-code-execution: allow\n",
  "    cooldown:\n",
  "      default-days: 1\n",
  "\n      - ",
  "\n        ",
  "\n          ",
  "\n    ",
  "\n",
  "run: ",
  "run: |\n          ",
  "uses: ",
  "uses: actions/checkout@v4",
  "uses: ./x",
  "uses: actions/setup-go@v5",
  "with:\n          ",
  "env: {A: b}",
  "env:\n          ACTIONS_ALLOW_UNSECURE_COMMANDS: true",
  "if: ",
  "if: |\n          ",
  "shell: ",
  "bash",
  "pwsh",
  "name: x",
  "permissions: ",
  "timeout-minutes: 9",
  "concurrency: x",
  "continue-on-error: true",
  "${{ github.event.issue.title }}",
  "${{ github.ref == 'a' }}",
  "${{ env.A }}",
  "${{ inputs.path }}",
  "${{ format('{0}', 'x') }}",
  " && ",
  " || ",
  "contains('a b', github.ref)",
  "github.actor == 'dependabot[bot]'",
  "echo ",
  "::set-output name=a::",
  "::add-path::/x",
  "\"",
  "'",
  "$",
  "$(",
  ")",
  "`",
  "<<E\n          ",
  "\n          E",
  " | ",
  "git push",
  "{",
  "}",
  "[",
  "]",
  ", ",
  ": ",
  "&k ",
  "*k",
  " # c",
  "\r\n",
  "stpes: ",
  "bsah",
};

static GString *spell_out(const uint8_t *bytes, size_t size) {
  GString *text = g_string_new(NULL);
  for (size_t i = 0; i < size && text->len < 4096; i++)
    if (bytes[i] < 0x80)
      g_string_append_c(text, (char)bytes[i]);
    else
      g_string_append(text, pieces[(bytes[i] - 0x80U) % G_N_ELEMENTS(pieces)]);
  return text;
}

typedef struct {
  const char *name, *text;
  size_t size;
} File;

static char *read_file(const char *path, size_t *size, void *data, GError **error) {
  const File *file = data;
  if (strcmp(path, file->name) != 0) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: not there", path);
    return NULL;
  }
  *size = file->size;
  char *copy = g_malloc(file->size + 1);
  memcpy(copy, file->text, file->size);
  copy[file->size] = '\0';
  return copy;
}

static LintConfig *everything(void) {
  LintConfig *config = lint_config_new();
  config->persona = PERSONA_AUDITOR;
  config->hardened = true;
  config->scripts = false;
  return config;
}

/* NULL: nothing changed. `left` gets what is left to find. */
static LintFixes *mend(File *file, const LintConfig *config, bool with_unsafe, Findings **left) {
  g_autoptr(LintFixes) fixes = lint_fixes_new(NULL, with_unsafe);
  const char *files[] = {file->name, NULL};
  *left = lint_fix(fixes, &(LintSpec){.files = files, .config = config, .read = read_file, .data = file}, NULL, NULL);
  g_assert_nonnull(*left);
  return lint_fixes_count(fixes) > 0 ? g_steal_pointer(&fixes) : NULL;
}

static bool reads(const char *text, size_t size) {
  g_autoptr(YamlDocument) document = yaml_parse("", text, size, NULL, NULL);
  return document != NULL;
}

static bool is_valid(const File *file) {
  g_autoptr(Diagnostics) findings = diagnostics_new();
  G_GNUC_UNUSED g_autoptr(Workflow) workflow = file->name == names[0] ? workflow_parse("", file->text, file->size, findings) : NULL;
  G_GNUC_UNUSED g_autoptr(Action) action = file->name == names[1] ? action_parse("", file->text, file->size, findings) : NULL;
  return diagnostics_count(findings) == 0;
}

/* Some fixes, or all rounds, may be left where reading so often costs too much. */
static bool is_cut_short(const Findings *left) {
  for (guint i = 0; i < findings_note_count(left); i++)
    if (strstr(findings_note_at(left, i), "rounds") != NULL)
      return true;
  return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  if (size == 0)
    return 0;
  bool with_unsafe = bytes[0] & 4;
  g_autoptr(LintConfig) config = everything();
  g_autoptr(GString) text = spell_out(bytes + 1, size - 1);
  File file = {names[(bytes[0] & 3) % G_N_ELEMENTS(names)], text->str, text->len};
  g_autoptr(Findings) left = NULL, again = NULL;
  g_autoptr(LintFixes) fixes = mend(&file, config, with_unsafe, &left);
  if (fixes == NULL)
    return 0;
  LintFixed fixed = lint_fixes_at(fixes, 0);
  File mended = {file.name, fixed.after, fixed.after_size};
  g_assert_true(reads(mended.text, mended.size));
  g_assert_true(!is_valid(&file) || is_valid(&mended));
  g_autoptr(LintFixes) more = mend(&mended, config, with_unsafe, &again);
  g_assert_true(more == NULL || is_cut_short(left));
  return 0;
}
