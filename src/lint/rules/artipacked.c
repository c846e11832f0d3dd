#include "lint/rules/token_use.h"
#include "lint/rules/used.h"

#include <string.h>

#define SAFER_MAJOR 6 /* since then actions/checkout keeps credentials outside the folder that is checked out */

/* ---- what is uploaded ---- */

static bool is_workspace(const char *path) {
  static const char *const whole[] = {".", "./", "..", "../", NULL};
  const char *expression = strstr(path, "${{");
  return g_strv_contains(whole, path) || (expression == path && g_str_has_suffix(path, "}}") && strstr(path, "github.workspace") != NULL);
}

/* Whether a list of paths, one a line, has one that holds the whole folder. */
static bool uploads_workspace(const Used *used) {
  const WorkflowPair *path = workflow_pair(&used->step->with, "path");
  if (!used_is(used->uses, "actions/upload-artifact") || path == NULL || path->value.text == NULL)
    return false;
  g_auto(GStrv) lines = g_strsplit_set(path->value.text, "\r\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (is_workspace(g_strstrip(*line)))
      return true;
  return false;
}

/* The index of the last step that uploads the whole folder; -1: none does. */
static int find_upload(LintFile *file, WorkflowStep *const *steps, guint count) {
  Used used;
  for (int i = (int)count - 1; i >= 0; i--)
    if (used_by_step(file, steps[i], &used) && uploads_workspace(&used))
      return i;
  return -1;
}

/* ---- what is checked out ---- */

static bool is_safer(const Used *used) {
  Semver version;
  return semver_parse(used_version(used).version, &version) && version.numbers[0] >= SAFER_MAJOR;
}

/* Whether the step leaves its credentials behind, and who hears of it: who says so himself will have a reason. */
static bool keeps_credentials(const Used *used, LintPersona *persona) {
  const WorkflowPair *pair = workflow_pair(&used->step->with, "persist-credentials");
  const char *value = pair != NULL ? pair->value.text : NULL;
  *persona = PERSONA_REGULAR;
  if (value != NULL && g_ascii_strcasecmp(value, "false") == 0)
    return false;
  if (value != NULL && g_ascii_strcasecmp(value, "true") == 0)
    *persona = PERSONA_AUDITOR;
  else if (value != NULL && strstr(value, "${{") != NULL)
    *persona = PERSONA_PEDANTIC;
  return true;
}

/* The index of the last step that seems to push, behind which nobody misses the token; -1: none does. */
static int find_token_use(LintFile *file, WorkflowStep *const *steps, guint count) {
  for (int i = (int)count - 1; i >= 0; i--)
    if (token_may_be_used(file, steps[i]))
      return i;
  return -1;
}

static void report_checkout(const Used *used, LintPersona persona, bool uploaded, bool needed) {
  static const LintSeverity severities[2][2] = {{SEVERITY_MEDIUM, SEVERITY_HIGH}, {SEVERITY_LOW, SEVERITY_MEDIUM}};
  LintReport report = {
    .node = used->step->node,
    .severity = severities[is_safer(used)][uploaded],
    .confidence = uploaded ? CONFIDENCE_HIGH : CONFIDENCE_LOW,
    .persona = persona,
    .help = g_strdup("set \"persist-credentials: false\", or true if later steps push"),
    .fix = used_fix_input(used, "persist-credentials", "false", !needed),
  };
  lint_report(used->file, report,
              uploaded ? "the checkout leaves the token on disk, and a later step uploads it with the whole folder"
                       : "the checkout leaves the token on disk, where every later step can read it");
}

static void report_opaque(const Used *used) {
  LintReport report = {.node = lint_key(used->step->node, "with"),
                       .severity = SEVERITY_INFORMATIONAL,
                       .confidence = CONFIDENCE_HIGH,
                       .persona = PERSONA_PEDANTIC,
                       .help = g_strdup("write the inputs one by one")};
  lint_report(used->file, report, "an expression gives all inputs: nobody can see whether the token stays on disk");
}

static bool is_opaque(const WorkflowStep *step) {
  return step->with.count > 0 && step->with.items[0].name == NULL;
}

/* Somebody said so, or, in an action, the steps behind it are not seen. */
static bool is_decided(const Used *used) {
  return used->step->job == NULL || workflow_pair(&used->step->with, "persist-credentials") != NULL;
}

static void check_steps(LintFile *file, WorkflowStep *const *steps, guint count) {
  int upload = find_upload(file, steps, count), last = file->fixing ? find_token_use(file, steps, count) : -1;
  LintPersona persona;
  Used used;
  for (guint i = 0; i < count; i++) {
    if (!used_by_step(file, steps[i], &used) || !used_is(used.uses, "actions/checkout"))
      continue;
    if (is_opaque(used.step))
      report_opaque(&used);
    else if ((upload < 0 || (int)i < upload) && keeps_credentials(&used, &persona))
      report_checkout(&used, persona, upload >= 0, (int)i < last || is_decided(&used));
  }
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_steps(file, job->all_steps, job->all_step_count);
}

static void check_action(LintFile *file, const Action *action) {
  check_steps(file, action->steps, action->step_count);
}

const Rule rule_artipacked = {
  .id = "artipacked",
  .family = FAMILY_SECURITY,
  .summary = "a checkout that leaves the token on disk",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_LOW,
  .fixable = true,
  .job = check_job,
  .action = check_action,
};
