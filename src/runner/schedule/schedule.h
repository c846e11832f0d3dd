/* Which jobs of a plan run, when, and with what: needs, conditions, matrices, called workflows, outputs, fail-fast, max-parallel,
 * concurrency groups, cancellation. It decides; what a job does is the caller's function, one thread a job.
 *
 * After a cancellation what runs is stopped, and what has not begun is cancelled, unless its `if` says always() or cancelled(): as at
 * GitHub. Status functions in a called workflow look at that workflow only; it is cancelled when the job that calls it is.
 */
#pragma once

#include "runner/events.h"
#include "runner/schedule/concurrency.h"
#include "workflow/plan.h"

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>

/* One run of a job that has steps. All borrowed: lives until schedule_run() returns, and is never changed. */
typedef struct {
  const PlanJob *plan;
  guint number;     /* from 1, for people and events, in the order in which jobs are started */
  const char *key;  /* "deploy/test[2]": the same in every run of the same plan; a name for what is recorded */
  const char *name; /* as GitHub shows it: "deploy / test (linux, 3.11)" */
  json_t *matrix;   /* contexts of this run of the job; an object, or null */
  json_t *strategy;
  json_t *needs;
  json_t *inputs;        /* of the workflow that the job stands in */
  json_t *secrets;       /* likewise: what its caller handed on */
  const json_t *github;  /* ScheduleSpec's, with job_workflow_ref and _sha of a called workflow */
  bool success, failure; /* how the jobs before ended, for contexts */
  GCancellable *cancellable;
} JobSpec;

/* Filled by the function, freed by the schedule; starts as all zero. */
typedef struct {
  Status outcome, conclusion; /* before and after continue-on-error */
  char *failure;              /* "step \"Run tests\" (ci.yml:31) ended with status 1", or NULL; masked */
  json_t *outputs;            /* an object of strings, or NULL */
  json_t *steps;              /* the report of its steps, a list, or NULL */
  json_t *annotations;        /* a list, or NULL */
} JobResult;

typedef void (*ScheduleJobFunc)(const JobSpec *job, JobResult *result, void *user);

typedef struct {
  const char *run; /* id */
  const Plan *plan;
  const char *only_job;  /* the id of a job of the top workflow: it and what it needs; NULL: all */
  const json_t *github;  /* the context, without what a job adds */
  const json_t *inputs;  /* of the top workflow, with their types */
  const json_t *secrets; /* objects of strings */
  const json_t *vars;
  unsigned parallel_max;          /* 0: the number of processors */
  ConcurrencyGroups *concurrency; /* NULL: groups are ignored */
  ScheduleJobFunc run_job;
  void *user;
  /* A job that an earlier try of this run ended; false leaves `result` alone; NULL: none. */
  bool (*recorded)(const char *key, JobResult *result, void *user);
  RunEventFunc on_event; /* for jobs that do not start: skipped, failed before their first step, cancelled; NULL: nobody hears */
  void *event_user;
  GCancellable *cancellable;
} ScheduleSpec;

/* Runs it to its end. True when every job succeeded, was forgiven or was skipped; FAILED with a line for each job that failed;
 * CANCELLED; NOT_FOUND when there is no `only_job`. `document` (may be NULL, transfer full, set on FAILED and CANCELLED too): see
 * runner.h; a job has its "key", too, and one of a called workflow the id "caller/inner". */
bool schedule_run(const ScheduleSpec *spec, json_t **document, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A job in the document's "jobs"; transfer full. */
json_t *schedule_entry(const char *id, const char *key, const char *name, const JobResult *result);
