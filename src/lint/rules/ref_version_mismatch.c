#include "lint/rules/used.h"

#define SHOWN_DIGITS 12

/* The commit that a tag or a branch stands for; NULL: there is none. */
static const char *commit_of(const Used *used, Mirror *mirror, const char *name, MirrorRef *found) {
  const Uses *uses = used->uses;
  const char *tagged = mirror_tag_commit(mirror, uses->owner.text, uses->repo.text, name, NULL);
  if (tagged != NULL)
    return tagged;
  return mirror_resolve(mirror, uses->owner.text, uses->repo.text, name, found, NULL) ? found->commit : NULL;
}

static void report_unsaid(const Used *used, const UsedComment *comment, const char *tag) {
  LintReport report = used_report(used);
  report.severity = SEVERITY_LOW;
  report.persona = PERSONA_PEDANTIC;
  report.help = g_strdup_printf("write \"# %s\" behind it", tag);
  report.fix = comment->exists ? NULL : used_fix_comment(used, tag);
  lint_report(used->file, report,
              !comment->exists ? "no comment says which version this commit is" : "the comment does not say which version this commit is");
}

static void report_mismatch(const Used *used, const char *version, const char *there, const char *tag) {
  g_autofree char *where = there != NULL ? g_strdup_printf("commit %.*s", SHOWN_DIGITS, there) : g_strdup("no tag of the repository");
  LintReport report = used_report(used);
  report.help = tag != NULL ? g_strdup_printf("write \"# %s\"", tag) : g_strdup("name the commit of a release, and its version");
  report.fix = tag != NULL ? used_fix_comment(used, tag) : NULL;
  lint_report(used->file, report, "the comment says %s, which is %s: another commit runs than readers believe", version, where);
}

static void check(const Used *used) {
  const Uses *uses = used->uses;
  if (used->step == NULL || uses->ref_kind != USES_REF_COMMIT)
    return;
  Mirror *mirror = used_mirror(used);
  MirrorRef runs, other;
  if (mirror == NULL)
    return;
  if (!mirror_resolve(mirror, uses->owner.text, uses->repo.text, uses->ref.text, &runs, NULL))
    g_strlcpy(runs.commit, uses->ref.text, sizeof(runs.commit)); /* whatever it is, no version is there */
  const char *const *tags = mirror_tags_at(mirror, uses->owner.text, uses->repo.text, runs.commit, NULL);
  const char *tag = tags != NULL ? tags[0] : NULL;
  UsedComment comment = used_comment(used->file, used->text->node);
  if (comment.version == NULL) {
    if (tag != NULL)
      report_unsaid(used, &comment, tag);
    return;
  }
  const char *there = commit_of(used, mirror, comment.version, &other);
  if (g_strcmp0(there, runs.commit) != 0)
    report_mismatch(used, comment.version, there, tag);
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_ref_version_mismatch = {
  .id = "ref-version-mismatch",
  .family = FAMILY_SECURITY,
  .summary = "a comment that tells another version than runs",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .file = check_file,
};
