#include "lint/rules/sinks.h"
#include "lint/rules/template_injection_fix.h"
#include "lint/taint/taint.h"
#include "lint/view.h"

#include <string.h>

/* ---- how bad ---- */

static const struct {
  LintSeverity severity;
  LintConfidence confidence;
  LintPersona persona;
  const char *words; /* of the source */
} grades[] = {
  [TAINT_NONE] = {SEVERITY_LOW, CONFIDENCE_HIGH, PERSONA_PEDANTIC, ""},
  [TAINT_WRITERS] = {SEVERITY_LOW, CONFIDENCE_HIGH, PERSONA_PEDANTIC, "whoever may write to the repository can set it"},
  [TAINT_OUTPUT] = {SEVERITY_INFORMATIONAL, CONFIDENCE_LOW, PERSONA_REGULAR, "nobody knows what it holds"},
  [TAINT_ABSENT] = {SEVERITY_LOW, CONFIDENCE_LOW, PERSONA_REGULAR,
                    "no event of this workflow is known to have it; where one does, anyone can set it"},
  [TAINT_VARIABLE] = {SEVERITY_LOW, CONFIDENCE_HIGH, PERSONA_REGULAR, "it is set while the job runs"},
  [TAINT_INPUT] = {SEVERITY_LOW, CONFIDENCE_LOW, PERSONA_REGULAR, "the input is not declared"},
  [TAINT_STARTER] = {SEVERITY_LOW, CONFIDENCE_HIGH, PERSONA_REGULAR, "whoever starts the workflow sets it"},
  [TAINT_MATRIX] = {SEVERITY_MEDIUM, CONFIDENCE_MEDIUM, PERSONA_REGULAR, "it is made while the workflow runs"},
  [TAINT_SENDER] = {SEVERITY_MEDIUM, CONFIDENCE_MEDIUM, PERSONA_REGULAR, "whoever sends the event sets it"},
  [TAINT_CALLER] = {SEVERITY_HIGH, CONFIDENCE_HIGH, PERSONA_REGULAR, "its caller sets it"},
  [TAINT_ANYONE] = {SEVERITY_HIGH, CONFIDENCE_HIGH, PERSONA_REGULAR, "anyone can set it"},
};

/* ---- what is said ---- */

static const char *sink_name(const WorkflowExpression *expression) {
  return expression->step->kind == STEP_RUN ? "this script" : "code that this action runs";
}

/* ---- looking ---- */

typedef struct {
  LintFile *file;
  Taints *taints;
  const WorkflowExpression *expression;
  Taint worst; /* of those that only the pedantic hear of */
  bool told;
} Look;

static void tell(const Look *look, const Taint *taint, const ExpressionNode *at, const ContextPath *path) {
  LintReport report = lint_report_in(look->file, look->expression, at->start, at->end);
  report.severity = grades[taint->kind].severity;
  report.confidence = grades[taint->kind].confidence;
  report.persona = grades[taint->kind].persona;
  report.help = injection_help(look->file, look->expression, path);
  report.fix = injection_fix(look->file, look->expression, path);
  g_autofree char *way = taint_way(taint);
  const char *sink = sink_name(look->expression), *words = grades[taint->kind].words;
  if (taint->kind == TAINT_NONE)
    lint_report(look->file, report, "an expression becomes part of %s; a variable in env: would be safe whatever it holds", sink);
  else if (way != NULL && strcmp(way, taint->source) != 0)
    lint_report(look->file, report, "%s (%s) reaches %s through %s and can add commands to it", taint->source, words, sink, way);
  else
    lint_report(look->file, report, "%s (%s) becomes part of %s and can add commands to it", taint->source, words, sink);
}

static void look_at_context(const ExpressionNode *at, const ContextPath *path, void *user) {
  Look *look = user;
  Taint taint = taint_of_context(look->taints, look->expression->step, path);
  if (grades[taint.kind].persona == PERSONA_REGULAR) {
    tell(look, &taint, at, path);
    look->told = true;
  } else if (taint.kind > look->worst.kind) {
    look->worst = taint;
  }
}

static bool never_runs(const WorkflowExpression *expression) {
  return lint_never_runs(&expression->step->condition) || (expression->job != NULL && lint_never_runs(&expression->job->condition));
}

static void check_file(LintFile *file) {
  g_autoptr(Taints) taints = NULL;
  for (guint i = 0; file->expressions != NULL && i < file->expressions->count; i++) {
    const WorkflowExpression *expression = &file->expressions->items[i];
    const ExpressionNode *root = expression->expression != NULL ? expression_root(expression->expression) : NULL;
    if (root == NULL || !sink_evaluates(file, expression, SINKS_ALL) || never_runs(expression))
      continue;
    if (taints == NULL)
      taints = taints_new(file);
    Look look = {.file = file, .taints = taints, .expression = expression};
    context_flow(root, look_at_context, &look);
    ContextPath path;
    if (!look.told)
      tell(&look, &look.worst, root, context_path(root, &path) ? &path : NULL);
  }
}

const Rule rule_template_injection = {
  .id = "template-injection",
  .family = FAMILY_SECURITY,
  .summary = "what others can set becomes part of a script",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .file = check_file,
};
