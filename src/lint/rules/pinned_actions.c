#include "lint/rules/used.h"

#include "base/version.h"

#include <string.h>

/* Option `allow`: patterns of actions that may stay at a tag, as "acme / *" without the blanks. */
static bool is_allowed(const LintFile *file, const Uses *uses) {
  const YamlNode *allow = yaml_get(lint_config_rule(file->config, file->rule->id).config, "allow");
  for (guint i = 0; allow != NULL && allow->kind == YAML_SEQUENCE && i < allow->count; i++)
    if (allow->items[i]->kind == YAML_SCALAR && uses_matches(uses, allow->items[i]->text))
      return true;
  return false;
}

/* "v4.2.1", "tag=v4.2.1", "ratchet:actions/checkout@v4": one of the comment's words ends in a version. */
static bool names_version(char *comment) {
  g_auto(GStrv) words = g_strsplit_set(comment, " \t=@:,;()", -1);
  Semver version;
  for (char **word = words; *word != NULL; word++)
    if (semver_parse(*word, &version))
      return true;
  return false;
}

static Fix *comment_fix(const Used *used) {
  UsedVersion known = used->file->fixing && used_mirror(used) != NULL ? used_version(used) : (UsedVersion){0};
  return known.is_certain ? used_fix_comment(used, known.version) : NULL;
}

static void check_comment(const Used *used) {
  LintFile *file = used->file;
  const WorkflowText *text = used->text;
  g_autofree char *comment = lint_comment_behind(file, text->node);
  if (comment == NULL || !names_version(comment))
    lint_report(file,
                (LintReport){.node = text->node,
                             .severity = SEVERITY_LOW,
                             .help = g_strdup("add its version behind it: # v1.2.3"),
                             .fix = comment == NULL ? comment_fix(used) : NULL},
                "nobody sees which version this commit is, or that a newer one mends it");
}

static void check_uses(LintFile *file, const WorkflowText *text, const Uses *uses) {
  LintReport report = {.node = text->node};
  const Used used = {.file = file, .uses = uses, .text = text};
  if (uses == NULL || is_allowed(file, uses))
    return;
  if (uses->kind == USES_DOCKER && uses->image.digest.text == NULL) {
    report.help = g_strdup("name the image by its digest: docker://NAME@sha256:...");
    lint_report(file, report, "whoever pushes this image decides what runs here: it is not named by its digest");
  } else if (uses->kind == USES_REPOSITORY && uses->ref_kind != USES_REF_COMMIT) {
    report.help = g_strdup("name the full commit hash, with its version as a comment: @0123... # v1.2.3");
    report.fix = used_fix_pin(&used);
    lint_report(file, report, "\"%s\" can be moved: whoever may push to %s/%s decides what runs here", uses->ref.text, uses->owner.text,
                uses->repo.text);
  } else if (uses->kind == USES_REPOSITORY) {
    check_comment(&used);
  }
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  check_uses(file, &step->uses, lint_step_uses(file, step));
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  check_uses(file, &job->uses, lint_job_uses(file, job));
}

const Rule rule_pinned_actions = {
  .id = "pinned-actions",
  .family = FAMILY_POLICY,
  .summary = "every action at a full commit hash, with its version as a comment",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .only_asked = true,
  .job = check_job,
  .step = check_step,
};
