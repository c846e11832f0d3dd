#include "base/facts.h"
#include "lint/rules/used.h"

static void check(const Used *used) {
  g_autofree char *key = used_key(used->uses, false);
  if (facts_find(FACTS_ARCHIVED, key) == NULL)
    return;
  LintReport report = used_report_repository(used);
  report.help = g_strdup("use another action that is kept, or a script");
  lint_report(used->file, report, "%s is archived: nobody mends what is found in it", key);
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_archived_uses = {
  .id = "archived-uses",
  .family = FAMILY_SECURITY,
  .summary = "an action of a repository that is archived",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .file = check_file,
};
