#include "base/nearest.h"
#include "lint/contexts/contexts.h"
#include "workflow/uses.h"

#include <string.h>

/* ---- uses ---- */

/* What is wrong with the path of a workflow's file; NULL: nothing. */
static const char *path_problem(const char *path) {
  static const char *const folders[] = {".github/workflows/", ".github/workflows-lab/"};
  if (*path == '\0')
    return "the path of the file is missing";
  if (!g_str_has_suffix(path, ".yml") && !g_str_has_suffix(path, ".yaml"))
    return "the file of a workflow ends in .yml or .yaml";
  for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
    if (g_str_has_prefix(path, folders[i]) && strchr(path + strlen(folders[i]), '/') != NULL)
      return "GitHub looks for workflows in .github/workflows, not in folders below it";
  return NULL;
}

static const char *form_problem(const Uses *uses) {
  if (uses->kind == USES_DOCKER)
    return "an image is no workflow";
  if (uses->path.text == NULL)
    return "the file is missing behind the repository";
  if (uses->kind != USES_REPOSITORY && strchr(uses->path.text, '@') != NULL)
    return "a workflow of this repository has no \"@\" and ref: it is that of the same commit";
  return path_problem(uses->path.text);
}

/* Whether `uses:` of a job has one of the forms that GitHub takes; tells what is wrong with it. */
static bool check_form(LintFile *file, const WorkflowText *text) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Uses) uses = uses_parse(text->text, NULL, &error);
  const char *why = uses == NULL ? error->message : form_problem(uses);
  if (why != NULL)
    lint_report(file,
                (LintReport){.node = text->node, .help = g_strdup("./.github/workflows/FILE.yml, or OWNER/REPO/.github/workflows/FILE.yml@REF")},
                "no workflow can be called like this: %s", why);
  return why == NULL;
}

/* ---- what the workflow takes ---- */

/* What a call gives under one key, and what the workflow declares. */
typedef struct {
  const char *what; /* "input" or "secret" */
  const WorkflowPairs *given;
  const WorkflowInputs *declared;
} Interface;

#define NAMES_MAX 100 /* among which the nearest is looked for */

static const char *nearest_declared(const WorkflowInputs *declared, const char *name) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < MIN(declared->count, NAMES_MAX); i++)
    g_ptr_array_add(names, (gpointer)declared->items[i].name);
  g_ptr_array_add(names, NULL);
  return nearest_name(name, (const char *const *)names->pdata);
}

static int compare_names(const void *left, const void *right) {
  return g_ascii_strcasecmp(left, right);
}

/* A tree, since names chosen to collide make a hash table slow. */
static GTree *index_declared(const WorkflowInputs *declared) {
  GTree *index = g_tree_new(compare_names);
  for (guint i = 0; i < declared->count; i++)
    g_tree_insert(index, (gpointer)declared->items[i].name, &declared->items[i]);
  return index;
}

static void report_unknown(LintFile *file, const Interface *interface, const WorkflowPair *given) {
  const char *near = nearest_declared(interface->declared, given->name);
  lint_report(file, (LintReport){.node = given->key}, "the called workflow takes no %s \"%s\"%s%s%s", interface->what, given->name,
              near != NULL ? ", did you mean \"" : "", near != NULL ? near : "", near != NULL ? "\"?" : ", so it refuses the call");
}

/* Takes what is given out of `left`, and tells of what is not declared. False when an expression may give more. */
static bool check_given(LintFile *file, const Interface *interface, const GTree *declared, GTree *left) {
  bool complete = true;
  for (guint i = 0; i < interface->given->count; i++) {
    const WorkflowPair *given = &interface->given->items[i];
    complete = complete && given->name != NULL;
    if (given->name == NULL)
      continue;
    g_tree_remove(left, given->name);
    if (g_tree_lookup((GTree *)declared, given->name) == NULL)
      report_unknown(file, interface, given);
  }
  return complete;
}

static void check_interface(LintFile *file, const WorkflowJob *job, const Interface *interface) {
  g_autoptr(GTree) declared = index_declared(interface->declared), left = index_declared(interface->declared);
  bool complete = check_given(file, interface, declared, left);
  for (guint i = 0; complete && i < interface->declared->count; i++) {
    const WorkflowInput *input = &interface->declared->items[i];
    if (input->is_required && g_tree_lookup(left, input->name) != NULL)
      lint_report(file, (LintReport){.node = job->uses.node}, "the called workflow needs the %s \"%s\", which is not given", interface->what,
                  input->name);
  }
}

/* ---- the called workflow ---- */

/* What keeps a workflow from being called; NULL: nothing. */
static const char *refusal(const Workflow *called) {
  const WorkflowEvent *call = workflow_event(called, "workflow_call");
  if (called->on == NULL)
    return "it has no \"on\"";
  if (call == NULL)
    return "it is not triggered by workflow_call";
  const YamlNode *parts[] = {call->inputs.node, call->secrets.node, call->outputs.node};
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
    if (parts[i] != NULL && parts[i]->kind != YAML_MAPPING && !yaml_is_null(parts[i]))
      return "inputs, secrets and outputs of its workflow_call must be mappings";
  return NULL;
}

static void check_call(LintFile *file, const WorkflowJob *job, const WorkflowEvent *call) {
  check_interface(file, job, &(Interface){"input", &job->with, &call->inputs});
  if (!job->secrets_inherit)
    check_interface(file, job, &(Interface){"secret", &job->secrets, &call->secrets});
}

static void check_job(LintFile *file, const WorkflowJob *job) {
  bool is_call = job->uses.text != NULL && *job->uses.text != '\0' && strstr(job->uses.text, "${{") == NULL;
  if (!is_call || !check_form(file, &job->uses))
    return;
  LookupState state;
  const char *why = NULL;
  const Workflow *called = lint_local_workflow(file, job->uses.text, &state, &why);
  if (called != NULL)
    why = refusal(called);
  if (why != NULL)
    lint_report(file, (LintReport){.node = job->uses.node}, "\"%s\" cannot be called: %s", job->uses.text, why);
  else if (called != NULL)
    check_call(file, job, workflow_event(called, "workflow_call"));
}

const Rule rule_workflow_call = {
  .id = "workflow-call",
  .family = FAMILY_CORRECTNESS,
  .summary = "a job that calls a workflow which is not there, or gives it what it does not take",
  .severity = SEVERITY_ERROR,
  .confidence = CONFIDENCE_HIGH,
  .job = check_job,
};
