#include "lint/view.h"

#include <string.h>

#define LABEL "self-hosted"

static void report_runner(LintFile *file, const WorkflowJob *job, LintConfidence confidence, const char *what) {
  LintReport report = lint_report_pair(job->node, "runs-on");
  report.confidence = confidence;
  report.help = g_strdup("in a public repository use runners that are thrown away after each job");
  lint_report(file, report, "%s: what one job leaves behind there reaches the next", what);
}

/* ---- matrices ---- */

static bool holds_label(const YamlNode *node) {
  if (node == NULL || node->kind == YAML_MAPPING)
    return false;
  if (node->kind == YAML_SCALAR)
    return strcmp(node->text, LABEL) == 0;
  for (guint i = 0; i < node->count; i++)
    if (node->items[i]->kind == YAML_SCALAR && strcmp(node->items[i]->text, LABEL) == 0)
      return true;
  return false;
}

/* Whether one of a list of combinations gives the label to `key`; `alone`: and says nothing else, so that all such are meant. */
static bool is_listed(const YamlNode *list, const char *key, bool alone) {
  for (guint i = 0; list != NULL && list->kind == YAML_SEQUENCE && i < list->count; i++)
    if (holds_label(yaml_get(list->items[i], key)) && !(alone && list->items[i]->count > 1))
      return true;
  return false;
}

static bool matrix_has_label(const YamlNode *matrix, const char *key) {
  const YamlNode *values = yaml_get(matrix, key);
  bool found = false;
  for (guint i = 0; values != NULL && values->kind == YAML_SEQUENCE && i < values->count; i++)
    found = found || holds_label(values->items[i]);
  return (found && !is_listed(yaml_get(matrix, "exclude"), key, true)) || is_listed(yaml_get(matrix, "include"), key, false);
}

/* `${{ matrix.KEY }}` gives KEY; transfer full. NULL for anything else. */
static char *matrix_key(const char *text) {
  g_autofree char *inner = g_strndup(text + strlen("${{"), strlen(text) - strlen("${{}}"));
  const char *name = g_strstrip(inner);
  if (g_ascii_strncasecmp(name, "matrix.", strlen("matrix.")) != 0)
    return NULL;
  name += strlen("matrix.");
  return name[strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-")] == '\0' ? g_strdup(name) : NULL;
}

/* ---- the rule ---- */

static void check_job(LintFile *file, const WorkflowJob *job) {
  const WorkflowTexts *labels = &job->runs_on.labels;
  const WorkflowText *first = labels->count > 0 ? &labels->items[0] : NULL;
  if (job->runs_on.group.text != NULL) {
    report_runner(file, job, CONFIDENCE_HIGH, "the job runs on a group of self-hosted runners");
  } else if (first == NULL || first->text == NULL) {
    return;
  } else if (strcmp(first->text, LABEL) == 0) {
    report_runner(file, job, CONFIDENCE_HIGH, "the job runs on a self-hosted runner");
  } else if (lint_is_expression(first) && first->node != job->runs_on.node) {
    report_runner(file, job, CONFIDENCE_LOW, "the job may run on a self-hosted runner");
  } else if (lint_is_expression(first)) {
    g_autofree char *key = matrix_key(first->text);
    if (key != NULL && job->strategy.matrix != NULL && matrix_has_label(job->strategy.matrix, key))
      report_runner(file, job, CONFIDENCE_HIGH, "a job of the matrix runs on a self-hosted runner");
  }
}

const Rule rule_self_hosted_runner = {
  .id = "self-hosted-runner",
  .family = FAMILY_SECURITY,
  .summary = "a job on a machine of one's own",
  .severity = SEVERITY_MEDIUM,
  .confidence = CONFIDENCE_HIGH,
  .persona = PERSONA_AUDITOR,
  .job = check_job,
};
