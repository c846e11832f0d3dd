/* What the reports share. Private to this folder. */
#pragma once

#include "base/source.h"
#include "lint/report/report.h"

/* How bad a finding is, in the words of each format. */
typedef struct {
  const char *text, *sarif, *github;
  const char *colour;
  const char *score; /* SARIF's "security-severity" */
} ReportLevel;

const ReportLevel *report_level(LintSeverity severity);

/* Points into the finding's path. */
const char *report_path(const Report *report, const Finding *finding);

/* Text that is valid for JSON; null for NULL. Transfer full. */
json_t *report_string(const char *text);

/* The text of the file that was asked for last: findings are sorted, so that each file is read once. Zeroed at first; cleared by
 * report_text_clear(). */
typedef struct {
  const char *path; /* of a finding */
  Source *source;   /* NULL: the text was not kept */
} ReportText;

void report_text_clear(ReportText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReportText, report_text_clear)

/* NULL when the text of the finding's file was not kept. */
const Source *report_source(ReportText *text, const Report *report, const Finding *finding);
/* The finding's line from `column` on, without its end; NULL when it is not known. Not NUL-terminated. */
const char *report_line(ReportText *text, const Report *report, const Finding *finding, unsigned column, size_t *length);
