#include "workflow/read.h"

#include "workflow/schema.h"

/* What of the language is well written and not run yet. */

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

static void add(GArray *gaps, const char *job, const YamlNode *where, const char *what) {
  WorkflowGap gap = {.what = what, .job = job, .location = where->location};
  g_array_append_val(gaps, gap);
}

static void add_keys(GArray *gaps, const char *job, const YamlNode *node, const GapRow *rows) {
  for (; rows->key != NULL; rows++) {
    const YamlNode *key = model_key_node(node, rows->key);
    bool off = false;
    if (key != NULL && !(scalar_is_bool(yaml_get(node, rows->key), &off) && !off))
      add(gaps, job, key, rows->what);
  }
}

static void add_defaults(GArray *gaps, const char *job, const WorkflowDefaults *defaults) {
  const YamlNode *run = yaml_get(defaults->node, "run");
  if (run != NULL && run->kind == YAML_SCALAR)
    add(gaps, job, run, "defaults.run as one expression");
}

static void add_job(GArray *gaps, const WorkflowJob *job) {
  add_defaults(gaps, job->id, &job->defaults);
  if (job->runs_on.group.text != NULL)
    add(gaps, job->id, model_key_node(job->runs_on.node, "group"), "choosing a runner group");
  if (job->strategy.node != NULL && job->strategy.node->kind == YAML_SCALAR)
    add(gaps, job->id, job->strategy.node, "a strategy that is one expression (a matrix may be one)");
  add_keys(gaps, job->id, job->node, job_gaps);
  for (guint i = 0; i < job->all_step_count; i++)
    add_keys(gaps, job->id, job->all_steps[i]->node, step_gaps);
}

WorkflowGap *model_gaps(Arena *arena, const Workflow *workflow, guint *count) {
  g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(WorkflowGap));
  add_defaults(gaps, NULL, &workflow->defaults);
  for (guint i = 0; i < workflow->job_count; i++)
    add_job(gaps, &workflow->jobs[i]);
  *count = gaps->len;
  return arena_memdup(arena, gaps->data, gaps->len * sizeof(WorkflowGap));
}
