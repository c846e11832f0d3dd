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
  diagnostics_add(diagnostics, location, "%s", message);
}

static bool check_root(Check *check, const YamlNode *root) {
  if (root->kind == YAML_MAPPING)
    schema_check(check, root, &shape_workflow, AVAILABLE_NOTHING);
  else
    check_report(check, root->location, "expected a workflow (a mapping with \"on\" and \"jobs\"), found %s", yaml_describe(root));
  return diagnostics_count(check->diagnostics) == 0;
}

/* In order, and each once: what stands behind an anchor is seen wherever the anchor is named. */
static void move_findings(const char *file, Diagnostics *found, Diagnostics *diagnostics) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  diagnostics_sort(found);
  for (guint i = 0; i < diagnostics_count(found); i++) {
    const Diagnostic *finding = diagnostics_at(found, i);
    if (g_hash_table_add(seen, g_strdup_printf("%u:%u: %s", finding->line, finding->column, finding->message)))
      diagnostics_add(diagnostics, (Location){file, finding->line, finding->column}, "%s", finding->message);
  }
}

Workflow *workflow_parse(const char *file, const char *text, size_t size, Diagnostics *diagnostics) {
  g_autoptr(GError) error = NULL;
  g_autoptr(YamlDocument) document = yaml_parse(file, text, size, NULL, &error);
  if (document == NULL) {
    report_yaml(file, error, diagnostics);
    return NULL;
  }
  /* findings of this file alone: the caller's list may hold others */
  g_autoptr(Diagnostics) found = diagnostics_new();
  g_autoptr(Source) source = source_new(text, size);
  Check check = {.source = source, .diagnostics = found, .findings_max = FINDINGS_MAX};
  if (check_root(&check, yaml_root(document)))
    return workflow_read(file, g_steal_pointer(&document));
  move_findings(file, found, diagnostics);
  return NULL;
}

const WorkflowJob *workflow_job(const Workflow *workflow, const char *id) {
  for (guint i = 0; i < workflow->jobs->len; i++) {
    const WorkflowJob *job = g_ptr_array_index(workflow->jobs, i);
    if (g_ascii_strcasecmp(job->id, id) == 0)
      return job;
  }
  return NULL;
}
