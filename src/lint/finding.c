#include "lint/finding.h"

#include "lint/edit/edit.h"

#include <string.h>

struct Findings {
  GPtrArray *rows;
  GHashTable *texts; /* path -> GBytes */
  GPtrArray *notes;
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
  findings->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  findings->notes = g_ptr_array_new_with_free_func(g_free);
  return findings;
}

void findings_free(Findings *findings) {
  g_ptr_array_unref(findings->rows);
  g_hash_table_unref(findings->texts);
  g_ptr_array_unref(findings->notes);
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

/* Forgets the rows from `kept` on, which are freed already or stand further up. */
static void cut_rows(GPtrArray *rows, guint kept) {
  g_ptr_array_set_free_func(rows, NULL);
  g_ptr_array_set_size(rows, (int)kept);
  g_ptr_array_set_free_func(rows, (GDestroyNotify)finding_free);
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
  cut_rows(rows, kept);
}

void findings_filter(Findings *findings, guint first, bool (*keep)(const Finding *finding, void *user), void *user) {
  GPtrArray *rows = findings->rows;
  guint kept = first;
  for (guint i = first; i < rows->len; i++) {
    Finding *finding = g_ptr_array_index(rows, i);
    if (keep(finding, user))
      g_ptr_array_index(rows, kept++) = finding;
    else
      finding_free(finding);
  }
  cut_rows(rows, kept);
}

/* ---- what stands beside them ---- */

void findings_keep_text(Findings *findings, const char *path, const char *text, size_t size) {
  if (!g_hash_table_contains(findings->texts, path))
    g_hash_table_insert(findings->texts, g_strdup(path), g_bytes_new(text, size));
}

const char *findings_text(const Findings *findings, const char *path, size_t *size) {
  GBytes *bytes = g_hash_table_lookup(findings->texts, path);
  return bytes != NULL ? g_bytes_get_data(bytes, size) : NULL;
}

void findings_note(Findings *findings, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *note = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  if (!g_ptr_array_find_with_equal_func(findings->notes, note, g_str_equal, NULL))
    g_ptr_array_add(findings->notes, g_steal_pointer(&note));
}

void findings_take(Findings *findings, Findings *from) {
  GHashTableIter texts;
  void *path, *text;
  g_ptr_array_extend_and_steal(findings->rows, g_steal_pointer(&from->rows));
  from->rows = g_ptr_array_new();
  g_hash_table_iter_init(&texts, from->texts);
  while (g_hash_table_iter_next(&texts, &path, &text)) {
    if (g_hash_table_contains(findings->texts, path))
      continue;
    g_hash_table_iter_steal(&texts);
    g_hash_table_insert(findings->texts, path, text);
  }
  for (guint i = 0; i < from->notes->len; i++)
    findings_note(findings, "%s", (const char *)g_ptr_array_index(from->notes, i));
  findings_free(from);
}

guint findings_note_count(const Findings *findings) {
  return findings->notes->len;
}

const char *findings_note_at(const Findings *findings, guint index) {
  return g_ptr_array_index(findings->notes, index);
}

/* ---- names ---- */

static const char *const families[] = {"correctness", "security", "policy"};
static const char *const severities[] = {"unset", "informational", "low", "medium", "high", "error"};
static const char *const confidences[] = {"unset", "low", "medium", "high"};
static const char *const personas[] = {"regular", "pedantic", "auditor"};

/* The number of `name`, from `first` on, or -1. */
static int number_of(const char *name, const char *const *names, int first, int count) {
  for (int i = first; i < count; i++)
    if (strcmp(names[i], name) == 0)
      return i;
  return -1;
}

const char *lint_family_name(unsigned set) {
  return families[set & FAMILY_POLICY ? 2 : set & FAMILY_SECURITY ? 1 : 0];
}

const char *lint_severity_name(LintSeverity severity) {
  return severities[severity];
}

const char *lint_confidence_name(LintConfidence confidence) {
  return confidences[confidence];
}

const char *lint_persona_name(LintPersona persona) {
  return personas[persona];
}

bool lint_family_read(const char *name, unsigned *set) {
  int number = number_of(name, families, 0, G_N_ELEMENTS(families));
  bool all = strcmp(name, "all") == 0;
  if (number >= 0 || all)
    *set = all ? FAMILY_ALL : 1U << number;
  return number >= 0 || all;
}

bool lint_severity_read(const char *name, LintSeverity *severity) {
  int number = number_of(name, severities, SEVERITY_INFORMATIONAL, G_N_ELEMENTS(severities));
  if (number >= 0)
    *severity = (LintSeverity)number;
  return number >= 0;
}

bool lint_persona_read(const char *name, LintPersona *persona) {
  int number = number_of(name, personas, 0, G_N_ELEMENTS(personas));
  if (number >= 0)
    *persona = (LintPersona)number;
  return number >= 0;
}
