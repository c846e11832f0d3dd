#include "workflow/read.h"

#include "workflow/schema.h"

#include <string.h>

/* ---- the model's memory ---- */

static void text_clear(WorkflowText *text) {
  g_clear_pointer(&text->text, g_free);
}

static void pair_free(void *data) {
  WorkflowPair *pair = data;
  g_free(pair->name);
  text_clear(&pair->value);
  g_free(pair);
}

static void text_free(void *data) {
  text_clear(data);
  g_free(data);
}

static void gap_free(void *data) {
  WorkflowGap *gap = data;
  g_free(gap->what);
  g_free(gap->job);
  g_free(gap);
}

static void defaults_clear(WorkflowDefaults *defaults) {
  text_clear(&defaults->shell);
  text_clear(&defaults->working_directory);
}

static void step_free(void *data) {
  WorkflowStep *step = data;
  g_free(step->id);
  WorkflowText *texts[] = {
    &step->name, &step->condition, &step->run, &step->uses, &step->shell, &step->working_directory, &step->continue_on_error, &step->timeout_minutes};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    text_clear(texts[i]);
  g_ptr_array_unref(step->env);
  g_ptr_array_unref(step->with);
  g_free(step);
}

static void job_free(void *data) {
  WorkflowJob *job = data;
  g_free(job->id);
  g_strfreev(job->needs);
  g_free(job->needs_locations);
  WorkflowText *texts[] = {&job->name,      &job->condition,    &job->environment,       &job->uses,
                           &job->fail_fast, &job->max_parallel, &job->continue_on_error, &job->timeout_minutes};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    text_clear(texts[i]);
  g_ptr_array_unref(job->runs_on);
  g_ptr_array_unref(job->env);
  g_ptr_array_unref(job->outputs);
  defaults_clear(&job->defaults);
  g_ptr_array_unref(job->steps);
  g_free(job);
}

void workflow_free(Workflow *workflow) {
  text_clear(&workflow->name);
  text_clear(&workflow->run_name);
  g_ptr_array_unref(workflow->events);
  g_ptr_array_unref(workflow->env);
  defaults_clear(&workflow->defaults);
  g_ptr_array_unref(workflow->jobs);
  g_ptr_array_unref(workflow->gaps);
  yaml_document_free(workflow->document);
  g_free(workflow->file);
  g_free(workflow);
}

/* ---- reading ---- */

static WorkflowText read_text(const YamlNode *node) {
  if (node == NULL || node->kind != YAML_SCALAR)
    return (WorkflowText){0};
  return (WorkflowText){.text = scalar_is_null(node) ? g_strdup("") : g_strdup(node->text), .location = node->location};
}

static WorkflowText get_text(const YamlNode *mapping, const char *key) {
  return read_text(yaml_get(mapping, key));
}

static WorkflowPair *pair_new(const YamlNode *key, const YamlNode *value, bool whole) {
  WorkflowPair *pair = g_new0(WorkflowPair, 1);
  pair->name = whole ? NULL : g_strdup(key->text);
  pair->location = key->location;
  pair->value = read_text(value);
  return pair;
}

/* `${{ insert }}`, the key that puts a whole mapping in its place. */
static bool is_insert(const YamlNode *key) {
  g_auto(GStrv) words = scalar_is_expression(key) ? g_strsplit_set(key->text, " \t${}", -1) : NULL;
  g_autofree char *inner = words != NULL ? g_strjoinv("", words) : NULL;
  return inner != NULL && strcmp(inner, "insert") == 0;
}

static GPtrArray *read_pairs(const YamlNode *node) {
  GPtrArray *pairs = g_ptr_array_new_with_free_func(pair_free);
  if (node != NULL && node->kind == YAML_SCALAR)
    g_ptr_array_add(pairs, pair_new(node, node, true));
  for (guint i = 0; node != NULL && node->kind == YAML_MAPPING && i < node->count; i++)
    g_ptr_array_add(pairs, pair_new(yaml_key(node, i), yaml_value(node, i), is_insert(yaml_key(node, i))));
  return pairs;
}

