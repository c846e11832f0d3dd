#include "lint/rule.h"

/* The reader finds what GitHub refuses, and what is empty; here is what it takes although it is surely not meant. */

static bool has_steps(const YamlNode *job) {
  const YamlNode *steps = yaml_get(job, "steps");
  return steps != NULL && !yaml_is_null(steps);
}

/* Without steps a job succeeds at once, and whoever waits for it believes that something was checked. */
static void check_job(LintFile *file, const WorkflowJob *job) {
  if (job->node->kind == YAML_MAPPING && job->uses.text == NULL && !has_steps(job->node))
    lint_report(file, (LintReport){.node = job->key}, "the job \"%s\" has no steps", job->id);
}

static void check_anchors(LintFile *file) {
  guint count;
  const YamlAnchor *const *anchors = yaml_anchors(file->document, &count);
  for (guint i = 0; i < count; i++)
    if (!anchors[i]->used)
      lint_report(file, (LintReport){.at = anchors[i]->location}, "nothing uses the anchor \"%s\"", anchors[i]->name);
}

const Rule rule_syntax_check = {
  .id = "syntax-check",
  .family = FAMILY_CORRECTNESS,
  .summary = "the file is not what GitHub's syntax wants",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .file = check_anchors,
  .job = check_job,
};
