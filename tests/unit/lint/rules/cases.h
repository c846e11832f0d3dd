/* Rows that hold one rule against one text. Everything that can be asked for is on: persona auditor, policy hardened. */
#pragma once

#include "../lint_text.h"

#include "lint/edit/edit.h"
#include "lint/rule.h"

typedef struct {
  const char *claim;
  const char *rule;
  const char *path; /* NULL: a workflow */
  const char *text;
  const char *want[6]; /* every finding of the rule, in order: "LINE:COLUMN PERSONA SEVERITY PART-OF-THE-MESSAGE"; none: it is silent */
  const char *options; /* of the rule, as drover.yaml has them: "{max-minutes: 30}"; NULL: none */
} LintCase;

/* A text, and what the fixes of one rule make of it. */
typedef struct {
  const char *claim;
  const char *rule;
  const char *path;
  const char *text;
  const char *fixed; /* NULL: nothing is offered */
  bool safe;
} LintFixCase;

static inline LintConfig *lint_case_config(const char *rule, const char *options) {
  g_autofree char *settings = g_strdup_printf("lint: {policy: hardened, persona: auditor, rules: {%s: %s}}", rule, options != NULL ? options : "on");
  g_autoptr(GError) error = NULL;
  LintConfig *config = lint_config_new();
  if (!lint_config_read(config, "drover.yaml", settings, strlen(settings), &error))
    g_error("%s: %s", rule, error->message);
  return config;
}

static inline void lint_case_run(const void *data) {
  const LintCase *row = data;
  g_autoptr(LintConfig) config = lint_case_config(row->rule, row->options);
  g_autoptr(Findings) findings = lint_text(row->path != NULL ? row->path : ".github/workflows/test.yml", row->text, config);
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

static inline void lint_fix_case_run(const void *data) {
  const LintFixCase *row = data;
  g_autoptr(LintConfig) config = lint_case_config(row->rule, NULL);
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(GPtrArray) fixes = g_ptr_array_new();
  LintSpec spec = {
    .read = lint_text_read_nothing,
    .config = config,
    .input = row->text,
    .input_size = strlen(row->text),
    .input_name = row->path,
    .fixing = true,
  };
  g_assert_true(lint_files(&spec, findings, NULL, NULL));
  for (guint i = 0; i < findings_count(findings); i++) {
    const Finding *finding = findings_at(findings, i);
    if (strcmp(finding->rule, row->rule) != 0 || finding->fix == NULL)
      continue;
    g_assert_cmpint(finding->fix->safe, ==, row->safe);
    g_ptr_array_add(fixes, finding->fix);
  }
  size_t size = 0;
  g_autofree char *fixed = fixes->len > 0 ? edits_apply(row->text, strlen(row->text), fixes, NULL, &size) : NULL;
  g_assert_cmpstr(fixed, ==, row->fixed);
}

static inline void lint_fix_cases_add(const LintFixCase *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    g_assert_nonnull(lint_rule_find(cases[i].rule));
    g_autofree char *name = g_strdup_printf("/lint/%s/fix/%s", cases[i].rule, cases[i].claim);
    g_test_add_data_func(name, &cases[i], lint_fix_case_run);
  }
}