static void add_gap(Workflow *workflow, const char *job, const YamlNode *where, const char *what) {
  WorkflowGap *gap = g_new0(WorkflowGap, 1);
  gap->what = g_strdup(what);
  gap->job = g_strdup(job);
  gap->location = where->location;
  g_ptr_array_add(workflow->gaps, gap);
}

static WorkflowDefaults read_defaults(Workflow *workflow, const char *job, const YamlNode *node) {
  const YamlNode *run = yaml_get(node, "run");
  if (run != NULL && run->kind == YAML_SCALAR)
    add_gap(workflow, job, run, "defaults.run as one expression");
  return (WorkflowDefaults){.shell = get_text(run, "shell"), .working_directory = get_text(run, "working-directory")};
}

typedef struct {
  const char *key;
  const char *what;
} GapRow;

static const GapRow job_gaps[] = {
  {"uses", "calling another workflow"},
  {"container", "a job in a container"},
  {"services", "service containers"},
  {"snapshot", "a snapshot of the job's machine"},
  {0},
};
static const GapRow step_gaps[] = {
  {"parallel", "parallel steps"},
  {"background", "a step in the background"},
  {"wait", "waiting for steps in the background"},
  {"wait-all", "waiting for steps in the background"},
  {"cancel", "cancelling steps in the background"},
  {0},
};

static const YamlNode *key_node(const YamlNode *mapping, const char *key) {
  for (guint i = 0; i < mapping->count; i++)
    if (strcmp(yaml_key(mapping, i)->text, key) == 0)
      return yaml_key(mapping, i);
  return NULL;
}

static void add_gaps(Workflow *workflow, const char *job, const YamlNode *node, const GapRow *rows) {
  for (; rows->key != NULL; rows++) {
    const YamlNode *key = key_node(node, rows->key);
    bool off = false;
    if (key != NULL && !(scalar_is_bool(yaml_get(node, rows->key), &off) && !off))
      add_gap(workflow, job, key, rows->what);
  }
}

static WorkflowStep *read_step(Workflow *workflow, const char *job, const YamlNode *node) {
  WorkflowStep *step = g_new0(WorkflowStep, 1);
  const YamlNode *id = yaml_get(node, "id");
  step->id = id != NULL ? g_strdup(id->text) : NULL;
  step->name = get_text(node, "name");
  step->condition = get_text(node, "if");
  step->run = get_text(node, "run");
  step->uses = get_text(node, "uses");
  step->shell = get_text(node, "shell");
  step->working_directory = get_text(node, "working-directory");
  step->continue_on_error = get_text(node, "continue-on-error");
  step->timeout_minutes = get_text(node, "timeout-minutes");
  step->env = read_pairs(yaml_get(node, "env"));
  step->with = read_pairs(yaml_get(node, "with"));
  step->location = node->location;
  add_gaps(workflow, job, node, step_gaps);
  return step;
}

static void read_needs(WorkflowJob *job, const YamlNode *node) {
  guint count = node == NULL ? 0 : node->kind == YAML_SEQUENCE ? node->count : 1;
  job->needs = g_new0(char *, count + 1);
  job->needs_locations = g_new0(Location, count + 1);
  for (guint i = 0; i < count; i++) {
    const YamlNode *need = node->kind == YAML_SEQUENCE ? node->items[i] : node;
    job->needs[i] = g_strdup(need->text);
    job->needs_locations[i] = need->location;
  }
}

static void add_label(GPtrArray *labels, const YamlNode *node) {
  WorkflowText *text = g_new0(WorkflowText, 1);
  *text = read_text(node);
  g_ptr_array_add(labels, text);
}

