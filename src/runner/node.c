#include "runner/node.h"

#include "base/error.h"
#include "workflow/matrix.h"

#include <math.h>
#include <string.h>

static void node_free(void *data) {
  Node *node = data;
  g_ptr_array_unref(node->needs);
  g_ptr_array_unref(node->legs);
  g_free(node->failure);
  json_decref(node->outputs);
  g_free(node);
}

static Node *find_node(const GPtrArray *nodes, const char *id) {
  for (guint i = 0; i < nodes->len; i++) {
    Node *node = g_ptr_array_index(nodes, i);
    if (g_ascii_strcasecmp(node->job->id, id) == 0)
      return node;
  }
  return NULL;
}

static void want(Node *node) {
  if (node->wanted)
    return;
  node->wanted = true;
  for (guint i = 0; i < node->needs->len; i++)
    want(g_ptr_array_index(node->needs, i));
}

GPtrArray *nodes_new(const Workflow *workflow, const char *only_job, GError **error) {
  g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(node_free);
  for (guint i = 0; i < workflow->job_count; i++) {
    Node *node = g_new0(Node, 1);
    node->job = &workflow->jobs[i];
    node->needs = g_ptr_array_new();
    node->legs = g_ptr_array_new_with_free_func((GDestroyNotify)job_run_free);
    node->outputs = json_object();
    g_ptr_array_add(nodes, node);
  }
  for (guint i = 0; i < nodes->len; i++) {
    Node *node = g_ptr_array_index(nodes, i);
    for (guint need = 0; need < node->job->needs.count; need++)
      g_ptr_array_add(node->needs, find_node(nodes, node->job->needs.items[need].text)); /* the reader has seen to it that there is one */
  }
  Node *only = only_job != NULL ? find_node(nodes, only_job) : NULL;
  if (only_job != NULL && only == NULL) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s has no job \"%s\"", workflow->file, only_job);
    return NULL;
  }
  for (guint i = 0; i < nodes->len; i++)
    if (only == NULL || only == g_ptr_array_index(nodes, i))
      want(g_ptr_array_index(nodes, i));
  return g_steal_pointer(&nodes);
}

bool node_is_ready(const Node *node) {
  for (guint i = 0; i < node->needs->len; i++)
    if (((const Node *)g_ptr_array_index(node->needs, i))->state != NODE_DONE)
      return false;
  return node->state == NODE_WAITING;
}

/* GitHub's success() and failure() look at all jobs before, not only at those that `needs` names. */
static void look_back(const Node *node, GHashTable *seen, StatusView *view) {
  for (guint i = 0; i < node->needs->len; i++) {
    const Node *before = g_ptr_array_index(node->needs, i);
    if (!g_hash_table_add(seen, (gpointer)before))
      continue;
    view->success = view->success && before->result == STATUS_SUCCESS;
    view->failure = view->failure || before->result == STATUS_FAILURE;
    view->cancelled = view->cancelled || before->result == STATUS_CANCELLED;
    look_back(before, seen, view);
  }
}

static json_t *needs_context(const Node *node) {
  json_t *context = json_object();
  for (guint i = 0; i < node->needs->len; i++) {
    const Node *before = g_ptr_array_index(node->needs, i);
    json_object_set_new(context, before->job->id,
                        json_pack("{s:s, s:o}", "result", status_name(before->result), "outputs", json_deep_copy(before->outputs)));
  }
  return context;
}

static json_t *contexts_of(const RunSpec *spec, const Node *node) {
  json_t *contexts = json_object();
  json_object_set_new(contexts, "github", old_context_github(spec, NULL));
  json_object_set_new(contexts, "needs", needs_context(node));
  json_object_set_new(contexts, "vars", json_object());
  json_object_set_new(contexts, "inputs", json_object());
  return contexts;
}

/* ---- legs ---- */

static char *leg_name(const Node *node, const MatrixLegs *legs, const ExpressionScope *scope) {
  const WorkflowText *name = &node->job->name;
  bool named = name->text != NULL && *name->text != '\0';
  if (!named || strstr(name->text, "${{") == NULL)
    return matrix_job_name(named ? name->text : node->job->id, legs, node->legs->len);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = expand_text(name, scope, &error);
  return text != NULL ? g_steal_pointer(&text) : g_strdup(node->job->id);
}

