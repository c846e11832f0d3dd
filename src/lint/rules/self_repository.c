#include "lint/edit/edit_yaml.h"
#include "lint/view.h"

#include <string.h>

static Fix *make_fix(LintFile *file, const Uses *uses, const WorkflowText *text) {
  if (!file->fixing)
    return NULL;
  g_autoptr(Fix) fix = fix_new("write \"$/\" instead of \"./\"", true);
  bool made = edit_replace_in_scalar(lint_edit_tree(file), fix, text->node, uses->path.offset - strlen("./"), strlen("./"), "$/");
  return made ? g_steal_pointer(&fix) : NULL;
}

/* Without "./" before and "/" behind; transfer full. */
static char *plain_folder(const char *path) {
  path = g_str_has_prefix(path, "./") ? path + 2 : path;
  return g_strndup(path, strlen(path) - (g_str_has_suffix(path, "/") ? 1 : 0));
}

/* The folders that steps check out into: what lies there is no folder of this commit. NULL: none. */
static GHashTable *checked_out(LintFile *file, WorkflowStep *const *steps, guint count) {
  GHashTable *folders = NULL;
  for (guint i = 0; i < count; i++) {
    const Uses *uses = lint_step_uses(file, steps[i]);
    const WorkflowPair *path = workflow_pair(&steps[i]->with, "path");
    if (path == NULL || path->value.text == NULL || uses == NULL || !uses_matches(uses, "actions/checkout"))
      continue;
    folders = folders != NULL ? folders : g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(folders, plain_folder(path->value.text));
  }
  return folders;
}

#define DEPTH_MAX 16 /* folders that are looked for, one in the other */

/* Whether a folder, or one above it, is among them. */
static bool is_below(GHashTable *folders, const char *path) {
  if (folders == NULL)
    return false;
  g_auto(GStrv) parts = g_strsplit(path, "/", DEPTH_MAX);
  g_autoptr(GString) folder = g_string_new(NULL);
  for (char **part = parts; *part != NULL; part++) {
    g_string_append_printf(folder, "%s%s", part == parts ? "" : "/", *part);
    if (g_hash_table_contains(folders, folder->str))
      return true;
  }
  return false;
}

/* "./" is what lies in the working folder when the step starts, which an earlier step may have changed; "$/" is what the
 * repository holds. There is no "$/" for the top folder itself. */
static void check(LintFile *file, const Uses *uses, const WorkflowText *text, const YamlNode *around, const char *why) {
  LintReport report = lint_report_at(file, text->node, uses->path.offset - strlen("./"), uses->path.offset + strlen(uses->path.text));
  report.around = around;
  report.help = g_strdup_printf("write \"$/%s\"", uses->path.text);
  report.fix = make_fix(file, uses, text);
  lint_report(file, report, "%s", why);
}

static bool is_local(const Uses *uses) {
  return uses != NULL && uses->kind == USES_LOCAL && *uses->path.text != '\0';
}

static void check_steps(LintFile *file, WorkflowStep *const *steps, guint count) {
  g_autoptr(GHashTable) folders = checked_out(file, steps, count);
  for (guint i = 0; i < count; i++) {
    const Uses *uses = lint_step_uses(file, steps[i]);
    if (is_local(uses) && !lint_never_runs(&steps[i]->condition) && !is_below(folders, uses->path.text))
      check(file, uses, &steps[i]->uses, steps[i]->node, "\"./\" runs what lies in the working folder by then, not what this commit holds");
  }
}

static void check_action(LintFile *file, const Action *action) {
  check_steps(file, action->steps, action->step_count);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  const Uses *uses = lint_job_uses(file, job);
  if (is_local(uses))
    check(file, uses, &job->uses, NULL, "\"./\" does not count as pinned where a policy of GitHub asks for pins; \"$/\" does");
  check_steps(file, job->all_steps, job->all_step_count);
}

const Rule rule_self_repository = {
  .id = "self-repository",
  .family = FAMILY_SECURITY,
  .summary = "an action of this repository by way of the working folder",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .action = check_action,
  .job = check_job,
};
