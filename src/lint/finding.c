#include "lint/finding.h"

#include "lint/edit.h"

#include <string.h>

struct Findings {
  GPtrArray *rows;
};

void finding_free(Finding *finding) {
  g_free(finding->path);
  g_free(finding->message);
  g_free(finding->help);
  g_clear_pointer(&finding->fix, fix_free);
  g_free(finding);
}

Findings *findings_new(void) {
  Findings *findings = g_new(Findings, 1);
  findings->rows = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
  return findings;
}

void findings_free(Findings *findings) {
  g_ptr_array_unref(findings->rows);
  g_free(findings);
}

void findings_add(Findings *findings, Finding *finding) {
  g_ptr_array_add(findings->rows, finding);
}

guint findings_count(const Findings *findings) {
  return findings->rows->len;
}

Finding *findings_at(const Findings *findings, guint index) {
  return g_ptr_array_index(findings->rows, index);
}

static int order_of(unsigned left, unsigned right) {
  return (left > right) - (left < right);
}

static int compare(const Finding *left, const Finding *right) {
  int order = strcmp(left->path, right->path);
  if (order == 0)
    order = order_of(left->line, right->line);
  if (order == 0)
    order = order_of(left->column, right->column);
  if (order == 0)
    order = strcmp(left->rule, right->rule);
  return order != 0 ? order : strcmp(left->message, right->message);
}

static int compare_rows(gconstpointer a, gconstpointer b) {
  return compare(*(Finding *const *)a, *(Finding *const *)b);
}

void findings_sort(Findings *findings) {
  GPtrArray *rows = findings->rows;
  g_ptr_array_sort(rows, compare_rows);
  guint kept = 0;
  for (guint i = 0; i < rows->len; i++) {
    if (kept > 0 && compare(g_ptr_array_index(rows, kept - 1), g_ptr_array_index(rows, i)) == 0)
      finding_free(g_ptr_array_index(rows, i));
    else
      g_ptr_array_index(rows, kept++) = g_ptr_array_index(rows, i);
  }
  for (guint i = kept; i < rows->len; i++)
    g_ptr_array_index(rows, i) = NULL;
  g_ptr_array_set_free_func(rows, NULL);
  g_ptr_array_set_size(rows, (int)kept);
  g_ptr_array_set_free_func(rows, (GDestroyNotify)finding_free);
}

void findings_filter(Findings *findings, bool (*keep)(const Finding *finding, void *user), void *user) {
  GPtrArray *kept = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
  for (guint i = 0; i < findings->rows->len; i++) {
    Finding *finding = g_ptr_array_index(findings->rows, i);
    if (keep(finding, user))
      g_ptr_array_add(kept, finding);
    else
      finding_free(finding);
  }
  g_ptr_array_set_free_func(findings->rows, NULL);
  g_ptr_array_unref(findings->rows);
  findings->rows = kept;
}

const char *lint_family_name(LintFamily family) {
  return family == FAMILY_CORRECTNESS ? "correctness" : family == FAMILY_SECURITY ? "security" : family == FAMILY_POLICY ? "policy" : "all";
}

const char *lint_severity_name(LintSeverity severity) {
  static const char *const names[] = {"unset", "informational", "low", "medium", "high", "error"};
  return names[severity];
}

const char *lint_confidence_name(LintConfidence confidence) {
  static const char *const names[] = {"unset", "low", "medium", "high"};
  return names[confidence];
}

const char *lint_persona_name(LintPersona persona) {
  static const char *const names[] = {"regular", "pedantic", "auditor"};
  return names[persona];
}
