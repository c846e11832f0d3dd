#include "lint/edit/edit.h"
#include "lint/report/pages.h"
#include "lint/report/report_parts.h"
#include "lint/rule.h"

#include <string.h>

/* Follows SARIF 2.1.0, and what GitHub's code scanning reads of it. */

#define LINE_MAX_BYTES 1000 /* that a fingerprint is made of */
#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* A log that is being made. */
typedef struct {
  const Report *report;
  json_t *rules;
  GHashTable *indices; /* rule id -> its number in `rules`, + 1 */
  GHashTable *alike;   /* what a fingerprint is made of -> how many findings had the same */
  ReportText text;
} Log;

/* ---- rules ---- */

static json_t *text_json(const char *text) {
  return json_pack("{s:o}", "text", report_string(text));
}

static json_t *rule_properties(const Finding *finding) {
  json_t *properties =
    json_pack("{s:[s], s:s, s:s}", "tags", lint_family_name(finding->family), "precision",
              lint_confidence_name(MAX(finding->confidence, CONFIDENCE_LOW)), "problem.severity",
              strcmp(report_level(finding->severity)->sarif, "note") == 0 ? "recommendation" : report_level(finding->severity)->sarif);
  if (finding->family & FAMILY_SECURITY) {
    json_array_append_new(json_object_get(properties, "tags"), json_string("security"));
    json_object_set_new(properties, "security-severity", json_string(report_level(finding->severity)->score));
  }
  return properties;
}

static json_t *rule_json(const Finding *finding) {
  const Rule *rule = lint_rule_find(finding->rule);
  const char *page = lint_rule_page(finding->rule);
  json_t *made = json_pack("{s:s, s:o, s:{s:s}, s:o}", "id", finding->rule, "shortDescription",
                           text_json(rule != NULL ? rule->summary : finding->rule), "defaultConfiguration", "level",
                           report_level(rule != NULL ? rule->severity : finding->severity)->sarif, "properties", rule_properties(finding));
  if (page != NULL)
    json_object_set_new(made, "help", json_pack("{s:o, s:o}", "text", report_string(page), "markdown", report_string(page)));
  return made;
}

static int rule_index(Log *log, const Finding *finding) {
  int index = GPOINTER_TO_INT(g_hash_table_lookup(log->indices, finding->rule));
  if (index == 0) {
    json_array_append_new(log->rules, rule_json(finding));
    index = (int)json_array_size(log->rules);
    g_hash_table_insert(log->indices, (gpointer)finding->rule, GINT_TO_POINTER(index));
  }
  return index - 1;
}

/* ---- results ---- */

static json_t *region_json(const Finding *finding) {
  json_t *region = json_pack("{s:i, s:i}", "startLine", (int)finding->line, "startColumn", (int)MAX(finding->column, 1));
  if (finding->end_line > finding->line || (finding->end_line == finding->line && finding->end_column > finding->column)) {
    json_object_set_new(region, "endLine", json_integer(finding->end_line));
    json_object_set_new(region, "endColumn", json_integer(MAX(finding->end_column, 1)));
  }
  return region;
}

static json_t *artifact_json(const Report *report, const Finding *finding) {
  const char *path = report_path(report, finding);
  g_autofree char *escaped = g_uri_escape_bytes((const guint8 *)path, strlen(path), "/");
  g_autofree char *uri = g_strconcat(*path == '/' ? "file://" : "", escaped, NULL);
  json_t *artifact = json_pack("{s:s}", "uri", uri);
  if (*path != '/')
    json_object_set_new(artifact, "uriBaseId", json_string("%SRCROOT%"));
  return artifact;
}

static json_t *location_json(const Report *report, const Finding *finding) {
  json_t *place = json_pack("{s:o}", "artifactLocation", artifact_json(report, finding));
  if (finding->line > 0)
    json_object_set_new(place, "region", region_json(finding));
  return json_pack("{s:o}", "physicalLocation", place);
}

static json_t *place_json(const Source *source, const Edit *edit) {
  Location start = source_place(source, NULL, edit->start), end = source_place(source, NULL, edit->end);
  return json_pack("{s:i, s:i, s:i, s:i}", "startLine", (int)start.line, "startColumn", (int)start.column, "endLine", (int)end.line, "endColumn",
                   (int)end.column);
}

