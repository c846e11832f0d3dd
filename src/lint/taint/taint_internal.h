/* What taint.c (contexts), taint_steps.c (what steps write) and taint_calls.c (across files) share. */
#pragma once

#include "lint/script/runner_file.h"
#include "lint/taint/taint.h"

#define TAINT_DEPTH_MAX 24

/* Where an expression is evaluated. */
typedef struct TaintScope TaintScope;
struct TaintScope {
  const Workflow *workflow; /* one of these two */
  const Action *action;
  const WorkflowJob *job;    /* NULL: outside jobs */
  const WorkflowStep *step;  /* NULL: outside steps, which then all lie before it */
  guint env_from;            /* 0: the step's variables and those around it count, 1: the job's, 2: the workflow's */
  const TaintScope *caller;  /* who called the workflow or used the action, when that is known */
  const WorkflowPairs *with; /* what the caller passes */
};

struct Taints {
  LintFile *file;
  GHashTable *spans;  /* scalar -> TaintSpan */
  GHashTable *read;   /* WorkflowExpressions that `spans` has */
  GHashTable *writes; /* WorkflowStep -> GPtrArray of RunnerWrite */
  guint budget;       /* of looks at contexts, nodes and steps */
  guint depth;        /* of the look that goes on */
};

/* ---- taint.c ---- */

Taint taint_worse(Taint one, Taint other);
/* The same, one step further on its way. `format` gives the hop's name. */
Taint taint_through(Taints *taints, Taint taint, const char *format, ...) G_GNUC_PRINTF(3, 4);
Taint taint_source(Taints *taints, TaintKind kind, const ContextPath *path);

/* Whether there is budget for so much work; then it is spent. */
bool taint_spend(Taints *taints, guint cost);

/* What the expressions that begin in bytes [start, end) of a scalar, or in all of it, bring in. `node` NULL: nothing. */
Taint taint_of_range(Taints *taints, const TaintScope *scope, const YamlNode *node, size_t start, size_t end);
Taint taint_of_text(Taints *taints, const TaintScope *scope, const YamlNode *node);

/* The value of a variable as a step sees it. False, with `taint` left alone, when `env:` has none of this name. */
bool taint_of_variable(Taints *taints, const TaintScope *scope, const char *name, Taint *taint);

/* A context in another scope than a step of the file. */
Taint taint_of_path(Taints *taints, const TaintScope *scope, const ContextPath *path);

/* ---- taint_steps.c ---- */

/* The output `name` (NULL: any) of the step `id` in the scope's job or action. */
Taint taint_of_output(Taints *taints, const TaintScope *scope, const char *id, const char *name, const ContextPath *path);
/* A variable that an earlier step writes to $GITHUB_ENV. False when none is seen to. */
bool taint_of_written(Taints *taints, const TaintScope *scope, const char *name, Taint *taint);

/* ---- taint_calls.c ---- */

Taint taint_of_input(Taints *taints, const TaintScope *scope, const ContextPath *path, guint name_at);
/* The output `name` of the job `id`. */
Taint taint_of_job(Taints *taints, const TaintScope *scope, const char *id, const char *name, const ContextPath *path);
/* An output of the action of this repository that a step uses. */
Taint taint_of_action(Taints *taints, const TaintScope *scope, const WorkflowStep *step, const char *name, const ContextPath *path);
