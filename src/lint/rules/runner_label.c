#include "lint/rules/fix_parts.h"
#include "lint/runner.h"

#include "base/facts.h"
#include "base/nearest.h"
#include "lint/config/glob.h"

#include <string.h>

/* ---- labels that no runner has ---- */

static bool is_configured(const LintConfig *config, const char *label) {
  for (guint i = 0; i < config->runner_labels->len; i++)
    if (lint_glob_fits(g_ptr_array_index(config->runner_labels, i), label, true))
      return true;
  return false;
}

static void report_unknown(LintFile *file, const RunnerLabel *label) {
  g_autofree char *folded = g_ascii_strdown(label->text, -1);
  const char *near = nearest_name(folded, facts_keys(FACTS_RUNNER_LABELS));
  bool is_alive = near != NULL && json_object_get(facts_find(FACTS_RUNNER_LABELS, near), "retired") == NULL;
  g_autofree char *meant = is_alive ? g_strdup_printf("did you mean \"%s\"? ", near) : g_strdup("");
  lint_report(file,
              (LintReport){.node = label->node,
                           .severity = is_alive ? SEVERITY_ERROR : SEVERITY_MEDIUM, /* most others are of rented or own runners */
                           .help = g_strdup_printf("%sif a runner of your own has it, list it in drover.yaml, under lint: runner-labels", meant),
                           .fix = is_alive ? fix_text(file, label->node, near, false, "write what was surely meant") : NULL},
              "no runner of GitHub has the label \"%s\": without one of your own the job waits until it is given up", label->text);
}

static void check_known(LintFile *file, const RunnerLabel *label) {
  const char *retired = json_string_value(json_object_get(label->facts, "retired"));
  if ((label->facts != NULL && retired == NULL) || is_configured(file->config, label->text))
    return;
  if (retired == NULL)
    report_unknown(file, label);
  else
    lint_report(file, (LintReport){.node = label->node, .help = g_strdup("use a newer one, or the one that ends with -latest")},
                "GitHub removed the runner \"%s\" on %s: no runner takes the job", label->text, retired);
}

/* ---- labels that no runner has together ---- */

static bool tell_different(const json_t *left, const json_t *right, const char *member) {
  const char *a = json_string_value(json_object_get(left, member)), *b = json_string_value(json_object_get(right, member));
  return a != NULL && b != NULL && strcmp(a, b) != 0;
}

static bool conflict(const RunnerLabel *left, const RunnerLabel *right) {
  return left->group != right->group && (tell_different(left->facts, right->facts, "os") || tell_different(left->facts, right->facts, "image"));
}

/* `others` are the labels before it, of each kind of machine the first: their number is that of the facts at most. */
static bool check_conflict(LintFile *file, const RunnerLabel *label, const GArray *others) {
  for (guint i = 0; i < others->len; i++) {
    const RunnerLabel *other = &g_array_index(others, RunnerLabel, i);
    if (!conflict(label, other))
      continue;
    lint_report(file, (LintReport){.node = label->node, .help = g_strdup("to run the job on each of them, put the labels into a matrix")},
                "no runner has both labels, \"%s\" and \"%s\" of line %u: a job runs on one machine", label->text, other->text,
                other->node->location.line);
    return false;
  }
  return true;
}

static bool is_among(const RunnerLabel *label, const GArray *others) {
  for (guint i = 0; i < others->len; i++)
    if (g_array_index(others, RunnerLabel, i).facts == label->facts)
      return true;
  return false;
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  g_autoptr(GArray) labels = lint_runner_labels(job);
  g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(RunnerLabel));
  for (guint i = 0; i < labels->len; i++) {
    const RunnerLabel *label = &g_array_index(labels, RunnerLabel, i);
    check_known(file, label);
    if (label->facts != NULL && check_conflict(file, label, others) && !is_among(label, others))
      g_array_append_val(others, *label);
  }
}

const Rule rule_runner_label = {
  .id = "runner-label",
  .family = FAMILY_CORRECTNESS,
  .summary = "labels in runs-on that no runner has, or that no runner has together",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_MEDIUM,
  .fixable = true,
  .job = check_job,
};