static json_t *fix_json(Log *log, const Finding *finding, const Source *source) {
  json_t *replacements = json_array();
  for (guint i = 0; i < finding->fix->edits->len; i++) {
    const Edit *edit = &g_array_index(finding->fix->edits, Edit, i);
    json_array_append_new(replacements, json_pack("{s:o, s:o}", "deletedRegion", place_json(source, edit), "insertedContent", text_json(edit->text)));
  }
  return json_pack("{s:o, s:[{s:o, s:o}]}", "description", text_json(finding->fix->description), "artifactChanges", "artifactLocation",
                   artifact_json(log->report, finding), "replacements", replacements);
}

/* Stays the same when the lines around move: the rule, the file and the line's own text, and which of several alike it is. */
static char *fingerprint(Log *log, const Finding *finding) {
  g_autoptr(GString) made_of = g_string_new(finding->rule);
  g_string_append_printf(made_of, "\n%s\n", report_path(log->report, finding));
  size_t length = 0;
  const char *line = finding->line > 0 ? report_line(&log->text, log->report, finding, 1, &length) : NULL;
  g_autofree char *words = line != NULL ? g_strndup(line, MIN(length, LINE_MAX_BYTES)) : g_strdup("");
  g_string_append(made_of, g_strstrip(words));
  int before = GPOINTER_TO_INT(g_hash_table_lookup(log->alike, made_of->str));
  g_hash_table_insert(log->alike, g_strdup(made_of->str), GINT_TO_POINTER(before + 1));
  g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, made_of->str, (gssize)made_of->len);
  return g_strdup_printf("%s:%d", digest, before + 1);
}

static json_t *result_json(Log *log, const Finding *finding) {
  g_autofree char *print = fingerprint(log, finding);
  g_autofree char *message = finding->help != NULL ? g_strdup_printf("%s; %s", finding->message, finding->help) : g_strdup(finding->message);
  const Source *source = report_source(&log->text, log->report, finding);
  json_t *result = json_pack("{s:s, s:i, s:s, s:o, s:[o], s:{s:s}, s:{s:s, s:s}}", "ruleId", finding->rule, "ruleIndex", rule_index(log, finding),
                             "level", report_level(finding->severity)->sarif, "message", text_json(message), "locations",
                             location_json(log->report, finding), "partialFingerprints", "droverFinding/v1", print, "properties", "severity",
                             lint_severity_name(finding->severity), "confidence", lint_confidence_name(finding->confidence));
  if (finding->fix != NULL && source != NULL)
    json_object_set_new(result, "fixes", json_pack("[o]", fix_json(log, finding, source)));
  return result;
}

/* ---- the log ---- */

static json_t *notes_json(const Findings *findings) {
  json_t *notes = json_array();
  for (guint i = 0; i < findings_note_count(findings); i++)
    json_array_append_new(notes, json_pack("{s:s, s:{s:o}}", "level", "note", "message", "text", report_string(findings_note_at(findings, i))));
  return notes;
}

json_t *report_sarif(const Report *report) {
  g_autoptr(GHashTable) indices = g_hash_table_new(g_str_hash, g_str_equal), alike = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Log log = {.report = report, .rules = json_array(), .indices = indices, .alike = alike};
  json_t *results = json_array();
  for (guint i = 0; i < findings_count(report->findings); i++)
    json_array_append_new(results, result_json(&log, findings_at(report->findings, i)));
  report_text_clear(&log.text);
  json_t *run = json_pack("{s:{s:{s:s, s:s, s:o}}, s:s, s:[{s:b, s:o}], s:o}", "tool", "driver", "name", "drover", "version", DROVER_VERSION, "rules",
                          log.rules, "columnKind", "unicodeCodePoints", "invocations", "executionSuccessful", true, "toolExecutionNotifications",
                          notes_json(report->findings), "results", results);
  return json_pack("{s:s, s:s, s:[o]}", "$schema", SCHEMA, "version", "2.1.0", "runs", run);
}
