/* Any bytes as the linter's settings and, behind a NUL, a file: settings end with an error or not, and no report holds a letter that
 * steers a terminal or a line that is a command of the file's own. The first byte says whose settings and what file it is. */
#include "lint/lint.h"
#include "lint/report/report.h"

#include "base/error.h"

#include <stdint.h>
#include <string.h>

static char *read_nothing(const char *path, size_t *size, void *data, GError **error) {
  (void)size, (void)data;
  error_set(error, DROVER_ERROR_NOT_FOUND, "%s: not there", path);
  return NULL;
}

static void check_settings(const char *name, const char *text, size_t size) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LintConfig) config = lint_config_new();
  if (!lint_config_read(config, name, text, size, &error))
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
}

static void check_reports(const Findings *findings) {
  const Report report = {.findings = findings, .files = 1};
  g_autofree char *text = report_text(&report), *commands = report_github(&report);
  json_t *log = report_sarif(&report), *array = report_json(&report);
  g_assert_true(g_utf8_validate(text, -1, NULL) && g_utf8_validate(commands, -1, NULL));
  g_assert_true(log != NULL && array != NULL && json_array_size(array) == findings_count(findings));
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true(!g_ascii_iscntrl(*at) || *at == '\n');
  for (const char *line = commands; *line != '\0'; line = strchr(line, '\n') + 1)
    g_assert_true(g_str_has_prefix(line, "::error file=") || g_str_has_prefix(line, "::warning file=") || g_str_has_prefix(line, "::notice file="));
  json_decref(log);
  json_decref(array);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static const char *const settings[] = {"drover.yaml", "actionlint.yaml", "zizmor.yml"};
  static const char *const files[] = {"ci.yml", "action.yml", "dependabot.yml"};
  if (size == 0)
    return 0;
  const char *text = (const char *)bytes + 1;
  const char *split = memchr(text, '\0', size - 1), *file = split != NULL ? split + 1 : text;
  check_settings(settings[bytes[0] % G_N_ELEMENTS(settings)], text, (size_t)(file - text) - (split != NULL));
  g_autofree char *copy = g_strndup(file, size - 1 - (size_t)(file - text)); /* NUL-terminated, as files are read */
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(LintConfig) config = lint_config_new();
  config->persona = PERSONA_AUDITOR;
  config->hardened = true;
  config->scripts = false;
  LintSpec spec = {
    .read = read_nothing,
    .config = config,
    .input = copy,
    .input_size = size - 1 - (size_t)(file - text),
    .input_name = files[bytes[0] / 3 % G_N_ELEMENTS(files)],
  };
  g_assert_true(lint_files(&spec, findings, NULL, NULL));
  check_reports(findings);
  return 0;
}
