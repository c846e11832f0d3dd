#include "lint/rules/used.h"

/* The pattern of the settings that demands most of those that match, with what it asks for; NULL: none. */
static const char *find_policy(const Used *used, const char **pattern) {
  const YamlNode *policies = yaml_get(lint_config_rule(used->file->config, used->file->rule->id).config, "policies");
  const char *policy = NULL;
  UsesPattern best = USES_PATTERN_INVALID;
  for (guint i = 0; policies != NULL && policies->kind == YAML_MAPPING && i < policies->count; i++) {
    const YamlNode *key = yaml_key(policies, i), *value = yaml_value(policies, i);
    UsesPattern kind = key->kind == YAML_SCALAR && value->kind == YAML_SCALAR ? uses_pattern_kind(key->text) : USES_PATTERN_INVALID;
    if (kind <= best || kind == USES_PATTERN_REF || !uses_matches(used->uses, key->text))
      continue;
    best = kind;
    *pattern = key->text;
    policy = value->text;
  }
  return policy;
}

/* GitHub runs the commit of the lock file then, and refuses to run where that does not fit. */
static bool is_locked(const Used *used) {
  const Lockfile *lockfile = lint_repository_lockfile(used->file->repository);
  const Uses *uses = used->uses;
  return lockfile != NULL && used->file->workflow != NULL &&
         lockfile_find(lockfile, used->file->path, uses->owner.text, uses->repo.text, uses->ref.text) != NULL;
}

static void check(const Used *used) {
  const char *pattern = NULL;
  if (used->uses->ref_kind == USES_REF_COMMIT)
    return;
  const char *policy = find_policy(used, &pattern);
  /* whatever stands behind the @ is a ref, so that "ref-pin" asks for no more than "any" */
  if (g_strcmp0(policy, "any") == 0 || g_strcmp0(policy, "ref-pin") == 0 || is_locked(used))
    return;
  g_autofree char *asked = policy != NULL ? g_strdup_printf(", which the settings ask for with \"%s\"", pattern) : g_strdup("");
  LintReport report = used_report(used);
  report.help = g_strdup_printf("name the commit of \"%s\", with the version in a comment behind it", used->uses->ref.text);
  report.fix = used_fix_pin(used);
  lint_report(used->file, report, "no commit is named%s: who can move \"%s\" decides what runs here", asked, used->uses->ref.text);
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_unpinned_uses = {
  .id = "unpinned-uses",
  .family = FAMILY_SECURITY,
  .summary = "an action whose commit is not named",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .said_by = "pinned-actions",
  .fixable = true,
  .file = check_file,
};
