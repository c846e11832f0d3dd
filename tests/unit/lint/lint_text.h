/* Linting of one text, and findings as lines that a table can hold. */
#pragma once

#include "base/error.h"
#include "base/fs.h"
#include "lint/lint.h"

#include <string.h>

static inline char *lint_text_read_nothing(const char *path, size_t *size, void *data, GError **error) {
  (void)size, (void)data;
  error_set(error, DROVER_ERROR_NOT_FOUND, "%s: not there", path);
  return NULL;
}

/* The text as the file `path` of a repository that has no other. Transfer full. */
static inline Findings *lint_text(const char *path, const char *text, const LintConfig *config) {
  g_autoptr(GError) error = NULL;
  Findings *findings = findings_new();
  LintSpec spec = {.read = lint_text_read_nothing, .config = config, .input = text, .input_size = strlen(text), .input_name = path};
  g_assert_true(lint_files(&spec, findings, NULL, &error));
  g_assert_no_error(error);
  return findings;
}

/* Settings that look for no dangers: texts that are about something else need not be safe. Transfer full. */
static inline LintConfig *lint_text_config(void) {
  LintConfig *config = lint_config_new();
  config->families = FAMILY_CORRECTNESS | FAMILY_POLICY;
  return config;
}

/* "line:column rule", separated by blanks. Transfer full. */
static inline char *lint_text_places(const Findings *findings) {
  GString *places = g_string_new(NULL);
  for (guint i = 0; i < findings_count(findings); i++) {
    const Finding *finding = findings_at(findings, i);
    g_string_append_printf(places, "%s%u:%u %s", i > 0 ? " " : "", finding->line, finding->column, finding->rule);
  }
  return g_string_free(places, FALSE);
}

/* g_test_run() with a cache of scripts' findings of its own. */
static inline int lint_text_run_tests(void) {
  g_autofree char *cache = fs_temp_dir(g_get_tmp_dir(), "drover-cache", NULL);
  g_assert_true(g_setenv("XDG_CACHE_HOME", cache, true));
  int failed = g_test_run();
  g_assert_true(fs_remove_tree(cache, NULL));
  return failed;
}
