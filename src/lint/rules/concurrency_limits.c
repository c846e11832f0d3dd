#include "lint/rules/fix_parts.h"

static bool is_bare(const WorkflowConcurrency *concurrency) {
  return concurrency->node != NULL && concurrency->node->kind == YAML_SCALAR;
}

/* The ids of jobs that `is_wanted` says yes to, for a message; NULL when there are none. Transfer full. */
static char *list_jobs(const Workflow *workflow, bool (*is_wanted)(const WorkflowConcurrency *concurrency)) {
  g_autoptr(GString) list = g_string_new(NULL);
  for (guint i = 0; i < workflow->job_count; i++) {
    const WorkflowJob *job = &workflow->jobs[i];
    if (job->uses.text == NULL && !lint_never_runs(&job->condition) && is_wanted(&job->concurrency))
      g_string_append_printf(list, "%s\"%s\"", list->len > 0 ? ", " : "", job->id);
  }
  return list->len > 0 ? g_strdup(list->str) : NULL;
}

static bool is_absent(const WorkflowConcurrency *concurrency) {
  return concurrency->node == NULL;
}

/* Where the workflow says when it runs: there it could also say how often at once. */
static LintReport at_events(const LintFile *file, const char *help) {
  LintReport report = lint_report_pair(yaml_root(file->document), "on");
  report.help = g_strdup(help);
  return report;
}

/* It cancels runs that are under way, which a deployment may not like. */
static Fix *group_fix(LintFile *file) {
  static const char *const behind[] = {"name", "run-name", "on", "permissions", NULL};
  static const char group[] = "group: ${{ github.workflow }}-${{ github.ref }}\ncancel-in-progress: true";
  return fix_pair(file, yaml_root(file->document), &(FixPair){"concurrency", group, behind}, false, "cancel outdated runs");
}

static void check_jobs(LintFile *file, const Workflow *workflow) {
  g_autofree char *bare = list_jobs(workflow, is_bare), *absent = list_jobs(workflow, is_absent);
  if (bare != NULL)
    lint_report(file, at_events(file, "write \"concurrency:\" with \"group\" and \"cancel-in-progress\""),
                "outdated runs go on beside newer ones: the concurrency of %s has no \"cancel-in-progress\"", bare);
  if (absent == NULL)
    return;
  LintReport report = at_events(file, "add \"concurrency:\" with \"group\" and \"cancel-in-progress\" to the workflow");
  report.fix = group_fix(file);
  lint_report(file, report, "outdated runs go on beside newer ones: neither the workflow nor %s limits concurrency", absent);
}

/* `cancel-in-progress: false` is somebody's decision. A workflow that is only called leaves it to its callers: with a group of its
 * own it would wait for, or cancel, the run that called it. */
static void check_workflow(LintFile *file, const Workflow *workflow) {
  bool only_called = workflow->event_count == 1 && workflow_event(workflow, "workflow_call") != NULL;
  if (only_called)
    return;
  if (workflow->concurrency.node == NULL)
    check_jobs(file, workflow);
  else if (is_bare(&workflow->concurrency))
    lint_report(file,
                (LintReport){.node = lint_key(yaml_root(file->document), "concurrency"),
                             .help = g_strdup("write \"group\" and \"cancel-in-progress\"")},
                "outdated runs go on beside newer ones: the workflow's concurrency has no \"cancel-in-progress\"");
}

const Rule rule_concurrency_limits = {
  .id = "concurrency-limits",
  .family = FAMILY_SECURITY,
  .summary = "outdated runs are not cancelled",
  .severity = SEVERITY_LOW,
  .confidence = CONFIDENCE_HIGH,
  .fixable = true,
  .persona = PERSONA_PEDANTIC,
  .workflow = check_workflow,
};
