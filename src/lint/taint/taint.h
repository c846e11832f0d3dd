/* Follows what people outside can set to where an expression uses it: through variables of `env:` and $GITHUB_ENV, outputs of steps,
 * jobs, local actions and called workflows, inputs, and the matrix.
 *
 * Works on one file; other files of the repository are read where it uses them or they call it. The work is bounded: what lies behind
 * the bound counts as not known. One thread at a time.
 */
#pragma once

#include "lint/taint/context_path.h"
#include "lint/rule.h"

/* From harmless to dangerous. */
typedef enum {
  TAINT_NONE,     /* fixed, or nothing that could hurt */
  TAINT_WRITERS,  /* those who may write to the repository */
  TAINT_OUTPUT,   /* what it holds is not known */
  TAINT_ABSENT,   /* a member of github.event that none of the workflow's events is known to have */
  TAINT_VARIABLE, /* a variable that is set nowhere in sight */
  TAINT_INPUT,    /* an input that is not declared */
  TAINT_STARTER,  /* an input of workflow_dispatch */
  TAINT_MATRIX,   /* a matrix that is made while the workflow runs */
  TAINT_SENDER,   /* who sends a repository_dispatch */
  TAINT_CALLER,   /* who calls the workflow or uses the action */
  TAINT_ANYONE,
} TaintKind;

/* What a value went through: "env.TITLE", "steps.x.outputs.y". The one nearest to the use stands first. */
typedef struct TaintHop TaintHop;
struct TaintHop {
  const char *name;
  const TaintHop *next;
};

typedef struct {
  TaintKind kind;
  const char *source; /* "github.event.issue.title" */
  const TaintHop *hops;
} Taint;

typedef struct Taints Taints;

/* All that it gives lives in file->arena. */
Taints *taints_new(LintFile *file);
void taints_free(Taints *taints);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Taints, taints_free)

/* What a context, or a member of one, holds in a step of the file. */
Taint taint_of_context(Taints *taints, const WorkflowStep *step, const ContextPath *path);

/* "env.TITLE and steps.x.outputs.y", in the order of the value's way; transfer full. NULL when there are none. */
char *taint_way(const Taint *taint);
