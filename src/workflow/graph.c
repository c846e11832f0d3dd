#include "workflow/schema.h"

#include "base/nearest.h"

/* What lies between the jobs of a file: ids that are unique, needs that exist and end somewhere. */

#define RULE "job-needs"
/* With more jobs than this GitHub refuses the run; it also bounds the depth of the walk below. */
#define JOBS_MAX 1000

typedef enum { JOB_NEW, JOB_ACTIVE, JOB_ENDS, JOB_NEVER } JobState;

typedef struct {
  const YamlNode *need; /* the text that names the job */
  guint to;             /* its position */
} Edge;

typedef struct {
  Check *check;
  const YamlNode *jobs;
  GTree *index;     /* id -> position + 1 */
  GArray **edges;   /* of each job: Edge */
  JobState *states; /* of each job */
  GArray *path;     /* guint, the jobs that are active, in the order of waiting */
} Graph;

static const char *id_at(const Graph *graph, guint job) {
  return yaml_key(graph->jobs, job)->text;
}

/* ---- edges ---- */

static void report_unknown(Graph *graph, const YamlNode *need) {
  Check *check = graph->check;
  if (check_is_full(check)) {
    check->refused++;
    return;
  }
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  for (guint i = 0; i < graph->jobs->count; i++)
    g_ptr_array_add(ids, (gpointer)id_at(graph, i));
  g_ptr_array_add(ids, NULL);
  const char *near = nearest_name(need->text, (const char *const *)ids->pdata);
  g_autofree char *name = check_excerpt(need->text);
  check_report_rule(check, need->location, RULE, "needs: no job has the id \"%s\"", name);
  check_suggest(check, near);
}

static void connect(Graph *graph, guint job, const YamlNode *need) {
  if (need->kind != YAML_SCALAR || need->length == 0)
    return;
  guint position = GPOINTER_TO_UINT(g_tree_lookup(graph->index, need));
  if (position == 0) {
    report_unknown(graph, need);
    return;
  }
  Edge edge = {.need = need, .to = position - 1};
  g_array_append_val(graph->edges[job], edge);
}

static void connect_job(Graph *graph, guint job) {
  const YamlNode *needs = yaml_get(yaml_value(graph->jobs, job), "needs");
  graph->edges[job] = g_array_new(FALSE, FALSE, sizeof(Edge));
  if (needs != NULL && needs->kind == YAML_SCALAR)
    connect(graph, job, needs);
  for (guint i = 0; needs != NULL && needs->kind == YAML_SEQUENCE && i < needs->count; i++)
    connect(graph, job, needs->items[i]);
}

/* ---- circles ---- */

/* The jobs on the path from `first` on wait for each other. Said once, at the one that comes first in the file. */
static void report_circle(Graph *graph, guint first) {
  const guint *path = (const guint *)(void *)graph->path->data;
  guint start = 0, count = graph->path->len, lowest;
  while (path[start] != first)
    start++;
  lowest = start;
  for (guint i = start; i < count; i++)
    if (path[i] < path[lowest])
      lowest = i;
  g_autoptr(GString) names = g_string_new(id_at(graph, path[lowest]));
  for (guint i = 1; i <= count - start; i++)
    g_string_append_printf(names, " -> %s", id_at(graph, path[start + (lowest - start + i) % (count - start)]));
  g_autofree char *shown = check_excerpt(names->str);
  check_advise(graph->check, yaml_key(graph->jobs, path[lowest])->location, RULE, "these jobs wait for each other and never start: %s", shown);
}

/* Whether all that a job waits for ends some time. At most JOBS_MAX calls deep; each job is looked at once. */
static bool ends(Graph *graph, guint job) {
  if (graph->states[job] == JOB_ACTIVE)
    report_circle(graph, job);
  if (graph->states[job] != JOB_NEW)
    return graph->states[job] == JOB_ENDS;
  graph->states[job] = JOB_ACTIVE;
  g_array_append_val(graph->path, job);
  bool all = true;
  for (guint i = 0; i < graph->edges[job]->len; i++)
    all = ends(graph, g_array_index(graph->edges[job], Edge, i).to) && all;
  g_array_set_size(graph->path, graph->path->len - 1);
  graph->states[job] = all ? JOB_ENDS : JOB_NEVER;
  return all;
}

/* As GitHub does, at each need; a linter has named the circle already. */
static void report_never(Graph *graph, guint job) {
  for (guint i = 0; i < graph->edges[job]->len; i++) {
    const Edge *edge = &g_array_index(graph->edges[job], Edge, i);
    if (graph->states[edge->to] != JOB_NEVER)
      continue;
    if (graph->check->linting) {
      graph->check->refused++;
      continue;
    }
    g_autofree char *waiting = check_excerpt(id_at(graph, job));
    g_autofree char *waited = check_excerpt(id_at(graph, edge->to));
    check_report_rule(graph->check, edge->need->location, RULE, "needs: \"%s\" waits for \"%s\", %s", waiting, waited,
                      edge->to == job ? "but a job cannot wait for itself" : "which never starts: jobs wait for each other");
  }
}

static void check_needs(Check *check, const YamlNode *jobs) {
  g_autoptr(GTree) index = schema_ids_new();
  g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autofree GArray **edges = g_new0(GArray *, jobs->count);
  g_autofree JobState *states = g_new0(JobState, jobs->count);
  Graph graph = {.check = check, .jobs = jobs, .index = index, .edges = edges, .states = states, .path = path};
  for (guint i = 0; i < jobs->count; i++)
    g_tree_insert(index, (gpointer)yaml_key(jobs, i), GUINT_TO_POINTER(i + 1));
  for (guint i = 0; i < jobs->count; i++)
    connect_job(&graph, i);
  for (guint i = 0; i < jobs->count; i++)
    ends(&graph, i);
  for (guint i = 0; i < jobs->count; i++) {
    report_never(&graph, i);
    g_array_unref(edges[i]);
  }
}

void check_jobs(Check *check, const YamlNode *jobs) {
  if (jobs->kind != YAML_MAPPING)
    return;
  if (jobs->count == 0)
    check_report(check, jobs->location, "jobs: expected at least one job");
  if (jobs->count > JOBS_MAX) {
    check_report(check, jobs->location, "jobs: %u jobs, at most %d", jobs->count, JOBS_MAX);
    return;
  }
  for (guint i = 0; i < jobs->count; i++)
    if (yaml_key(jobs, i)->length > 0)
      check_id(check, yaml_key(jobs, i), NULL);
  check_needs(check, jobs);
}
