/* What a run's schedule is made of: a frame for each run of a workflow (the top one, and every called one), in it a node for each job,
 * and for each node its legs, the runs of the job with a combination of its matrix. A leg runs steps, or a frame of its own.
 *
 * Private to this folder. Everything belongs to the thread of schedule_run(); a leg's thread touches its `spec` and `result` only, until
 * it has said over Schedule.messages that it is done.
 */
#pragma once

#include "runner/schedule/schedule.h"
#include "workflow/expression/expression.h"

typedef struct ScheduleFrame ScheduleFrame;
typedef struct ScheduleNode ScheduleNode;
typedef struct ScheduleLeg ScheduleLeg;

typedef struct {
  const ScheduleSpec *spec;
  GAsyncQueue *messages; /* legs whose threads are done; the Schedule itself: something changed elsewhere */
  ScheduleFrame *top;
  guint number; /* of the last leg that was started */
  guint queued; /* legs that wait for their groups */
  guint running, running_max;
} Schedule;

/* A place in a concurrency group. */
typedef struct {
  char *group; /* as it is written, NULL: none */
  ConcurrencySlot *slot;
} ScheduleGate;

typedef enum { LEG_NEW, LEG_QUEUED, LEG_READY, LEG_RUNNING, LEG_DONE } ScheduleLegState;

struct ScheduleLeg {
  ScheduleNode *node;
  guint index;
  guint number; /* 0: not started */
  char *key, *name;
  json_t *matrix, *strategy;
  ScheduleLegState state;
  ScheduleGate gate;
  GCancellable *cancellable;
  ScheduleFrame *called; /* NULL: it has steps */
  GThread *thread;
  JobSpec spec;
  JobResult result;
};

typedef enum { NODE_WAITS, NODE_RUNS, NODE_ENDED } ScheduleNodeState;

struct ScheduleNode {
  const PlanJob *plan;
  ScheduleFrame *frame;
  bool wanted; /* it is part of this run */
  ScheduleNodeState state;
  guint missing;         /* so many of its needs have not ended */
  GPtrArray *dependents; /* nodes that need it */
  bool success, failure; /* of all nodes before it, near and far: each succeeded; one failed */
  json_t *needs;         /* the context, once it is ready */
  GPtrArray *legs;
  guint running, running_max, ended;
  bool fail_fast;
  guint number;  /* of a node that ended without legs */
  Status result; /* what needs.<id>.result says */
  char *why;     /* it ended without legs, or NULL */
  json_t *outputs;
};

typedef enum { FRAME_NEW, FRAME_QUEUED, FRAME_RUNS, FRAME_ENDED } ScheduleFrameState;

struct ScheduleFrame {
  const PlanWorkflow *plan;
  ScheduleLeg *caller; /* NULL: the top */
  json_t *github, *inputs, *secrets;
  ScheduleNode *nodes; /* as many as the plan has jobs */
  guint open;          /* wanted nodes that have not ended */
  ScheduleFrameState state;
  ScheduleGate gate;
  bool cancelled;
  char *failure; /* why it was cancelled or failed as a whole, or NULL */
};

/* ---- node.c ---- */

/* Contexts are borrowed. All its nodes are wanted. */
ScheduleFrame *schedule_frame_new(const PlanWorkflow *plan, ScheduleLeg *caller, const json_t *github, const json_t *inputs, const json_t *secrets);
void schedule_frame_free(ScheduleFrame *frame);
/* Of the top: only this job and what it needs; NOT_FOUND. */
bool schedule_frame_want(ScheduleFrame *frame, const char *only_job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The worst of its jobs; all skipped: skipped. */
Status schedule_frame_result(const ScheduleFrame *frame);

/* "deploy/test": a job's id behind those of its callers. Transfer full. */
char *schedule_node_id(const ScheduleNode *node);
/* "deploy / test": `name` behind those of the callers. Transfer full. */
char *schedule_node_name(const ScheduleNode *node, const char *name);
/* What it waits for has ended: sets what follows from that. */
void schedule_node_look_back(ScheduleNode *node);
void schedule_node_end(ScheduleNode *node, Status result);

/* Adds one; takes the texts and values. */
ScheduleLeg *schedule_leg_new(ScheduleNode *node, char *name, json_t *matrix, json_t *strategy);
/* `leg->result` holds what came of it: outputs are merged, fail-fast cancels the others, the last one ends the node. */
void schedule_leg_end(ScheduleLeg *leg);
/* Sets the result of a leg that did not run. Takes `failure`. */
void schedule_leg_conclude(ScheduleLeg *leg, Status status, char *failure);

/* ---- conditions.c ---- */

/* For expressions of a frame, of a node of it (may be NULL) and of its leg (may be NULL). Transfer full. */
json_t *schedule_contexts(const ScheduleSpec *spec, const ScheduleFrame *frame, const ScheduleNode *node, const ScheduleLeg *leg);
/* The node's `if`. When its frame was cancelled, only always() and cancelled() can make it true. */
bool schedule_condition(const ScheduleSpec *spec, const ScheduleNode *node, bool *met, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- strategy.c ---- */

/* Evaluates the strategy and makes the node's legs. INPUT, with the place. */
bool schedule_make_legs(const ScheduleSpec *spec, ScheduleNode *node, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What YAML says as a boolean: `value` NULL gives `fallback`; INPUT, with the place. */
bool schedule_read_bool(const json_t *value, Location where, bool fallback, bool *read, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- call.c ---- */

/* The frame of the workflow that a leg's job calls, with the inputs and secrets that the job hands on. INPUT, with the place. */
ScheduleFrame *schedule_call(const ScheduleSpec *spec, ScheduleLeg *leg, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What a called workflow that has ended gives back: an object of strings. */
json_t *schedule_call_outputs(const ScheduleSpec *spec, const ScheduleFrame *frame, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- gate.c ---- */

typedef enum { GATE_SHUT, GATE_OPEN, GATE_LOST } ScheduleGateState; /* LOST: a newcomer wants the place */

/* Joins the group, where there is one, that the leg or the frame names. CANCELLED when there is no place; INPUT. */
bool schedule_gate_of_leg(Schedule *schedule, ScheduleLeg *leg, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool schedule_gate_of_frame(Schedule *schedule, ScheduleFrame *frame, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ScheduleGateState schedule_gate_state(const ScheduleGate *gate);
/* Why it is LOST; transfer full. */
char *schedule_gate_loss(const ScheduleGate *gate);
void schedule_gate_leave(ScheduleGate *gate);

/* ---- leg.c, schedule.c ---- */

/* Take it as far as it gets now; true when something changed. */
bool schedule_leg_advance(Schedule *schedule, ScheduleLeg *leg);
bool schedule_frame_advance(Schedule *schedule, ScheduleFrame *frame);
/* What runs is stopped; what has not begun goes on only where its `if` says so. */
void schedule_frame_cancel(const Schedule *schedule, ScheduleFrame *frame);

/* ---- document.c ---- */

/* Tells of a job that did not start. */
void schedule_tell_node(Schedule *schedule, ScheduleNode *node);
void schedule_tell_leg(Schedule *schedule, ScheduleLeg *leg);
/* The end of schedule_run(). */
bool schedule_conclude(const Schedule *schedule, json_t **document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
