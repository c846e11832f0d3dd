/* A workflow's job as the scheduler sees it: what it waits for, and its legs, one for each combination of its matrix. Private
 * to this folder. Everything here is called with the scheduler's lock held. */
#pragma once

#include "runner/job.h"

typedef enum { NODE_WAITING, NODE_RUNNING, NODE_DONE } NodeState;

typedef struct Node Node;
struct Node {
  const WorkflowJob *job;
  GPtrArray *needs; /* Node *, those that it names */
  bool wanted;      /* it is part of this run */
  NodeState state;
  GPtrArray *legs; /* JobRun */
  guint begun, running, ended;
  guint running_max;
  bool fail_fast;
  Status result; /* when it is done: what needs.<id>.result says */
  char *failure; /* why it failed before it had legs, or NULL */
  json_t *outputs;
};

/* The nodes of a workflow, in the file's order, those that `only_job` (NULL: all) and what it needs are marked as wanted;
 * NOT_FOUND when there is no such job. */
GPtrArray *nodes_new(const Workflow *workflow, const char *only_job, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether all that it needs is done. */
bool node_is_ready(const Node *node);

/* Decides on a node that is ready: skipped, failed (NODE_DONE), or RUNNING with its legs made. `number` counts legs across the
 * run. */
void node_begin(Node *node, const RunSpec *spec, guint *number);

/* Called when a leg has ended: with fail-fast a failure cancels the others. The last one makes the node DONE. */
void node_leg_ended(Node *node, const JobRun *leg);

void node_cancel(Node *node);
