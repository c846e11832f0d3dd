#include "base/log.h"
#include "cli/commands.h"
#include "cli/support.h"
#include "lint/lint.h"

#include <string.h>
#include <unistd.h>

static const ArgumentRow arguments[] = {
  {{VALUE_PATH, "FILE"}, ARITY_ANY, "workflows, or a " PROJECT_FILE "; default: all in .github/workflows, and the " PROJECT_FILE},
  {{0}},
};

static const char *const formats[] = {"text", "json", NULL};
static const char *const families[] = {"correctness", "security", "policy", "all", NULL};

static const OptionRow options[] = {
  {"root", {VALUE_PATH, "DIR"}, .says = "the repository's top folder; default: that of the working folder"},
  {"config", {VALUE_PATH, "FILE"}, .says = "settings to use instead of the repository's own"},
  {"format", {VALUE_CHOICE, "FORMAT", .choices = formats}, .fallback = "text", .says = "how findings are printed"},
  {"family", {VALUE_CHOICE, "FAMILY", .choices = families}, .fallback = "all", .says = "look only for findings of this family"},
  {0},
};

static const ExampleRow examples[] = {
  {"drover lint", "look at all that the repository here has"},
  {"drover lint .github/workflows/ci.yml --json", "one workflow, for a script"},
  {0},
};

/* What was asked for, as lint/ takes it. */
typedef struct {
  char *root;
  char *project;
  GPtrArray *workflows; /* NULL-terminated */
} Selection;

static void selection_clear(Selection *selection) {
  g_free(selection->root);
  g_free(selection->project);
  g_clear_pointer(&selection->workflows, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)

static bool select_files(const Invocation *invocation, Selection *selection, GError **error) {
  const char *root = invocation_text(invocation, "root");
  selection->root = root != NULL ? g_canonicalize_filename(root, invocation->dir) : support_repository_top(invocation);
  selection->workflows = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < invocation->arguments->len; i++) {
    const char *given = invocation_argument(invocation, i);
    /* findings name a file as it was given: whoever gave a whole path gets one back */
    g_autofree char *path = g_path_is_absolute(given) ? g_strdup(given) : support_path_below(selection->root, invocation->dir, given);
    g_autofree char *name = g_path_get_basename(path);
    if (strcmp(name, PROJECT_FILE) != 0)
      g_ptr_array_add(selection->workflows, g_steal_pointer(&path));
    else if (selection->project == NULL)
      selection->project = g_steal_pointer(&path);
    else
      return invocation_misuse(invocation, error, "only one " PROJECT_FILE " can be looked at");
  }
  g_ptr_array_add(selection->workflows, NULL);
  return true;
}

static void print_findings(const Findings *found, guint files) {
  bool colour = log_fd_has_colour(STDOUT_FILENO);
  guint count = findings_count(found);
  for (guint i = 0; i < count; i++) {
    const Finding *finding = findings_at(found, i);
    g_autofree char *place =
      finding->line > 0 ? g_strdup_printf("%s:%u:%u:", finding->path, finding->line, finding->column) : g_strdup_printf("%s:", finding->path);
    g_autofree char *where = text_harmless(place, false), *what = text_harmless(finding->message, false);
    printf(colour ? "\033[1m%s\033[0m %s\n" : "%s %s\n", where, what);
  }
  if (count == 0)
    printf("no findings in %u %s\n", files, files == 1 ? "file" : "files");
  else
    printf("%u %s in %u %s\n", count, count == 1 ? "finding" : "findings", files, files == 1 ? "file" : "files");
}

static json_t *findings_json(const Findings *found) {
  json_t *findings = json_array();
  for (guint i = 0; i < findings_count(found); i++) {
    const Finding *finding = findings_at(found, i);
    json_array_append_new(findings, json_pack("{s:o, s:i, s:i, s:s, s:s, s:o}", "path", support_text_json(finding->path), "line", (int)finding->line,
                                              "column", (int)finding->column, "rule", finding->rule, "family", lint_family_name(finding->family),
                                              "message", support_text_json(finding->message)));
  }
  return findings;
}

static bool run(Invocation *invocation, GError **error) {
  g_auto(Selection) selection = {0};
  g_autoptr(Findings) found = findings_new();
  guint files = 0;
  if (!select_files(invocation, &selection, error))
    return false;
  g_autoptr(LintConfig) config = lint_config_new();
  const char *family = invocation_text(invocation, "family");
  config->families = strcmp(family, "correctness") == 0 ? FAMILY_CORRECTNESS
                     : strcmp(family, "security") == 0  ? FAMILY_SECURITY
                     : strcmp(family, "policy") == 0    ? FAMILY_POLICY
                                                        : FAMILY_ALL;
  bool has_workflows = selection.workflows->len > 1;
  LintSpec spec = {
    .root = selection.root,
    .config = config,
    .files = has_workflows ? (const char *const *)selection.workflows->pdata : NULL,
    .project = selection.project,
    .only_project = selection.project != NULL && !has_workflows,
  };
  if (!lint_files(&spec, found, &files, error))
    return false;
  if (files == 0 && findings_count(found) == 0)
    return error_set(error, DROVER_ERROR_NOT_FOUND, "nothing to look at: %s has no .github/workflows and no " PROJECT_FILE, selection.root);
  if (invocation->json)
    support_answer_json(invocation, json_pack("{s:i, s:o}", "files", (int)files, "findings", findings_json(found)));
  else if (strcmp(invocation_text(invocation, "format"), "json") == 0)
    support_answer_json(invocation, findings_json(found));
  else
    print_findings(found, files);
  invocation->status = findings_count(found) > 0 ? EXIT_INPUT : EXIT_OK;
  return true;
}

const Command command_lint = {
  .name = "lint",
  .group = GROUP_WORKFLOW,
  .summary = "find what is wrong with workflows and the project file",
  .description = "Prints a line \"file:line:column: message\" for each finding, with files named from the repository's top. Exit status 1 when there "
                 "is one. The project file is looked at with the workflows, for it tells which of them are checks: those must not only be right, "
                 "but run here.",
  .arguments = arguments,
  .options = options,
  .examples = examples,
  .has_json = true,
  .run = run,
};
