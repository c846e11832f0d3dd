#include "lint/rules/used.h"

#include <string.h>

#define IMAGE "docker://"
#define DIGEST_MIN 32

static bool is_commit(const char *ref) {
  size_t length = strspn(ref, "0123456789abcdefABCDEF");
  return ref[length] == '\0' && (length == 40 || length == 64);
}

/* ALGORITHM:HEX behind the "@" of an image's name, as the OCI's grammar wants it. */
static bool has_digest(const char *image) {
  const char *at = strchr(image, '@');
  const char *colon = at != NULL ? strchr(at, ':') : NULL;
  if (colon == NULL || colon == at + 1 || strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789+._-") != (size_t)(colon - at - 1))
    return false;
  size_t length = strspn(colon + 1, "0123456789abcdefABCDEF");
  return length >= DIGEST_MIN && colon[1 + length] == '\0';
}

static void check_image(LintFile *file, const WorkflowText *uses) {
  const char *image = uses->text + strlen(IMAGE);
  if (g_str_has_suffix(image, ":") || has_digest(image)) /* an empty tag is another rule's */
    return;
  lint_report(file, (LintReport){.node = uses->node, .help = g_strdup("write docker://IMAGE@sha256:DIGEST")},
              "the image \"%.100s\" is not pinned to a digest: whoever pushes to its tag changes what runs here", image);
}

static Fix *pin_fix(LintFile *file, const WorkflowText *text, const Uses *uses) {
  return uses != NULL && uses->kind == USES_REPOSITORY ? used_fix_pin(&(Used){.file = file, .uses = uses, .text = text}) : NULL;
}

/* OWNER/REPO[/PATH]@REF; what is written in another way is another rule's. */
static const char *repository_ref(const char *uses) {
  const char *at = strchr(uses, '@'), *slash = strchr(uses, '/');
  bool named = at != NULL && at[1] != '\0' && slash != NULL && slash > uses && slash + 1 < at && slash[1] != '/';
  return named && *uses != '.' && *uses != '$' ? at + 1 : NULL;
}

static void check_uses(LintFile *file, const WorkflowText *uses, const Uses *read, const char *what) {
  if (uses->text == NULL || strstr(uses->text, "${{") != NULL)
    return;
  if (g_str_has_prefix(uses->text, IMAGE)) {
    check_image(file, uses);
    return;
  }
  const char *ref = repository_ref(uses->text);
  if (ref != NULL && !is_commit(ref))
    lint_report(file,
                (LintReport){.node = uses->node,
                             .help = g_strdup("write the commit's 40 (or 64) hexadecimal digits behind the \"@\""),
                             .fix = pin_fix(file, uses, read)},
                "the %s \"%.100s\" is not pinned to a commit: \"%.60s\" can be moved to other code", what, uses->text, ref);
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_uses(file, &job->uses, lint_job_uses(file, job), "workflow");
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_uses(file, &step->uses, lint_step_uses(file, step), "action");
}

const Rule rule_require_commit_hash = {
  .id = "require-commit-hash",
  .family = FAMILY_CORRECTNESS | FAMILY_POLICY,
  .summary = "an action, workflow or image that is not pinned to a commit or digest",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .said_by = "pinned-actions",
  .fixable = true,
  .only_asked = true,
  .job = check_job,
  .step = check_step,
};
