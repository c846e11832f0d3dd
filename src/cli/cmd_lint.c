#include "base/facts.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/support.h"
#include "lint/lint.h"
#include "lint/pages.h"
#include "lint/report.h"
#include "lint/rule.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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
  {"stdin-name", {VALUE_PATH, "PATH"}, .fallback = "stdin.yml", .says = "what standard input is called, which also tells what it is"},
  {"explain", {VALUE_TEXT, "RULE"}, .says = "show the page of a rule, and look at nothing"},
  {"rules", {VALUE_FLAG}, .says = "list the rules, and look at nothing"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover lint", "look at all that the repository here has"},
  {"drover lint .github/workflows/ci.yml --json", "one workflow, for a script"},
  {"drover lint --format github", "in a job on GitHub: marks the lines"},
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

/* ---- answers ---- */

static unsigned terminal_width(void) {
  struct winsize size;
  return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void answer(Invocation *invocation, const Report *report) {
  const char *format = invocation_text(invocation, "format");
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:i, s:o}", "files", (int)report->files, "findings", report_json(report)));
  else if (strcmp(format, "json") == 0)
    support_answer_json(invocation, report_json(report));
  else if (strcmp(format, "sarif") == 0)
    support_answer_json(invocation, report_sarif(report));
  else {
    g_autofree char *text = strcmp(format, "github") == 0 ? report_github(report) : report_text(report);
    fputs(text, stdout);
  }
}

static bool lint(Invocation *invocation, GError **error) {
  g_auto(Selection) selection = {0};
  g_autoptr(Findings) found = findings_new();
  guint files = 0;
  if (!select_files(invocation, &selection, error))
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
  };
  if (!lint_files(&spec, found, &files, error))
    return false;
  if (files == 0 && findings_count(found) == 0)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "nothing to look at: %s has no .github/workflows, no action.yml and no " PROJECT_FILE,
                     selection.root);
  answer(invocation,
         &(Report){.findings = found, .files = files, .root = selection.root, .colour = log_fd_has_colour(STDOUT_FILENO), .width = terminal_width()});
  invocation->status = findings_count(found) > 0 ? EXIT_INPUT : EXIT_OK;
  return true;
}

/* ---- rules ---- */

static bool explain(Invocation *invocation, const char *id, GError **error) {
  const char *page = lint_rule_page(id);
  if (page == NULL) {
    g_auto(GStrv) known = lint_rule_ids();
    g_autofree char *nearest = suggest_text(id, (const char *const *)known);
    return invocation_misuse(invocation, error, "there is no rule \"%s\"%s", id, *nearest != '\0' ? nearest : "; drover lint --rules lists them");
  }
  if (invocation->json) {
    support_answer_json(invocation, json_pack("{s:s, s:s}", "rule", id, "page", page));
    return true;
  }
  g_autofree char *text = lint_page_render(page, log_fd_has_colour(STDOUT_FILENO));
  fputs(text, stdout);
  return true;
}

static json_t *rules_json(void) {
  json_t *rules = json_array();
  for (const Rule *const *rule = lint_rules; *rule != NULL; rule++)
    json_array_append_new(rules, json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s}", "rule", (*rule)->id, "family", lint_family_name((*rule)->family),
                                           "severity", lint_severity_name((*rule)->severity), "persona", lint_persona_name((*rule)->persona),
                                           "on_by_default", !(*rule)->only_asked, "fixable", (*rule)->fixable, "summary", (*rule)->summary));
  return rules;
}

static void list_rules(Invocation *invocation) {
  static const char *const headings[] = {"RULE", "FAMILY", "SEVERITY", "ON", "FIX", "FINDS", NULL};
  if (invocation->json) {
    support_answer_json(invocation, json_pack("{s:o}", "rules", rules_json()));
    return;
  }
  g_autoptr(Table) table = table_new(headings);
  for (const Rule *const *row = lint_rules; *row != NULL; row++) {
    const Rule *rule = *row;
    table_cell(table, COLOUR_STRONG, "%s", rule->id);
    table_cell(table, COLOUR_NONE, "%s", lint_family_name(rule->family));
    table_cell(table, COLOUR_NONE, "%s", lint_severity_name(rule->severity));
    table_cell(table, COLOUR_NONE, "%s", rule->only_asked ? "no" : rule->persona == PERSONA_REGULAR ? "yes" : lint_persona_name(rule->persona));
    table_cell(table, COLOUR_NONE, "%s", rule->fixable ? "yes" : "");
    table_cell(table, COLOUR_FAINT, "%s", rule->summary);
  }
  table_print(table, stdout);
}

static bool run(Invocation *invocation, GError **error) {
  const char *id = invocation_text(invocation, "explain");
  if (id != NULL)
    return explain(invocation, id, error);
  if (!invocation_flag(invocation, "rules"))
    return facts_check(error) && lint(invocation, error);
  list_rules(invocation);
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
    ", and those for actionlint and zizmor are read too. Exit status 0 when nothing is found, 1 when something is, 2 when "
    "the command line or the settings are wrong.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
