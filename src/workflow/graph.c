#include "workflow/schema.h"

#include "base/nearest.h"
#include <string.h>

/* What lies between the jobs and between the steps of a file: ids that are unique, needs that exist and end somewhere. */

#define ID_MAX 100

static bool id_is_valid(const char *id) {
  if (!g_ascii_isalpha(*id) && *id != '_')
    return false;
  for (; *id != '\0'; id++)
    if (!g_ascii_isalnum(*id) && *id != '_' && *id != '-')
      return false;
  return true;
}

/* Reports an id that GitHub refuses; `seen` maps folded ids to their nodes. */
static void check_id(Check *check, const YamlNode *id, GHashTable *seen) {
  g_autofree char *valid = g_utf8_make_valid(id->text, -1);
  g_autofree char *folded = g_ascii_strdown(id->text, -1);
  const YamlNode *first = g_hash_table_lookup(seen, folded);
  if (!id_is_valid(id->text) || strlen(id->text) != id->length)
    check_report(check, id->location, "the id \"%s\" is not valid: letters, digits, _ and -, beginning with a letter or _", valid);
  else if (id->length >= ID_MAX)
    check_report(check, id->location, "the id is too long: %zu characters, at most %d", id->length, ID_MAX - 1);
  else if (g_str_has_prefix(id->text, "__"))
    check_report(check, id->location, "the id \"%s\" is not valid: those that begin with __ are GitHub's own", valid);
  else if (first != NULL)
    check_report(check, id->location, "the id \"%s\" is used twice, first in line %u (case does not matter)", valid, first->location.line);
  else
    g_hash_table_insert(seen, g_steal_pointer(&folded), (gpointer)id);
}

static void check_step_ids(Check *check, const YamlNode *steps, GHashTable *seen) {
  for (guint i = 0; i < steps->count; i++) {
    const YamlNode *id = yaml_get(steps->items[i], "id");
    if (id != NULL && id->kind == YAML_SCALAR && id->length > 0)
      check_id(check, id, seen);
  }
}

void check_steps(Check *check, const YamlNode *steps) {
  if (steps->kind != YAML_SEQUENCE)
    return;
  if (steps->count == 0)
    check_report(check, steps->location, "steps: expected at least one step");
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  check_step_ids(check, steps, seen);
}

/* ---- needs ---- */

typedef struct {
  const YamlNode *jobs;
  GHashTable *index; /* folded id -> position + 1 */
  GArray **edges;    /* of each job: the positions (guint) of the jobs that it needs */
  bool *waits;       /* of each job: whether it is not known to start some time */
  bool *visited;
} Graph;

static guint needs_count(const YamlNode *job) {
  const YamlNode *needs = yaml_get(job, "needs");
  return needs == NULL ? 0 : needs->kind == YAML_SCALAR ? (needs->length > 0) : needs->kind == YAML_SEQUENCE ? needs->count : 0;
}

static const YamlNode *needs_at(const YamlNode *job, guint i) {
  const YamlNode *needs = yaml_get(job, "needs");
  return needs->kind == YAML_SCALAR ? needs : needs->items[i];
}

/* The position of the job that a need names, from 1; 0: none. */
static guint find_job(const Graph *graph, const YamlNode *need) {
  if (need->kind != YAML_SCALAR)
    return 0;
  g_autofree char *folded = g_ascii_strdown(need->text, -1);
  return GPOINTER_TO_UINT(g_hash_table_lookup(graph->index, folded));
}

