#include "runner/runner.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/node.h"

#include <string.h>
#include <unistd.h>

typedef struct {
  const RunSpec *spec;
  GPtrArray *nodes;   /* Node */
  GPtrArray *threads; /* GThread */
  GMutex lock;        /* over all above and below */
  GCond changed;
  guint running;
  guint running_max;
  guint number;
  bool cancelled;
} Run;

typedef struct {
  Run *run;
  Node *node;
  JobRun *leg;
} Work;

const char *run_conclusion_name(RunConclusion conclusion) {
  static const char *const names[] = {[RUN_SUCCESS] = "success", [RUN_FAILURE] = "failure", [RUN_CANCELLED] = "cancelled", [RUN_SKIPPED] = "skipped"};
  return names[conclusion];
}

/* ---- the scheduler ---- */

static void *run_leg(void *data) {
  g_autofree Work *work = data;
  Run *run = work->run;
  job_run(work->leg);
  g_mutex_lock(&run->lock);
  run->running--;
  work->node->running--;
  node_leg_ended(work->node, work->leg);
  g_cond_signal(&run->changed);
  g_mutex_unlock(&run->lock);
  return NULL;
}

/* A leg that was cancelled before it began. */
static void drop_leg(Run *run, Node *node, JobRun *leg) {
  leg->outcome = leg->conclusion = STATUS_CANCELLED;
  progress_end(run->spec->progress, leg->name, PROGRESS_SKIPPED, "cancelled before it began");
  node_leg_ended(node, leg);
}

static void start_legs(Run *run, Node *node) {
  while (node->begun < node->legs->len && node->state == NODE_RUNNING) {
    JobRun *leg = g_ptr_array_index(node->legs, node->begun);
    if (run->cancelled || g_cancellable_is_cancelled(leg->cancellable)) {
      node->begun++;
      drop_leg(run, node, leg);
      continue;
    }
    if (node->running >= node->running_max || run->running >= run->running_max)
      return;
    Work *work = g_new0(Work, 1);
    *work = (Work){.run = run, .node = node, .leg = leg};
    node->begun++, node->running++, run->running++;
    g_ptr_array_add(run->threads, g_thread_new("drover-job", run_leg, work));
  }
}

static void begin_node(Run *run, Node *node) {
  Progress *progress = run->spec->progress;
  if (run->cancelled) {
    node->state = NODE_DONE;
    node->result = STATUS_CANCELLED;
    progress_end(progress, node->job->id, PROGRESS_SKIPPED, "cancelled before it began");
    return;
  }
  node_begin(node, run->spec, &run->number);
  if (node->state == NODE_DONE && node->result == STATUS_SKIPPED)
    progress_end(progress, node->job->id, PROGRESS_SKIPPED, "%s", "");
  else if (node->state == NODE_DONE)
    progress_end(progress, node->job->id, PROGRESS_FAILED, "%s", node->failure);
}

/* Begins all that can begin now; returns whether everything is done. */
static bool advance(Run *run) {
  bool done = true;
  for (bool moved = true; moved;) {
    moved = false;
    done = true;
    for (guint i = 0; i < run->nodes->len; i++) {
      Node *node = g_ptr_array_index(run->nodes, i);
      NodeState before = node->state;
      if (!node->wanted)
        continue;
      if (node_is_ready(node))
        begin_node(run, node);
      start_legs(run, node);
      moved = moved || node->state != before;
      done = done && node->state == NODE_DONE;
    }
  }
  return done;
}

static void on_cancelled(G_GNUC_UNUSED GCancellable *cancellable, void *data) {
  Run *run = data;
  g_mutex_lock(&run->lock);
  run->cancelled = true;
  for (guint i = 0; i < run->nodes->len; i++)
    node_cancel(g_ptr_array_index(run->nodes, i));
  g_cond_signal(&run->changed);
  g_mutex_unlock(&run->lock);
}

