/* Rows that hold one rule against one text. Everything that can be asked for is on: persona auditor, policy hardened. */
#pragma once

#include "lint/file.h"

#include <string.h>

typedef struct {
  const char *claim;
  const char *rule;
  const char *path; /* NULL: a workflow */
  const char *text;
  const char *want[6]; /* every finding of the rule, in order: "LINE:COLUMN PERSONA SEVERITY PART-OF-THE-MESSAGE"; none: it is silent */
} LintCase;

static void lint_case_run(const void *data) {
  const LintCase *row = data;
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(LintRepository) repository = lint_repository_new("/nonexistent", NULL, NULL);
  const char *path = row->path != NULL ? row->path : ".github/workflows/test.yml";
  config->persona = PERSONA_AUDITOR;
  config->hardened = true;
  LintInput input = {.path = path, .text = row->text, .size = strlen(row->text), .kind = lint_file_kind(path)};
  lint_file(&input, config, repository, findings);
  findings_sort(findings);
  guint seen = 0;
  for (guint i = 0; i < findings_count(findings); i++) {
    const Finding *finding = findings_at(findings, i);
    if (strcmp(finding->rule, row->rule) != 0)
      continue;
    const char *want = seen < G_N_ELEMENTS(row->want) ? row->want[seen] : NULL;
    g_autofree char *place =
      g_strdup_printf("%u:%u %s %s ", finding->line, finding->column, lint_persona_name(finding->persona), lint_severity_name(finding->severity));
    if (want == NULL || !g_str_has_prefix(want, place) || strstr(finding->message, want + strlen(place)) == NULL)
      g_error("expected \"%s\", found \"%s%s\"", want != NULL ? want : "nothing", place, finding->message);
    seen++;
  }
  if (seen < G_N_ELEMENTS(row->want) && row->want[seen] != NULL)
    g_error("expected \"%s\", found nothing", row->want[seen]);
}

static inline void lint_cases_add(const LintCase *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    g_assert_nonnull(lint_rule_find(cases[i].rule));
    g_autofree char *name = g_strdup_printf("/lint/%s/%s", cases[i].rule, cases[i].claim);
    g_test_add_data_func(name, &cases[i], lint_case_run);
  }
}
