/* What the files of the contexts share; nobody else includes it. */
#pragma once

#include "lint/contexts/contexts.h"

/* Of a job, or of a composite action; NULL: not asked for yet. */
typedef struct {
  const Type *needs;
  const Type *matrix;
  const Type *job;
  const Type *steps; /* those before the step of number `steps_end` */
  guint steps_end;
} JobContexts;

struct LintContexts {
  const Type *github, *inputs, *secrets, *vars, *jobs;
  JobContexts *each;                 /* of a workflow by the job's number; of an action one */
  const WorkflowJob **by_id;         /* the jobs, sorted by id without regard to case */
  const WorkflowExpression **wholes; /* those that are all of a scalar in `strategy` or `with`, sorted by scalar and job */
  guint whole_count;
};

/* contexts.c */

LintContexts *contexts_of(LintFile *file);
JobContexts *contexts_of_job(LintFile *file, const WorkflowJob *job);

/* Each gives the type of the context of that name where an expression stands; NULL: nothing is known of it. */

/* contexts_file.c: what is the same in all of a file. */

const Type *contexts_github(LintFile *file, const WorkflowExpression *expression);
const Type *contexts_inputs(LintFile *file, const WorkflowExpression *expression);
const Type *contexts_secrets(LintFile *file, const WorkflowExpression *expression);
const Type *contexts_vars(LintFile *file, const WorkflowExpression *expression);
/* {name: string, ...} of outputs that are declared. */
const Type *contexts_outputs(LintFile *file, const WorkflowOutputs *outputs);

/* contexts_job.c */

const Type *contexts_needs(LintFile *file, const WorkflowExpression *expression);
const Type *contexts_jobs(LintFile *file, const WorkflowExpression *expression);
const Type *contexts_job(LintFile *file, const WorkflowExpression *expression);

/* contexts_steps.c */

const Type *contexts_steps(LintFile *file, const WorkflowExpression *expression);

/* contexts_matrix.c */

const Type *contexts_matrix(LintFile *file, const WorkflowExpression *expression);
