#include "workflow/workflow.h"

#include "workflow/read.h"
#include "workflow/schema.h"

#include <string.h>

#define FINDINGS_MAX 200

/* yaml_parse() reports "file:line:column: message"; the place goes back into a located finding. */
static void report_yaml(const char *file, const GError *error, Diagnostics *diagnostics) {
  Location location = {.file = file};
  const char *message = error->message;
  size_t length = strlen(file);
  int used = 0;
  if (strncmp(message, file, length) == 0 && sscanf(message + length, ":%u:%u: %n", &location.line, &location.column, &used) == 2)
    message += length + (size_t)used;
  diagnostics_add_rule(diagnostics, location, "syntax-check", "%s", message);
}

static bool check_root(Check *check, const YamlNode *root) {
  if (root->kind == YAML_MAPPING)
    schema_check(check, root, &shape_workflow, AVAILABLE_NOTHING);
  else
    check_report_rule(check, root->location, "syntax-check", "expected a workflow (a mapping with \"on\" and \"jobs\"), found %s",
                      yaml_describe(root));
  return root->kind == YAML_MAPPING;
}

/* In order, and each once: what stands behind an anchor is seen wherever the anchor is named. */
static void move_findings(const char *file, Diagnostics *found, Diagnostics *diagnostics) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  diagnostics_sort(found);
  for (guint i = 0; i < diagnostics_count(found); i++) {
    const Diagnostic *finding = diagnostics_at(found, i);
    if (g_hash_table_add(seen, g_strdup_printf("%u:%u: %s", finding->line, finding->column, finding->message)))
      diagnostics_add_rule(diagnostics, (Location){file, finding->line, finding->column}, finding->rule, "%s", finding->message);
  }
}

/* ---- expressions ---- */

static void found_clear(void *data) {
  expression_free((Expression *)((FoundExpression *)data)->expression.expression);
}

/* Moves what the check found into the model, whose jobs and steps have the same numbers. */
static void keep_expressions(Workflow *workflow, GArray *found) {
  WorkflowExpressions *kept = &workflow->expressions;
  kept->items = arena_array(yaml_arena(workflow->document), WorkflowExpression, found->len);
  for (guint i = 0; i < found->len; i++) {
    FoundExpression *from = &g_array_index(found, FoundExpression, i);
    WorkflowExpression *to = &kept->items[kept->count++];
    *to = from->expression;
    from->expression.expression = NULL;
    to->job = from->job < workflow->job_count ? &workflow->jobs[from->job] : NULL;
    to->step = to->job != NULL && from->step < to->job->all_step_count ? to->job->all_steps[from->step] : NULL;
  }
}

Location workflow_expression_place(const WorkflowExpression *expression, const Source *source, size_t offset) {
  return source_locate(source, expression->scalar, expression->span.inner + offset);
}

/* ---- the file ---- */

static Workflow *parse(const char *file, const char *text, size_t size, bool lenient, Diagnostics *diagnostics) {
  g_autoptr(GError) error = NULL;
  /* findings of this file alone: the caller's list may hold others */
  g_autoptr(Diagnostics) found = diagnostics_new();
  YamlDocument *document = yaml_parse_lenient(file, text, size, NULL, found, &error);
  if (document == NULL) {
    move_findings(file, found, diagnostics);
    report_yaml(file, error, diagnostics);
    return NULL;
  }
  g_autoptr(YamlDocument) owned = document;
  g_autoptr(Source) source = source_new(text, size);
  g_autoptr(GArray) expressions = g_array_new(FALSE, FALSE, sizeof(FoundExpression));
  g_array_set_clear_func(expressions, found_clear);
  Check check = {
    .source = source, .diagnostics = found, .findings_max = FINDINGS_MAX, .job = G_MAXUINT, .step = G_MAXUINT, .expressions = expressions};
  bool readable = check_root(&check, yaml_root(document));
  bool valid = diagnostics_count(found) == 0;
  move_findings(file, found, diagnostics);
  if (!readable || !(valid || lenient))
    return NULL;
  Workflow *workflow = workflow_read(g_steal_pointer(&owned));
  workflow->valid = valid;
  workflow->source = lenient ? g_steal_pointer(&source) : NULL;
  keep_expressions(workflow, expressions);
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
