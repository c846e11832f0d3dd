#include "base/error.h"
#include "lint/contexts/contexts.h"
#include "lint/rules/action_interface.h"
#include "lint/view.h"
#include "workflow/uses.h"

#include <string.h>

/* ---- files that an action names ---- */

typedef struct {
  LintFile *file;
  const Action *action;
  const YamlNode *user; /* the `uses` that names the action; NULL: the action's own file is looked at */
} ActionPass;

static void check_file(const ActionPass *pass, const char *key, const WorkflowText *path) {
  if (path->text == NULL || *path->text == '\0')
    return;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname(pass->action->file), *whole = g_build_filename(folder, path->text, NULL);
  bool is_absolute = g_path_is_absolute(folder);
  g_autofree char *plain = g_canonicalize_filename(whole, "/");
  size_t size = 0;
  g_autofree char *text = lint_repository_read(pass->file->repository, is_absolute ? plain : plain + 1, &size, &error);
  if (text == NULL && error_is(error, DROVER_ERROR_NOT_FOUND))
    lint_report(pass->file, (LintReport){.node = pass->user != NULL ? pass->user : path->node}, "the action's %s, \"%s\", is not there", key,
                path->text);
}

/* What the runner takes for a file to build from. */
static bool is_dockerfile(const char *image) {
  g_autofree char *name = g_path_get_basename(image);
  return g_ascii_strncasecmp(name, "dockerfile", strlen("dockerfile")) == 0 && !g_str_has_prefix(image, "docker://");
}

static void check_files(const ActionPass *pass) {
  const Action *action = pass->action;
  if (action->kind == ACTION_JAVASCRIPT) {
    check_file(pass, "main", &action->main);
    check_file(pass, "pre", &action->pre);
    check_file(pass, "post", &action->post);
  } else if (action->kind == ACTION_DOCKER && action->image.text != NULL && is_dockerfile(action->image.text)) {
    check_file(pass, "image", &action->image);
  }
}

static void check_action(LintFile *file, const Action *action) {
  check_files(&(ActionPass){file, action, NULL});
}

/* ---- actions of this repository ---- */

/* What the reader says of the action's own file. Without `runs` it is too far from an action to tell more than the first. */
static void tell_diagnostics(const ActionPass *pass, const Diagnostics *diagnostics) {
  guint count = diagnostics_count(diagnostics);
  if (pass->action == NULL || pass->action->runs == NULL)
    count = MIN(count, 1);
  for (guint i = 0; i < count; i++) {
    const Diagnostic *found = diagnostics_at(diagnostics, i);
    lint_report(pass->file, (LintReport){.node = pass->user}, "%s:%u:%u: %s", found->file, found->line, found->column, found->message);
  }
}

/* The file is told of once, however many steps use the action. */
static void check_local(LintFile *file, const WorkflowStep *step, GHashTable *seen) {
  LookupState state;
  const char *path = lint_local_path(file, step->uses.text);
  const Diagnostics *diagnostics = path != NULL ? lint_repository_action_findings(file->repository, path) : NULL;
  const Action *action = lint_local_action(file, step->uses.text, &state, NULL);
  ActionPass pass = {file, action, step->uses.node};
  if (diagnostics != NULL && g_hash_table_add(seen, (gpointer)diagnostics)) {
    tell_diagnostics(&pass, diagnostics);
    if (action != NULL)
      check_files(&pass);
  }
  if (action != NULL && action->runs != NULL)
    action_check_local(file, step, action);
}

/* ---- steps ---- */

static void check_known(LintFile *file, const WorkflowStep *step) {
  const json_t *fact = lint_known_action(step->uses.text);
  if (fact != NULL && json_is_true(json_object_get(fact, "outdated")))
    lint_report(file, (LintReport){.node = step->uses.node, .help = g_strdup("use a newer version of the action")},
                "the action \"%s\" needs a version of Node.js that GitHub's runners no longer have", step->uses.text);
  else if (fact != NULL)
    action_check_known(file, step, fact);
}

/* `python-version: 3.10` asks for Python 3.1. */
static void check_versions(LintFile *file, const WorkflowStep *step) {
  for (guint i = 0; i < step->with.count; i++) {
    const WorkflowPair *given = &step->with.items[i];
    if (given->name != NULL && g_str_has_suffix(given->name, "version") && given->value.node != NULL && lint_loses_zero(given->value.node))
      lint_report(file, (LintReport){.node = given->value.node, .help = g_strdup_printf("put it into quotes: \"%s\"", given->value.node->text)},
                  "%s without quotes is a number, and its last 0 is lost", given->value.node->text);
  }
}

static void check_uses(LintFile *file, const WorkflowStep *step, GHashTable *seen) {
  const WorkflowText *text = &step->uses;
  check_versions(file, step);
  if (step->kind != STEP_USES || text->text == NULL || *text->text == '\0' || strstr(text->text, "${{") != NULL)
    return;
  g_autoptr(GError) error = NULL;
  bool is_folder = g_str_has_prefix(text->text, "./"); /* any will do, even above the repository: a checkout may have put it there */
  g_autoptr(Uses) uses = is_folder ? NULL : uses_parse(text->text, NULL, &error);
  if (is_folder)
    check_local(file, step, seen);
  else if (uses == NULL)
    lint_report(file, (LintReport){.node = text->node, .help = g_strdup("OWNER/REPO@REF, OWNER/REPO/PATH@REF, ./PATH, $/PATH or docker://IMAGE:TAG")},
                "no action can be used like this: %s", error->message);
  else if (uses->kind == USES_REPOSITORY)
    check_known(file, step);
  else if (uses->kind == USES_SELF)
    check_local(file, step, seen);
}

static void check_workflow(LintFile *file, const Workflow *workflow) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < workflow->job_count; i++)
    for (guint k = 0; k < workflow->jobs[i].all_step_count; k++)
      check_uses(file, workflow->jobs[i].all_steps[k], seen);
}

static void check_metadata(LintFile *file, const Action *action) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  check_action(file, action);
  for (guint i = 0; i < action->step_count; i++)
    check_uses(file, action->steps[i], seen);
}

const Rule rule_action = {
  .id = "action",
  .family = FAMILY_CORRECTNESS,
  .summary = "an action that is not there, is broken, or does not take what it is given",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .workflow = check_workflow,
  .action = check_metadata,
};