/* The next of `legs`. */
static void add_leg(Node *node, const RunSpec *spec, const MatrixLegs *legs, json_t *contexts, guint number) {
  size_t total = json_array_size(legs->combinations);
  JobRun *leg = g_new0(JobRun, 1);
  leg->spec = spec;
  leg->job = node->job;
  leg->marker = g_strdup_printf("%s/%u", spec->id, number);
  leg->dir = g_strdup_printf("%s/%s/%u", spec->work_dir, spec->id, number);
  leg->matrix = json_deep_copy(json_array_get(legs->combinations, node->legs->len));
  leg->strategy = json_pack("{s:b, s:i, s:i, s:i}", "fail-fast", node->fail_fast, "job-index", (int)node->legs->len, "job-total", (int)total,
                            "max-parallel", (int)node->running_max);
  leg->needs = needs_context(node);
  leg->cancellable = g_cancellable_new();
  json_object_set(contexts, "matrix", leg->matrix);
  json_object_set(contexts, "strategy", leg->strategy);
  ExpressionScope scope = {.contexts = contexts};
  leg->name = leg_name(node, legs, &scope);
  g_ptr_array_add(node->legs, leg);
}

static bool make_legs(Node *node, const RunSpec *spec, json_t *contexts, guint *number, GError **error) {
  ExpressionScope scope = {.contexts = contexts};
  g_auto(MatrixLegs) legs = {0};
  double running_max;
  if (node->job->strategy.matrix != NULL) {
    json_auto_t *matrix = matrix_evaluate(node->job->strategy.matrix, &scope, error);
    if (matrix == NULL || !matrix_expand(matrix, node->job->strategy.matrix->location, &legs, error))
      return false;
  } else {
    legs.combinations = json_pack("[{}]");
  }
  size_t total = json_array_size(legs.combinations);
  if (!expand_bool(&node->job->strategy.fail_fast, true, &scope, &node->fail_fast, error) ||
      !expand_number(&node->job->strategy.max_parallel, (double)total, &scope, &running_max, error))
    return false;
  node->running_max = (guint)fmax(1, fmin(running_max, MATRIX_JOBS_MAX));
  for (size_t i = 0; i < total; i++)
    add_leg(node, spec, &legs, contexts, (*number)++);
  return true;
}

/* ---- decisions ---- */

static void finish(Node *node, Status result) {
  node->state = NODE_DONE;
  node->result = result;
}

void node_begin(Node *node, const RunSpec *spec, guint *number) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GError) error = NULL;
  json_auto_t *contexts = contexts_of(spec, node);
  StatusView view = {.success = true};
  look_back(node, seen, &view);
  ExpressionScope scope = {.contexts = contexts, .call = status_call, .user = &view};
  bool met = false;
  if (!expand_condition(&node->job->condition, &scope, &met, &error) || (met && !make_legs(node, spec, contexts, number, &error))) {
    node->failure = g_strdup(error->message);
    finish(node, STATUS_FAILURE);
  } else if (!met) {
    finish(node, STATUS_SKIPPED);
  } else {
    node->state = NODE_RUNNING;
  }
}

void node_cancel(Node *node) {
  for (guint i = 0; i < node->legs->len; i++)
    g_cancellable_cancel(((JobRun *)g_ptr_array_index(node->legs, i))->cancellable);
}

/* A failure outweighs a cancellation, and both outweigh success. */
static Status worst_of(const Node *node) {
  Status worst = STATUS_SUCCESS;
  for (guint i = 0; i < node->legs->len; i++) {
    Status one = ((const JobRun *)g_ptr_array_index(node->legs, i))->conclusion;
    if (one == STATUS_FAILURE || (one == STATUS_CANCELLED && worst == STATUS_SUCCESS))
      worst = one;
  }
  return worst;
}

void node_leg_ended(Node *node, const JobRun *leg) {
  node->ended++;
  const char *key;
  json_t *value;
  json_object_foreach (leg->outputs, key, value) {
    if (*json_string_value(value) != '\0' || json_object_get(node->outputs, key) == NULL) /* the last one that says something */
      json_object_set(node->outputs, key, value);
  }
  if (leg->conclusion == STATUS_FAILURE && node->fail_fast)
    node_cancel(node);
  if (node->ended == node->legs->len)
    finish(node, worst_of(node));
}
