#include "lint/rules/used.h"

static void check(const Used *used) {
  const Uses *uses = used->uses;
  if (used->step == NULL || uses->ref_kind != USES_REF_COMMIT)
    return;
  Mirror *mirror = used_mirror(used);
  MirrorRef found;
  bool tagged = true;
  if (mirror == NULL || !mirror_resolve(mirror, uses->owner.text, uses->repo.text, uses->ref.text, &found, NULL) ||
      !mirror_is_tagged(mirror, uses->owner.text, uses->repo.text, found.commit, &tagged, NULL) || tagged)
    return;
  LintReport report = used_report(used);
  report.help = g_strdup("name the commit of a release");
  lint_report(used->file, report, "no tag points at this commit: it is no release, and nobody tells when it is mended");
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_stale_action_refs = {
  .id = "stale-action-refs",
  .family = FAMILY_SECURITY,
  .summary = "a commit that no tag points at",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .persona = PERSONA_PEDANTIC,
  .file = check_file,
};
