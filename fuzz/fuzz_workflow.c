/* Reads any bytes as a workflow file and holds the reader to its promises: a model exactly when there is no finding, the same for
 * those who lint, every finding inside the file, and a model that can be walked, asked whether it can be run, and whose matrices expand. */
#include "workflow/matrix.h"
#include "workflow/workflow.h"

#include <stdint.h>
#include <string.h>

static unsigned count_lines(const uint8_t *data, size_t size) {
  unsigned lines = 1;
  for (size_t i = 0; i < size; i++)
    lines += data[i] == '\n' || data[i] == '\r';
  return lines;
}

static void check_findings(const Diagnostics *diagnostics, unsigned lines) {
  for (guint i = 0; i < diagnostics_count(diagnostics); i++) {
    const Diagnostic *finding = diagnostics_at(diagnostics, i);
    g_assert_cmpstr(finding->file, ==, "f.yml");
    g_assert_true(g_utf8_validate(finding->message, -1, NULL));
    g_assert_cmpuint(finding->line, <=, lines + 3 * lines); /* YAML knows three more line breaks, of two and three bytes */
  }
}

static void check_matrix(const WorkflowJob *job) {
  g_autoptr(GError) error = NULL;
  json_auto_t *matrix = job->strategy.matrix != NULL ? matrix_evaluate(job->strategy.matrix, NULL, &error) : NULL;
  g_auto(MatrixLegs) legs = {0};
  bool expanded = matrix != NULL && matrix_expand(matrix, job->location, &legs, &error);
  g_assert_true(job->strategy.matrix == NULL || expanded == (error == NULL));
  g_assert_cmpuint(json_array_size(legs.combinations), <=, MATRIX_JOBS_MAX);
  for (size_t i = 0; i < json_array_size(legs.combinations); i++) {
    g_autofree char *name = matrix_job_name(job->id, &legs, i);
    g_assert_true(g_utf8_validate(name, -1, NULL));
  }
}

static void check_job(const Workflow *workflow, const WorkflowJob *job) {
  g_assert_true(workflow_job(workflow, job->id) == job);
  for (guint i = 0; i < job->needs.count; i++)
    g_assert_nonnull(workflow_job(workflow, job->needs.items[i].text));
  for (guint i = 0; i < job->all_step_count; i++) {
    const WorkflowStep *step = job->all_steps[i];
    g_assert_true((step->run.text != NULL) + (step->uses.text != NULL) <= 1);
    g_assert_true(step->kind != STEP_NONE);
  }
  check_matrix(job);
}

static void check_expressions(const Workflow *workflow) {
  for (guint i = 0; workflow != NULL && i < workflow->expressions.count; i++) {
    const WorkflowExpression *expression = &workflow->expressions.items[i];
    g_assert_true(expression->step == NULL || expression->step->job == expression->job);
    g_assert_cmpuint(expression->span.end, <=, expression->scalar->length);
    g_assert_cmpuint(workflow_expression_place(expression, workflow->source, 0).line, >=, expression->scalar->location.line);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = size > 0 ? (const char *)data : "";
  g_autoptr(Diagnostics) diagnostics = diagnostics_new(), others = diagnostics_new();
  g_autoptr(Workflow) workflow = workflow_parse("f.yml", text, size, diagnostics);
  g_assert_true((workflow == NULL) == (diagnostics_count(diagnostics) > 0));
  if (workflow != NULL) {
    for (guint i = 0; i < workflow->job_count; i++)
      check_job(workflow, &workflow->jobs[i]);
    g_assert_true(workflow_check_runnable(workflow, NULL, diagnostics) == (diagnostics_count(diagnostics) == 0));
  }
  g_autoptr(Workflow) lenient = workflow_parse_lenient("f.yml", text, size, others);
  g_assert_true((workflow != NULL) == (lenient != NULL && lenient->valid));
  g_assert_true(workflow != NULL || diagnostics_count(others) > 0);
  check_expressions(lenient);
  check_findings(diagnostics, count_lines(data, size));
  check_findings(others, count_lines(data, size));
  return 0;
}
