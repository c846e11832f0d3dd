#include "lint/rule.h"

#include <string.h>

#define ROW(name) extern const Rule rule_##name;
#include "lint/rules/list.h"
#undef ROW

#define ROW(name) &rule_##name,
const Rule *const lint_rules[] = {
#include "lint/rules/list.h"
  NULL};
#undef ROW

const Rule *lint_rule_find(const char *id) {
  for (const Rule *const *rule = lint_rules; *rule != NULL; rule++)
    if (strcmp((*rule)->id, id) == 0)
      return *rule;
  return NULL;
}

bool lint_rule_is_wanted(const Rule *rule, const LintConfig *config) {
  LintRuleConfig own = lint_config_rule(config, rule->id);
  if (!(config->families & rule->family) || own.is_off || rule->persona > config->persona)
    return false;
  return !rule->only_asked || own.is_on || ((rule->family & FAMILY_POLICY) && config->hardened);
}

/* ---- reports ---- */

/* A finding can be of another id than its rule, and of a graver kind or for other people than the rule as a whole. */
static bool is_wanted(const LintConfig *config, const Finding *finding, LintRuleConfig own) {
  return !own.is_off && finding->persona <= config->persona && finding->severity >= config->min_severity;
}

void lint_report(LintFile *file, LintReport report, const char *format, ...) {
  const Rule *rule = file->rule;
  Location at = report.node != NULL ? report.node->location : report.at;
  Location end = report.node != NULL ? report.node->end : report.end;
  const char *id = report.rule != NULL ? report.rule : rule->id;
  LintRuleConfig own = lint_config_rule(file->config, id);
  va_list arguments;
  va_start(arguments, format);
  Finding *finding = g_new(Finding, 1);
  *finding = (Finding){
    .rule = id,
    .family = rule->family,
    .severity = own.severity != SEVERITY_UNSET      ? own.severity
                : report.severity != SEVERITY_UNSET ? report.severity
                                                    : rule->severity,
    .confidence = report.confidence != CONFIDENCE_UNSET ? report.confidence : rule->confidence,
    .persona = MAX(report.persona, rule->persona),
    .path = g_strdup(file->path),
    .line = at.line,
    .column = at.column,
    .end_line = end.line,
    .end_column = end.column,
    .message = g_strdup_vprintf(format, arguments),
    .help = report.help,
    .fix = report.fix,
  };
  va_end(arguments);
  if (is_wanted(file->config, finding, own))
    findings_add(file->findings, finding);
  else
    finding_free(finding);
}

void lint_note(LintFile *file, const char *reason) {
  findings_note(file->findings, "%s", reason);
}

LintReport lint_report_at(const LintFile *file, const YamlNode *scalar, size_t start, size_t end) {
  return (LintReport){.at = source_locate(file->source, scalar, start), .end = source_locate(file->source, scalar, end)};
}

LintReport lint_report_in(const LintFile *file, const WorkflowExpression *expression, size_t start, size_t end) {
  return lint_report_at(file, expression->scalar, expression->span.inner + start, expression->span.inner + end);
}
