/* A repository of one file, its settings, and what fixing makes of it. */
#pragma once

#include "base/error.h"
#include "base/fs.h"
#include "lint/fix.h"

#include <string.h>

#define FIX_PATH ".github/workflows/test.yml"

/* One rule alone, with everything that can be asked for. */
static inline LintConfig *fix_config(const char *rule, const char *options) {
  g_autoptr(GString) settings = g_string_new("lint: {policy: hardened, persona: auditor, rules: {");
  g_autoptr(GError) error = NULL;
  LintConfig *config = lint_config_new();
  g_assert_nonnull(lint_rule_find(rule));
  for (const Rule *const *other = lint_rules; *other != NULL; other++)
    if (strcmp((*other)->id, rule) != 0)
      g_string_append_printf(settings, "%s: off, ", (*other)->id);
  g_string_append_printf(settings, "%s: %s}}", rule, options != NULL ? options : "on");
  if (!lint_config_read(config, "drover.yaml", settings->str, settings->len, &error))
    g_error("%s: %s", rule, error->message);
  config->scripts = false;
  return config;
}

/* A folder with the file in it; transfer full. */
static inline char *fix_folder(const char *path, const char *text, size_t size) {
  g_autoptr(GError) error = NULL;
  char *root = fs_temp_dir(g_get_tmp_dir(), "drover-fix-", &error);
  g_assert_no_error(error);
  g_autofree char *file = g_build_filename(root, path, NULL), *folder = g_path_get_dirname(file);
  g_assert_true(fs_make_dirs(folder, 0700, &error));
  g_assert_true(fs_write(file, text, size, 0640, &error));
  return root;
}

static inline char *fix_read(const char *root, const char *path) {
  g_autoptr(GError) error = NULL;
  g_autofree char *file = g_build_filename(root, path, NULL);
  char *text = fs_read(file, 1 << 20, NULL, &error);
  g_assert_no_error(error);
  return text;
}

/* Mends and writes; what is left is given back, transfer full. */
static inline Findings *fix_run(const char *root, const LintConfig *config, bool with_unsafe, guint *changed) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LintFixes) fixes = lint_fixes_new(root, with_unsafe);
  Findings *left = lint_fix(fixes, &(LintSpec){.root = root, .config = config}, NULL, &error);
  g_assert_no_error(error);
  g_assert_true(lint_fixes_write(fixes, &error));
  *changed = lint_fixes_count(fixes);
  return left;
}
