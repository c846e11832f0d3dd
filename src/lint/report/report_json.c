#include "lint/edit/edit.h"
#include "lint/report/report_parts.h"

/* Where the bytes stand now, and what they become. */
static json_t *edit_json(const Source *source, const Edit *edit) {
  Location start = source_place(source, NULL, edit->start), end = source_place(source, NULL, edit->end);
  return json_pack("{s:i, s:i, s:i, s:i, s:o}", "line", (int)start.line, "column", (int)start.column, "end_line", (int)end.line, "end_column",
                   (int)end.column, "text", report_string(edit->text));
}

static json_t *fix_json(const Fix *fix, const Source *source) {
  if (fix == NULL || source == NULL)
    return json_null();
  json_t *edits = json_array();
  for (guint i = 0; i < fix->edits->len; i++)
    json_array_append_new(edits, edit_json(source, &g_array_index(fix->edits, Edit, i)));
  return json_pack("{s:o, s:b, s:o}", "description", report_string(fix->description), "safe", fix->safe, "edits", edits);
}

static json_t *finding_json(const Finding *finding, const Source *source) {
  return json_pack("{s:o, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "path", report_string(finding->path), "line", (int)finding->line,
                   "column", (int)finding->column, "end_line", (int)finding->end_line, "end_column", (int)finding->end_column, "rule", finding->rule,
                   "family", lint_family_name(finding->family), "severity", lint_severity_name(finding->severity), "confidence",
                   lint_confidence_name(finding->confidence), "message", report_string(finding->message), "help", report_string(finding->help), "fix",
                   fix_json(finding->fix, source));
}

json_t *report_json(const Report *report) {
  json_t *findings = json_array();
  g_auto(ReportText) text = {0};
  for (guint i = 0; i < findings_count(report->findings); i++) {
    const Finding *finding = findings_at(report->findings, i);
    json_array_append_new(findings, finding_json(finding, finding->fix != NULL ? report_source(&text, report, finding) : NULL));
  }
  return findings;
}
