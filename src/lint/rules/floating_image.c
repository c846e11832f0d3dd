#include "lint/rules/floating_image.h"

#include <string.h>

#define HELP "name it by its digest, or by a tag that is never moved: a version, or ${{ github.sha }}"

/* ---- what is said of an image ---- */

/* On a branch `github.ref_name` is the branch; with only tags in `on:` it is a version. */
static bool runs_on_branches(const LintFile *file) {
  const WorkflowEvent *push = file->workflow != NULL ? workflow_event(file->workflow, "push") : NULL;
  bool tags = false, branches = false;
  for (guint i = 0; push != NULL && i < push->filter_count; i++) {
    tags = tags || g_str_has_prefix(push->filters[i].name, "tags");
    branches = branches || g_str_has_prefix(push->filters[i].name, "branches");
  }
  return push != NULL && (branches || !tags);
}

void floating_image_report(LintFile *file, LintReport report, ImageFloat floats, const char *name, const char *does) {
  if (floats == IMAGE_FIXED || (floats == IMAGE_BRANCH && !runs_on_branches(file)))
    return;
  report.help = g_strdup(HELP);
  if (floats == IMAGE_UNTAGGED)
    lint_report(file, report, "\"%s\" is %s without a tag: it is latest, another image every time", name, does);
  else if (floats == IMAGE_FLOATING)
    lint_report(file, report, "\"%s\" is %s by a tag that moves: nobody can say which image that was", name, does);
  else
    lint_report(file, report, "\"%s\" is %s by the name of the branch, which moves: nobody can say which image that was", name, does);
}

/* `name` is NULL where the text is no image. */
static void check_name(LintFile *file, const WorkflowText *text, const char *name, const char *does) {
  if (name != NULL && *name != '\0')
    floating_image_report(file, (LintReport){.node = text->node}, image_name_floats(name), name, does);
}

/* ---- containers and docker:// ---- */

#define DOCKER_SCHEME "docker://"

static const char *docker_name(const WorkflowText *text) {
  return text->text != NULL && g_str_has_prefix(text->text, DOCKER_SCHEME) ? text->text + strlen(DOCKER_SCHEME) : NULL;
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_name(file, &job->container.image, job->container.image.text, "run");
  for (guint i = 0; i < job->service_count; i++)
    check_name(file, &job->services[i].image, job->services[i].image.text, "run");
}

static void check_action(LintFile *file, const Action *action) {
  check_name(file, &action->image, docker_name(&action->image), "run");
}

/* ---- steps ---- */

static void check_step(LintFile *file, const WorkflowStep *step) {
  const Uses *uses = lint_step_uses(file, step);
  check_name(file, &step->uses, docker_name(&step->uses), "run");
  if (uses != NULL)
    floating_image_check_inputs(file, step, uses);
  floating_image_check_scripts(file, step, uses);
}

const Rule rule_floating_image = {
  .id = "floating-image",
  .family = FAMILY_POLICY,
  .summary = "no image by a tag that moves",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .only_asked = true,
  .action = check_action,
  .job = check_job,
  .step = check_step,
};
