#include "lint/rules/used.h"

/* GitHub keeps the commits of a repository and of its forks together, so that `owner/repo@commit` also gives what somebody pushed
 * to a fork. */
static void check(const Used *used) {
  const Uses *uses = used->uses;
  if (uses->ref_kind != USES_REF_COMMIT)
    return;
  Mirror *mirror = used_mirror(used);
  bool contained = true;
  if (mirror == NULL || !mirror_contains(mirror, uses->owner.text, uses->repo.text, uses->ref.text, &contained, NULL) || contained)
    return;
  LintReport report = used_report(used);
  report.help = g_strdup("name a commit that a tag or a branch of the repository leads to");
  lint_report(used->file, report, "no branch and no tag of %s/%s leads to this commit: it may be of somebody else's fork", uses->owner.text,
              uses->repo.text);
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_impostor_commit = {
  .id = "impostor-commit",
  .family = FAMILY_SECURITY,
  .summary = "a commit that is not of the repository that is named",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .file = check_file,
};
