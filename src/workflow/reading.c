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

/* In order, and each once: what stands behind an anchor is seen wherever the anchor is named. */
static void move_findings(const char *file, Diagnostics *found, Diagnostics *diagnostics) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  diagnostics_sort(found);
  for (guint i = 0; i < MIN(diagnostics_count(found), FINDINGS_MAX); i++) {
    const Diagnostic *finding = diagnostics_at(found, i);
    if (g_hash_table_add(seen, g_strdup_printf("%u:%u: %s", finding->line, finding->column, finding->message)))
      diagnostics_add_copy(diagnostics, file, finding);
  }
}

static void found_clear(void *data) {
  g_clear_pointer((Expression **)&((FoundExpression *)data)->expression.expression, expression_free);
}

void reading_free(Reading *reading) {
  g_clear_pointer(&reading->document, yaml_document_free);
  g_clear_pointer(&reading->source, source_free);
  g_array_unref(reading->expressions);
  g_free(reading);
}

/* Whether GitHub would take it. */
static bool check_document(Reading *reading, const Shape *shape, bool linting, Diagnostics *found, bool *too_large) {
  Check check = {
    .source = reading->source,
    .diagnostics = found,
    .findings_max = FINDINGS_MAX,
    .linting = linting,
    .job = G_MAXUINT,
    .step = G_MAXUINT,
    .expressions = reading->expressions,
  };
  schema_check(&check, yaml_root(reading->document), shape, AVAILABLE_NOTHING);
  *too_large = check.size_bytes > CHECK_SIZE_MAX_BYTES;
  return check.refused == 0;
}

Reading *reading_new(const char *file, const char *text, size_t size, const Shape *shape, const char *expected, bool linting,
                     Diagnostics *diagnostics) {
  g_autoptr(GError) error = NULL;
  /* findings of this file alone: the caller's list may hold others */
  g_autoptr(Diagnostics) found = diagnostics_new();
  g_autoptr(Reading) reading = g_new0(Reading, 1);
  reading->expressions = g_array_new(FALSE, FALSE, sizeof(FoundExpression));
  g_array_set_clear_func(reading->expressions, found_clear);
  reading->document = yaml_parse_lenient(file, text, size, NULL, found, &error);
  if (reading->document == NULL) {
    move_findings(file, found, diagnostics);
    report_yaml(file, error, diagnostics);
    return NULL;
  }
  const YamlNode *root = yaml_root(reading->document);
  bool too_large = false;
  reading->source = source_new(text, size);
  reading->valid = diagnostics_count(found) == 0 && root->kind == YAML_MAPPING;
  if (root->kind == YAML_MAPPING)
    reading->valid = check_document(reading, shape, linting, found, &too_large) && reading->valid;
  else
    diagnostics_add_rule(found, root->location, "syntax-check", "expected %s, found %s", expected, yaml_describe(root));
  move_findings(file, found, diagnostics);
  return root->kind == YAML_MAPPING && !too_large ? g_steal_pointer(&reading) : NULL;
}

WorkflowExpressions reading_expressions(Reading *reading, Arena *arena, const WorkflowJob *jobs, guint job_count, WorkflowStep *const *steps,
                                        guint step_count) {
  WorkflowExpressions kept = {.items = arena_array(arena, WorkflowExpression, reading->expressions->len)};
  for (guint i = 0; i < reading->expressions->len; i++) {
    FoundExpression *from = &g_array_index(reading->expressions, FoundExpression, i);
    WorkflowExpression *to = &kept.items[kept.count++];
    *to = from->expression;
    from->expression.expression = NULL;
    to->job = from->job < job_count ? &jobs[from->job] : NULL;
    to->step = to->job != NULL && from->step < to->job->all_step_count ? to->job->all_steps[from->step]
               : from->step < step_count                               ? steps[from->step]
                                                                       : NULL;
  }
  return kept;
}
