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

static bool may_look(const Rule *rule, const LintConfig *config, LintRuleConfig own) {
  if (!(config->families & rule->family) || own.is_off || rule->persona > config->persona)
    return false;
  return !rule->only_asked || own.is_on || ((rule->family & FAMILY_POLICY) && config->hardened);
}

bool lint_rule_is_wanted(const Rule *rule, const LintConfig *config) {
  LintRuleConfig own = lint_config_rule(config, rule->id);
  const Rule *other = rule->said_by != NULL && !own.is_on ? lint_rule_find(rule->said_by) : NULL;
  return may_look(rule, config, own) && (other == NULL || !may_look(other, config, lint_config_rule(config, other->id)));
}

/* ---- reports ---- */

/* A finding can be of another id than its rule, and of a graver kind or for other people than the rule as a whole. */
static bool is_wanted(const LintConfig *config, const Finding *finding, LintRuleConfig own) {
  return !own.is_off && finding->persona <= config->persona && finding->severity >= config->min_severity;
}

static bool is_before(Location a, Location b) {
  return a.line < b.line || (a.line == b.line && a.column < b.column);
}

/* Where a node ends. A block of lines says that it ends where the next thing begins; it is its last line that counts, and what stands
 * behind an alias stands elsewhere. */
static Location end_of(const YamlNode *node) {
  while (node->kind != YAML_SCALAR && !node->flow && node->count > 0) {
    bool is_mapping = node->kind == YAML_MAPPING;
    const YamlNode *last = is_mapping ? yaml_value(node, node->count - 1) : node->items[node->count - 1];
    if (is_before(last->location, node->location))
      return is_mapping ? yaml_key(node, node->count - 1)->end : node->end;
    node = last;
  }
  return node->end;
}

/* What ends before the first column of a line ends in the line before. */
static unsigned last_line(const YamlNode *node) {
  Location end = end_of(node);
  return end.line - (end.column <= 1 && end.line > 1);
}

void lint_report(LintFile *file, LintReport report, const char *format, ...) {
  const Rule *rule = file->rule;
  Location at = report.node != NULL ? report.node->location : report.at;
  Location end = report.node != NULL ? end_of(report.node) : report.end;
  const YamlNode *around = report.around != NULL ? report.around : file->step;
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
    .around = around != NULL ? around->location.line : 0,
    .around_end = around != NULL ? last_line(around) : 0,
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
