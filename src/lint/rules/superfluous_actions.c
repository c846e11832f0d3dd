#include "lint/rules/used.h"

static const struct {
  const char *name;
  const char *instead;
  LintPersona persona; /* where doing without it is cumbersome, only who wants to be tidy hears of it */
  LintConfidence confidence;
} rows[] = {
  {"actions-ecosystem/action-add-labels", "gh issue edit --add-label", PERSONA_REGULAR, CONFIDENCE_HIGH},
  {"actions-ecosystem/action-remove-labels", "gh issue edit --remove-label", PERSONA_REGULAR, CONFIDENCE_HIGH},
  {"addnab/docker-run-action", "docker run", PERSONA_REGULAR, CONFIDENCE_HIGH},
  {"dacbd/create-issue-action", "gh issue create", PERSONA_REGULAR, CONFIDENCE_HIGH},
  {"dtolnay/rust-toolchain", "rustup toolchain install", PERSONA_PEDANTIC, CONFIDENCE_MEDIUM},
  {"elgohr/Github-Release-Action", "gh release create", PERSONA_REGULAR, CONFIDENCE_HIGH},
  {"EndBug/add-and-commit", "git commit and git push", PERSONA_PEDANTIC, CONFIDENCE_LOW},
  {"ncipollo/release-action", "gh release create", PERSONA_REGULAR, CONFIDENCE_HIGH},
  {"peter-evans/create-or-update-comment", "gh issue comment", PERSONA_PEDANTIC, CONFIDENCE_LOW},
  {"peter-evans/create-pull-request", "gh pr create", PERSONA_PEDANTIC, CONFIDENCE_LOW},
  {"sergeysova/jq-action", "jq", PERSONA_REGULAR, CONFIDENCE_HIGH},
  {"softprops/action-gh-release", "gh release create", PERSONA_REGULAR, CONFIDENCE_HIGH},
  {"stefanzweifel/git-auto-commit-action", "git commit and git push", PERSONA_PEDANTIC, CONFIDENCE_LOW},
  {"svenstaro/upload-release-action", "gh release upload", PERSONA_REGULAR, CONFIDENCE_HIGH},
};

static void check(const Used *used) {
  for (size_t i = 0; used->step != NULL && i < G_N_ELEMENTS(rows); i++) {
    if (!used_is(used->uses, rows[i].name))
      continue;
    LintReport report = used_report(used);
    report.persona = rows[i].persona;
    report.confidence = rows[i].confidence;
    report.help = g_strdup_printf("use \"%s\" in a script", rows[i].instead);
    lint_report(used->file, report, "the runner can do this itself: one more action is one more to trust");
  }
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_superfluous_actions = {
  .id = "superfluous-actions",
  .family = FAMILY_SECURITY,
  .summary = "an action for what the runner can do itself",
  .severity = SEVERITY_INFORMATIONAL,
  .confidence = CONFIDENCE_HIGH,
  .file = check_file,
};
