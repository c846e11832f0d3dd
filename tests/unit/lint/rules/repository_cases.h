/* Rows that hold one rule against a workflow or an action and the files around it, which are read from the row. */
#pragma once

#include "base/error.h"
#include "lint/file.h"

#include <string.h>

typedef struct {
  const char *claim;
  const char *path; /* NULL: a workflow */
  const char *text;
  const char *want[6];     /* every finding of the rule, in order: "LINE:COLUMN PART-OF-THE-MESSAGE"; none: it is silent */
  const char *files[5];    /* path, text, ... of those around it */
  const char *variables;   /* those that the configuration lists, with commas between; NULL: any */
  const char *secret_list; /* likewise */
} RepositoryCase;

#define CASE_ON(on, steps) "on: " on "\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n" steps
#define CASE_STEPS(steps) CASE_ON("push", steps)
#define CASE_RUN(expression) CASE_STEPS("      - run: echo ${{ " expression " }}\n")

static const char *case_rule;

static char *case_read(const char *path, size_t *size, void *data, GError **error) {
  const RepositoryCase *row = data;
  for (size_t i = 0; i + 1 < G_N_ELEMENTS(row->files) && row->files[i] != NULL; i += 2)
    if (strcmp(row->files[i], path) == 0) {
      *size = strlen(row->files[i + 1]);
      return g_strdup(row->files[i + 1]);
    }
  error_set(error, DROVER_ERROR_NOT_FOUND, "%s: not there", path);
  return NULL;
}

static GPtrArray *case_list(const char *text) {
  GPtrArray *list = text != NULL ? g_ptr_array_new_with_free_func(g_free) : NULL;
  g_auto(GStrv) names = g_strsplit(text != NULL ? text : "", ",", -1);
  for (char **name = names; *name != NULL; name++)
    g_ptr_array_add(list, g_strdup(*name));
  return list;
}

static void case_check(const RepositoryCase *row, const Findings *findings) {
  guint seen = 0;
  for (guint i = 0; i < findings_count(findings); i++) {
    const Finding *finding = findings_at(findings, i);
    if (strcmp(finding->rule, case_rule) != 0)
      continue;
    const char *want = seen < G_N_ELEMENTS(row->want) ? row->want[seen] : NULL;
    g_autofree char *place = g_strdup_printf("%u:%u ", finding->line, finding->column);
    if (want == NULL || !g_str_has_prefix(want, place) || strstr(finding->message, want + strlen(place)) == NULL)
      g_error("expected \"%s\", found \"%s%s\"", want != NULL ? want : "nothing", place, finding->message);
    seen++;
  }
  if (seen < G_N_ELEMENTS(row->want) && row->want[seen] != NULL)
    g_error("expected \"%s\", found nothing", row->want[seen]);
}

static void case_run(const void *data) {
  const RepositoryCase *row = data;
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(LintRepository) repository = lint_repository_new(NULL, case_read, (void *)row);
  const char *path = row->path != NULL ? row->path : ".github/workflows/test.yml";
  g_clear_pointer(&config->config_variables, g_ptr_array_unref);
  g_clear_pointer(&config->config_secrets, g_ptr_array_unref);
  config->config_variables = case_list(row->variables);
  config->config_secrets = case_list(row->secret_list);
  lint_file(&(LintInput){.path = path, .text = row->text, .size = strlen(row->text), .kind = lint_file_kind(path)}, config, repository, findings);
  findings_sort(findings);
  case_check(row, findings);
}

static inline int cases_run(int argc, char **argv, const char *rule, const RepositoryCase *cases, size_t count) {
  g_test_init(&argc, &argv, NULL);
  case_rule = rule;
  g_assert_nonnull(lint_rule_find(rule));
  for (size_t i = 0; i < count; i++) {
    g_autofree char *name = g_strdup_printf("/lint/%s/%s", rule, cases[i].claim);
    g_test_add_data_func(name, &cases[i], case_run);
  }
  return g_test_run();
}
