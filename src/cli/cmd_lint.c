#include "base/facts.h"
#include "cli/commands.h"
#include "cli/lint_answer.h"
#include "cli/lint_rules.h"
#include "cli/support.h"
#include "lint/fix.h"

#include <string.h>

#define INPUT_MAX_BYTES ((size_t)1 << 20)

static const ArgumentRow arguments[] = {
  {{VALUE_PATH, "FILE"},
   ARITY_ANY,
   "workflows, actions, dependabot.yml, folders, " PROJECT_FILE ", or - for standard input; default: all that there are"},
  {{0}},
};

static const char *const formats[] = {"text", "json", "sarif", "github", NULL};
static const char *const families[] = {"correctness", "security", "policy", "all", NULL};
static const char *const personas[] = {"regular", "pedantic", "auditor", NULL};
static const char *const severities[] = {"informational", "low", "medium", "high", "error", NULL};

static const OptionRow options[] = {
  {"root", {VALUE_PATH, "DIR"}, .says = "the repository's top folder; default: that of the working folder"},
  {"config", {VALUE_PATH, "FILE"}, .says = "settings to use instead of the repository's own: of drover, actionlint or zizmor"},
  {"format", {VALUE_CHOICE, "FORMAT", .choices = formats}, .fallback = "text", .says = "how findings are printed"},
  {"family", {VALUE_CHOICE, "FAMILY", .choices = families}, .fallback = "all", .says = "look only for findings of this family"},
  {"persona", {VALUE_CHOICE, "PERSONA", .choices = personas}, .says = "who reads: pedantic and auditor get more; default: what the settings say"},
  {"min-severity", {VALUE_CHOICE, "SEVERITY", .choices = severities}, .says = "leave out what is less grave"},
  {"mirror", {VALUE_PATH, "DIR"}, .says = "a folder with clones of the actions' repositories, OWNER/REPO"},
  {"no-scripts", {VALUE_FLAG}, .says = "do not look at scripts with shellcheck and pyflakes"},
  {"fix", {VALUE_FLAG}, .says = "mend what can be mended without changing what runs otherwise, and show what is left"},
  {"unsafe-fixes", {VALUE_FLAG}, .says = "with --fix or --diff: the fixes too that may change what runs"},
  {"diff", {VALUE_FLAG}, .says = "show what --fix would change, and change nothing"},
  {"stdin-name", {VALUE_PATH, "PATH"}, .fallback = "stdin.yml", .says = "what standard input is called, which also tells what it is"},
  {"explain", {VALUE_TEXT, "RULE"}, .says = "show the page of a rule, and look at nothing"},
  {"rules", {VALUE_FLAG}, .says = "list the rules, and look at nothing"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover lint", "look at all that the repository here has"},
  {"drover lint .github/workflows/ci.yml --json", "one workflow, for a script"},
  {"drover lint --format github", "in a job on GitHub: marks the lines"},
  {"drover lint --diff", "what --fix would change"},
  {"drover lint --explain if-cond", "why there is a rule, and what it finds"},
  {0},
};

/* What was asked for, as lint/ takes it. */
typedef struct {
  char *root;
  char *project;
  GPtrArray *files; /* NULL-terminated */
  char *input;      /* standard input; NULL: it is not among them */
  size_t input_size;
} Selection;

static void selection_clear(Selection *selection) {
  g_free(selection->root);
  g_free(selection->project);
  g_free(selection->input);
  g_clear_pointer(&selection->files, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)

static bool select_input(const Invocation *invocation, Selection *selection, GError **error) {
  if (selection->input != NULL)
    return invocation_misuse(invocation, error, "standard input can be looked at once");
  selection->input = support_read_input(invocation, INPUT_MAX_BYTES, &selection->input_size, error);
  return selection->input != NULL;
}

static bool select_file(const Invocation *invocation, Selection *selection, const char *given, GError **error) {
  /* findings name a file as it was given: whoever gave a whole path gets one back */
  g_autofree char *path = g_path_is_absolute(given) ? g_strdup(given) : support_path_below(selection->root, invocation->dir, given);
  g_autofree char *name = g_path_get_basename(path);
  if (strcmp(name, PROJECT_FILE) != 0)
    g_ptr_array_add(selection->files, g_steal_pointer(&path));
  else if (selection->project == NULL)
    selection->project = g_steal_pointer(&path);
  else
    return invocation_misuse(invocation, error, "only one " PROJECT_FILE " can be looked at");
  return true;
}

static bool select_files(const Invocation *invocation, Selection *selection, GError **error) {
  const char *root = invocation_text(invocation, "root");
  selection->root = root != NULL ? g_canonicalize_filename(root, invocation->dir) : support_repository_top(invocation);
  selection->files = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < invocation->arguments->len; i++) {
    const char *given = invocation_argument(invocation, i);
    bool good = strcmp(given, "-") == 0 ? select_input(invocation, selection, error) : select_file(invocation, selection, given, error);
    if (!good)
      return false;
  }
  g_ptr_array_add(selection->files, NULL);
  return true;
}

/* ---- settings ---- */

/* Wrong settings are wrong use: status 1 would say that something was found. */
static LintConfig *load_config(const Invocation *invocation, const char *root, GError **error) {
  g_autoptr(GError) inner = NULL;
  const char *given = invocation_text(invocation, "config");
  g_autofree char *file = given != NULL ? g_canonicalize_filename(given, invocation->dir) : NULL;
  LintConfig *config = lint_config_load(root, file, &inner);
  if (config == NULL)
    error_set(error, DROVER_ERROR_USAGE, "the linter's settings are wrong:\n%s", inner->message);
  return config;
}

/* Files name the mirror from the repository's top, the command line from the working folder. */
static void set_mirror(LintConfig *config, const char *folder, const char *from) {
  char *whole = g_canonicalize_filename(folder, from);
  g_free(config->mirror);
  config->mirror = whole;
}

/* What the command line says counts more than any file. */
static void apply_options(const Invocation *invocation, LintConfig *config, const char *root) {
  const char *persona = invocation_text(invocation, "persona"), *severity = invocation_text(invocation, "min-severity");
  const char *mirror = invocation_text(invocation, "mirror");
  lint_family_read(invocation_text(invocation, "family"), &config->families);
  if (persona != NULL)
    lint_persona_read(persona, &config->persona);
  if (severity != NULL)
    lint_severity_read(severity, &config->min_severity);
  if (invocation_flag(invocation, "no-scripts"))
    config->scripts = false;
  if (mirror != NULL)
    set_mirror(config, mirror, invocation->dir);
  else if (config->mirror != NULL)
    set_mirror(config, config->mirror, root);
}

/* ---- fixes ---- */

static bool check_fix_options(const Invocation *invocation, const Selection *selection, GError **error) {
  bool diff = invocation_flag(invocation, "diff"), fixing = diff || invocation_flag(invocation, "fix");
  if (invocation->json && strcmp(invocation_text(invocation, "format"), "text") != 0)
    return invocation_misuse(invocation, error, "--json has a format of its own: leave out one of --json and --format");
  if (!fixing && invocation_flag(invocation, "unsafe-fixes"))
    return invocation_misuse(invocation, error, "--unsafe-fixes says which fixes: add --fix or --diff");
  if (fixing && selection->input != NULL)
    return invocation_misuse(invocation, error, "standard input cannot be fixed: name the file");
  if (diff && !invocation->json && strcmp(invocation_text(invocation, "format"), "text") != 0)
    return invocation_misuse(invocation, error, "--diff shows text: leave --format out, or ask for --json");
  return true;
}

/* NULL unless fixes are asked for. */
static LintFixes *new_fixes(const Invocation *invocation, const char *root) {
  bool fixing = invocation_flag(invocation, "diff") || invocation_flag(invocation, "fix");
  return fixing ? lint_fixes_new(root, invocation_flag(invocation, "unsafe-fixes")) : NULL;
}

/* Programs get each finding's fix; for people it is not worth the time. */
static bool is_for_programs(const Invocation *invocation) {
  const char *format = invocation_text(invocation, "format");
  return invocation->json || strcmp(format, "json") == 0 || strcmp(format, "sarif") == 0;
}

/* ---- everything ---- */

/* Looks, mends and writes. NULL on error. */
static Findings *find(const Invocation *invocation, const LintSpec *spec, LintFixes *fixes, guint *files, GError **error) {
  g_autoptr(Findings) found = fixes != NULL ? lint_fix(fixes, spec, files, error) : findings_new();
  if (found == NULL || (fixes == NULL && !lint_files(spec, found, files, error)))
    return NULL;
  if (*files == 0 && findings_count(found) == 0 && spec->files != NULL) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "nothing to look at: %s has no workflow, no action and no dependabot.yml", spec->files[0]);
    return NULL;
  }
  if (*files == 0 && findings_count(found) == 0) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "nothing to look at: %s has no .github/workflows, no action.yml and no " PROJECT_FILE, spec->root);
    return NULL;
  }
  bool good = fixes == NULL || invocation_flag(invocation, "diff") || lint_fixes_write(fixes, error);
  return good ? g_steal_pointer(&found) : NULL;
}