static void run_all(Run *run) {
  GCancellable *cancellable = run->spec->cancellable;
  gulong handler = cancellable != NULL ? g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), run, NULL) : 0;
  g_mutex_lock(&run->lock);
  while (!advance(run))
    g_cond_wait(&run->changed, &run->lock);
  g_mutex_unlock(&run->lock);
  if (handler != 0)
    g_cancellable_disconnect(cancellable, handler);
  for (guint i = 0; i < run->threads->len; i++)
    g_thread_join(g_ptr_array_index(run->threads, i));
}

/* ---- what came of it ---- */

static json_t *entry_new(const char *id, const char *name, Status outcome, Status conclusion) {
  g_autofree char *valid = g_utf8_make_valid(name, -1);
  return json_pack("{s:s, s:s, s:s, s:s}", "id", id, "name", valid, "outcome", status_name(outcome), "conclusion", status_name(conclusion));
}

static void add_member(json_t *entry, const char *key, json_t *value, json_t *otherwise) {
  if (value != NULL)
    json_object_set(entry, key, value);
  else
    json_object_set(entry, key, otherwise);
  json_decref(otherwise);
}

static void add_failure(json_t *entry, const char *failure) {
  if (failure == NULL)
    return;
  g_autofree char *valid = g_utf8_make_valid(failure, -1);
  json_object_set_new(entry, "failure", json_string(valid));
}

static void report_node(const Node *node, json_t *jobs) {
  for (guint i = 0; i < node->legs->len; i++) {
    const JobRun *leg = g_ptr_array_index(node->legs, i);
    json_t *entry = entry_new(node->job->id, leg->name, leg->outcome, leg->conclusion);
    add_member(entry, "outputs", leg->outputs, json_object());
    add_member(entry, "steps", leg->report, json_array());
    add_member(entry, "notes", leg->notes, json_array());
    add_failure(entry, leg->failure);
    json_array_append_new(jobs, entry);
  }
  if (node->legs->len > 0)
    return;
  json_t *entry = entry_new(node->job->id, node->job->id, node->result, node->result);
  add_member(entry, "outputs", NULL, json_object());
  add_member(entry, "steps", NULL, json_array());
  add_member(entry, "notes", NULL, json_array());
  add_failure(entry, node->failure);
  json_array_append_new(jobs, entry);
}

static void append_failure(GString *text, const char *name, const char *failure) {
  g_string_append_printf(text, "%sjob \"%s\": %s", text->len > 0 ? "\n" : "", name, failure != NULL ? failure : "failed");
}

/* "job "test (tenants)": step ...", a line for each that failed. */
static void gather_failures(const Node *node, GString *text) {
  if (node->failure != NULL)
    append_failure(text, node->job->id, node->failure);
  for (guint i = 0; i < node->legs->len; i++) {
    const JobRun *leg = g_ptr_array_index(node->legs, i);
    if (leg->conclusion == STATUS_FAILURE)
      append_failure(text, leg->name, leg->failure);
  }
}

static RunConclusion conclusion_of(const Run *run) {
  RunConclusion conclusion = RUN_SKIPPED;
  for (guint i = 0; i < run->nodes->len; i++) {
    const Node *node = g_ptr_array_index(run->nodes, i);
    if (!node->wanted || node->result == STATUS_SKIPPED)
      continue;
    if (node->result == STATUS_FAILURE)
      conclusion = RUN_FAILURE;
    else if (node->result == STATUS_CANCELLED && conclusion != RUN_FAILURE)
      conclusion = RUN_CANCELLED;
    else if (conclusion == RUN_SKIPPED)
      conclusion = RUN_SUCCESS;
  }
  return run->cancelled && conclusion != RUN_SKIPPED && conclusion != RUN_SUCCESS ? RUN_CANCELLED : conclusion;
}

