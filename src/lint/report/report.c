#include "lint/report/report_parts.h"

#include <string.h>

const ReportLevel *report_level(LintSeverity severity) {
  static const ReportLevel levels[] = {
    [SEVERITY_UNSET] = {"warning", "warning", "warning", "\033[1;33m", "4.0"},
    [SEVERITY_INFORMATIONAL] = {"note", "note", "notice", "\033[1;36m", "1.0"},
    [SEVERITY_LOW] = {"warning", "warning", "warning", "\033[1;33m", "3.0"},
    [SEVERITY_MEDIUM] = {"warning", "warning", "warning", "\033[1;33m", "5.5"},
    [SEVERITY_HIGH] = {"error", "error", "error", "\033[1;31m", "8.0"},
    [SEVERITY_ERROR] = {"error", "error", "error", "\033[1;31m", "8.0"},
  };
  return &levels[severity];
}

const char *report_path(const Report *report, const Finding *finding) {
  const char *path = finding->path;
  if (report->root != NULL && g_str_has_prefix(path, report->root) && path[strlen(report->root)] == '/')
    path += strlen(report->root) + 1;
  while (g_str_has_prefix(path, "./"))
    path += 2;
  return path;
}

json_t *report_string(const char *text) {
  g_autofree char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;
  return valid != NULL ? json_string(valid) : json_null();
}

/* ---- lines ---- */

void report_text_clear(ReportText *text) {
  g_clear_pointer(&text->source, source_free);
}

const Source *report_source(ReportText *text, const Report *report, const Finding *finding) {
  if (text->path != NULL && strcmp(text->path, finding->path) == 0)
    return text->source;
  size_t size = 0;
  const char *bytes = findings_text(report->findings, finding->path, &size);
  report_text_clear(text);
  text->path = finding->path;
  text->source = bytes != NULL ? source_new(bytes, size) : NULL;
  return text->source;
}

const char *report_line(ReportText *text, const Report *report, const Finding *finding, unsigned column, size_t *length) {
  const Source *source = report_source(text, report, finding);
  size_t left = 0, size;
  const char *line = source != NULL ? source_line(source, finding->line, &left) : NULL;
  if (line == NULL)
    return NULL;
  size_t start = (size_t)(line - source_text(source, &size));
  size_t skipped = MIN(source_byte(source, (Location){.line = finding->line, .column = column}) - start, left);
  *length = left - skipped;
  return line + skipped;
}