static bool lint(Invocation *invocation, GError **error) {
  g_auto(Selection) selection = {0};
  guint files = 0;
  if (!select_files(invocation, &selection, error) || !check_fix_options(invocation, &selection, error))
    return false;
  g_autoptr(LintConfig) config = load_config(invocation, selection.root, error);
  if (config == NULL)
    return false;
  apply_options(invocation, config, selection.root);
  bool has_files = selection.files->len > 1, named = has_files || selection.input != NULL;
  LintSpec spec = {
    .root = selection.root,
    .config = config,
    .files = has_files ? (const char *const *)selection.files->pdata : NULL,
    .input = selection.input,
    .input_size = selection.input_size,
    .input_name = invocation_text(invocation, "stdin-name"),
    .project = selection.project,
    .only_project = selection.project != NULL && !named,
    .fixing = is_for_programs(invocation),
  };
  g_autoptr(LintFixes) fixes = new_fixes(invocation, selection.root);
  g_autoptr(Findings) found = find(invocation, &spec, fixes, &files, error);
  if (found == NULL)
    return false;
  lint_answer(invocation, &(Report){.findings = found, .fixes = fixes, .files = files, .root = selection.root});
  return true;
}

static bool run(Invocation *invocation, GError **error) {
  const char *id = invocation_text(invocation, "explain");
  if (id != NULL)
    return lint_rules_explain(invocation, id, error);
  if (!invocation_flag(invocation, "rules"))
    return facts_check(error) && lint(invocation, error);
  lint_rules_list(invocation);
  return true;
}

const Command command_lint = {
  .name = "lint",
  .group = GROUP_WORKFLOW,
  .summary = "find what is wrong with workflows, actions and the project file",
  .description =
    "Looks at workflows, actions, dependabot.yml and the project file, and shows each finding with its place, its rule and what to write "
    "instead; files are named from the repository's top. Workflows that the project file names as checks must not only be right, but run "
    "here. A comment \"# drover: ignore[RULE] why\" behind or above a line takes its findings out; settings stand under lint: in " PROJECT_FILE
    ", and those for actionlint and zizmor are read too. Exit status 0 when nothing is found, 1 when something is, or a "
    "file that was named cannot be read, 2 when the command line or the settings are wrong.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