static void report_unknown(Check *check, const Graph *graph, const YamlNode *need) {
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  for (guint i = 0; i < graph->jobs->count; i++)
    g_ptr_array_add(ids, (gpointer)yaml_key(graph->jobs, i)->text);
  g_ptr_array_add(ids, NULL);
  const char *near = nearest_name(need->text, (const char *const *)ids->pdata);
  g_autofree char *valid = g_utf8_make_valid(need->text, -1);
  check_report(check, need->location, "needs: no job has the id \"%s\"%s%s%s", valid, near != NULL ? ", did you mean \"" : "",
               near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static void connect(Check *check, Graph *graph) {
  for (guint i = 0; i < graph->jobs->count; i++) {
    const YamlNode *job = yaml_value(graph->jobs, i);
    graph->edges[i] = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint n = 0; n < needs_count(job); n++) {
      guint at = find_job(graph, needs_at(job, n));
      if (at == 0 && needs_at(job, n)->kind == YAML_SCALAR)
        report_unknown(check, graph, needs_at(job, n));
      guint edge = at - 1; /* G_MAXUINT: none, so that edges and needs keep the same positions */
      g_array_append_val(graph->edges[i], edge);
    }
    graph->waits[i] = graph->edges[i]->len > 0;
  }
}

/* Takes away, again and again, the jobs whose needs all end; what remains never starts. */
static void resolve(Graph *graph) {
  for (bool moved = true; moved;) {
    moved = false;
    for (guint i = 0; i < graph->jobs->count; i++) {
      bool waits = false;
      for (guint n = 0; graph->waits[i] && n < graph->edges[i]->len && !waits; n++) {
        guint at = g_array_index(graph->edges[i], guint, n);
        waits = at != G_MAXUINT && graph->waits[at];
      }
      moved = moved || waits != graph->waits[i];
      graph->waits[i] = waits;
    }
  }
}

/* Whether job `from` waits, directly or not, for job `to`. Each job is visited once, so the depth is at most JOBS_MAX. */
static bool reaches(Graph *graph, guint from, guint to) {
  if (from == to)
    return true;
  graph->visited[from] = true;
  for (guint n = 0; n < graph->edges[from]->len; n++) {
    guint at = g_array_index(graph->edges[from], guint, n);
    if (at != G_MAXUINT && !graph->visited[at] && reaches(graph, at, to))
      return true;
  }
  return false;
}

static void report_circles(Check *check, Graph *graph) {
  for (guint i = 0; i < graph->jobs->count; i++) {
    for (guint n = 0; graph->waits[i] && n < graph->edges[i]->len; n++) {
      guint at = g_array_index(graph->edges[i], guint, n);
      if (at == G_MAXUINT || !graph->waits[at] || diagnostics_count(check->diagnostics) >= check->findings_max)
        continue;
      memset(graph->visited, 0, graph->jobs->count * sizeof *graph->visited);
      const YamlNode *need = needs_at(yaml_value(graph->jobs, i), n);
      const char *why = at == i ? "a job cannot wait for itself" : reaches(graph, at, i) ? "they wait in a circle" : "that one never starts";
      check_report(check, need->location, "needs: \"%s\" waits for \"%s\", but %s", yaml_key(graph->jobs, i)->text, yaml_key(graph->jobs, at)->text,
                   why);
    }
  }
}

static void check_needs(Check *check, const YamlNode *jobs) {
  Graph graph = {
    .jobs = jobs,
    .index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    .edges = g_new0(GArray *, jobs->count),
    .waits = g_new0(bool, jobs->count),
    .visited = g_new0(bool, jobs->count),
  };
  for (guint i = 0; i < jobs->count; i++)
    g_hash_table_insert(graph.index, g_ascii_strdown(yaml_key(jobs, i)->text, -1), GUINT_TO_POINTER(i + 1));
  connect(check, &graph);
  resolve(&graph);
  report_circles(check, &graph);
  for (guint i = 0; i < jobs->count; i++)
    g_array_unref(graph.edges[i]);
  g_hash_table_unref(graph.index);
  g_free(graph.edges), g_free(graph.waits), g_free(graph.visited);
}

/* With more jobs than this GitHub refuses the run; it also bounds the work above. */
#define JOBS_MAX 1000

void check_jobs(Check *check, const YamlNode *jobs) {
  if (jobs->kind != YAML_MAPPING)
    return;
  if (jobs->count == 0)
    check_report(check, jobs->location, "jobs: expected at least one job");
  if (jobs->count > JOBS_MAX) {
    check_report(check, jobs->location, "jobs: %u jobs, at most %d", jobs->count, JOBS_MAX);
    return;
  }
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < jobs->count; i++)
    if (yaml_key(jobs, i)->length > 0)
      check_id(check, yaml_key(jobs, i), seen);
  check_needs(check, jobs);
}