static void read_runs_on(Workflow *workflow, WorkflowJob *job, const YamlNode *node) {
  job->runs_on = g_ptr_array_new_with_free_func(text_free);
  if (node != NULL && node->kind == YAML_MAPPING) {
    if (yaml_get(node, "group") != NULL)
      add_gap(workflow, job->id, key_node(node, "group"), "choosing a runner group");
    node = yaml_get(node, "labels");
  }
  if (node != NULL && node->kind == YAML_SCALAR)
    add_label(job->runs_on, node);
  for (guint i = 0; node != NULL && node->kind == YAML_SEQUENCE && i < node->count; i++)
    add_label(job->runs_on, node->items[i]);
}

static void read_strategy(Workflow *workflow, WorkflowJob *job, const YamlNode *node) {
  if (node != NULL && node->kind == YAML_SCALAR)
    add_gap(workflow, job->id, node, "a strategy that is one expression (a matrix may be one)");
  job->matrix = yaml_get(node, "matrix");
  job->fail_fast = get_text(node, "fail-fast");
  job->max_parallel = get_text(node, "max-parallel");
}

static WorkflowJob *read_job(Workflow *workflow, const YamlNode *key, const YamlNode *node) {
  WorkflowJob *job = g_new0(WorkflowJob, 1);
  const YamlNode *environment = yaml_get(node, "environment"), *steps = yaml_get(node, "steps");
  job->id = g_strdup(key->text);
  job->location = key->location;
  job->name = get_text(node, "name");
  job->condition = get_text(node, "if");
  job->env = read_pairs(yaml_get(node, "env"));
  job->outputs = read_pairs(yaml_get(node, "outputs"));
  job->defaults = read_defaults(workflow, job->id, yaml_get(node, "defaults"));
  job->environment = read_text(environment != NULL && environment->kind == YAML_MAPPING ? yaml_get(environment, "name") : environment);
  job->uses = get_text(node, "uses");
  job->continue_on_error = get_text(node, "continue-on-error");
  job->timeout_minutes = get_text(node, "timeout-minutes");
  read_needs(job, yaml_get(node, "needs"));
  read_runs_on(workflow, job, yaml_get(node, "runs-on"));
  read_strategy(workflow, job, yaml_get(node, "strategy"));
  add_gaps(workflow, job->id, node, job_gaps);
  job->steps = g_ptr_array_new_with_free_func(step_free);
  for (guint i = 0; steps != NULL && i < steps->count; i++)
    g_ptr_array_add(job->steps, read_step(workflow, job->id, steps->items[i]));
  return job;
}

static GPtrArray *read_events(const YamlNode *node) {
  GPtrArray *events = g_ptr_array_new_with_free_func(g_free);
  if (node->kind == YAML_SCALAR)
    g_ptr_array_add(events, g_strdup(node->text));
  for (guint i = 0; node->kind != YAML_SCALAR && i < node->count; i++)
    g_ptr_array_add(events, g_strdup(node->kind == YAML_MAPPING ? yaml_key(node, i)->text : node->items[i]->text));
  return events;
}

Workflow *workflow_read(const char *file, YamlDocument *document) {
  Workflow *workflow = g_new0(Workflow, 1);
  const YamlNode *root = yaml_root(document), *jobs = yaml_get(root, "jobs");
  workflow->file = g_strdup(file);
  workflow->document = document;
  workflow->name = get_text(root, "name");
  workflow->run_name = get_text(root, "run-name");
  workflow->events = read_events(yaml_get(root, "on"));
  workflow->env = read_pairs(yaml_get(root, "env"));
  workflow->jobs = g_ptr_array_new_with_free_func(job_free);
  workflow->gaps = g_ptr_array_new_with_free_func(gap_free);
  workflow->defaults = read_defaults(workflow, NULL, yaml_get(root, "defaults"));
  for (guint i = 0; i < jobs->count; i++)
    g_ptr_array_add(workflow->jobs, read_job(workflow, yaml_key(jobs, i), yaml_value(jobs, i)));
  return workflow;
}
