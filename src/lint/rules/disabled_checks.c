#include "lint/rules/failures.h"
#include "lint/rules/lenient.h"

#include "lint/edit/edit_yaml.h"

static Fix *fix_allowed(LintFile *file, const YamlNode *holder) {
  if (!file->fixing)
    return NULL;
  g_autoptr(Fix) fix = fix_new("take \"continue-on-error\" away", false);
  bool made = edit_remove_key(lint_edit_tree(file), fix, holder, lint_key_index(holder, "continue-on-error"));
  return made ? g_steal_pointer(&fix) : NULL;
}

static void report_allowed(LintFile *file, const YamlNode *holder, const char *whose) {
  lint_report(file,
              (LintReport){.node = lint_key(holder, "continue-on-error"),
                           .help = g_strdup("take \"continue-on-error\" away"),
                           .fix = fix_allowed(file, holder)},
              "%s is green whatever its tests or scans find", whose);
}

static void report_off(LintFile *file, const WorkflowText *condition, const char *whose) {
  lint_report(file, (LintReport){.node = condition->node, .help = g_strdup("switch it on again, or take it away")},
              "%s tests or scans, and is switched off: what needs it believes that it passed", whose);
}

static bool job_checks(LintFile *file, const WorkflowJob *job) {
  for (guint i = 0; i < job->all_step_count; i++)
    if (step_checks(file, job->all_steps[i]))
      return true;
  return false;
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  bool allowed = failure_is_allowed(&job->continue_on_error), off = lint_never_runs(&job->condition);
  if ((!allowed && !off) || !job_checks(file, job))
    return;
  if (allowed)
    report_allowed(file, job->node, "the job");
  if (off)
    report_off(file, &job->condition, "the job");
}

/* `flake8 --exit-zero` */
static void check_options(LintFile *file, const WorkflowStep *step, const ShellCommand *command) {
  size_t start, end;
  if (!command_checks(command) || !lenient_command(command, &start, &end))
    return;
  LintReport report = lint_report_in_script(file, step, start, end);
  report.help = g_strdup("take the option away that makes it succeed");
  lint_report(file, report, "this test or scan succeeds whatever it finds");
}

/* `pytest || true` */
static void check_script(LintFile *file, const WorkflowStep *step, const ShellScript *script) {
  for (guint i = 0; i < script->commands->len; i++) {
    size_t end;
    const ShellCommand *command = shell_command(script, i);
    check_options(file, step, command);
    if (!command_checks(command) || !command_failure_ignored(script, step->run.text, i, &end))
      continue;
    LintReport report = lint_report_in_script(file, step, command->start, end);
    report.help = g_strdup("let it fail: take what stands behind || away");
    lint_report(file, report, "what this test or scan finds is thrown away");
  }
}

static void check_step(LintFile *file, const WorkflowStep *step) {
  bool allowed = failure_is_allowed(&step->continue_on_error), off = lint_never_runs(&step->condition);
  if ((allowed || off) && step_checks(file, step)) {
    if (allowed)
      report_allowed(file, step->node, "the step");
    if (off)
      report_off(file, &step->condition, "the step");
  }
  const WorkflowPair *lenient = lenient_input(file, step);
  if (lenient != NULL)
    lint_report(file, (LintReport){.node = lenient->key, .help = g_strdup("let it fail: leave the input out, or turn it round")},
                "\"%s: %s\" lets this scan succeed whatever it finds", lenient->name, lenient->value.text);
  const ShellScript *script = lint_step_script(file, step);
  if (script != NULL)
    check_script(file, step, script);
}

const Rule rule_disabled_checks = {
  .id = "disabled-checks",
  .family = FAMILY_POLICY,
  .summary = "tests and scans whose failure changes nothing",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_MEDIUM,
  .fixable = true,
  .only_asked = true,
  .job = check_job,
  .step = check_step,
};
