#include "lint/edit_yaml.h"
#include "lint/view.h"

#include <string.h>

static Fix *make_fix(LintFile *file, const Uses *uses, const WorkflowText *text) {
  if (!file->fixing)
    return NULL;
  g_autoptr(Fix) fix = fix_new("write \"$/\" instead of \"./\"", true);
  bool made = edit_replace_in_scalar(lint_edit_tree(file), fix, text->node, uses->path.offset - strlen("./"), strlen("./"), "$/");
  return made ? g_steal_pointer(&fix) : NULL;
}

/* "./" is what lies in the working folder when the step starts, which an earlier step may have changed; "$/" is what the
 * repository holds. There is no "$/" for the top folder itself. */
static void check(LintFile *file, const Uses *uses, const WorkflowText *text) {
  if (uses == NULL || uses->kind != USES_LOCAL || *uses->path.text == '\0')
    return;
  LintReport report = lint_report_at(file, text->node, uses->path.offset - strlen("./"), uses->path.offset + strlen(uses->path.text));
  report.help = g_strdup_printf("write \"$/%s\"", uses->path.text);
  report.fix = make_fix(file, uses, text);
  lint_report(file, report, "\"./\" runs what lies in the working folder by then, not what this commit holds");
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check(file, lint_step_uses(file, step), &step->uses);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check(file, lint_job_uses(file, job), &job->uses);
}

const Rule rule_self_repository = {
  .id = "self-repository",
  .family = FAMILY_SECURITY,
  .summary = "an action of this repository by way of the working folder",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .job = check_job,
  .step = check_step,
};
