#include "lint/edit.h"
#include "lint/report_parts.h"

static json_t *fix_json(const Fix *fix) {
  return fix != NULL ? json_pack("{s:o, s:b}", "description", report_string(fix->description), "safe", fix->safe) : json_null();
}

static json_t *finding_json(const Finding *finding) {
  return json_pack("{s:o, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "path", report_string(finding->path), "line", (int)finding->line,
                   "column", (int)finding->column, "end_line", (int)finding->end_line, "end_column", (int)finding->end_column, "rule", finding->rule,
                   "family", lint_family_name(finding->family), "severity", lint_severity_name(finding->severity), "confidence",
                   lint_confidence_name(finding->confidence), "message", report_string(finding->message), "help", report_string(finding->help), "fix",
                   fix_json(finding->fix));
}

json_t *report_json(const Report *report) {
  json_t *findings = json_array();
  for (guint i = 0; i < findings_count(report->findings); i++)
    json_array_append_new(findings, finding_json(findings_at(report->findings, i)));
  return findings;
}
