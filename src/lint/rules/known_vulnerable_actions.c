#include "base/facts.h"
#include "lint/rules/used.h"

#include <string.h>

static const struct {
  const char *name;
  LintSeverity severity;
} severities[] = {{"low", SEVERITY_LOW}, {"medium", SEVERITY_MEDIUM}, {"high", SEVERITY_HIGH}, {"critical", SEVERITY_HIGH}};

static const char *text_of(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* ---- which versions are affected ---- */

/* Whether every version that the moving tag may stand for lies in the range: its first, and all up to where the next line starts. */
static bool holds_line(const Semver *moving, const SemverRange *range) {
  Semver next = *moving, bound;
  next.numbers[moving->count - 1]++;
  if (!semver_in_range(moving, range))
    return false;
  if (range->fixed != NULL && semver_parse(range->fixed, &bound))
    return semver_compare(&bound, &next) >= 0;
  return range->last_affected == NULL || !semver_parse(range->last_affected, &bound) || semver_compare(&bound, &next) >= 0;
}

static bool is_affected(const Semver *version, const json_t *advisory) {
  const json_t *ranges = json_object_get(advisory, "ranges"), *item;
  size_t i;
  json_array_foreach (ranges, i, item) {
    SemverRange range = {text_of(item, "introduced"), text_of(item, "fixed"), text_of(item, "last_affected")};
    if (version->count == 3 ? semver_in_range(version, &range) : holds_line(version, &range))
      return true;
  }
  return false;
}

/* The first version that is newer than `version` and mended; NULL: none. */
static const char *find_fix(const Semver *version, const json_t *advisory) {
  const char *found = NULL;
  Semver least, fixed;
  const json_t *item;
  size_t i;
  json_array_foreach (json_object_get(advisory, "ranges"), i, item) {
    const char *text = text_of(item, "fixed");
    if (!semver_parse(text, &fixed) || semver_compare(&fixed, version) <= 0 || (found != NULL && semver_compare(&fixed, &least) >= 0))
      continue;
    found = text;
    least = fixed;
  }
  return found;
}

/* ---- the fix ---- */

/* Advisories write versions without the "v" that most tags have; transfer full. */
static char *make_tag(const char *version, bool prefixed) {
  return g_strconcat(prefixed ? "v" : "", version + (*version == 'v'), NULL);
}

/* A tag gives way to the tag of the mended version, written as it was; a commit to that tag's commit, if the mirror knows it. */
static Fix *make_fix(const Used *used, const char *version) {
  const Uses *uses = used->uses;
  if (uses->ref_kind == USES_REF_VERSION) {
    g_autofree char *tag = make_tag(version, *uses->ref.text == 'v');
    Mirror *known = lint_repository_mirror(used->file->repository);
    bool is_known = known != NULL && mirror_knows_history(known, uses->owner.text, uses->repo.text);
    if (is_known && mirror_tag_commit(known, uses->owner.text, uses->repo.text, tag, NULL) == NULL)
      return NULL;
    return used_fix_ref(used, tag, NULL, false);
  }
  Mirror *mirror = uses->ref_kind == USES_REF_COMMIT ? lint_repository_mirror(used->file->repository) : NULL;
  for (int prefixed = 1; mirror != NULL && prefixed >= 0; prefixed--) {
    g_autofree char *tag = make_tag(version, prefixed == 1);
    const char *commit = mirror_tag_commit(mirror, uses->owner.text, uses->repo.text, tag, NULL);
    if (commit != NULL)
      return used_fix_ref(used, commit, tag, false);
  }
  return NULL;
}

/* ---- the rule ---- */

static bool is_allowed(const LintFile *file, const char *id) {
  const YamlNode *allow = yaml_get(lint_config_rule(file->config, file->rule->id).config, "allow");
  for (guint i = 0; allow != NULL && allow->kind == YAML_SEQUENCE && i < allow->count; i++)
    if (allow->items[i]->kind == YAML_SCALAR && strcmp(allow->items[i]->text, id) == 0)
      return true;
  return false;
}

static void report_advisory(const Used *used, const char *name, const UsedVersion *known, const Semver *version, const json_t *advisory) {
  LintReport report = used_report(used);
  for (size_t i = 0; i < G_N_ELEMENTS(severities); i++)
    if (g_strcmp0(text_of(advisory, "severity"), severities[i].name) == 0)
      report.severity = severities[i].severity;
  report.confidence = known->is_certain ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
  const char *fix = find_fix(version, advisory);
  report.help = fix != NULL ? g_strdup_printf("use %s or a newer one", fix) : g_strdup("use another action: there is no version without it");
  report.fix = fix != NULL ? make_fix(used, fix) : NULL;
  lint_report(used->file, report, "%s %s is known to be vulnerable: %s (%s)", name, known->version, text_of(advisory, "summary"),
              text_of(advisory, "id"));
}

static void check_name(const Used *used, bool whole) {
  g_autofree char *name = used_key(used->uses, whole);
  const json_t *line = facts_find(FACTS_ADVISORIES, name), *advisory;
  if (line == NULL)
    return;
  UsedVersion known = used_version(used);
  Semver version;
  size_t i;
  if (!semver_parse(known.version, &version))
    return;
  json_array_foreach (json_object_get(line, "advisories"), i, advisory)
    if (text_of(advisory, "id") != NULL && is_affected(&version, advisory) && !is_allowed(used->file, text_of(advisory, "id")))
      report_advisory(used, name, &known, &version, advisory);
}

static void check(const Used *used) {
  check_name(used, false);
  if (used->uses->path.text != NULL)
    check_name(used, true);
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_known_vulnerable_actions = {
  .id = "known-vulnerable-actions",
  .family = FAMILY_SECURITY,
  .summary = "an action with a known vulnerability",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .file = check_file,
};
