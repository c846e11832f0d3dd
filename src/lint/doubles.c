#include "lint/doubles.h"

#include <string.h>

/* What the first says of a place, the second says better. */
static const struct {
  const char *rule, *better;
  LintSeverity at_most; /* what is graver is told in any case */
} doubles[] = {
  {"explicit-permissions", "excessive-permissions", SEVERITY_ERROR},
  {"floating-image", "unpinned-images", SEVERITY_ERROR},
  {"if-cond", "disabled-checks", SEVERITY_ERROR},
  {"template-injection", "expression", SEVERITY_INFORMATIONAL}, /* an output that is not there carries nothing in */
};

#define NEIGHBOURS_MAX 20 /* findings of one place that are looked at, in each direction */

static bool is_same_place(const Finding *left, const Finding *right) {
  return left->line == right->line && left->column == right->column && strcmp(left->path, right->path) == 0;
}

static const char *better_rule(const Finding *finding, const LintConfig *config) {
  for (size_t i = 0; i < G_N_ELEMENTS(doubles); i++)
    if (strcmp(finding->rule, doubles[i].rule) == 0 && finding->severity <= doubles[i].at_most && !lint_config_rule(config, finding->rule).is_on)
      return doubles[i].better;
  return NULL;
}

static bool stands_beside(const Findings *findings, guint index, const char *rule) {
  const Finding *here = findings_at(findings, index);
  for (guint i = index; i > 0 && index - i < NEIGHBOURS_MAX && is_same_place(findings_at(findings, i - 1), here); i--)
    if (strcmp(findings_at(findings, i - 1)->rule, rule) == 0)
      return true;
  for (guint i = index + 1; i < findings_count(findings) && i - index <= NEIGHBOURS_MAX && is_same_place(findings_at(findings, i), here); i++)
    if (strcmp(findings_at(findings, i)->rule, rule) == 0)
      return true;
  return false;
}

static bool is_kept(const Finding *finding, void *user) {
  return !g_hash_table_contains(user, finding);
}

void lint_drop_doubles(Findings *findings, const LintConfig *config) {
  g_autoptr(GHashTable) dropped = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < findings_count(findings); i++) {
    const char *better = better_rule(findings_at(findings, i), config);
    if (better != NULL && stands_beside(findings, i, better))
      g_hash_table_add(dropped, (gpointer)findings_at(findings, i));
  }
  if (g_hash_table_size(dropped) > 0)
    findings_filter(findings, 0, is_kept, dropped);
}
