#include "lint/rules/used.h"

static void check(const Used *used) {
  const Uses *uses = used->uses;
  if (uses->ref_kind == USES_REF_COMMIT)
    return;
  Mirror *mirror = used_mirror(used);
  MirrorRef found;
  if (mirror == NULL || !mirror_resolve(mirror, uses->owner.text, uses->repo.text, uses->ref.text, &found, NULL) || !found.is_branch || !found.is_tag)
    return;
  LintReport report = used_report(used);
  report.help = g_strdup("name the commit");
  lint_report(used->file, report, "%s/%s has a branch and a tag that are called \"%s\": which of them runs is not said", uses->owner.text,
              uses->repo.text, uses->ref.text);
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_ref_confusion = {
  .id = "ref-confusion",
  .family = FAMILY_SECURITY,
  .summary = "a name that is a branch and a tag",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .file = check_file,
};
