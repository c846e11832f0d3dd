#include "workflow/workflow.h"

#include "workflow/read.h"
#include "workflow/schema.h"

#include <string.h>

Location workflow_expression_place(const WorkflowExpression *expression, const Source *source, size_t offset) {
  return source_locate(source, expression->scalar, expression->span.inner + offset);
}

static Workflow *parse(const char *file, const char *text, size_t size, bool lenient, Diagnostics *diagnostics) {
  g_autoptr(Reading) reading =
    reading_new(file, text, size, &shape_workflow, "a workflow (a mapping with \"on\" and \"jobs\")", lenient, diagnostics);
  if (reading == NULL || !(reading->valid || lenient))
    return NULL;
  Workflow *workflow = model_workflow(g_steal_pointer(&reading->document));
  workflow->valid = reading->valid;
  workflow->source = lenient ? g_steal_pointer(&reading->source) : NULL;
  workflow->expressions = reading_expressions(reading, yaml_arena(workflow->document), workflow->jobs, workflow->job_count, NULL, 0);
  return workflow;
}

Workflow *workflow_parse(const char *file, const char *text, size_t size, Diagnostics *diagnostics) {
  return parse(file, text, size, false, diagnostics);
}

Workflow *workflow_parse_lenient(const char *file, const char *text, size_t size, Diagnostics *diagnostics) {
  return parse(file, text, size, true, diagnostics);
}

void workflow_free(Workflow *workflow) {
  for (guint i = 0; i < workflow->expressions.count; i++)
    expression_free((Expression *)workflow->expressions.items[i].expression);
  g_clear_pointer(&workflow->source, source_free);
  yaml_document_free(workflow->document);
}

const WorkflowJob *workflow_job(const Workflow *workflow, const char *id) {
  for (guint i = 0; i < workflow->job_count; i++)
    if (g_ascii_strcasecmp(workflow->jobs[i].id, id) == 0)
      return &workflow->jobs[i];
  return NULL;
}

const WorkflowEvent *workflow_event(const Workflow *workflow, const char *name) {
  for (guint i = 0; i < workflow->event_count; i++)
    if (strcmp(workflow->events[i].name, name) == 0)
      return &workflow->events[i];
  return NULL;
}

const WorkflowPair *workflow_pair(const WorkflowPairs *pairs, const char *name) {
  for (guint i = 0; i < pairs->count; i++)
    if (pairs->items[i].name != NULL && g_ascii_strcasecmp(pairs->items[i].name, name) == 0)
      return &pairs->items[i];
  return NULL;
}
