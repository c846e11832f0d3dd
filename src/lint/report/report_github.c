#include "lint/report/report_parts.h"

#include "base/text.h"

/* Workflow commands, as GitHub's runner reads them: "::error file=...,line=...::message". */

/* In a property "," and ":" end it; everywhere a line's end ends the command. */
static void put_escaped(GString *text, const char *words, bool property) {
  g_autofree char *valid = g_utf8_make_valid(words, -1);
  for (const char *at = valid; *at != '\0'; at++) {
    bool escaped = *at == '%' || (property && (*at == ',' || *at == ':')) || g_ascii_iscntrl(*at);
    if (escaped)
      g_string_append_printf(text, "%%%02X", (unsigned)(unsigned char)*at);
    else
      g_string_append_c(text, *at);
  }
}

/* A mark over several lines would stand at the last of them, so those have their first line only. */
static void put_place(const Finding *finding, GString *text) {
  if (finding->line == 0)
    return;
  g_string_append_printf(text, ",line=%u", finding->line);
  if (finding->end_line == finding->line)
    g_string_append_printf(text, ",endLine=%u", finding->end_line);
  g_string_append_printf(text, ",col=%u", MAX(finding->column, 1));
  if (finding->end_line == finding->line && finding->end_column > finding->column)
    g_string_append_printf(text, ",endColumn=%u", finding->end_column);
}

char *report_github(const Report *report) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < findings_count(report->findings); i++) {
    const Finding *finding = findings_at(report->findings, i);
    g_string_append_printf(text, "::%s file=", report_level(finding->severity)->github);
    put_escaped(text, report_path(report, finding), true);
    put_place(finding, text);
    g_string_append(text, ",title=");
    put_escaped(text, finding->rule, true);
    g_string_append(text, "::");
    put_escaped(text, finding->message, false);
    if (finding->help != NULL) {
      g_string_append(text, "%0A");
      put_escaped(text, finding->help, false);
    }
    g_string_append_c(text, '\n');
  }
  return g_string_free(text, FALSE);
}