static bool conclude(const Run *run, json_t **result, GError **error) {
  RunConclusion conclusion = conclusion_of(run);
  json_auto_t *jobs = json_array();
  g_autoptr(GString) failures = g_string_new(NULL);
  for (guint i = 0; i < run->nodes->len; i++) {
    const Node *node = g_ptr_array_index(run->nodes, i);
    if (!node->wanted)
      continue;
    report_node(node, jobs);
    gather_failures(node, failures);
  }
  if (result != NULL)
    *result = json_pack("{s:s, s:O}", "conclusion", run_conclusion_name(conclusion), "jobs", jobs);
  if (conclusion == RUN_CANCELLED)
    return error_set(error, DROVER_ERROR_CANCELLED, "stopped%s%s", failures->len > 0 ? "\n" : "", failures->str);
  if (conclusion == RUN_FAILURE)
    return error_set(error, DROVER_ERROR_FAILED, "%s", failures->str);
  return true;
}

/* ---- the whole ---- */

static char *folder_of(const char *id, const char *work_dir) {
  return g_build_filename(work_dir, id, NULL);
}

static bool id_is_usable(const char *id, GError **error) {
  bool good = id != NULL && *id != '\0' && *id != '.' && strchr(id, '/') == NULL;
  return good || error_set(error, DROVER_ERROR_INTERNAL, "a run's id must be a file's name");
}

/* Only the jobs that are to run must be runnable. */
static bool check_wanted(const Workflow *workflow, const GPtrArray *nodes, Diagnostics *diagnostics) {
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  for (guint i = 0; i < nodes->len; i++) {
    const Node *node = g_ptr_array_index(nodes, i);
    if (node->wanted)
      g_ptr_array_add(ids, (gpointer)node->job->id);
  }
  g_ptr_array_add(ids, NULL);
  return workflow_check_runnable(workflow, (const char *const *)ids->pdata, diagnostics);
}

bool runner_check_job(const Workflow *workflow, const char *only_job, Diagnostics *diagnostics) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) nodes = nodes_new(workflow, only_job, &error);
  if (nodes != NULL)
    return check_wanted(workflow, nodes, diagnostics);
  diagnostics_add(diagnostics, (Location){.file = workflow->file}, "there is no job \"%s\"", only_job);
  return false;
}

bool runner_check(const Workflow *workflow, Diagnostics *diagnostics) {
  return runner_check_job(workflow, NULL, diagnostics);
}

bool runner_run(const RunSpec *spec, json_t **result, GError **error) {
  if (!id_is_usable(spec->id, error))
    return false;
  g_autoptr(GPtrArray) nodes = nodes_new(spec->workflow, spec->only_job, error);
  g_autoptr(Diagnostics) diagnostics = diagnostics_new();
  g_autofree char *folder = folder_of(spec->id, spec->work_dir);
  if (nodes == NULL || (!check_wanted(spec->workflow, nodes, diagnostics) && !diagnostics_to_error(diagnostics, error)) ||
      !fs_make_dirs(folder, 0755, error))
    return false;
  Run run = {
    .spec = spec,
    .nodes = nodes,
    .threads = g_ptr_array_new(),
    .running_max = spec->parallel_max != 0 ? spec->parallel_max : g_get_num_processors(),
  };
  g_mutex_init(&run.lock);
  g_cond_init(&run.changed);
  run_all(&run);
  g_ptr_array_unref(run.threads);
  g_mutex_clear(&run.lock);
  g_cond_clear(&run.changed);
  bool good = conclude(&run, result, error);
  g_autoptr(GError) left = NULL;
  bool cleaned = runner_clean(spec->id, spec->work_dir, &left);
  if (good && !cleaned) {
    g_propagate_error(error, g_steal_pointer(&left));
    if (result != NULL)
      g_clear_pointer(result, json_decref);
    return false;
  }
  return good;
}

bool runner_clean(const char *id, const char *work_dir, GError **error) {
  enum { WAIT_MS = 5000 };
  if (!id_is_usable(id, error))
    return false;
  for (int waited = 0; process_kill_marked("DROVER_RUN", id) > 0 && waited < WAIT_MS; waited += 10)
    g_usleep(10 * 1000);
  g_autofree char *folder = folder_of(id, work_dir);
  if (!fs_remove_tree(folder, error))
    return false;
  (void)!rmdir(work_dir); /* goes when it is empty: other runs may have their folders in it */
  return true;
}
